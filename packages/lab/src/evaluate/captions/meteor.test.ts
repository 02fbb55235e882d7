/** METEOR without paraphrases against the numbers of METEOR 1.5 (test/fixtures/caption-metrics.json). */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MeteorStats, meteor, meteorScore, meteorStats } from "./meteor.ts";
import { alignWords, countChunks, MODULES, type Synonyms, type WordMatch } from "./meteorAlign.ts";
import { loadWordNet } from "./wordnet.node.ts";

interface Expected {
  meteorNoParaphrase: number;
  meteorNoParaphraseStats: MeteorStats;
}
const golden: {
  items: { id: string; referenceTokens: string[][]; hypothesisTokens: string[]; expected: Expected }[];
  corpus: Expected;
} = JSON.parse(readFileSync(new URL("../../../../../test/fixtures/caption-metrics.json", import.meta.url), "utf8"));

const hypotheses = golden.items.map((i) => i.hypothesisTokens);
const references = golden.items.map((i) => i.referenceTokens);

/** Matches a module, content and function words together. */
function totals({ matches }: MeteorStats): number[] {
  return MODULES.map((m) => matches[m].testContent + matches[m].testFunction);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

describe("golden METEOR (no paraphrase table)", () => {
  test("the formula alone, from the stored statistics", () => {
    for (const { expected } of [...golden.items, { expected: golden.corpus }])
      expect(meteorScore(expected.meteorNoParaphraseStats)).toBeCloseTo(expected.meteorNoParaphrase, 9);
  });

  test("tokens to alignments: all but two items as METEOR 1.5, those two no worse by the published criteria", () => {
    const { stats } = meteor(hypotheses, references, loadWordNet());
    const different = golden.items.filter((item, i) => {
      const { referenceLength, chunks, matches } = item.expected.meteorNoParaphraseStats;
      const own = { length: stats[i].referenceLength, chunks: stats[i].chunks, matches: totals(stats[i]) };
      const theirs = { length: referenceLength, chunks, matches: totals({ ...stats[i], matches }) };
      if (JSON.stringify(own) === JSON.stringify(theirs)) return false;
      const gain = sum(own.matches) - sum(theirs.matches);
      expect(gain > 0 || (gain === 0 && own.chunks < theirs.chunks), item.id).toBe(true);
      return true;
    });
    expect(different.map(({ id }) => id)).toEqual(["c18-clipping", "c20-inflection-and-synonyms"]);
  });

  test("tokens to scores: the function words are our own, so within .035 an item and .005 for the corpus", () => {
    const result = meteor(hypotheses, references, loadWordNet());
    golden.items.forEach((item, i) => {
      expect(Math.abs(result.items[i] - item.expected.meteorNoParaphrase), item.id).toBeLessThan(0.035);
    });
    expect(Math.abs(result.corpus - golden.corpus.meteorNoParaphrase)).toBeLessThan(0.005);
  });
});

describe("alignWords", () => {
  test("no alignment of short texts is better: every one is tried", () => {
    const word = fc.constantFrom("a", "b", "cat", "cats", "sofa", "couch");
    const texts = fc.array(word, { maxLength: 5 });
    const lookup = (w: string) => new Set(w === "sofa" || w === "couch" ? [1] : []);
    fc.assert(
      fc.property(texts, texts, (test, reference) => {
        const found = quality(alignWords(test, reference, lookup)).map((v) => v + 0);
        expect(found).toEqual(exhaustive(test, reference, lookup));
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  test("a long repetitive pair stays fast and one to one", () => {
    const test = Array.from({ length: 80 }, (_, i) => ["the", "dog", "a"][i % 3]);
    const matches = alignWords(test, [...test].reverse(), () => new Set()).filter((m) => m !== undefined);
    expect(new Set(matches.map((m) => m.reference)).size).toBe(matches.length);
    expect(matches.length).toBeGreaterThan(70);
  });
});

/** Minus matches, chunks, distance: smaller is better, in this order. */
function quality(alignment: readonly (WordMatch | undefined)[]): number[] {
  const matches = alignment.filter((m) => m !== undefined);
  return [-matches.length, countChunks(alignment), matches.reduce((d, m) => d + Math.abs(m.test - m.reference), 0)];
}

function exhaustive(test: readonly string[], reference: readonly string[], lookup: Synonyms): number[] {
  let best: number[] | undefined;
  const visit = (alignment: (WordMatch | undefined)[], used: ReadonlySet<number>) => {
    const i = alignment.length;
    if (i === test.length) {
      const q = quality(alignment);
      const at = best ? q.findIndex((v, k) => v !== best![k]) : 0;
      if (!best || (at >= 0 && q[at] < best[at])) best = q;
      return;
    }
    visit([...alignment, undefined], used);
    reference.forEach((other, j) => {
      const pair = alignWords([test[i]], [other], lookup)[0];
      if (pair && !used.has(j)) visit([...alignment, { ...pair, test: i, reference: j }], new Set([...used, j]));
    });
  };
  visit([], new Set());
  return best!.map((v) => v + 0);
}

describe("matchers", () => {
  const none = () => new Set<number>();

  test("synonyms come from the lookup, only between different words", () => {
    const lookup = (word: string) => new Set(word === "sofa" || word === "couch" ? [7] : []);
    expect(meteorStats(["sofa"], ["couch"], lookup).matches.synonym.testContent).toBe(1);
    expect(meteorStats(["sofa"], ["sofa"], lookup).matches).toMatchObject({
      exact: { testContent: 1 },
      synonym: { testContent: 0 },
    });
    expect(meteorScore(meteorStats(["sofa"], ["couch"], none))).toBe(0);
  });

  test("a word order that differs costs chunks", () => {
    const straight = meteorStats(["red", "bus"], ["red", "bus", "stop"], none);
    const crossed = meteorStats(["bus", "red"], ["red", "bus", "stop"], none);
    expect([straight.chunks, crossed.chunks]).toEqual([1, 2]);
    expect(meteorScore(crossed)).toBeLessThan(meteorScore(straight));
  });

  test("empty token lists score 0", () => {
    expect(meteorScore(meteorStats([], ["dog"], none))).toBe(0);
    expect(meteorScore(meteorStats(["dog"], [], none))).toBe(0);
    expect(meteorScore(meteorStats([], [], none))).toBe(0);
  });
});
