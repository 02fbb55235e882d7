/**
 * Boxes under the hand: eight handles, moving, resizing, snapping, hit testing. Everything in fractions of the picture,
 * `[x, y, w, h]`, origin top left.
 * @module
 */
import type { Box, SceneObject } from "scenograph/scene/scene";

export type Point = readonly [x: number, y: number];
/** Compass names; "n" is the middle of the upper side. */
export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";
export const HANDLES: readonly Handle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** The smallest side of a box. */
export const MIN_SIDE = 1 / 64;
/** Arrow keys move by this, with Shift ten times as far. */
export const NUDGE = 1 / 128;

export function clamp(v: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, v));
}

export function handlePoint([x, y, w, h]: Box, handle: Handle): Point {
  const px = handle.includes("w") ? x : handle.includes("e") ? x + w : x + w / 2;
  const py = handle.includes("n") ? y : handle.includes("s") ? y + h : y + h / 2;
  return [px, py];
}

/**
 * The frame whose corners and middles are the handles for fingers: the box, grown until areas of `reach` x `reach` around
 * its eight handles and its middle lie side by side, and shifted until all of them are inside the picture.
 */
export function touchFrame([x, y, w, h]: Box, reach: number): Box {
  const along = (start: number, size: number): [number, number] => {
    const length = Math.max(Math.min(Math.max(size, 3 * reach), 1 - reach), 0);
    return [clamp(start + size / 2 - length / 2, reach / 2, Math.max(reach / 2, 1 - reach / 2 - length)), length];
  };
  const [left, width] = along(x, w);
  const [top, height] = along(y, h);
  return [left, top, width, height];
}

/** The box with sides in [MIN_SIDE, 1], shifted into the picture. */
export function insidePicture([x, y, w, h]: Box): Box {
  const [width, height] = [clamp(w, MIN_SIDE, 1), clamp(h, MIN_SIDE, 1)];
  return [clamp(x, 0, 1 - width), clamp(y, 0, 1 - height), width, height];
}

/** The box moved by a vector, kept inside the picture. */
export function moveBox([x, y, w, h]: Box, [dx, dy]: Point): Box {
  return insidePicture([x + dx, y + dy, w, h]);
}

/** The box with a handle dragged to a point; the opposite side stays, and the box does not turn over. */
export function resizeBox(box: Box, handle: Handle, [px, py]: Point): Box {
  const [x, y, w, h] = box;
  let [left, top, right, bottom] = [x, y, x + w, y + h];
  if (handle.includes("w")) left = clamp(px, 0, Math.max(0, right - MIN_SIDE));
  if (handle.includes("e")) right = clamp(px, Math.min(1, left + MIN_SIDE), 1);
  if (handle.includes("n")) top = clamp(py, 0, Math.max(0, bottom - MIN_SIDE));
  if (handle.includes("s")) bottom = clamp(py, Math.min(1, top + MIN_SIDE), 1);
  return insidePicture([left, top, right - left, bottom - top]);
}

/** The smallest box around boxes; undefined around none. */
export function frameOf(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  const [left, top] = [Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1]))];
  const [right, bottom] = [Math.max(...boxes.map((b) => b[0] + b[2])), Math.max(...boxes.map((b) => b[1] + b[3]))];
  return [left, top, right - left, bottom - top];
}

/** Where a box goes when the frame around its group becomes another. */
export function withinFrame([x, y, w, h]: Box, from: Box, to: Box): Box {
  const [sx, sy] = [to[2] / from[2], to[3] / from[3]];
  return [to[0] + (x - from[0]) * sx, to[1] + (y - from[1]) * sy, w * sx, h * sy];
}

/** The box between two corners, in any order; undefined where it would be smaller than a box may be. */
export function boxBetween([ax, ay]: Point, [bx, by]: Point): Box | undefined {
  const [left, right] = [clamp(Math.min(ax, bx), 0, 1), clamp(Math.max(ax, bx), 0, 1)];
  const [top, bottom] = [clamp(Math.min(ay, by), 0, 1), clamp(Math.max(ay, by), 0, 1)];
  if (right - left < MIN_SIDE || bottom - top < MIN_SIDE) return undefined;
  return [left, top, right - left, bottom - top];
}

export function contains([x, y, w, h]: Box, [px, py]: Point, margin = 0): boolean {
  return px >= x - margin && px <= x + w + margin && py >= y - margin && py <= y + h + margin;
}

/**
 * The object that a point means: the smallest box around it, so that a cup on a table can be taken; of equal ones the
 * nearer. `margin` widens boxes for fingers.
 */
export function hitTest(objects: readonly SceneObject[], point: Point, margin = 0): SceneObject | undefined {
  let hit: SceneObject | undefined;
  const area = (o: SceneObject) => o.box[2] * o.box[3];
  for (const o of objects) if (contains(o.box, point, margin) && (!hit || area(o) <= area(hit))) hit = o;
  return hit;
}

/** A line that a side was drawn to: `at` is its place on the axis. */
export interface Guide {
  readonly axis: "x" | "y";
  readonly at: number;
}

/** Edges and middles of the other boxes and of the picture. */
export function snapLines(others: readonly Box[]): Record<"x" | "y", number[]> {
  const lines = { x: [0, 0.5, 1], y: [0, 0.5, 1] };
  for (const [x, y, w, h] of others) {
    lines.x.push(x, x + w / 2, x + w);
    lines.y.push(y, y + h / 2, y + h);
  }
  return lines;
}

/** A moved box, drawn to the nearest line within `reach` on each axis. */
export function snapMove(
  box: Box,
  lines: Record<"x" | "y", readonly number[]>,
  reach: number,
): { readonly box: Box; readonly guides: readonly Guide[] } {
  const [x, y, w, h] = box;
  const sx = nearestShift([x, x + w / 2, x + w], lines.x, reach);
  const sy = nearestShift([y, y + h / 2, y + h], lines.y, reach);
  const guides: Guide[] = [];
  if (sx) guides.push({ axis: "x", at: sx.at });
  if (sy) guides.push({ axis: "y", at: sy.at });
  return { box: insidePicture([x + (sx?.shift ?? 0), y + (sy?.shift ?? 0), w, h]), guides };
}

/** A dragged handle's point, drawn to the nearest line within `reach` on the axes that the handle moves. */
export function snapPoint(
  [px, py]: Point,
  handle: Handle,
  lines: Record<"x" | "y", readonly number[]>,
  reach: number,
): { readonly point: Point; readonly guides: readonly Guide[] } {
  const sx = /[ew]/.test(handle) ? nearestShift([px], lines.x, reach) : undefined;
  const sy = /[ns]/.test(handle) ? nearestShift([py], lines.y, reach) : undefined;
  const guides: Guide[] = [];
  if (sx) guides.push({ axis: "x", at: sx.at });
  if (sy) guides.push({ axis: "y", at: sy.at });
  return { point: [px + (sx?.shift ?? 0), py + (sy?.shift ?? 0)], guides };
}

function nearestShift(
  places: readonly number[],
  lines: readonly number[],
  reach: number,
): { readonly shift: number; readonly at: number } | undefined {
  let best: { shift: number; at: number } | undefined;
  for (const place of places)
    for (const at of lines) {
      const shift = at - place;
      if (Math.abs(shift) <= reach && (!best || Math.abs(shift) < Math.abs(best.shift))) best = { shift, at };
    }
  return best;
}
