/**
 * METEOR's word alignment, from the papers (Banerjee & Lavie 2005, section 2.1; Denkowski & Lavie 2014, section 2): the
 * matchers exact, stem and synonym propose pairs of words; of the alignments that use each word at most once, the one
 * with the most matches, then the fewest chunks, then the least sum of distances is looked for by a beam search.
 * @module
 */
import { stem } from "./stemmer.ts";

/** The synset numbers of a word; two words with a number in common are synonyms. */
export type Synonyms = (word: string) => ReadonlySet<number>;

/** The matchers, in the order in which they are tried. */
export const MODULES = ["exact", "stem", "synonym"] as const;

/** A pair of aligned words: positions in the two token lists, and the index of its matcher in MODULES. */
export interface WordMatch {
  readonly test: number;
  readonly reference: number;
  readonly module: number;
}

/** Partial alignments kept a word. */
const BEAM = 64;

/** An alignment of the first words of the test text; a linked list of its matches. */
interface Partial {
  readonly used: bigint;
  /** Reference position of the word before, or -2 where it has no match: what a chunk goes on from. */
  readonly last: number;
  readonly matches: number;
  readonly chunks: number;
  readonly distance: number;
  readonly match?: WordMatch;
  readonly before?: Partial;
}

/** The alignment of two token lists: entry i is the match of test word i, if it has one. */
export function alignWords(
  test: readonly string[],
  reference: readonly string[],
  synonyms: Synonyms,
): (WordMatch | undefined)[] {
  const candidates = proposals(test, reference, synonyms);
  let beam: Partial[] = [{ used: 0n, last: -2, matches: 0, chunks: 0, distance: 0 }];
  for (const pairs of candidates) {
    const next = beam.flatMap((partial) => [
      { ...partial, last: -2, match: undefined, before: partial },
      ...pairs.filter((m) => !(partial.used & (1n << BigInt(m.reference)))).map((m) => extend(partial, m)),
    ]);
    beam = distinct(next.sort(better)).slice(0, BEAM);
  }
  const alignment = new Array<WordMatch | undefined>(test.length);
  for (let p: Partial | undefined = beam[0]; p; p = p.before) if (p.match) alignment[p.match.test] = p.match;
  return alignment;
}

/** Runs of matches that are neighbours, in the same order, in both texts. */
export function countChunks(matches: readonly (WordMatch | undefined)[]): number {
  let chunks = 0;
  for (const [i, match] of matches.entries())
    if (match && (i === 0 || matches[i - 1]?.reference !== match.reference - 1)) chunks++;
  return chunks;
}

/** For each test word the reference words that some matcher accepts, each pair by the first matcher that does. */
function proposals(test: readonly string[], reference: readonly string[], synonyms: Synonyms): WordMatch[][] {
  const stems = reference.map(stem);
  const senses = reference.map(synonyms);
  return test.map((word, i) => {
    const own = stem(word);
    const sense = synonyms(word);
    return reference.flatMap((other, j) => {
      const accepts = [word === other, own === stems[j], [...sense].some((id) => senses[j].has(id))];
      const module = accepts.indexOf(true);
      return module < 0 ? [] : [{ test: i, reference: j, module }];
    });
  });
}

function extend(partial: Partial, match: WordMatch): Partial {
  return {
    used: partial.used | (1n << BigInt(match.reference)),
    last: match.reference,
    matches: partial.matches + 1,
    chunks: partial.chunks + (partial.last === match.reference - 1 ? 0 : 1),
    distance: partial.distance + Math.abs(match.test - match.reference),
    match,
    before: partial,
  };
}

function better(a: Partial, b: Partial): number {
  return b.matches - a.matches || a.chunks - b.chunks || a.distance - b.distance;
}

/** The best of the partial alignments that every continuation treats alike; `partials` is sorted, best first. */
function distinct(partials: readonly Partial[]): Partial[] {
  const seen = new Set<string>();
  return partials.filter(({ used, last }) => {
    const key = `${used.toString(36)} ${last}`;
    return !seen.has(key) && seen.add(key);
  });
}
