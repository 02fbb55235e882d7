/**
 * One more layout channel, the boundaries between objects, so that neighbours of one class stay apart. Not measured alone.
 * @module
 */
import { input } from "@scenograph/graph/leaves";
import { cast } from "@scenograph/graph/ops/elementwise";
import { z } from "zod";
import type { Described } from "../../paper/image/data.ts";
import type { ImageSeams } from "../../paper/image/seams.ts";
import { areaOf, extentOf } from "../../scene/geometry.ts";

export const boundarySettings = {
  boundary: z.boolean().default(false),
};

/** Input "layout.boundary" [N, 1, H, W] uint8 of 0 and 1. */
export const boundary: Required<Pick<ImageSeams, "inputs" | "layoutFeeds" | "painter">> = {
  inputs: (n, { size }) => {
    const { width, height } = extentOf(size);
    return { boundary: cast(input("layout.boundary", [n, 1, height, width], "uint8")) };
  },
  layoutFeeds: (pictures: readonly Described[], n, { size }) => {
    const area = areaOf(size);
    const map = new Uint8Array(n * area);
    pictures.forEach(({ layout }, i) => {
      map.set(boundaries(layout.owner, layout.width), i * area);
    });
    return { "layout.boundary": map };
  },
  painter: (_p, _config, given) => [given.boundary],
};

/** Boundaries of a map of owners (any number an object), row-major, of that width. */
export function boundaries(owner: ArrayLike<number>, width: number): Uint8Array {
  const out = new Uint8Array(owner.length);
  const height = owner.length / width;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const right = x + 1 < width && owner[i] !== owner[i + 1];
      const below = y + 1 < height && owner[i] !== owner[i + width];
      if (right || below) out[i] = 1;
    }
  return out;
}
