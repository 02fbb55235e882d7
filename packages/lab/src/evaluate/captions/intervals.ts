/**
 * Intervals of corpus caption scores: the jackknife over items (leave one out, recompute from the counts).
 * CIDEr-D keeps the document frequencies of the whole corpus, so its interval is that of a mean.
 * @module
 */
import type { Interval } from "../bootstrap.ts";
import { jackknifeVariance, normalInterval } from "../distribution/jackknife.ts";
import { addBleuCounts, BLEU_ORDERS, type bleu, bleuFromCounts } from "./bleu.ts";
import { addMeteorStats, type meteor, meteorScore } from "./meteor.ts";

interface ItemScores {
  corpus: number;
  items: readonly number[];
}

/** The metric's own range: a normal interval near its end would leave it. */
function inRange(interval: Interval, most: number): Interval {
  const clip = (v: number) => Math.min(most, Math.max(0, v));
  return { ...interval, low: clip(interval.low), high: clip(interval.high) };
}

/**
 * 95 % intervals by metric name, cut to the metric's range ([0, 1], CIDEr-D [0, 10]); METEOR only when given. One item alone
 * has no spread: low = high = value.
 */
export function captionIntervals(
  b: ReturnType<typeof bleu>,
  rouge: ItemScores,
  cider: ItemScores,
  m?: ReturnType<typeof meteor>,
): Record<string, Interval> {
  const n = b.items.length;
  const interval = (value: number, leftOut: ArrayLike<number>, most = 1) =>
    inRange(normalInterval(value, n > 1 ? jackknifeVariance(leftOut) : 0, n), most);
  const ofMean = ({ corpus, items }: ItemScores, most?: number) =>
    interval(
      corpus,
      items.map((item) => (corpus * n - item) / (n - 1)),
      most,
    );

  const bleuLeftOut = b.itemCounts.map((item) => {
    const rest = { ...b.counts, guess: [...b.counts.guess], correct: [...b.counts.correct] };
    addBleuCounts(rest, item, -1);
    return bleuFromCounts(rest);
  });
  const intervals: Record<string, Interval> = {};
  for (let k = 0; k < BLEU_ORDERS; k++)
    intervals[`BLEU-${k + 1}`] = interval(
      b.corpus[k],
      bleuLeftOut.map((scores) => scores[k]),
    );
  intervals["ROUGE-L"] = ofMean(rouge);
  intervals["CIDEr-D"] = ofMean(cider, 10);
  if (m) {
    const leftOut = m.stats.map((item) => {
      const rest = structuredClone(m.corpusStats);
      addMeteorStats(rest, item, -1);
      return meteorScore(rest);
    });
    intervals.METEOR = interval(m.corpus, leftOut);
  }
  return intervals;
}
