/** Between boxes [x, y, w, h] and the standardised numbers that the mixtures model: (cx, cy, log w, log h). @module */
import type { Box } from "../../scene/scene.ts";

/** Mean and standard deviation of (cx, cy, log w, log h) over the training boxes, 4 numbers each. */
export interface BoxStatistics {
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

/** Smaller sides are taken as this, so that the logarithm is bounded. */
const MIN_SIDE = 2e-3;

function coordinates([x, y, w, h]: Box): number[] {
  return [x + w / 2, y + h / 2, Math.log(Math.max(w, MIN_SIDE)), Math.log(Math.max(h, MIN_SIDE))];
}

export function boxStatistics(boxes: Iterable<Box>): BoxStatistics {
  const sum = new Float64Array(4);
  const squares = new Float64Array(4);
  let n = 0;
  for (const box of boxes) {
    coordinates(box).forEach((v, i) => {
      sum[i] += v;
      squares[i] += v * v;
    });
    n++;
  }
  const mean = Float32Array.from(sum, (s) => s / n);
  const std = Float32Array.from(squares, (s, i) => Math.sqrt(Math.max(s / n - (sum[i] / n) ** 2, 1e-8)));
  return { mean, std };
}

export function encodeBox(box: Box, { mean, std }: BoxStatistics): [number, number, number, number] {
  return coordinates(box).map((v, i) => (v - mean[i]) / std[i]) as [number, number, number, number];
}

/** The box of a standardised vector, clipped to the picture; at least 1/100 of it on a side. */
export function decodeBox(v: ArrayLike<number>, { mean, std }: BoxStatistics): Box {
  const at = (i: number) => v[i] * std[i] + mean[i];
  const w = Math.exp(Math.min(at(2), 0.1));
  const h = Math.exp(Math.min(at(3), 0.1));
  const [x, right] = span(at(0), w);
  const [y, bottom] = span(at(1), h);
  return [x, y, right - x, bottom - y];
}

const SMALLEST = 0.01;

/** Edges of an interval of length `size` about `centre`, inside [0, 1]. */
function span(centre: number, size: number): [number, number] {
  const low = Math.min(Math.max(centre - size / 2, 0), 1 - SMALLEST);
  return [low, Math.max(Math.min(centre + size / 2, 1), low + SMALLEST)];
}

/** log |d standardised / d (cx, cy, w, h)|: adds to a log density to make it one over [0, 1]^4. */
export function logJacobian([, , w, h]: Box, { std }: BoxStatistics): number {
  const sides = Math.log(Math.max(w, MIN_SIDE)) + Math.log(Math.max(h, MIN_SIDE));
  return -sides - std.reduce((s, v) => s + Math.log(v), 0);
}
