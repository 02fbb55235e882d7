/** BLEU, ROUGE-L and CIDEr-D against the numbers of pycocoevalcap (test/fixtures/caption-metrics.json). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bleu, bleuCounts } from "./bleu.ts";
import { ciderD } from "./ciderD.ts";
import { rougeL } from "./rougeL.ts";
import { tokenizeWords } from "./tokenize.ts";

interface Corpus {
  bleu: number[];
  bleuIntegers: { testlen: number; reflen: number; guess: number[]; correct: number[] };
  rougeL: number;
  cider: number;
}
interface Subset {
  name: string;
  ids: string[];
  corpus: Corpus;
  cider?: number[];
  rougeL?: number[];
  bleu?: number[][];
}
interface Golden {
  items: {
    id: string;
    references: string[];
    hypothesis: string;
    referenceTokens: string[][];
    hypothesisTokens: string[];
    expected: Corpus;
  }[];
  corpus: Corpus;
  subsets: Subset[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("../../../../../test/fixtures/caption-metrics.json", import.meta.url), "utf8"),
);
const hypotheses = golden.items.map((i) => i.hypothesisTokens);
const references = golden.items.map((i) => i.referenceTokens);

/** The fixture's tolerance: 1e-9 absolute, and 1e-6 relative for the tiny values of smoothed BLEU. */
function expectClose(actual: number, expected: number, label: string): void {
  const allowed = Math.abs(expected) < 1e-3 ? Math.abs(expected) * 1e-6 + 1e-300 : 1e-9;
  expect(Math.abs(actual - expected), `${label}: ${actual} against ${expected}`).toBeLessThanOrEqual(allowed);
}

describe("golden caption metrics", () => {
  test("the words tokeniser gives the stored tokens", () => {
    for (const item of golden.items) {
      expect(tokenizeWords(item.hypothesis)).toEqual(item.hypothesisTokens);
      expect(item.references.map(tokenizeWords)).toEqual(item.referenceTokens);
    }
  });

  test("items", () => {
    const b = bleu(hypotheses, references);
    const r = rougeL(hypotheses, references);
    const c = ciderD(hypotheses, references);
    golden.items.forEach((item, i) => {
      for (let k = 0; k < 4; k++) expectClose(b.items[i][k], item.expected.bleu[k], `${item.id} BLEU-${k + 1}`);
      const counts = bleuCounts(item.hypothesisTokens, item.referenceTokens);
      const { testlen, reflen, guess, correct } = item.expected.bleuIntegers;
      expect(counts).toEqual({ testLength: testlen, referenceLength: reflen, guess, correct });
      expectClose(r.items[i], item.expected.rougeL, `${item.id} ROUGE-L`);
      expectClose(c.items[i], item.expected.cider, `${item.id} CIDEr-D`);
    });
  });

  test("corpus and sub-corpora", () => {
    const all: Subset = { name: "all", ids: golden.items.map((i) => i.id), corpus: golden.corpus };
    for (const set of [all, ...golden.subsets]) {
      const chosen = golden.items.filter((i) => set.ids.includes(i.id));
      const h = chosen.map((i) => i.hypothesisTokens);
      const refs = chosen.map((i) => i.referenceTokens);
      const b = bleu(h, refs);
      const { testlen, reflen, guess, correct } = set.corpus.bleuIntegers;
      expect(b.counts).toEqual({ testLength: testlen, referenceLength: reflen, guess, correct });
      for (let k = 0; k < 4; k++) expectClose(b.corpus[k], set.corpus.bleu[k], `${set.name} BLEU-${k + 1}`);
      const r = rougeL(h, refs);
      const c = ciderD(h, refs);
      expectClose(r.corpus, set.corpus.rougeL, `${set.name} ROUGE-L`);
      expectClose(c.corpus, set.corpus.cider, `${set.name} CIDEr-D`);
      set.ids.forEach((id, i) => {
        if (set.cider) expectClose(c.items[i], set.cider[i], `${set.name} ${id} CIDEr-D`);
        if (set.rougeL) expectClose(r.items[i], set.rougeL[i], `${set.name} ${id} ROUGE-L`);
        for (let k = 0; k < 4; k++)
          if (set.bleu) expectClose(b.items[i][k], set.bleu[i][k], `${set.name} ${id} BLEU-${k + 1}`);
      });
    }
  });
});
