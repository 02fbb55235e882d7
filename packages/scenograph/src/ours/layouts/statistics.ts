/**
 * How large things are and where they stand in real layouts: of one category, and of pairs of them. Made once from a set of
 * layouts by `layoutStatistics`, small enough to be kept with a vocabulary (COCO's: 30 kB).
 * @module
 */
import type { Box } from "../../scene/scene.ts";

/** Of the largest object of each category of a picture; areas in fractions of the picture. */
export interface LayoutStatistics {
  /** Category names; the other fields speak of them by index. */
  readonly names: readonly string[];
  /** [pictures, mean and sd of log area, of log (w / h), of the foot's height y + h, scale]; see `SIZES`. */
  readonly each: readonly (readonly number[])[];
  /** [i, j, pictures, mean and sd of log (area i / area j), its 1st and 99th percentile, mean and sd of foot i - foot j]. */
  readonly pairs: readonly (readonly number[])[];
}

export interface SizePrior {
  readonly logArea: number;
  readonly logAreaSd: number;
  readonly logAspect: number;
  readonly logAspectSd: number;
  readonly foot: number;
  readonly footSd: number;
  /** Comparable between categories that were never seen together: the size of the thing itself. */
  readonly scale: number;
}

/** log (area of one / area of the other) of things that are both spoken of. */
export interface RatioPrior {
  readonly mean: number;
  readonly sd: number;
  /** 1st and 99th percentile. */
  readonly low: number;
  readonly high: number;
  /** Pictures that it is from; few: mostly the difference of the scales. */
  readonly pictures: number;
}

/** A layout to learn from: what the caption names counts fully, other things a quarter. */
export interface LearntLayout {
  readonly objects: readonly { readonly label: number; readonly box: Box }[];
  readonly named: ReadonlySet<number>;
}

const UNNAMED = 0.25;
/** A pair seen in so many pictures counts as much as what the scales say. */
const SHRINK = 8;
/** Pairs in fewer pictures are left to the scales. */
const LEAST_PICTURES = 5;
const RATIO_SD = 1.1;
const SMALLEST = 1e-5;

const logArea = ([, , w, h]: Box) => Math.log(Math.max(w * h, SMALLEST));

class Moments {
  weight = 0;
  #sum = 0;
  #squares = 0;
  add(v: number, weight: number) {
    this.weight += weight;
    this.#sum += weight * v;
    this.#squares += weight * v * v;
  }
  get mean() {
    return this.weight > 0 ? this.#sum / this.weight : 0;
  }
  get sd() {
    return this.weight > 0 ? Math.sqrt(Math.max(this.#squares / this.weight - this.mean ** 2, 1e-4)) : 0;
  }
}

export function layoutStatistics(names: readonly string[], layouts: Iterable<LearntLayout>): LayoutStatistics {
  const each = names.map(() => ({ area: new Moments(), aspect: new Moments(), foot: new Moments() }));
  const pairs = new Map<string, { ratio: Moments; foot: Moments; all: number[] }>();
  for (const { objects, named } of layouts) {
    const largest = new Map<number, Box>();
    for (const { label, box } of objects) {
      const had = largest.get(label);
      if (!had || logArea(box) > logArea(had)) largest.set(label, box);
    }
    const found = [...largest].sort(([a], [b]) => a - b);
    found.forEach(([i, a], at) => {
      const own = named.has(i) ? 1 : UNNAMED;
      each[i].area.add(logArea(a), own);
      each[i].aspect.add(Math.log(Math.max(a[2], 1e-3) / Math.max(a[3], 1e-3)), own);
      each[i].foot.add(a[1] + a[3], own);
      for (const [j, b] of found.slice(at + 1)) {
        const key = `${i},${j}`;
        let pair = pairs.get(key);
        if (!pair) {
          pair = { ratio: new Moments(), foot: new Moments(), all: [] };
          pairs.set(key, pair);
        }
        const weight = named.has(i) && named.has(j) ? 1 : UNNAMED;
        const ratio = logArea(a) - logArea(b);
        pair.ratio.add(ratio, weight);
        pair.foot.add(a[1] + a[3] - b[1] - b[3], weight);
        pair.all.push(ratio);
      }
    });
  }
  const kept = [...pairs].filter(([, p]) => p.all.length >= LEAST_PICTURES);
  const scale = fitScales(
    each.map((e) => e.area.mean),
    kept.map(([key, p]) => ({ ij: key.split(",").map(Number), mean: p.ratio.mean, weight: p.ratio.weight })),
  );
  const round = (v: number) => Math.round(v * 100) / 100;
  return {
    names,
    each: each.map(({ area, aspect, foot }, i) =>
      [Math.round(area.weight), area.mean, area.sd, aspect.mean, aspect.sd, foot.mean, foot.sd, scale[i]].map(round),
    ),
    pairs: kept.map(([key, { ratio, foot, all }]) => {
      const sorted = Float64Array.from(all).sort();
      const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))];
      return [
        ...key.split(",").map(Number),
        all.length,
        ...[ratio.mean, ratio.sd, at(0.01), at(0.99), foot.mean, foot.sd].map(round),
      ];
    }),
  };
}

