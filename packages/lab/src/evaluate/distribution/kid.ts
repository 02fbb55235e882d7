/**
 * Kernel Inception distance (Binkowski et al., ICLR 2018): squared maximum mean discrepancy with a cubic kernel.
 *
 *   k(x, y) = (x . y / d + 1)^3
 *   unbiased: sum_{i != j} k(x_i, x_j) / (m (m-1)) + the same of y - 2 mean k(x_i, y_j);   biased: plain means
 *
 * The unbiased estimate does not grow when there are few pictures, and can be negative: two sets of one distribution
 * scatter around 0, a set against itself is below 0.
 * Agrees with exact rational arithmetic within 1e-9 * max(1, |value|) (test/fixtures/distribution-metrics.json).
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import type { Random } from "@scenograph/graph/random";
import type { Interval } from "../bootstrap.ts";
import { checkPair, type Features, selectRows } from "./features.ts";
import { jackknifeVariance, normalInterval } from "./jackknife.ts";
import { multiplyTransposed } from "./linalg.ts";

export interface KidResult {
  unbiased: number;
  biased: number;
}

/** Both estimates over all rows. @throws UserError for different widths or fewer than 2 pictures a set */
export function kid(a: Features, b: Features): KidResult {
  const s = kernelSums("kid", a, b);
  return {
    unbiased: unbiased(s.xx, s.yy, s.xy, a.count, b.count),
    biased:
      (s.xx + s.xxDiagonal) / a.count ** 2 + (s.yy + s.yyDiagonal) / b.count ** 2 - (2 * s.xy) / (a.count * b.count),
  };
}

/** The unbiased estimate with a 95 % jackknife interval over pictures; each of the pictures of both sets is left out once. */
export function kidInterval(a: Features, b: Features): Interval {
  const s = kernelSums("kidInterval", a, b, 3);
  const [m, n] = [a.count, b.count];
  const withoutX = s.xxRows.map((row, i) => unbiased(s.xx - 2 * row, s.yy, s.xy - s.xyRows[i], m - 1, n));
  const withoutY = s.yyRows.map((row, j) => unbiased(s.xx, s.yy - 2 * row, s.xy - s.yxRows[j], m, n - 1));
  const variance = jackknifeVariance(withoutX) + jackknifeVariance(withoutY);
  return normalInterval(unbiased(s.xx, s.yy, s.xy, m, n), variance, Math.min(m, n));
}

/** The row numbers of one subset of each set. */
export interface KidSubset {
  rows1: number[];
  rows2: number[];
}

/** `subsets` draws of `size` different rows of each set, as published KID figures use (100 of 1000 there). */
export function drawSubsets(a: Features, b: Features, subsets: number, size: number, random: Random): KidSubset[] {
  if (size < 2 || size > Math.min(a.count, b.count))
    throw new UserError(`drawSubsets(): size is 2 to the smaller set's ${Math.min(a.count, b.count)}, got ${size}`);
  const draw = (count: number) => random.shuffle(Array.from({ length: count }, (_, i) => i)).slice(0, size);
  return Array.from({ length: subsets }, () => ({ rows1: draw(a.count), rows2: draw(b.count) }));
}

/** Unbiased KID of each subset, their mean and their population standard deviation. */
export function kidOfSubsets(
  a: Features,
  b: Features,
  subsets: readonly KidSubset[],
): { values: number[]; mean: number; std: number } {
  const values = subsets.map(({ rows1, rows2 }) => kid(selectRows(a, rows1), selectRows(b, rows2)).unbiased);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return { values, mean, std };
}

function unbiased(xx: number, yy: number, xy: number, m: number, n: number): number {
  return xx / (m * (m - 1)) + yy / (n * (n - 1)) - (2 * xy) / (m * n);
}

/** Sums of the kernel: xx and yy without their diagonals, and by row for the jackknife. */
function kernelSums(what: string, a: Features, b: Features, minimum = 2) {
  checkPair(what, a, b, minimum);
  const { width } = a;
  const [x, y] = [Float64Array.from(a.data), Float64Array.from(b.data)];
  const [inX, inY] = [within(x, a.count, width), within(y, b.count, width)];
  const xyRows = new Float64Array(a.count);
  const yxRows = new Float64Array(b.count);
  eachKernel(
    x,
    a.count,
    y,
    () => b.count,
    width,
    (i, j, value) => {
      xyRows[i] += value;
      yxRows[j] += value;
    },
  );
  return {
    xx: total(inX.rows),
    yy: total(inY.rows),
    xy: total(xyRows),
    xxDiagonal: inX.diagonal,
    yyDiagonal: inY.diagonal,
    xxRows: inX.rows,
    yyRows: inY.rows,
    xyRows,
    yxRows,
  };
}

function within(p: Float64Array, count: number, width: number): { rows: Float64Array; diagonal: number } {
  const rows = new Float64Array(count);
  let diagonal = 0;
  eachKernel(
    p,
    count,
    p,
    (end) => end,
    width,
    (i, j, value) => {
      if (i === j) diagonal += value;
      if (j >= i) return;
      rows[i] += value;
      rows[j] += value;
    },
  );
  return { rows, diagonal };
}

const BLOCK = 64;

/** k(p_i, q_j) for all i and all j < upTo(end of i's block), in blocks of rows so that the products are fast. */
function eachKernel(
  p: Float64Array,
  count: number,
  q: Float64Array,
  upTo: (end: number) => number,
  width: number,
  visit: (i: number, j: number, value: number) => void,
): void {
  for (let start = 0; start < count; start += BLOCK) {
    const end = Math.min(start + BLOCK, count);
    const columns = upTo(end);
    const rows = p.subarray(start * width, end * width);
    const dots = multiplyTransposed(rows, end - start, q, columns, width);
    for (let i = start, at = 0; i < end; i++)
      for (let j = 0; j < columns; j++, at++) {
        const base = dots[at] / width + 1;
        visit(i, j, base * base * base);
      }
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v, 0);
}
