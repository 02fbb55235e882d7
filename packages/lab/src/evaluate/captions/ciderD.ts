/**
 * CIDEr-D (Vedantam et al., CVPR 2015, section 4), as coco-caption computes it.
 *
 *   g_n(s)_k = tf_k(s) (ln N - ln max(1, df_k)),  n = 1..4, df over the items whose references hold n-gram k
 *   CIDEr-D(c, S) = 10 / |S| * sum over references s, mean over n of
 *                   exp(-(l(c) - l(s))^2 / (2 sigma^2)) * min(g_n(c), g_n(s)) . g_n(s) / (|g_n(c)| |g_n(s)|),  sigma = 6
 *
 * l is the number of bigrams (the reference program's choice). Every item's score depends on the whole corpus of N
 * items: other items, other scores; N = 1 gives 0. Range [0, 10]. A corpus is the mean over items.
 * Agrees with pycocoevalcap's Cider within 1e-9 on equal tokens.
 * @module
 */
import { countNgrams } from "./ngrams.ts";

const ORDERS = 4;
const SIGMA = 6;

interface Vector {
  weights: Map<string, number>[];
  norms: number[];
  bigrams: number;
}

/** CIDEr-D of each item and their mean. Token lists as in `bleu`. */
export function ciderD(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
): { corpus: number; items: number[] } {
  const documentFrequency = new Map<string, number>();
  for (const set of references) {
    const seen = new Set<string>();
    for (const reference of set)
      for (let n = 1; n <= ORDERS; n++) for (const key of countNgrams(reference, n).keys()) seen.add(key);
    for (const key of seen) documentFrequency.set(key, (documentFrequency.get(key) ?? 0) + 1);
  }
  const logItems = Math.log(references.length);
  const vector = (tokens: readonly string[]): Vector => {
    const weights: Map<string, number>[] = [];
    const norms: number[] = [];
    for (let n = 1; n <= ORDERS; n++) {
      const counts = countNgrams(tokens, n);
      let squares = 0;
      for (const [key, count] of counts) {
        const weight = count * (logItems - Math.log(Math.max(1, documentFrequency.get(key) ?? 0)));
        counts.set(key, weight);
        squares += weight * weight;
      }
      weights.push(counts);
      norms.push(Math.sqrt(squares));
    }
    return { weights, norms, bigrams: Math.max(0, tokens.length - 1) };
  };

  const items = hypotheses.map((hypothesis, i) => {
    const h = vector(hypothesis);
    let sum = 0;
    for (const reference of references[i]) sum += similarity(h, vector(reference));
    return (10 * sum) / references[i].length;
  });
  return { corpus: items.reduce((a, b) => a + b, 0) / items.length, items };
}

/** Mean over the orders of the clipped, length-penalised cosine. */
function similarity(h: Vector, r: Vector): number {
  const penalty = Math.exp(-((h.bigrams - r.bigrams) ** 2) / (2 * SIGMA ** 2));
  let total = 0;
  for (let n = 0; n < ORDERS; n++) {
    let dot = 0;
    for (const [key, weight] of h.weights[n]) {
      const other = r.weights[n].get(key) ?? 0;
      dot += Math.min(weight, other) * other;
    }
    const norms = h.norms[n] * r.norms[n];
    total += (norms === 0 ? dot : dot / norms) * penalty;
  }
  return total / ORDERS;
}
