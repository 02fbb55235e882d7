/**
 * Judges that are trained on real pictures of the same domain: what an object is, from its pixels; where a scene is, from the pixels
 * that no object covers. Their accuracy on real pictures is the ceiling.
 * @module
 */
import { extentOf, type Size } from "scenograph/scene/geometry";
import type { Box, Picture } from "scenograph/scene/scene";
import type { Budget } from "../classifier.ts";

/** Side of the crops that objects are judged by. */
export const CROP = 32;
/** Objects with a shorter side in pixels are not judged. */
export const LEAST_SIDE = 6;

export const CROP_BUDGET: Budget = {
  steps: 600,
  batch: 48,
  widths: [16, 32, 64],
  learningRate: 3e-3,
  balanced: true,
};

export const PLACE_BUDGET: Budget = {
  steps: 400,
  batch: 32,
  widths: [16, 32, 64],
  learningRate: 2e-3,
  balanced: true,
};

/** May the object in this box be judged in a picture of that size? */
export function isJudged([, , w, h]: Box, size: Size): boolean {
  const { width, height } = extentOf(size);
  return Math.min(w * width, h * height) >= LEAST_SIDE;
}

/** The pixels of a box, stretched to [3, CROP, CROP] planes: the mean of 2 x 2 nearest pixels a cell. */
export function cropOf({ width, height, data }: Picture, [x, y, w, h]: Box): Uint8Array {
  const out = new Uint8Array(3 * CROP * CROP);
  const clamp = (v: number, n: number) => Math.min(Math.max(Math.floor(v), 0), n - 1);
  const at = (start: number, length: number, i: number, half: number, n: number) =>
    clamp((start + ((i + 0.25 + half / 2) / CROP) * length) * n, n);
  for (let r = 0; r < CROP; r++)
    for (let c = 0; c < CROP; c++)
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        for (const dy of [0, 1])
          for (const dx of [0, 1]) sum += data[(at(y, h, r, dy, height) * width + at(x, w, c, dx, width)) * 3 + k];
        out[(k * CROP + r) * CROP + c] = Math.round(sum / 4);
      }
  return out;
}

/** Side that backgrounds are judged at: 32, or the picture's shorter one. */
export function placeSide(size: Size): number {
  const { width, height } = extentOf(size);
  return Math.min(width, height, 32);
}

/**
 * A picture with the covered pixels greyed, and which those are: [4, s, s] planes, s of `placeSide` (every (side / s)-th pixel).
 * @param covered [H * W] of 0 / 1
 */
export function placeOf({ width, height, data }: Picture, covered: Uint8Array): Uint8Array {
  const s = placeSide([width, height]);
  const out = new Uint8Array(4 * s * s);
  for (let r = 0; r < s; r++)
    for (let c = 0; c < s; c++) {
      const from = Math.floor((r * height) / s) * width + Math.floor((c * width) / s);
      for (let k = 0; k < 3; k++) out[(k * s + r) * s + c] = covered[from] ? 127 : data[from * 3 + k];
      out[(3 * s + r) * s + c] = covered[from] ? 0 : 255;
    }
  return out;
}
