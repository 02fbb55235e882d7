import { describe, expect, test } from "vitest";
import { boxIou } from "../formats/rle.ts";
import { checkLoss, evaluate, node } from "../graph/check.fixture.ts";
import { gradients } from "../graph/gradients.ts";
import { input } from "../graph/leaves.ts";
import { sum } from "../graph/ops/reduce.ts";
import { compile, initialise } from "../graph/program.ts";
import { Params } from "../nn/params.ts";
import { stream } from "../random.ts";
import { CATEGORIES, CLASS_COUNT } from "../scene/categories.ts";
import { config, feeds, layouts, randomWeights, sentences, TEXT } from "./boxes.fixture.ts";
import type { BoxesConfig } from "./config.ts";
import { coverageLogits, emittedCounts, toldHeads, toldLoss } from "./coverage.ts";
import { createBoxGenerator } from "./infer.ts";
import { boxLoss, stepLosses } from "./loss.ts";
import { END, START } from "./model.ts";
import { boxInputs, boxStep } from "./step.ts";

const full: BoxesConfig = { ...config, coverage: 3, edges: true };

test("objects so far are counted class by class; START and END count for nothing", async () => {
  const { counts, last } = emittedCounts(input("labels", [4, 2], "int64"), input("before", [2, CLASS_COUNT]));
  const labels = BigInt64Array.from([START, 7, 5, END, 5, END, 7, END].map(BigInt));
  const before = new Float32Array(2 * CLASS_COUNT);
  before[5] = 2;
  const out = await evaluate(node, {
    program: compile({ outputs: { counts, last } }),
    feeds: { labels, before },
    state: {},
  });
  const at = (t: number, i: number, c: number) => (out.counts as Float32Array)[(t * 2 + i) * CLASS_COUNT + c];
  expect([0, 1, 2, 3].map((t) => at(t, 0, 5))).toEqual([2, 3, 4, 4]);
  expect([0, 1, 2, 3].map((t) => at(t, 0, 7))).toEqual([0, 0, 0, 1]);
  expect([0, 3].map((t) => at(t, 1, 7))).toEqual([1, 1]);
  expect((out.last as Float32Array).reduce((a, b) => a + b)).toBe(6);
});

describe("coverage", () => {
  const asWeights = (state: Record<string, Float32Array>, program: ReturnType<typeof compile>) => {
    const random = stream(3, "coverage");
    // its last layers begin at zero: moved, so that something is to be seen
    return Object.fromEntries(
      program.state.map(({ name }) => [name, state[name].map((v) => v + 0.3 * random.normal())]),
    );
  };

  test("tells the same class other logits once it was drawn, and the end when all was", async () => {
    const p = new Params("c");
    const told = { named: input("named", [1, CLASS_COUNT]), numbers: input("numbers", [1, CLASS_COUNT]) };
    const logits = coverageLogits(p, 8, told, input("counts", [2, 1, CLASS_COUNT]));
    const program = compile({ outputs: { logits } });
    const state = asWeights(initialise(program, 1), program);
    const named = new Float32Array(CLASS_COUNT).fill(-9);
    named[5] = 9;
    const numbers = new Float32Array(CLASS_COUNT);
    numbers[5] = Math.log1p(2);
    const counts = new Float32Array(2 * CLASS_COUNT);
    counts[CLASS_COUNT + 5] = 2;
    const out = await evaluate(node, { program, feeds: { named, numbers, counts }, state });
    const row = (t: number) => (out.logits as Float32Array).slice(t * (CLASS_COUNT + 1), (t + 1) * (CLASS_COUNT + 1));
    const changed = [...row(0)].flatMap((v, c) => (v !== row(1)[c] ? [c] : []));
    expect(changed).toEqual([5, CLASS_COUNT]);
    // one network for all classes: those alike are told alike
    expect(row(0)[0]).toBe(row(0)[79]);
  });

  test("adds nothing before it is trained, and no gradient of it reaches the reading", async () => {
    const p = new Params("c");
    const text = input("sentence", [3, TEXT]);
    const told = toldHeads(p.scope("told"), text);
    const logits = coverageLogits(p.scope("coverage"), 4, told, input("counts", [1, 3, CLASS_COUNT]));
    const [g] = gradients(sum(logits), [text]);
    const program = compile({ outputs: { logits, g } });
    const counts = new Float32Array(3 * CLASS_COUNT);
    const out = await evaluate(node, {
      program,
      feeds: { sentence: sentences, counts },
      state: initialise(program, 1),
    });
    expect((out.logits as Float32Array).every((v) => v === 0)).toBe(true);
    expect((out.g as Float32Array).every((v) => v === 0)).toBe(true);
  });

  test("the reading's loss is cross-entropy plus squared error, a caption", async () => {
    const names = ["named", "numbers", "isNamed", "number"];
    const [named, numbers, isNamed, number] = names.map((n) => input(n, [2, CLASS_COUNT]));
    const program = compile({ outputs: { loss: toldLoss({ named, numbers }, isNamed, number) } });
    const random = stream(9, "told");
    const values = names.map((_, k) =>
      Float32Array.from({ length: 2 * CLASS_COUNT }, () => (k === 2 ? Number(random.bool()) : random.normal())),
    );
    const fed = Object.fromEntries(names.map((n, k) => [n, values[k]]));
    const out = await evaluate(node, { program, feeds: fed, state: {} });
    let wanted = 0;
    for (let i = 0; i < 2 * CLASS_COUNT; i++) {
      const q = 1 / (1 + Math.exp(-values[0][i]));
      wanted -= Math.log(values[2][i] === 1 ? q : 1 - q);
      wanted += (values[1][i] - values[3][i]) ** 2;
    }
    expect(Number(out.loss[0])).toBeCloseTo(wanted / 2, 2);
  });
});

