import { checkLoss, evaluate, node } from "@scenograph/graph/check.fixture";
import { dropoutMask } from "@scenograph/graph/nn/dropout";
import { Params } from "@scenograph/graph/nn/params";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { describe, expect, test } from "vitest";
import { BACKGROUND_KINDS } from "../../ours/text/background.ts";
import { textConfig, textSeams } from "../../ours/text/index.ts";
import { classIndex } from "../../scene/categories.ts";
import { encodeCaption, textBatch } from "./data.ts";
import { textLoss } from "./loss.ts";
import { textEncoder, textHeads } from "./model.ts";
import { textInputs, textStep, textTargets } from "./step.ts";
import { Vocabulary, WORD_DIM } from "./vocabulary.ts";

// with both tasks of ours, as the shipped models were trained
const settings = { hidden: 3, maxTokens: 4, train: { batch: 3, steps: 100 } };
const config = textConfig.parse({ ...settings, ours: { named: 1, place: 1 } });
const seams = textSeams(config);
const { tasks } = seams;
const { batch: n } = config.train;
const CORRECTIONS = 4;
const WORDS = 6;

function network() {
  const p = new Params("text");
  const embedding = textEncoder(p, config, CORRECTIONS, textInputs(config.maxTokens, n));
  const targets = textTargets(n, WORDS, config.classes, tasks);
  const heads = textHeads(p.scope("heads"), embedding, WORDS, config.classes, tasks);
  return { targets, ...textLoss(heads, targets, config.train, tasks) };
}

function feedsOf(annotated: number[] = [1, 0, 1], placed = true, counted = annotated): Feeds {
  const random = stream(6, "text");
  const bits = (size: number) => Float32Array.from({ length: size }, () => random.int(2));
  const { targets } = network();
  const place = new Float32Array(targets.further.place.size);
  if (placed) place[2] = 1;
  return {
    "text.vectors": random.normals(config.maxTokens * n * WORD_DIM).map((v) => v / 3),
    "text.words": BigInt64Array.from({ length: config.maxTokens * n }, () => BigInt(random.int(CORRECTIONS + 1))),
    "text.valid": Float32Array.of(1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0),
    "target.named": bits(targets.further.named.size),
    "target.present": bits(targets.present.size),
    "target.counts": bits(targets.counts.size).map((v) => v * Math.log(3)),
    "target.annotated": Float32Array.from(annotated),
    "target.counted": Float32Array.from(counted),
    "target.place": place,
    "target.words": bits(targets.words.size),
  };
}

async function losses(feeds: Feeds): Promise<Record<string, number>> {
  const { total, parts } = network();
  const program = compile({ outputs: { total, ...parts } });
  const out = await evaluate(node, { program, feeds, state: initialise(program, 2) });
  return Object.fromEntries(Object.entries(out).map(([name, v]) => [name, Number(v[0])]));
}

describe("textLoss", () => {
  test("its gradient agrees with differences in every weight", () => checkLoss(network().total, feedsOf()));

  test("the total is the weighted sum of its parts", async () => {
    const { total, ...parts } = await losses(feedsOf());
    const weights: Record<string, number> = { ...config.train, ...config.ours } as never;
    const sum = Object.entries(parts).reduce((s, [k, v]) => s + v * weights[k], 0);
    expect(total).toBeCloseTo(sum, 3);
  });

  test("captions without annotations take no part in what their pictures hold; nothing told, nothing lost", async () => {
    const a = feedsOf([1, 0, 1]);
    const b = {
      ...a,
      "target.present": Float32Array.from(a["target.present"] as Float32Array, (v, i) =>
        i >= 80 && i < 160 ? 1 - v : v,
      ),
    };
    expect((await losses(b)).present).toBe((await losses(a)).present);
    const none = await losses(feedsOf([0, 0, 0], false));
    expect([none.present, none.counts, Math.abs(none.place)]).toEqual([0, 0, 0]);
  });
});

test("a step of pre-training: counts, reports, lowers its loss", async () => {
  const program = textStep(config, CORRECTIONS, WORDS, seams);
  const executable = await node.load(program);
  await executable.writeState(initialise(program, 1));
  const random = stream(8, "drop");
  const values: number[] = [];
  const feeds = feedsOf();
  for (let i = 0; i < 60; i++) {
    const drop = dropoutMask(random, config.maxTokens * n * WORD_DIM, config.train.dropout);
    const out = await executable.run({ ...feeds, "text.dropout": drop });
    values.push(Number(out.loss[0]));
    expect(Number(out.norm[0])).toBeGreaterThan(0);
  }
  expect(values.at(-1)!).toBeLessThan(0.93 * values[0]);
  const state = await executable.readState();
  expect([...state.step]).toEqual([60]);
  // the average follows the weights but lags behind them
  const w = state["text.heads.named.bias"];
  const ema = state["ema/text.heads.named.bias"];
  expect(Math.hypot(...ema)).toBeGreaterThan(0);
  expect(Math.hypot(...ema)).toBeLessThan(Math.hypot(...w));
});

test("without anything of ours the heads and targets are three; each idea adds its own", () => {
  const names = (ours: object) => {
    const own = textConfig.parse({ ...settings, ours });
    return textStep(own, CORRECTIONS, WORDS, textSeams(own)).outputs.map((o) => o.name);
  };
  expect(names({})).toEqual(["loss", "present", "counts", "words", "norm"]);
  expect(names({ named: 1 })).toEqual(["loss", "present", "counts", "words", "named", "norm"]);
  expect(names({ place: 0.5 })).toEqual(["loss", "present", "counts", "words", "place", "norm"]);
});

test("what rules read in a caption is the target of their task", () => {
  const vocabulary = Vocabulary.fromVectors([{ word: "dog", vector: new Float32Array(WORD_DIM) }], 0);
  const captions = ["a dog on the beach", "something"].map((c) => ({ caption: encodeCaption(vocabulary, c) }));
  const options = { length: 4, dropout: 0, wordDropout: 0, classes: 80, tasks };
  const feeds = textBatch(captions, new Map(), stream(1, "batch"), options);
  const ones = (name: string) => [...(feeds[name] as Float32Array)].flatMap((v, i) => (v === 1 ? [i] : []));
  expect(ones("target.named")).toEqual([classIndex("dog")]);
  expect(ones("target.place")).toEqual([BACKGROUND_KINDS.indexOf("beach")]);
});
