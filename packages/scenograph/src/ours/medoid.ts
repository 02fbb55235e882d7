/** The item that agrees best with others drawn beside it. @module */

/**
 * Index of the item with the highest mean similarity to all: minimum Bayes risk over draws of a distribution (Kumar & Byrne 2004). The
 * similarity is symmetric. Of equals the first; -1 for no items.
 */
export function medoid<T>(items: readonly T[], similarity: (a: T, b: T) => number): number {
  const n = items.length;
  // each pair is compared once
  const table = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) table[i * n + j] = table[j * n + i] = similarity(items[i], items[j]);
  let best = -1;
  let most = -1;
  for (let i = 0; i < n; i++) {
    let agreement = 0;
    for (let j = 0; j < n; j++) agreement += table[i * n + j];
    if (agreement > most) {
      most = agreement;
      best = i;
    }
  }
  return best;
}
