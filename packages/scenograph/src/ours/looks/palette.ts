/** A palette of the colours that objects have: k-means (Lloyd 1982) with k-means++ beginnings (Arthur & Vassilvitskii 2007). @module */
import { stream } from "@scenograph/graph/random";
import type { Rgb } from "./colour.ts";

const ROUNDS = 20;

function squared(a: Rgb, centres: ArrayLike<number>, k: number): number {
  return (a[0] - centres[3 * k]) ** 2 + (a[1] - centres[3 * k + 1]) ** 2 + (a[2] - centres[3 * k + 2]) ** 2;
}

/** Index of the nearest of the centres [K, 3]. */
export function nearestCentre(colour: Rgb, centres: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < centres.length / 3; k++)
    if (squared(colour, centres, k) < squared(colour, centres, best)) best = k;
  return best;
}

/** `count` centres [count, 3], 0 to 255, of colours; of fewer different ones some centres are equal. */
export function centresOf(colours: readonly Rgb[], count: number, seed: number): Float32Array {
  const random = stream(seed, "palette");
  const centres = new Float32Array(3 * count);
  const nearest = new Float64Array(colours.length).fill(Number.POSITIVE_INFINITY);
  for (let k = 0; k < count; k++) {
    const total = nearest.reduce((a, b) => a + b, 0);
    let left = random.uniform() * total;
    let chosen = k === 0 ? random.int(colours.length) : colours.length - 1;
    if (k > 0)
      for (let i = 0; i < colours.length; i++) {
        left -= nearest[i];
        if (left < 0) {
          chosen = i;
          break;
        }
      }
    centres.set(colours[chosen], 3 * k);
    colours.forEach((c, i) => {
      nearest[i] = Math.min(nearest[i], squared(c, centres, k));
    });
  }
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(3 * count);
    const counts = new Float64Array(count);
    for (const c of colours) {
      const k = nearestCentre(c, centres);
      counts[k]++;
      for (let j = 0; j < 3; j++) sums[3 * k + j] += c[j];
    }
    for (let k = 0; k < count; k++)
      if (counts[k] > 0) for (let j = 0; j < 3; j++) centres[3 * k + j] = sums[3 * k + j] / counts[k];
  }
  return centres;
}
