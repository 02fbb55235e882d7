/**
 * The word alignment of METEOR 1.5 (Denkowski & Lavie, WMT 2014) for exact, stem and synonym matches: all candidate
 * matches, the unambiguous ones fixed, the rest by a left-to-right beam search over the reference.
 * @module
 */
import { stem } from "./stemmer.ts";

/** Synonym-set numbers of a lower-case word (of itself and of its base form). */
export type Synonyms = (word: string) => ReadonlySet<number>;

export const MODULES = ["exact", "stem", "synonym"] as const;

/** Word `test` of the hypothesis matched to word `reference` of the reference by MODULES[module]. */
export interface WordMatch {
  reference: number;
  test: number;
  module: number;
}

const BEAM = 40;

interface Path {
  matches: (WordMatch | undefined)[];
  usedTest: Uint8Array;
  /** words covered by exact matches on both sides: METEOR adds halves for the others to an integer, so they count 0 */
  covered: number;
  chunks: number;
  distance: number;
  /** place after the last match in the hypothesis, -1 when the last reference word was skipped */
  end: number;
}

/** The match of each reference word, or undefined. Tokens are lower-case. */
export function alignWords(
  test: readonly string[],
  reference: readonly string[],
  synonyms: Synonyms,
): (WordMatch | undefined)[] {
  const candidates = findMatches(test, reference, synonyms);
  return beamSearch(candidates, test.length);
}

/** Maximal runs of matches that are adjacent and in order on both sides. */
export function countChunks(matches: readonly (WordMatch | undefined)[]): number {
  let chunks = 0;
  let end = -1;
  for (const match of matches) {
    if (match && match.test !== end) chunks++;
    end = match ? match.test + 1 : -1;
  }
  return chunks;
}

/** All candidate matches by reference word: exact ones first, then stem, then synonym, each by hypothesis position. */
function findMatches(test: readonly string[], reference: readonly string[], synonyms: Synonyms): WordMatch[][] {
  const identical = test.length === reference.length && test.every((word, i) => word === reference[i]);
  const byModule = [
    (t: string, r: string) => t === r,
    (t: string, r: string) => t !== r && cachedStem(t) === cachedStem(r),
    (t: string, r: string) => t !== r && intersect(synonyms(t), synonyms(r)),
  ].slice(0, identical ? 1 : 3);
  return reference.map((r, j) =>
    byModule.flatMap((matches, module) =>
      test.flatMap((t, i) => (matches(t, r) ? [{ reference: j, test: i, module }] : [])),
    ),
  );
}

function beamSearch(candidates: WordMatch[][], testLength: number): (WordMatch | undefined)[] {
  const coverage = new Uint16Array(testLength);
  for (const list of candidates) for (const match of list) coverage[match.test]++;
  const start: Path = {
    matches: new Array(candidates.length).fill(undefined),
    usedTest: new Uint8Array(testLength),
    covered: 0,
    chunks: 0,
    distance: 0,
    end: -1,
  };
  for (const [only, ...others] of candidates)
    if (only && others.length === 0 && coverage[only.test] === 1) {
      start.matches[only.reference] = only;
      start.usedTest[only.test] = 1;
    }

  let paths = [start];
  for (let j = 0; j < candidates.length; j++) {
    const next: Path[] = [];
    for (const path of paths.sort(comparePaths).slice(0, BEAM)) {
      const fixed = path.matches[j];
      if (fixed) {
        take(path, fixed);
        path.distance += Math.abs(fixed.reference - fixed.test);
        next.push(path);
        continue;
      }
      for (const match of candidates[j]) {
        if (path.usedTest[match.test]) continue;
        const branch = copy(path);
        branch.usedTest[match.test] = 1;
        branch.matches[j] = match;
        take(branch, match);
        next.push(branch);
        // as in METEOR 1.5, the distance goes to the path that was branched from
        path.distance += Math.abs(match.reference - match.test);
      }
      if (path.end !== -1) path.chunks++;
      path.end = -1;
      next.push(path);
    }
    paths = next;
  }
  for (const path of paths.sort(comparePaths).slice(0, BEAM)) if (path.end !== -1) path.chunks++;
  return paths.slice(0, BEAM).sort(comparePaths)[0].matches;
}

function take(path: Path, match: WordMatch): void {
  if (match.module === 0) path.covered += 2;
  if (path.end !== -1 && match.test !== path.end) path.chunks++;
  path.end = match.test + 1;
}

function comparePaths(x: Path, y: Path): number {
  return y.covered - x.covered || x.chunks - y.chunks || x.distance - y.distance;
}

function copy(path: Path): Path {
  return { ...path, matches: path.matches.slice(), usedTest: path.usedTest.slice() };
}

function intersect(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  for (const id of small) if (large.has(id)) return true;
  return false;
}

const stems = new Map<string, string>();
function cachedStem(word: string): string {
  let s = stems.get(word);
  if (s === undefined) {
    s = stem(word);
    stems.set(word, s);
  }
  return s;
}
