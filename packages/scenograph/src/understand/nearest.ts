/** The drawable things nearest to a word in meaning. @module */
import type { Vocabulary } from "./types.ts";

/** Vector of a word; undefined or zeros where it has none. */
export type VectorOf = (word: string) => ArrayLike<number> | undefined;

/**
 * Names of the categories nearest to a word by cosine, best first; none where the word or all categories have no vector.
 * A name of several words has their mean.
 */
export function nearestCategories(
  { categories }: Vocabulary,
  vectorOf: VectorOf,
  options: { readonly count?: number; readonly least?: number } = {},
): (word: string) => string[] {
  const { count = 3, least = 0.3 } = options;
  const known = categories.flatMap(({ name }) => {
    const vector = meanVector(name, vectorOf);
    return vector ? [{ name, vector }] : [];
  });
  return (word) => {
    const query = meanVector(word, vectorOf);
    if (!query) return [];
    return known
      .map(({ name, vector }) => ({ name, cosine: dot(vector, query) }))
      .filter(({ cosine }) => cosine >= least)
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, count)
      .map(({ name }) => name);
  };
}

/** Mean of the unit vectors of a phrase's words, of length 1. */
function meanVector(phrase: string, vectorOf: VectorOf): Float64Array | undefined {
  let sum: Float64Array | undefined;
  for (const word of phrase.split(" ")) {
    const vector = vectorOf(word);
    if (!vector) continue;
    const norm = Math.sqrt(dot(vector, vector));
    if (norm === 0) continue;
    sum ??= new Float64Array(vector.length);
    for (let i = 0; i < sum.length; i++) sum[i] += vector[i] / norm;
  }
  const norm = sum ? Math.sqrt(dot(sum, sum)) : 0;
  return norm > 0 ? sum?.map((v) => v / norm) : undefined;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}
