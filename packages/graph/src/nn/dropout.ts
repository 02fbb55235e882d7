/** Dropout whose mask is fed, so that a graph holds no randomness of its own. @module */
import { input } from "../leaves.ts";
import { cast, mul } from "../ops/elementwise.ts";
import type { Random } from "../random.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** x times a fed 0/1 mask (uint8 input `name` of x's shape, or `shape` that broadcasts), scaled by 1 / keep. */
export function dropout(name: string, x: Tensor, rate: number, shape: Shape = x.shape): Tensor {
  return rate === 0 ? x : mul(x, mul(cast(input(name, shape, "uint8")), 1 / (1 - rate)));
}

/** n entries, each 0 with probability `rate` (to 1/256), else 1. */
export function dropoutMask(random: Random, n: number, rate: number): Uint8Array {
  const out = new Uint8Array(n);
  const threshold = Math.round(rate * 256);
  for (let i = 0; i < n; i += 4) {
    const r = random.uint32();
    for (let k = 0; k < 4 && i + k < n; k++) out[i + k] = ((r >>> (8 * k)) & 255) >= threshold ? 1 : 0;
  }
  return out;
}
