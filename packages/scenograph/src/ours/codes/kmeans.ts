/** Centres of colours and of encodings: k-means (Lloyd 1982) with k-means++ beginnings (Arthur & Vassilvitskii 2007). @module */
import { stream } from "@scenograph/graph/random";

/** A point of D numbers. */
export type Point = ArrayLike<number>;

const ROUNDS = 20;

/** Squared distance of a point to centre k of [K, D]. */
function squared(a: Point, centres: ArrayLike<number>, k: number): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - centres[a.length * k + j]) ** 2;
  return sum;
}

/** Index of the nearest of the centres [K, D]; of equals the first. */
export function nearestCentre(point: Point, centres: ArrayLike<number>): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let k = 0; k < centres.length / point.length; k++) {
    const d = squared(point, centres, k);
    if (d < least) [best, least] = [k, d];
  }
  return best;
}

/** `count` centres [count, D] of at least one point; of fewer different ones some centres are equal. */
export function centresOf(points: readonly Point[], count: number, seed: number): Float32Array {
  const random = stream(seed, "palette");
  const width = points[0].length;
  const centres = new Float32Array(width * count);
  const nearest = new Float64Array(points.length).fill(Number.POSITIVE_INFINITY);
  for (let k = 0; k < count; k++) {
    const total = nearest.reduce((a, b) => a + b, 0);
    let left = random.uniform() * total;
    let chosen = k === 0 ? random.int(points.length) : points.length - 1;
    if (k > 0)
      for (let i = 0; i < points.length; i++) {
        left -= nearest[i];
        if (left < 0) {
          chosen = i;
          break;
        }
      }
    centres.set(Array.from(points[chosen]), width * k);
    points.forEach((c, i) => {
      nearest[i] = Math.min(nearest[i], squared(c, centres, k));
    });
  }
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(width * count);
    const counts = new Float64Array(count);
    for (const c of points) {
      const k = nearestCentre(c, centres);
      counts[k]++;
      for (let j = 0; j < width; j++) sums[width * k + j] += c[j];
    }
    for (let k = 0; k < count; k++)
      if (counts[k] > 0) for (let j = 0; j < width; j++) centres[width * k + j] = sums[width * k + j] / counts[k];
  }
  return centres;
}

/** For each point the nearest of the `count` centres of its class, centres [classes * count, D] as `classCentres` gives them. */
export function ownCentres(
  points: readonly Point[],
  labels: readonly number[],
  centres: Float32Array,
  count: number,
): number[] {
  return points.map((point, i) => {
    const each = count * point.length;
    return nearestCentre(point, centres.subarray(labels[i] * each, (labels[i] + 1) * each));
  });
}

/** `count` centres of the points of each class, [classes * count, D]; a class without points has zeros. */
export function classCentres(
  points: readonly Point[],
  labels: readonly number[],
  { classes, count }: { readonly classes: number; readonly count: number },
  seed: number,
): Float32Array {
  const width = points[0].length;
  const centres = new Float32Array(classes * count * width);
  for (let c = 0; c < classes; c++) {
    const own = points.filter((_, i) => labels[i] === c);
    if (own.length > 0) centres.set(centresOf(own, count, seed), c * count * width);
  }
  return centres;
}
