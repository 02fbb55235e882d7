/** Objects -> arrays of fixed shape, padded, for the programs of step.ts and infer.ts. Pure functions of their arguments. @module */

import { type Random, stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Box } from "../../scene/scene.ts";
import { SIZE } from "./boxes.ts";
import type { MasksConfig } from "./config.ts";

/** Edges of a box on a grid of size x size, in pixels: [left, top, right, bottom), at least one pixel a side. */
export function boxPixels([x, y, w, h]: Box, size = SIZE): [left: number, top: number, right: number, bottom: number] {
  const [left, right] = span(x, w, size);
  const [top, bottom] = span(y, h, size);
  return [left, top, right, bottom];
}

/** Pixels whose centre is inside; the one at the box's place where there is none. */
function span(start: number, length: number, size: number): [number, number] {
  const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);
  const low = clamp(Math.round(start * size), 0, size - 1);
  return [low, clamp(Math.round((start + length) * size), low + 1, size)];
}

/** The box with its edges moved to the grid; as fractions these are exact in float32. */
export function snapBox(box: Box): Box {
  const [left, top, right, bottom] = boxPixels(box);
  return [left / SIZE, top / SIZE, (right - left) / SIZE, (bottom - top) / SIZE];
}

/** Positions of the boxes in the order in which the Conv-LSTM meets them; equals keep their order. */
export function readingOrder(boxes: readonly Box[], order: MasksConfig["order"]): number[] {
  const key = (i: number) => {
    const [x, , w, h] = boxes[i];
    return order === "largest-first" ? -w * h : x + w / 2;
  };
  return boxes.map((_, i) => i).sort((a, b) => key(a) - key(b) || a - b);
}

export interface LayoutObject {
  readonly classIndex: number;
  readonly box: Box;
}

/** An object of a training picture. */
export interface MaskedObject extends LayoutObject {
  /** Mask over its frame (the whole picture, or the box), row-major [64 * 64] of 0 and 1; undefined where none is left. */
  readonly mask?: Uint8Array;
  /** Weight of the mask if it is inferred, not an annotator's. */
  readonly inferred?: number;
}

/**
 * Feeds of `layoutInputs`: boxes [N, T, 4], labels [N, T], valid [N, T]. Pictures may have 0 to T objects; the rest is padding.
 * Boxes are snapped to the grid that the "picture" frame draws on.
 */
export function layoutFeeds(
  pictures: readonly (readonly LayoutObject[])[],
  objects: number,
  frame: MasksConfig["frame"] = "picture",
): Feeds {
  const m = pictures.length * objects;
  const boxes = new Float32Array(m * 4);
  const labels = new BigInt64Array(m);
  const valid = new Float32Array(m);
  pictures.forEach((list, n) => {
    list.slice(0, objects).forEach((o, t) => {
      const at = n * objects + t;
      boxes.set(frame === "picture" ? snapBox(o.box) : o.box, at * 4);
      labels[at] = BigInt(o.classIndex);
      valid[at] = 1;
    });
  });
  return { boxes, labels, valid };
}

/**
 * Feeds of a training step: those of `layoutFeeds`, and masked [N, T], masks [N, T, 64, 64], noise [samples, N, T, Z].
 * masked is 1 for an annotator's mask, an inferred one's weight, 0 for none.
 */
export function batchFeeds(
  pictures: readonly (readonly MaskedObject[])[],
  objects: number,
  noise: Float32Array,
  frame: MasksConfig["frame"] = "picture",
): Feeds {
  const pixels = SIZE * SIZE;
  const masked = new Float32Array(pictures.length * objects);
  const masks = new Uint8Array(masked.length * pixels);
  pictures.forEach((list, n) => {
    list.slice(0, objects).forEach(({ mask, inferred }, t) => {
      if (!mask) return;
      masks.set(mask, (n * objects + t) * pixels);
      masked[n * objects + t] = inferred ?? 1;
    });
  });
  return { ...layoutFeeds(pictures, objects, frame), masked, masks, noise };
}

/** At most `most` of the objects, drawn by `random`, those of a higher `rank` before others, in the reading order. */
export function chooseObjects<T extends LayoutObject>(
  objects: readonly T[],
  most: number,
  order: MasksConfig["order"],
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
  return readingOrder(
    kept.map((o) => o.box),
    order,
  ).map((i) => kept[i]);
}

/** The picture in a mirror: boxes and masks left-right. */
export function mirrored(objects: readonly MaskedObject[]): MaskedObject[] {
  return objects.map(({ classIndex, box: [x, y, w, h], mask, inferred }) => ({
    classIndex,
    inferred,
    box: [1 - x - w, y, w, h],
    mask: mask && mirrorRows(mask),
  }));
}

/** Row-major [64 * 64], left-right. */
export function mirrorRows<T extends Uint8Array | Float32Array>(mask: T): T {
  const out = mask.slice() as T;
  for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) out[y * SIZE + x] = mask[y * SIZE + SIZE - 1 - x];
  return out;
}

/** z_t of all objects of a training step, [N, T, Z]: fixed by (seed, step). */
export function stepNoise(seed: number, step: number, size: number): Float32Array {
  return stream(seed, "masks", "noise", step).normals(size);
}

/** Is a mask left once it is cut to the box? */
export function hasPixels(mask: Uint8Array, box: Box): boolean {
  const [left, top, right, bottom] = boxPixels(box);
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) if (mask[y * SIZE + x]) return true;
  return false;
}
