/** Small islands of a silhouette, apart from its main part, are left out [ours]. @module */
import { z } from "zod";
import type { DrawShapes } from "../../paper/masks/seams.ts";

export const islandsSettings = {
  /** Pieces of a mask under this share of its pixels are dropped; 0 = off. */
  islands: z.number().min(0).max(0.5).default(0),
};

/** `draw` without the islands of each shape [rows of `width`]. */
export function dropIslands(share: number, width: number, threshold: number, draw: DrawShapes): DrawShapes {
  return async (request) => {
    const shapes = await draw(request);
    return shapes.map((shape) => withoutIslands(shape, width, threshold, share));
  };
}

/** A map [rows of `width`] with 0 where a piece above the threshold, joined by sides, has less than `share` of all pixels above it. */
export function withoutIslands(map: Float32Array, width: number, threshold: number, share: number): Float32Array {
  const { piece, areas } = piecesOf(map, width, threshold);
  if (areas.length < 2) return map;
  const least = share * areas.reduce((a, b) => a + b, 0);
  return map.map((v, i) => (piece[i] >= 0 && areas[piece[i]] < least ? 0 : v));
}

/** Pieces joined by sides of what is above the threshold: the piece of every pixel (-1: none), and their pixels. */
export function piecesOf(
  map: ArrayLike<number>,
  width: number,
  threshold: number,
): { piece: Int32Array; areas: number[] } {
  const piece = new Int32Array(map.length).fill(-1);
  const areas: number[] = [];
  const stack: number[] = [];
  for (let start = 0; start < map.length; start++) {
    if (piece[start] >= 0 || !(map[start] > threshold)) continue;
    const own = areas.length;
    areas.push(0);
    piece[start] = own;
    stack.push(start);
    while (stack.length > 0) {
      const at = stack.pop()!;
      areas[own]++;
      const x = at % width;
      for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width])
        if (next >= 0 && next < map.length && piece[next] < 0 && map[next] > threshold) {
          piece[next] = own;
          stack.push(next);
        }
    }
  }
  return { piece, areas };
}
