/**
 * Confidence intervals by the percentile bootstrap (Efron 1979) over pictures: the captions or objects of one picture
 * depend on each other, so whole pictures are drawn. Every metric is a sum over a sum, means included.
 * @module
 */
import { ConfigError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";

/** What one item adds to a metric: the metric of a set is sum(numerator) / sum(denominator). */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/** A ratio and the picture that it belongs to. */
export interface Contribution extends Ratio {
  readonly group: string | number;
}

export interface Interval {
  /** NaN when no item counts (every denominator is 0). */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Pictures that count. */
  readonly n: number;
}

export interface BootstrapOptions {
  readonly seed?: number;
  /** Draws; default 1000. */
  readonly draws?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/** Mean of a number an item: numerator the number, denominator 1; absent where the metric does not apply to an item. */
export function meanOf(value: number | undefined): Ratio {
  return value === undefined ? { numerator: 0, denominator: 0 } : { numerator: value, denominator: 1 };
}

/**
 * The metric of a set with its interval. Same contributions, seed and order of groups: same interval.
 * @throws ConfigError for draws or level out of range
 */
export function bootstrap(contributions: Iterable<Contribution>, options: BootstrapOptions = {}): Interval {
  const { seed = 0, draws = 1000, level = 0.95 } = options;
  if (!Number.isInteger(draws) || draws < 1) throw new ConfigError(`bootstrap(): draws is at least 1, got ${draws}`);
  if (!(level > 0 && level < 1)) throw new ConfigError(`bootstrap(): level is between 0 and 1, got ${level}`);
  const groups = new Map<string | number, [number, number]>();
  for (const { group, numerator, denominator } of contributions) {
    const sums = groups.get(group);
    if (sums) {
      sums[0] += numerator;
      sums[1] += denominator;
    } else groups.set(group, [numerator, denominator]);
  }
  // pictures that do not count would only add draws that find nothing
  const sums = [...groups.values()].filter(([, denominator]) => denominator !== 0);
  const n = sums.length;
  const value = ratio(sums);
  if (n === 0) return { value, low: value, high: value, n };
  const random = stream(seed, "bootstrap");
  const values = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    let numerator = 0;
    let denominator = 0;
    for (let i = 0; i < n; i++) {
      const drawn = sums[random.int(n)];
      numerator += drawn[0];
      denominator += drawn[1];
    }
    values[d] = numerator / denominator;
  }
  values.sort();
  return { value, low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2), n };
}

function ratio(sums: readonly (readonly [number, number])[]): number {
  let numerator = 0;
  let denominator = 0;
  for (const [a, b] of sums) {
    numerator += a;
    denominator += b;
  }
  return numerator / denominator;
}

/** Linear between the order statistics (type 7 of Hyndman & Fan 1996, the default of R and numpy). */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const i = Math.floor(at);
  return sorted[i] + (at - i) * ((sorted[i + 1] ?? sorted[i]) - sorted[i]);
}
