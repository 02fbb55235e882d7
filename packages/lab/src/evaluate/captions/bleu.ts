/**
 * BLEU-1..4 (Papineni et al., ACL 2002) with the smoothing and the "closest" reference length of coco-caption.
 *
 *   BLEU-k = BP * (prod over n = 1..k of p_n)^(1/k),   p_n = (correct_n + 1e-15) / (guess_n + 1e-9)
 *   BP = min(1, exp(1 - 1/r)),   r = (test length + 1e-15) / (reference length + 1e-9)
 *
 * correct_n: n-grams of the hypothesis, each clipped by its largest count in one reference; guess_n: all its n-grams.
 * The reference length of an item is the nearest one, ties going to the shorter. A corpus sums the integers first.
 * Agrees with pycocoevalcap's Bleu (option "closest") within 1e-9 on equal tokens, integers exactly.
 * @module
 */
import { countNgrams } from "./ngrams.ts";

export const BLEU_ORDERS = 4;

/** The integers behind BLEU, summed over items; arrays are per order 1..4. */
export interface BleuCounts {
  testLength: number;
  referenceLength: number;
  guess: number[];
  correct: number[];
}

/** The counts of one item. `references` holds at least one token list. */
export function bleuCounts(hypothesis: readonly string[], references: readonly (readonly string[])[]): BleuCounts {
  const counts: BleuCounts = {
    testLength: hypothesis.length,
    referenceLength: closestLength(hypothesis.length, references),
    guess: [],
    correct: [],
  };
  for (let n = 1; n <= BLEU_ORDERS; n++) {
    const limits = new Map<string, number>();
    for (const reference of references)
      for (const [key, count] of countNgrams(reference, n)) limits.set(key, Math.max(count, limits.get(key) ?? 0));
    let correct = 0;
    for (const [key, count] of countNgrams(hypothesis, n)) correct += Math.min(count, limits.get(key) ?? 0);
    counts.guess.push(Math.max(0, hypothesis.length - n + 1));
    counts.correct.push(correct);
  }
  return counts;
}

/** [BLEU-1, BLEU-2, BLEU-3, BLEU-4] in [0, 1] from counts of one item or summed ones. */
export function bleuFromCounts(counts: BleuCounts): number[] {
  const ratio = (counts.testLength + 1e-15) / (counts.referenceLength + 1e-9);
  const brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  const scores: number[] = [];
  let product = 1;
  for (let n = 1; n <= BLEU_ORDERS; n++) {
    product *= (counts.correct[n - 1] + 1e-15) / (counts.guess[n - 1] + 1e-9);
    scores.push(brevity * product ** (1 / n));
  }
  return scores;
}

/**
 * BLEU of a corpus and of each item alone.
 * @param hypotheses one token list an item
 * @param references one or more token lists an item, in the same order
 * @returns `corpus` and `items[i]`: BLEU-1..4 in [0, 1]; `counts` and `itemCounts[i]`: the integers behind them
 */
export function bleu(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
): { corpus: number[]; items: number[][]; counts: BleuCounts; itemCounts: BleuCounts[] } {
  const itemCounts = hypotheses.map((hypothesis, i) => bleuCounts(hypothesis, references[i]));
  const counts: BleuCounts = { testLength: 0, referenceLength: 0, guess: [0, 0, 0, 0], correct: [0, 0, 0, 0] };
  for (const item of itemCounts) addBleuCounts(counts, item, 1);
  return { corpus: bleuFromCounts(counts), items: itemCounts.map(bleuFromCounts), counts, itemCounts };
}

/** sum += sign * item, in place. */
export function addBleuCounts(sum: BleuCounts, item: BleuCounts, sign: 1 | -1): void {
  sum.testLength += sign * item.testLength;
  sum.referenceLength += sign * item.referenceLength;
  for (let n = 0; n < BLEU_ORDERS; n++) {
    sum.guess[n] += sign * item.guess[n];
    sum.correct[n] += sign * item.correct[n];
  }
}

function closestLength(length: number, references: readonly (readonly string[])[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (const { length: r } of references) {
    const [near, nearest] = [Math.abs(r - length), Math.abs(best - length)];
    if (near < nearest || (near === nearest && r < best)) best = r;
  }
  return best;
}
