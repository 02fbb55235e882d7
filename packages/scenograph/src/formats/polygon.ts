/**
 * Polygons and boxes -> masks, pixel for pixel as cocoapi does it (maskApi.c, rleFrPoly): the outline is traced on a grid
 * five times finer, and where it steps over the middle of a pixel column, the column changes between in and out.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { checkMaskSize, type RunMask, unionMasks } from "./rle.ts";

const SCALE = 5;
/** Fine pixels; longer outlines than this are no annotation. */
const MAX_STEPS = 2 ** 24;
/** Steps of one segmentation over the middle of a pixel column of the picture: what its cost depends on. */
const MAX_FLIPS = 2 ** 18;

/**
 * The mask of `[x0, y0, x1, y1, ...]`, in pixels; it may leave the picture.
 * @throws FormatError for an odd or short list, numbers that are not finite, an absurdly long outline.
 */
export function polygonToMask(polygon: readonly number[], width: number, height: number): RunMask {
  checkMaskSize(width, height, "polygonToMask");
  return { width, height, counts: runsBetween(crossings(polygon, width, height, MAX_FLIPS), width * height) };
}

/**
 * The positions, counted down the columns, at which the outline changes between in and out. cocoapi walks the fine grid step
 * by step; only the steps over the middle of a column of the picture count, and those are gone to directly.
 */
function crossings(polygon: readonly number[], width: number, height: number, most: number): number[] {
  const corners = polygon.length / 2;
  if (!Number.isInteger(corners) || corners < 2)
    throw new FormatError(`polygonToMask(): a polygon is a list x, y, x, y, ..., got ${polygon.length} numbers`);
  if (!polygon.every(Number.isFinite)) throw new FormatError("polygonToMask(): coordinates are finite numbers");
  // Truncated toward zero, not rounded down: negative coordinates come out as in the original.
  const fine = polygon.map((v) => Math.trunc(SCALE * v + 0.5));

  const flips: number[] = [];
  let steps = 0;
  for (let i = 0; i < corners; i++) {
    const next = (i + 1) % corners;
    const [x0, y0, x1, y1] = [fine[2 * i], fine[2 * i + 1], fine[2 * next], fine[2 * next + 1]];
    const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
    const length = Math.max(dx, dy);
    steps += length;
    if (steps > MAX_STEPS)
      throw new FormatError(
        `polygonToMask(): an outline has at most ${MAX_STEPS / SCALE} pixels; check the coordinates`,
      );
    if (length === 0) continue;
    const flat = dx >= dy;
    // Positions are computed from the end with the smaller leading coordinate, whichever way the edge is walked.
    const turned = flat ? x0 > x1 : y0 > y1;
    const [u0, v0] = turned ? [x1, y1] : [x0, y0];
    const slope = ((turned ? -1 : 1) * (flat ? y1 - y0 : x1 - x0)) / length;
    const vAt = (t: number) => (flat ? Math.trunc(v0 + slope * t + 0.5) : v0 + t);
    // Middles lie between fine columns 5 k + 2 and the next.
    const first = Math.max(0, Math.ceil((Math.min(x0, x1) - 2) / SCALE));
    const end = Math.min(width, Math.ceil((Math.max(x0, x1) - 2) / SCALE));
    if (flips.length + end - first > most)
      throw new FormatError(
        `polygonToMask(): a segmentation crosses at most ${MAX_FLIPS} pixel columns; check its polygons`,
      );
    for (let x = first; x < end; x++) {
      const column = SCALE * x + 2;
      const t = flat ? column + 1 - u0 : passing(u0, slope, column, length);
      const y = Math.ceil((Math.min(vAt(t - 1), vAt(t)) - 2) / SCALE);
      flips.push(x * height + Math.max(0, Math.min(height, y)));
    }
  }
  return flips;
}

/** The step, from 1, with which a steep edge goes from one side of `column` + 1/2 to the other. */
function passing(u0: number, slope: number, column: number, length: number): number {
  const passed = (t: number) => {
    const u = Math.trunc(u0 + slope * t + 0.5);
    return slope > 0 ? u > column : u <= column;
  };
  let t = Math.max(1, Math.min(length, Math.round((column + 0.5 - u0) / slope)));
  while (t > 1 && passed(t - 1)) t--;
  while (t < length && !passed(t)) t++;
  return t;
}

/** Runs from the positions at which the value changes; two changes at one position cancel. */
function runsBetween(positions: readonly number[], size: number): number[] {
  const flips = Float64Array.from(positions).sort();
  const counts: number[] = [];
  let last = 0;
  for (let i = 0; i < flips.length; ) {
    let j = i;
    while (j < flips.length && flips[j] === flips[i]) j++;
    if ((j - i) % 2 === 1 && flips[i] < size) {
      counts.push(flips[i] - last);
      last = flips[i];
    }
    i = j;
  }
  counts.push(size - last);
  return counts;
}

/** The union of several polygons, a COCO segmentation. @throws FormatError as polygonToMask, or for none. */
export function polygonsToMask(polygons: readonly (readonly number[])[], width: number, height: number): RunMask {
  if (polygons.length === 0)
    throw new FormatError("polygonsToMask(): a segmentation has at least one polygon, got none");
  checkMaskSize(width, height, "polygonsToMask");
  let left = MAX_FLIPS;
  let masks = polygons.map((polygon): RunMask => {
    const flips = crossings(polygon, width, height, left);
    left -= flips.length;
    return { width, height, counts: runsBetween(flips, width * height) };
  });
  // in pairs: one after the other takes long for thousands of polygons
  while (masks.length > 1)
    masks = Array.from({ length: Math.ceil(masks.length / 2) }, (_, i) => unionMasks(masks.slice(2 * i, 2 * i + 2)));
  return masks[0];
}

/** The mask of a box `[x, y, w, h]` in pixels. @throws FormatError as polygonToMask. */
export function boxToMask(box: readonly [number, number, number, number], width: number, height: number): RunMask {
  const [x, y, w, h] = box;
  return polygonToMask([x, y, x, y + h, x + w, y + h, x + w, y], width, height);
}
