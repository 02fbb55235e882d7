/** The nearest caption by TF-IDF: what can be had by looking up instead of inferring. @module */

/** Lower-cased words. */
function words(caption: string): string[] {
  return caption.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

export interface Nearest {
  /** Index of the corpus caption with the largest cosine, -1 where none shares a word; `skip` leaves captions out. */
  nearest(caption: string, skip?: (index: number) => boolean): number;
}

/**
 * Cosine of TF-IDF vectors: term frequency x ln((1 + N) / (1 + captions with the word)), over an inverted index. Equal cosines: the
 * first of the corpus.
 */
export function tfIdf(corpus: readonly string[]): Nearest {
  const counts = corpus.map((caption) => countWords(caption));
  const documents = new Map<string, number>();
  for (const own of counts) for (const word of own.keys()) documents.set(word, (documents.get(word) ?? 0) + 1);
  const idf = (word: string) => Math.log((1 + corpus.length) / (1 + (documents.get(word) ?? 0)));
  const weigh = (own: ReadonlyMap<string, number>) => {
    const weights = [...own].map(([word, n]) => [word, n * idf(word)] as const);
    const norm = Math.sqrt(weights.reduce((sum, [, w]) => sum + w * w, 0)) || 1;
    return weights.map(([word, w]) => [word, w / norm] as const);
  };
  const index = new Map<string, { at: number; weight: number }[]>();
  counts.forEach((own, at) => {
    for (const [word, weight] of weigh(own)) {
      const list = index.get(word);
      if (list) list.push({ at, weight });
      else index.set(word, [{ at, weight }]);
    }
  });
  return {
    nearest(caption, skip = () => false) {
      const scores = new Map<number, number>();
      for (const [word, weight] of weigh(countWords(caption)))
        for (const entry of index.get(word) ?? [])
          scores.set(entry.at, (scores.get(entry.at) ?? 0) + weight * entry.weight);
      let best = -1;
      let most = 0;
      for (const [at, score] of scores)
        if ((score > most || (score === most && at < best)) && score > 0 && !skip(at)) [best, most] = [at, score];
      return best;
    },
  };
}

function countWords(caption: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words(caption)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
