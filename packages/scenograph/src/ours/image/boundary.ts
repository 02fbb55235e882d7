/**
 * One more layout channel, the boundaries between objects, so that neighbours of one class stay apart. Not measured alone.
 * @module
 */
import { input } from "@scenograph/graph/leaves";
import { cast } from "@scenograph/graph/ops/elementwise";
import { z } from "zod";
import type { Described } from "../../paper/image/data.ts";
import type { ImageSeams } from "../../paper/image/seams.ts";

export const boundarySettings = {
  boundary: z.boolean().default(false),
};

/** Input "layout.boundary" [N, 1, S, S] uint8 of 0 and 1. */
export const boundary: Required<Pick<ImageSeams, "inputs" | "layoutFeeds" | "painter">> = {
  inputs: (n, { size }) => ({ boundary: cast(input("layout.boundary", [n, 1, size, size], "uint8")) }),
  layoutFeeds: (pictures: readonly Described[], n, { size }) => {
    const map = new Uint8Array(n * size * size);
    pictures.forEach(({ layout }, i) => {
      map.set(boundaries(layout.owner, size), i * size * size);
    });
    return { "layout.boundary": map };
  },
  painter: (_p, _config, given) => [given.boundary],
};

/** Boundaries of a map of owners (any number an object). */
export function boundaries(owner: ArrayLike<number>, size: number): Uint8Array {
  const out = new Uint8Array(size * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      const right = x + 1 < size && owner[i] !== owner[i + 1];
      const below = y + 1 < size && owner[i] !== owner[i + size];
      if (right || below) out[i] = 1;
    }
  return out;
}
