/**
 * Statistics of a study with people: proportions, agreement, strengths from paired comparisons, and intervals that
 * count raters and sentences both as drawn at random.
 * @module
 */
import { ConfigError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";

/** A number with its 95 % interval; NaN where nothing was measured. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const Z95 = 1.959963984540054;

/**
 * Score interval of a proportion (Wilson 1927), without continuity correction.
 * @param x successes, 0..n; may be fractional
 * @param n trials; 0 gives NaN
 */
export function wilson(x: number, n: number, z: number = Z95): Estimate {
  if (!(x >= 0 && x <= n)) throw new ConfigError(`wilson(): successes are from 0 to ${n}, got ${x}`);
  if (n === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const p = x / n;
  const z2 = z * z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  // at 0 and n the bound is exactly 0 and 1; rounding must not say otherwise
  return { value: p, low: x === 0 ? 0 : Math.max(0, centre - half), high: x === n ? 1 : Math.min(1, centre + half) };
}

export interface Kappa {
  /** 1 = complete agreement, 0 = as by chance; NaN when no item has two answers or all answers are one category. */
  readonly kappa: number;
  /** Mean share of agreeing pairs of raters. */
  readonly observed: number;
  /** The share expected by chance. */
  readonly expected: number;
  /** Items with at least two answers: the others say nothing about agreement and are left out. */
  readonly items: number;
}

/**
 * Fleiss' kappa (Fleiss 1971). Raters may differ from item to item; with a constant number of answers an item it is
 * Fleiss' formula, otherwise items count alike in the observed agreement and answers alike in the expected one.
 * @param counts answers by item and category
 */
export function fleissKappa(counts: readonly (readonly number[])[]): Kappa {
  const rated = counts.filter((row) => sum(row) >= 2);
  const totals: number[] = [];
  let observed = 0;
  for (const row of rated) {
    const n = sum(row);
    observed += row.reduce((s, c) => s + c * (c - 1), 0) / (n * (n - 1)) / rated.length;
    row.forEach((c, k) => {
      totals[k] = (totals[k] ?? 0) + c;
    });
  }
  const answers = sum(totals);
  const expected = totals.reduce((s, c) => s + (c / answers) ** 2, 0);
  if (rated.length === 0) return { kappa: Number.NaN, observed: Number.NaN, expected: Number.NaN, items: 0 };
  const kappa = expected === 1 ? Number.NaN : (observed - expected) / (1 - expected);
  return { kappa, observed, expected, items: rated.length };
}

export interface Strengths {
  /** By condition: probability that i is preferred to j is strength[i] / (strength[i] + strength[j]); they sum to 1. */
  readonly strengths: readonly number[];
  /**
   * Half a win was added in both directions of every compared pair, because some condition (or group) never won or
   * never lost against the rest: without it no finite maximum exists (Ford 1957).
   */
  readonly regularised: boolean;
}

/**
 * Strengths by the Bradley-Terry model (1952), maximum likelihood by the MM iteration of Hunter (2004, eq. 3). A tie
 * counts as half a win for each.
 * @param wins wins[i][j]: how often i was preferred to j, >= 0
 */
export function bradleyTerry(wins: readonly (readonly number[])[]): Strengths {
  const k = wins.length;
  const regularised = !stronglyConnected(wins);
  const w = wins.map((row, i) => row.map((x, j) => x + (regularised && i !== j && x + wins[j][i] > 0 ? 0.5 : 0)));
  if (regularised && !stronglyConnected(w)) return { strengths: new Array<number>(k).fill(Number.NaN), regularised };
  let p = new Array<number>(k).fill(1 / k);
  for (let iteration = 0; iteration < 10_000; iteration++) {
    const next = p.map((pi, i) => {
      let won = 0;
      let load = 0;
      for (let j = 0; j < k; j++) {
        if (j === i) continue;
        won += w[i][j];
        load += (w[i][j] + w[j][i]) / (pi + p[j]);
      }
      return load === 0 ? pi : won / load;
    });
    const total = sum(next);
    let change = 0;
    for (let i = 0; i < k; i++) {
      next[i] /= total;
      change = Math.max(change, Math.abs(Math.log(next[i] / p[i])));
    }
    p = next;
    if (change < 1e-12) break;
  }
  return { strengths: p, regularised };
}

/** Whether every condition reaches every other along wins. */
function stronglyConnected(wins: readonly (readonly number[])[]): boolean {
  const reaches = (edge: (i: number, j: number) => number) => {
    const seen = new Set([0]);
    for (const i of seen) for (let j = 0; j < wins.length; j++) if (edge(i, j) > 0) seen.add(j);
    return seen.size === wins.length;
  };
  return reaches((i, j) => wins[i][j]) && reaches((i, j) => wins[j][i]);
}

/** An answer as the bootstrap sees it. */
export interface Crossed {
  readonly rater: number | string;
  readonly sentence: number | string;
}

/**
 * 95 % percentile intervals by drawing raters and sentences, both with replacement; an answer weighs the product of how
 * often its rater and its sentence were drawn (the pigeonhole bootstrap, Owen 2007: mildly conservative where both
 * vary). With one rater or one sentence that side is kept as it is.
 * @param statistic of the answers with weights, in the order of `answers`; some numbers, each NaN where undefined
 * @returns an estimate for each number; draws where it is undefined are left out
 */
export function crossedBootstrap<T extends Crossed>(
  answers: readonly T[],
  statistic: (answers: readonly T[], weights: Float64Array) => number[],
  { draws = 1000, seed = 0 }: { readonly draws?: number; readonly seed?: number } = {},
): Estimate[] {
  const values = statistic(answers, new Float64Array(answers.length).fill(1));
  const raters = indexed(answers.map((a) => a.rater));
  const sentences = indexed(answers.map((a) => a.sentence));
  const random = stream(seed, "study", "bootstrap");
  const drawn = (n: number) => {
    const counts = new Uint32Array(n);
    if (n === 1) counts[0] = 1;
    else for (let i = 0; i < n; i++) counts[random.int(n)]++;
    return counts;
  };
  const samples: number[][] = values.map(() => []);
  const weights = new Float64Array(answers.length);
  for (let d = 0; d < draws && answers.length > 0; d++) {
    const byRater = drawn(raters.n);
    const bySentence = drawn(sentences.n);
    for (let a = 0; a < weights.length; a++) weights[a] = byRater[raters.of[a]] * bySentence[sentences.of[a]];
    statistic(answers, weights).forEach((x, i) => {
      if (!Number.isNaN(x)) samples[i].push(x);
    });
  }
  return values.map((value, i) => {
    const sorted = Float64Array.from(samples[i]).sort();
    return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  });
}

function indexed(keys: readonly (number | string)[]): { of: Uint32Array; n: number } {
  const index = new Map<number | string, number>();
  const of = Uint32Array.from(keys, (key) => {
    if (!index.has(key)) index.set(key, index.size);
    return index.get(key)!;
  });
  return { of, n: index.size };
}

/** Linear between the order statistics (type 7 of Hyndman & Fan 1996). NaN of nothing. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = p * (sorted.length - 1);
  const i = Math.floor(at);
  return sorted[i] + (at - i) * ((i + 1 < sorted.length ? sorted[i + 1] : sorted[i]) - sorted[i]);
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((s, x) => s + x, 0);
}
