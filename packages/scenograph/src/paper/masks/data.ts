/** Objects -> arrays of fixed shape, padded, for the programs of step.ts and infer.ts. Pure functions of their arguments. @module */

import { type Random, stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { boxPixels, type Extent, extentOf, type Size } from "../../scene/geometry.ts";
import type { Box } from "../../scene/scene.ts";
import type { PaperMasks } from "./config.ts";

/** The box with its edges moved to the grid; where its sides are powers of two the fractions are exact in float32. */
export function snapBox(box: Box, size: Size): Box {
  const { width, height } = extentOf(size);
  const [left, top, right, bottom] = boxPixels(box, size);
  return [left / width, top / height, (right - left) / width, (bottom - top) / height];
}

/** Positions of the objects in the order in which the Conv-LSTM meets them; equals keep their order. */
export function readingOrder(objects: readonly { readonly box: Box }[], order: PaperMasks["order"]): number[] {
  const key = (i: number) => {
    const [x, , w, h] = objects[i].box;
    return order === "largest-first" ? -w * h : x + w / 2;
  };
  return objects.map((_, i) => i).sort((a, b) => key(a) - key(b) || a - b);
}

export interface LayoutObject {
  readonly classIndex: number;
  readonly box: Box;
}

/** An object of a training picture. */
export interface MaskedObject extends LayoutObject {
  /** Mask over its frame (the paper's is the picture), row-major [H * W] of 0 and 1; undefined where there is none to learn. */
  readonly mask?: Uint8Array;
}

/**
 * Feeds of `layoutInputs`: boxes [N, T, 4], labels [N, T], valid [N, T]. Pictures may have 0 to T objects; the rest is padding.
 * @param place where a box is drawn: the paper's on the grid of the masks
 */
export function layoutFeeds(
  pictures: readonly (readonly LayoutObject[])[],
  objects: number,
  place: (box: Box) => Box,
): Feeds {
  const m = pictures.length * objects;
  const boxes = new Float32Array(m * 4);
  const labels = new BigInt64Array(m);
  const valid = new Float32Array(m);
  pictures.forEach((list, n) => {
    list.slice(0, objects).forEach((o, t) => {
      const at = n * objects + t;
      boxes.set(place(o.box), at * 4);
      labels[at] = BigInt(o.classIndex);
      valid[at] = 1;
    });
  });
  return { boxes, labels, valid };
}

/** Feeds of a training step: those of `layoutFeeds`, and masked [N, T] of 0 and 1, masks [N, T, H, W], noise [samples, N, T, Z]. */
export function batchFeeds(
  pictures: readonly (readonly MaskedObject[])[],
  objects: number,
  noise: Float32Array,
  { width, height }: Extent,
  place: (box: Box) => Box,
): Feeds {
  const pixels = width * height;
  const masked = new Float32Array(pictures.length * objects);
  const masks = new Uint8Array(masked.length * pixels);
  pictures.forEach((list, n) => {
    list.slice(0, objects).forEach(({ mask }, t) => {
      if (!mask) return;
      masks.set(mask, (n * objects + t) * pixels);
      masked[n * objects + t] = 1;
    });
  });
  return { ...layoutFeeds(pictures, objects, place), masked, masks, noise };
}

/** At most `most` of the objects, drawn by `random`, those of a higher `rank` before others, in the reading order. */
export function chooseObjects<T extends LayoutObject>(
  objects: readonly T[],
  most: number,
  order: PaperMasks["order"],
  random: Random,
  rank: (object: T) => number = () => 0,
): T[] {
  const places = objects.map((_, i) => i);
  const chosen =
    places.length > most
      ? random
          .shuffle(places)
          .sort((a, b) => rank(objects[b]) - rank(objects[a]))
          .slice(0, most)
          .sort((a, b) => a - b)
      : places;
  const kept = chosen.map((i) => objects[i]);
  return readingOrder(kept, order).map((i) => kept[i]);
}

/** z_t of all objects of a training step, [N, T, Z]: fixed by (seed, step). */
export function stepNoise(seed: number, step: number, size: number): Float32Array {
  return stream(seed, "masks", "noise", step).normals(size);
}

/** Is a mask left once it is cut to the box? */
export function hasPixels(mask: Uint8Array, box: Box, size: Size): boolean {
  const { width } = extentOf(size);
  const [left, top, right, bottom] = boxPixels(box, size);
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) if (mask[y * width + x]) return true;
  return false;
}
