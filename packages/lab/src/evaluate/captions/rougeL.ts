/**
 * ROUGE-L (Lin, 2004): F measure of the longest common subsequence, beta 1.2, as coco-caption computes it.
 *
 *   P = max over references of LCS / hypothesis length,   R = max over references of LCS / reference length
 *   ROUGE-L = (1 + beta^2) P R / (R + beta^2 P), 0 when P or R is 0
 *
 * The two maxima may come from different references. Quirk kept: an empty text counts as one empty token, so an empty
 * hypothesis against an empty reference scores 1. A corpus is the mean over items.
 * Agrees with pycocoevalcap's Rouge within 1e-9 on equal tokens.
 * @module
 */
const BETA_SQUARED = 1.2 ** 2;

/** Length of the longest common subsequence of two token lists. */
export function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = new Uint32Array(b.length + 1);
  for (const token of a) {
    const next = new Uint32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++) next[j] = token === b[j - 1] ? row[j - 1] + 1 : Math.max(row[j], next[j - 1]);
    row = next;
  }
  return row[b.length];
}

/** ROUGE-L of one item, in [0, 1]. `references` holds at least one token list. */
export function rougeLItem(hypothesis: readonly string[], references: readonly (readonly string[])[]): number {
  const h = hypothesis.length ? hypothesis : [""];
  let [precision, recall] = [0, 0];
  for (const reference of references) {
    const r = reference.length ? reference : [""];
    const common = longestCommonSubsequence(h, r);
    precision = Math.max(precision, common / h.length);
    recall = Math.max(recall, common / r.length);
  }
  if (precision === 0 || recall === 0) return 0;
  return ((1 + BETA_SQUARED) * precision * recall) / (recall + BETA_SQUARED * precision);
}

/** ROUGE-L of each item and their mean. Token lists as in `bleu`. */
export function rougeL(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
): { corpus: number; items: number[] } {
  const items = hypotheses.map((hypothesis, i) => rougeLItem(hypothesis, references[i]));
  return { corpus: items.reduce((a, b) => a + b, 0) / items.length, items };
}
