/** How much of the fine structure inside an object is drawn: the measure that blurs fail. @module */

import type { Seen } from "../codes/objects.ts";
import { resampled } from "./data.ts";

/** The border of the silhouette, whose step says nothing of the inside, in pixels. */
const BORDER = 3;
/** Fewer pixels inside tell nothing. */
const LEAST = 50;

/**
 * Root of the high-pass energy (what a 3 x 3 mean leaves over) of a look [3, side, side] over the true pixels', over the visible
 * inside; at most 3. Undefined where too little is inside.
 */
export function interiorDetail(look: Float32Array, o: Seen, side: number): number | undefined {
  const [pixels, visible] = [resampled(o.pixels, o.side, side, 3), resampled(o.visible, o.side, side)];
  const area = side * side;
  const inside = (x: number, y: number) => {
    for (let j = -BORDER; j <= BORDER; j++)
      for (let i = -BORDER; i <= BORDER; i++) {
        const [u, v] = [x + i, y + j];
        if (u < 0 || v < 0 || u >= side || v >= side || visible[v * side + u] < 1) return false;
      }
    return true;
  };
  const energy = (value: (i: number) => number, at: number) => {
    let sum = 0;
    for (let j = -1; j <= 1; j++) for (let i = -1; i <= 1; i++) sum += value(at + j * side + i);
    return (value(at) - sum / 9) ** 2;
  };
  let [made, real, count] = [0, 0, 0];
  for (let y = BORDER; y < side - BORDER; y++)
    for (let x = BORDER; x < side - BORDER; x++) {
      if (!inside(x, y)) continue;
      count++;
      for (let c = 0; c < 3; c++) {
        made += energy((i) => look[c * area + i], y * side + x);
        real += energy((i) => pixels[i * 3 + c] / 127.5 - 1, y * side + x);
      }
    }
  return count < LEAST ? undefined : Math.min(3, Math.sqrt(made / (real + 1e-3)));
}
