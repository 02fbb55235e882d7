import { checkDerivatives, node } from "@scenograph/graph/check.fixture";
import { FormatError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { loadWith } from "@scenograph/graph/nn/weights";
import { compile } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { describe, expect, test } from "vitest";
import { tinyCaptioner, WIDTH } from "./captioner.fixture.ts";
import { CaptionVocabulary, captionFeeds, END, featureStatistics, START, standardised, UNKNOWN } from "./data.ts";
import { createCaptioner } from "./infer.ts";
import { captionLoss } from "./loss.ts";
import { teacherForced } from "./model.ts";

const features = (n: number, seed: number) => {
  const random = stream(seed, "features");
  return Array.from({ length: n }, () => random.normals(WIDTH));
};

describe("data", () => {
  test("vocabulary: frequent words by frequency, the rest unknown, long captions cut without an end", () => {
    const v = CaptionVocabulary.of(["A dog's dog.", "a cat", "A dog"], 2, 10);
    expect(v.words.slice(3)).toEqual(["a", "dog"]);
    expect(v.encode("A cat, dog", 3)).toEqual([3, UNKNOWN, 4, END]);
    expect(v.encode("a a a a", 3)).toEqual([3, 3, 3]);
    expect(v.decode([START, 4, 3, END])).toEqual(["dog", "a"]);
    expect(CaptionVocabulary.of(["b b a a"], 1, 1).words.slice(3)).toEqual(["a"]);
    expect(() => new CaptionVocabulary(["a"])).toThrow(FormatError);
    expect(() => new CaptionVocabulary([...v.words, "dog"])).toThrow(/distinct/);
  });

  test("feeds: the word before, the word to predict, time first", () => {
    const { previous, targets, valid } = captionFeeds(
      [
        [5, END],
        [6, 7, 8],
      ],
      3,
    );
    expect([...previous].map(Number)).toEqual([START, START, 5, 6, END, 7]);
    expect([...targets].map(Number)).toEqual([5, 6, END, 7, END, 8]);
    expect([...valid]).toEqual([1, 1, 1, 1, 0, 1]);
  });

  test("statistics: standardised rows have mean 0 and deviation 1; dead channels stay 0", () => {
    const rows = [Float32Array.of(1, 5, 2), Float32Array.of(3, 5, 8)];
    expect([...standardised(rows, featureStatistics(rows), 3)]).toEqual([-1, 0, -1, 1, 0, 1, 0, 0, 0]);
    expect(() => standardised([new Float32Array(2)], featureStatistics(rows))).toThrow(FormatError);
  });
});

describe("loss", () => {
  test("gradients agree with finite differences", async () => {
    const { config, vocabulary } = tinyCaptioner();
    const numbers = [vocabulary.encode("a dog sits on grass", 5), vocabulary.encode("cat", 5)];
    const feeds = captionFeeds(numbers, config.maxWords + 1);
    const shape = [config.maxWords + 1, 2];
    await checkDerivatives({
      name: "captioner",
      inputs: {
        features: { shape: [2, WIDTH] },
        previous: { shape, dtype: "int64", data: () => feeds.previous },
        targets: { shape, dtype: "int64", data: () => feeds.targets },
        valid: { shape, data: () => feeds.valid },
      },
      wrt: (name) => name !== "valid",
      build: (t) =>
        captionLoss(
          teacherForced(new Params("captioner"), config, t.features, t.previous, vocabulary.size),
          t.targets,
          t.valid,
        ),
      second: false,
    });
  });

  test("steps learn which picture has which caption; greedy says it", async () => {
    const { config, vocabulary, program, state, weights } = tinyCaptioner(2, 1);
    const captions = ["a dog on grass", "cat sits", "a cat on a dog"];
    const rows = features(3, 9);
    const statistics = { mean: new Float32Array(WIDTH), std: new Float32Array(WIDTH).fill(1) };
    const step = await node.load(program);
    await step.writeState(state);
    const feeds = {
      features: standardised(rows, statistics),
      ...captionFeeds(
        captions.map((c) => vocabulary.encode(c, config.maxWords)),
        config.maxWords + 1,
      ),
    };
    const losses: number[] = [];
    for (let i = 0; i < 160; i++) losses.push((await step.run(feeds)).loss[0] as number);
    expect(losses[159]).toBeLessThan(0.3 * losses[0]);
    const learned = await step.readState();
    for (const [name, tensor] of weights) if (learned[name]) tensor.data = Float32Array.from(learned[name]);
    const captioner = createCaptioner(node, config, vocabulary, weights);
    expect((await captioner.caption(rows, { beam: 1 })).map((c) => c.caption)).toEqual(captions);
    await captioner.release();
  });
});

describe("search", () => {
  const seeds = [1, 2, 3, 4];

  test.each(seeds)("beam 1 takes the most likely word each time, by the training graph (weights %i)", async (seed) => {
    const { config, vocabulary, weights } = tinyCaptioner(seed);
    const rows = features(5, seed);
    const captioner = createCaptioner(node, config, vocabulary, weights);
    const found = await captioner.caption(rows, { beam: 1 });
    await captioner.release();

    const steps = config.maxWords + 1;
    const logP = teacherForced(
      new Params("captioner"),
      config,
      input("features", [1, WIDTH]),
      input("previous", [steps, 1], "int64"),
      vocabulary.size,
    );
    const run = await loadWith(node, compile({ outputs: { logP } }), weights);
    for (const [i, row] of rows.entries()) {
      const words: number[] = [];
      let total = 0;
      while (words.at(-1) !== END) {
        const t = words.length;
        const { previous } = captionFeeds([words], steps);
        words.forEach((word, k) => {
          if (k + 1 < steps) previous[k + 1] = BigInt(word);
        });
        const all = (await run.run({ features: row, previous })).logP as Float32Array;
        const own = all.subarray(t * vocabulary.size, (t + 1) * vocabulary.size);
        const allowed = [...own.keys()].filter((w) => w !== START && w !== UNKNOWN && (w !== END || t > 0));
        const word = t === config.maxWords ? END : allowed.reduce((a, b) => (own[b] > own[a] ? b : a));
        words.push(word);
        total += own[word];
      }
      expect(found[i].caption).toBe(vocabulary.decode(words).join(" "));
      expect(found[i].logProbability).toBeCloseTo(total, 3);
      expect(found[i].score).toBeCloseTo(total / words.length, 3);
    }
    await run.release();
  });

  test.each(seeds)(
    "a wider beam never scores below the greedy caption, and sometimes above (weights %i)",
    async (seed) => {
      const { config, vocabulary, weights } = tinyCaptioner(seed, 6);
      const rows = features(20, 50 + seed);
      const captioner = createCaptioner(node, config, vocabulary, weights);
      const greedy = await captioner.caption(rows, { beam: 1 });
      const wide = await captioner.caption(rows, { beam: 4 });
      await captioner.release();
      wide.forEach((w, i) => {
        expect(w.score).toBeGreaterThanOrEqual(greedy[i].score);
        expect(w.caption).toMatch(/^\w+( \w+){0,4}$/);
        expect(w.caption).not.toContain("<");
      });
      expect(wide.some((w, i) => w.score > greedy[i].score)).toBe(true);
    },
  );

  test("a picture's caption does not depend on its neighbours in the batch", async () => {
    const { config, vocabulary, weights } = tinyCaptioner(7);
    const rows = features(19, 3);
    const captioner = createCaptioner(node, config, vocabulary, weights);
    const together = await captioner.caption(rows);
    const alone = [...(await captioner.caption(rows.slice(0, 1))), ...(await captioner.caption(rows.slice(18)))];
    await captioner.release();
    expect([together[0].caption, together[18].caption]).toEqual(alone.map((c) => c.caption));
  });

  test("features of another network are refused", async () => {
    const { config, vocabulary, weights } = tinyCaptioner();
    const captioner = createCaptioner(node, config, vocabulary, weights);
    await expect(captioner.caption([new Float32Array(4)])).rejects.toThrow(FormatError);
  });
});
