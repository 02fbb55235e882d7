/**
 * Frechet distance between two sets of features, each taken as a Gaussian (Heusel et al., NIPS 2017). It is "FID" only
 * with the features of the original Inception file; elsewhere it is a Frechet distance of a named network.
 *
 *   FD = |m1 - m2|^2 + tr C1 + tr C2 - 2 tr (C1 C2)^(1/2),   covariances divide by count - 1
 *
 * tr (C1 C2)^(1/2) is the sum of the square roots of the eigenvalues of a symmetric matrix with the same spectrum:
 * L^T C2 L with C1 = L L^T, or, with fewer pictures than features, M M^T with M = X1 X2^T (centred rows), which is exact
 * where the usual matrix square root of singular covariances loses digits.
 * Agrees with pytorch-fid's calculate_frechet_distance and with 40-digit arithmetic within 1e-8 * max(1, FD), and within
 * 1e-4 of the exact value for singular covariances (test/fixtures/distribution-metrics.json).
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import type { Interval } from "../bootstrap.ts";
import { centred, checkPair, type Features, mean, selectRows } from "./features.ts";
import { jackknifeVariance, normalInterval } from "./jackknife.ts";
import { cholesky, multiplyTransposed, symmetricEigenvalues, transpose } from "./linalg.ts";

export interface FrechetResult {
  /** at least 0 */
  value: number;
  /** a set has no more pictures than features: its covariance is singular, and the distance is far too large to compare */
  singular: boolean;
  /** one line for people when `singular` */
  warning?: string;
}

/**
 * The distance between two feature sets of one network.
 * @throws UserError for different widths, fewer than 2 pictures a set, numbers that are not finite
 */
export function frechetDistance(a: Features, b: Features): FrechetResult {
  checkPair("frechetDistance", a, b, 2);
  const fewest = Math.min(a.count, b.count);
  const singular = fewest <= a.width;
  return {
    value: distance(a, b),
    singular,
    ...(singular && {
      warning: `frechetDistance(): more pictures than features are needed for a full covariance, got ${fewest} pictures and ${a.width} features; compare only with values of exactly these counts, or use KID`,
    }),
  };
}

/**
 * The distance with a 95 % interval by the delete-group jackknife over pictures: `groups` parts of each set are left out
 * in turn (2 * groups distances are computed).
 */
export function frechetInterval(a: Features, b: Features, groups = 10): FrechetResult & Interval {
  if (!Number.isInteger(groups) || groups < 2)
    throw new UserError(`frechetInterval(): at least 2 groups are needed, got ${groups}`);
  checkPair("frechetInterval", a, b, 2 * groups);
  const whole = frechetDistance(a, b);
  const without = (f: Features, g: number): Features =>
    selectRows(
      f,
      Array.from({ length: f.count }, (_, i) => i).filter((i) => i % groups !== g),
    );
  const parts = Array.from({ length: groups }, (_, g) => g);
  const variance =
    jackknifeVariance(parts.map((g) => distance(without(a, g), b))) +
    jackknifeVariance(parts.map((g) => distance(a, without(b, g))));
  return { ...whole, ...normalInterval(whole.value, variance, Math.min(a.count, b.count)) };
}

/**
 * The distance from means [d] and covariances [d, d] (row-major, symmetric positive semidefinite).
 */
export function frechetFromMoments(
  mean1: ArrayLike<number>,
  covariance1: Float64Array,
  mean2: ArrayLike<number>,
  covariance2: Float64Array,
): number {
  const d = mean1.length;
  const upper = transpose(cholesky(covariance1, d), d, d);
  const half = multiplyTransposed(upper, d, covariance2, d, d, { upper: true });
  const product = multiplyTransposed(upper, d, half, d, d, { symmetric: true, upper: true });
  let traces = 0;
  for (let i = 0; i < d; i++) traces += covariance1[i * d + i] + covariance2[i * d + i];
  return Math.max(0, squaredDifference(mean1, mean2) + traces - 2 * sumOfRoots(symmetricEigenvalues(product, d)));
}

function distance(a: Features, b: Features): number {
  const width = a.width;
  const [m1, m2] = [mean(a), mean(b)];
  const [x1, x2] = [centred(a), centred(b)];
  if (Math.min(a.count, b.count) > width) {
    const covariance = (x: Float64Array, count: number): Float64Array => {
      const columns = transpose(x, count, width);
      return multiplyTransposed(columns, width, columns, width, count, { symmetric: true });
    };
    return frechetFromMoments(m1, covariance(x1, a.count), m2, covariance(x2, b.count));
  }
  const [small, few, large, many] = a.count <= b.count ? [x1, a.count, x2, b.count] : [x2, b.count, x1, a.count];
  const cross = multiplyTransposed(small, few, large, many, width);
  const product = multiplyTransposed(cross, few, cross, few, many, { symmetric: true });
  const traces = sumOfSquares(x1) + sumOfSquares(x2);
  return Math.max(0, squaredDifference(m1, m2) + traces - 2 * sumOfRoots(symmetricEigenvalues(product, few)));
}

/** Eigenvalues within rounding of 0 count as 0: their roots would add up. */
function sumOfRoots(eigenvalues: Float64Array): number {
  const noise = eigenvalues.length * Number.EPSILON * eigenvalues.reduce((a, b) => Math.max(a, b), 0);
  let sum = 0;
  for (const value of eigenvalues) if (value > noise) sum += Math.sqrt(value);
  return sum;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

function squaredDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}
