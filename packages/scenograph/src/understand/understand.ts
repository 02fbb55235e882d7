/**
 * What a sentence asks for, as a value. By rules over closed word classes and the names of a vocabulary; no network and no
 * dependency, so that it runs anywhere in well under a millisecond.
 * @module
 */
import { Chunker } from "./chunk.ts";
import { dictionaryOf } from "./dictionary.ts";
import { Relater } from "./relate.ts";
import type { Thing, Understanding, Vocabulary } from "./types.ts";
import { wordsOf } from "./words.ts";

export interface UnderstandOptions {
  /** Categories nearest to a word in meaning, best first; none for a word without a vector. */
  readonly nearest?: (word: string) => readonly string[];
}

/**
 * @param vocabulary whose categories are looked for
 * @example understand("two dogs left of a lamp", COCO_VOCABULARY).things[0].category // "dog"
 */
export function understand(sentence: string, vocabulary: Vocabulary, options: UnderstandOptions = {}): Understanding {
  const words = wordsOf(sentence);
  const chunker = new Chunker(words, dictionaryOf(vocabulary));
  const { things: drafts, relations, place, time, weather, only } = new Relater(chunker.items);
  const things = drafts.map((d): Thing => {
    const { from, to, noun, category } = d.phrase;
    const span = [words[from].start, words[to - 1].end] as const;
    return {
      phrase: sentence.slice(...span),
      span,
      noun,
      category,
      range: d.range,
      ...(d.counted && d.range[0] === d.range[1] && { count: d.range[0] }),
      colours: [...new Set(d.colours)],
      attributes: [...new Set(d.attributes)],
      negated: d.negated,
      plural: d.plural,
    };
  });
  const unknown = new Set(things.flatMap((t) => (t.category === null && !t.negated ? [t.noun] : [])));
  return {
    sentence,
    things,
    relations,
    place,
    time,
    weather,
    only,
    ignored: [...chunker.ignored].map((i) => words[i].text),
    undrawable: [...unknown].map((word) => ({ word, nearest: options.nearest?.(word) ?? [] })),
  };
}

/** Is there anything to draw? A place alone is: its picture has no things. */
export function understoodNothing({ things, place }: Understanding): boolean {
  return place === null && !things.some((t) => !t.negated);
}