/** s with s_i - s_j near the mean of log (area i / area j), weighted; drawn lightly to the mean areas. Gauss-Seidel. */
function fitScales(
  areas: readonly number[],
  pairs: readonly { ij: number[]; mean: number; weight: number }[],
): number[] {
  const scale = [...areas];
  const of: { j: number; mean: number; weight: number }[][] = areas.map(() => []);
  for (const {
    ij: [i, j],
    mean,
    weight,
  } of pairs) {
    // pictures of persons must not outweigh all others
    const w = Math.sqrt(weight);
    of[i].push({ j, mean, weight: w });
    of[j].push({ j: i, mean: -mean, weight: w });
  }
  for (let round = 0; round < 200; round++)
    for (let i = 0; i < scale.length; i++) {
      let total = areas[i];
      let weight = 1;
      for (const p of of[i]) {
        total += p.weight * (scale[p.j] + p.mean);
        weight += p.weight;
      }
      scale[i] = total / weight;
    }
  return scale;
}

/** Look-up in a table of statistics. */
export class SizeTable {
  readonly #index: ReadonlyMap<string, number>;
  readonly #pairs = new Map<string, readonly number[]>();

  constructor(readonly statistics: LayoutStatistics) {
    this.#index = new Map(statistics.names.map((name, i) => [name, i]));
    for (const row of statistics.pairs) this.#pairs.set(`${row[0]},${row[1]}`, row);
  }

  /** undefined for a name that the table lacks or has never seen. */
  prior(name: string): SizePrior | undefined {
    const i = this.#index.get(name);
    if (i === undefined || this.statistics.each[i][0] === 0) return undefined;
    const [, area, areaSd, aspect, aspectSd, foot, footSd, scale] = this.statistics.each[i];
    return { logArea: area, logAreaSd: areaSd, logAspect: aspect, logAspectSd: aspectSd, foot, footSd, scale };
  }

  /** The pair as it was seen, shrunk towards the difference of the scales. */
  ratio(a: string, b: string): RatioPrior | undefined {
    const [i, j] = [this.#index.get(a), this.#index.get(b)];
    const [pa, pb] = [this.prior(a), this.prior(b)];
    if (i === undefined || j === undefined || !pa || !pb) return undefined;
    const row = this.#pairs.get(i < j ? `${i},${j}` : `${j},${i}`);
    const sign = i < j ? 1 : -1;
    const expected = pa.scale - pb.scale;
    if (!row || i === j) {
      const mean = i === j ? 0 : expected;
      return { mean, sd: RATIO_SD, low: mean - 2.6 * RATIO_SD, high: mean + 2.6 * RATIO_SD, pictures: 0 };
    }
    const [, , n, rawMean, sd, rawLow, rawHigh] = row;
    const share = n / (n + SHRINK);
    const mean = share * sign * rawMean + (1 - share) * expected;
    const spread = Math.max(Math.sqrt(share * sd ** 2 + (1 - share) * RATIO_SD ** 2), 0.4);
    const [low, high] = sign > 0 ? [rawLow, rawHigh] : [-rawHigh, -rawLow];
    // percentiles of few pictures are their extremes: widened to what the spread says
    const trusted = n >= 50;
    return {
      mean,
      sd: spread,
      low: trusted ? low : Math.min(low, mean - 2.33 * spread),
      high: trusted ? high : Math.max(high, mean + 2.33 * spread),
      pictures: n,
    };
  }
}
