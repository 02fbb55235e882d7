/** Outlines of masks for formats that hold polygons: smooth, with no more points than show. Runs in a browser. @module */
import { maskContours, type Point } from "../scene/contours.ts";
import type { Mask } from "../scene/scene.ts";
import type { Size } from "./types.ts";

/** How far a line may leave the outline, in pixels of the canvas or of the mask, whichever are smaller. */
const TOLERANCE = 0.25;

/** Closed outlines of a mask in pixels of a canvas; holes run the other way round. */
export function outlinesOf(mask: Mask, { width, height }: Size): Point[][] {
  const tolerance = TOLERANCE * Math.min(1, width / mask.width, height / mask.height);
  return maskContours(mask).map((loop) =>
    simplified(
      loop.map(([x, y]) => [x * width, y * height]),
      tolerance,
    ),
  );
}

/** The closed line with only those points without which it would move by more than the tolerance (Douglas and Peucker 1973); three at least. */
export function simplified(loop: readonly Point[], tolerance: number): Point[] {
  const n = loop.length;
  if (n < 4) return [...loop];
  // the two halves of a loop between the first point and the one farthest from it
  const far = farthest(loop, 0, n).at;
  const kept = new Uint8Array(n + 1);
  kept[0] = kept[far] = kept[n] = 1;
  const spans: [from: number, to: number][] = [
    [0, far],
    [far, n],
  ];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    const { at, distance } = farthest(loop, from, to);
    if (at < 0 || distance <= tolerance * tolerance) continue;
    kept[at] = 1;
    spans.push([from, at], [at, to]);
  }
  const out = loop.filter((_, i) => kept[i]);
  if (out.length > 2) return out;
  // smaller than the tolerance: two points would be no area
  const between = far > 1 ? farthest(loop, 0, far).at : farthest(loop, far, n).at;
  return [0, far, between].sort((a, b) => a - b).map((i) => loop[i]);
}

/** The point after `from` and before `to` that is farthest from the line between them, and its distance squared. */
function farthest(loop: readonly Point[], from: number, to: number): { at: number; distance: number } {
  const [ax, ay] = loop[from];
  const [bx, by] = loop[to % loop.length];
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  let [at, distance] = [-1, -1];
  for (let i = from + 1; i < to; i++) {
    const [px, py] = [loop[i][0] - ax, loop[i][1] - ay];
    // between the two, not on the whole line
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
    const d = (px - t * dx) ** 2 + (py - t * dy) ** 2;
    if (d > distance) [at, distance] = [i, d];
  }
  return { at, distance };
}
