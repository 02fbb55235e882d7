/**
 * Polygons and boxes -> masks, pixel for pixel as cocoapi does it (maskApi.c, rleFrPoly): the outline is traced on a grid
 * five times finer, and where it steps over the middle of a pixel column, the column changes between in and out.
 * @module
 */
import { FormatError } from "../errors.ts";
import { checkMaskSize, type RunMask, unionMasks } from "./rle.ts";

const SCALE = 5;
/** The trace takes one step a fine pixel; longer outlines than this are no annotation. */
const MAX_STEPS = 2 ** 24;

/**
 * The mask of `[x0, y0, x1, y1, ...]`, in pixels; it may leave the picture.
 * @throws FormatError for an odd or short list, numbers that are not finite, an absurdly long outline.
 */
export function polygonToMask(polygon: readonly number[], width: number, height: number): RunMask {
  checkMaskSize(width, height, "polygonToMask");
  const corners = polygon.length / 2;
  if (!Number.isInteger(corners) || corners < 2)
    throw new FormatError(`polygonToMask(): a polygon is a list x, y, x, y, ..., got ${polygon.length} numbers`);
  if (!polygon.every(Number.isFinite)) throw new FormatError("polygonToMask(): coordinates are finite numbers");
  // Truncated toward zero, not rounded down: negative coordinates come out as in the original.
  const fine = polygon.map((v) => Math.trunc(SCALE * v + 0.5));

  const flips: number[] = [];
  let steps = 0;
  let lastU = fine[0];
  let lastV = fine[1];
  const visit = (u: number, v: number) => {
    if (u !== lastU) {
      const column = Math.min(u, lastU);
      const x = (column - 2) / SCALE;
      if (column % SCALE === 2 && x < width) {
        const y = Math.ceil((Math.min(v, lastV) - 2) / SCALE);
        flips.push(x * height + Math.max(0, Math.min(height, y)));
      }
    }
    lastU = u;
    lastV = v;
  };
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
    for (let d = 0; d <= length; d++) {
      const t = turned ? length - d : d;
      if (flat) visit(u0 + t, Math.trunc(v0 + slope * t + 0.5));
      else visit(Math.trunc(u0 + slope * t + 0.5), v0 + t);
    }
  }
  return { width, height, counts: runsBetween(flips, width * height) };
}

/** Runs from the positions at which the value changes; two changes at one position cancel. */
function runsBetween(flips: number[], size: number): number[] {
  flips.sort((a, b) => a - b);
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
  return unionMasks(polygons.map((p) => polygonToMask(p, width, height)));
}

/** The mask of a box `[x, y, w, h]` in pixels. @throws FormatError as polygonToMask. */
export function boxToMask(box: readonly [number, number, number, number], width: number, height: number): RunMask {
  const [x, y, w, h] = box;
  return polygonToMask([x, y, x, y + h, x + w, y + h, x + w, y], width, height);
}