describe("with coverage and edges", () => {
  const weights = randomWeights(full);

  test("L_box's gradient agrees with differences in every weight that it trains", () => {
    const b = boxInputs(full, layouts.length);
    const losses = stepLosses(new Params("boxes"), full, b, input("sentence", [layouts.length, TEXT]));
    return checkLoss(
      boxLoss(losses, b, full.train).total,
      { ...feeds, sentence: sentences },
      // small steps: logarithms of distances are large beside the kinks of the units that they reach
      { step: 2 ** -10, wrt: (name) => name !== "boxes.statistics" && !name.startsWith("boxes.told") },
    );
  });

  test("the statistics are given, never trained", () => {
    const text = { embedding: input("sentence", [3, TEXT]), parameters: [] };
    const { program } = boxStep(full, text);
    const names = program.state.map((s) => s.name);
    expect(names).toContain("boxes.statistics");
    expect(names.filter((n) => n.includes("statistics"))).toEqual(["boxes.statistics"]);
    expect(names).toContain("ema/boxes.coverage.class.weight");
  });

  test("a layout whose first objects are locked goes on as it did", async () => {
    const s = createBoxGenerator(node, { ...full, endBias: -60 }, TEXT, weights);
    const embedding = sentences.slice(0, TEXT);
    const request = { sentence: { caption: "", words: [], embedding }, fixed: [], seed: 4 };
    const warm = { labelTemperature: 1, boxTemperature: 1 };
    const [drawn] = await s.infer([request], warm);
    expect(drawn).toHaveLength(4);
    for (const n of [1, 2, 3]) {
      const [again] = await s.infer([{ ...request, fixed: drawn.slice(0, n) }], warm);
      expect(again).toEqual(drawn);
    }
  });

  test("of several candidates a box near the middle of the distribution is taken", async () => {
    const embedding = sentences.slice(0, TEXT);
    const requests = Array.from({ length: 24 }, (_, seed) => ({
      sentence: { caption: "", words: [], embedding },
      fixed: [{ id: "a", label: CATEGORIES[0].name, box: layouts[0][0].box }],
      seed,
    }));
    const agreement = async (candidates: number) => {
      const s = createBoxGenerator(node, { ...full, candidates, endBias: -60, maxOverlap: 1 }, TEXT, weights);
      const found = await s.infer(requests, { labelTemperature: 0, boxTemperature: 1, maxObjects: 2 });
      const boxes = found.map(([, o]) => o.box);
      return boxes.reduce((sum, a) => sum + boxes.reduce((t, b) => t + boxIou(a, b), 0), 0) / boxes.length ** 2;
    };
    expect(await agreement(16)).toBeGreaterThan(1.1 * (await agreement(1)));
  });
});
