import { checkLoss, evaluate, node } from "@scenograph/graph/check.fixture";
import { dropoutMask } from "@scenograph/graph/nn/dropout";
import { Params } from "@scenograph/graph/nn/params";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { describe, expect, test } from "vitest";
import { textConfig } from "./config.ts";
import { textLoss } from "./loss.ts";
import { textEncoder, textHeads } from "./model.ts";
import { textInputs, textStep, textTargets } from "./step.ts";
import { WORD_DIM } from "./vocabulary.ts";

const config = textConfig.parse({ hidden: 3, maxTokens: 4, train: { batch: 3, steps: 100 } });
const { batch: n } = config.train;
const CORRECTIONS = 4;
const WORDS = 6;

function network() {
  const p = new Params("text");
  const embedding = textEncoder(p, config, CORRECTIONS, textInputs(config.maxTokens, n));
  const targets = textTargets(n, WORDS, config.classes);
  return { targets, ...textLoss(textHeads(p.scope("heads"), embedding, WORDS, config.classes), targets, config.train) };
}

function feedsOf(annotated: number[] = [1, 0, 1], placed = true, counted = annotated): Feeds {
  const random = stream(6, "text");
  const bits = (size: number) => Float32Array.from({ length: size }, () => random.int(2));
  const { targets } = network();
  const place = new Float32Array(targets.place.size);
  if (placed) place[2] = 1;
  return {
    "text.vectors": random.normals(config.maxTokens * n * WORD_DIM).map((v) => v / 3),
    "text.words": BigInt64Array.from({ length: config.maxTokens * n }, () => BigInt(random.int(CORRECTIONS + 1))),
    "text.valid": Float32Array.of(1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0),
    "target.named": bits(targets.named.size),
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
    const sum = Object.entries(parts).reduce((s, [k, v]) => s + v * config.train[k as "named"], 0);
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
  const program = textStep(config, CORRECTIONS, WORDS);
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
