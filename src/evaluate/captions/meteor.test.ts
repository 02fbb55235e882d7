/** METEOR without paraphrases against the numbers of METEOR 1.5 (test/fixtures/caption-metrics.json). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type MeteorStats, meteor, meteorScore, meteorStats } from "./meteor.ts";
import { loadWordNet } from "./wordnet.node.ts";

interface Expected {
  meteorNoParaphrase: number;
  meteorNoParaphraseStats: MeteorStats;
}
const golden: {
  items: { id: string; referenceTokens: string[][]; hypothesisTokens: string[]; expected: Expected }[];
  corpus: Expected;
} = JSON.parse(readFileSync(new URL("../../../test/fixtures/caption-metrics.json", import.meta.url), "utf8"));

/** The fixture's statistics without its paraphrase column (all zero). */
function withoutParaphrase(stats: MeteorStats): MeteorStats {
  const { exact, stem, synonym } = stats.matches;
  return { ...stats, matches: { exact, stem, synonym } };
}

describe("golden METEOR (no paraphrase table)", () => {
  test("the formula alone, from the stored statistics", () => {
    for (const { expected } of [...golden.items, { expected: golden.corpus }])
      expect(meteorScore(expected.meteorNoParaphraseStats)).toBeCloseTo(expected.meteorNoParaphrase, 9);
  });

  test("tokens to statistics and scores, items and corpus", () => {
    const result = meteor(
      golden.items.map((i) => i.hypothesisTokens),
      golden.items.map((i) => i.referenceTokens),
      loadWordNet(),
    );
    golden.items.forEach((item, i) => {
      expect(result.stats[i], item.id).toEqual(withoutParaphrase(item.expected.meteorNoParaphraseStats));
      expect(Math.abs(result.items[i] - item.expected.meteorNoParaphrase), item.id).toBeLessThan(1e-9);
    });
    expect(result.corpusStats).toEqual(withoutParaphrase(golden.corpus.meteorNoParaphraseStats));
    expect(Math.abs(result.corpus - golden.corpus.meteorNoParaphrase)).toBeLessThan(1e-9);
  });
});

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
