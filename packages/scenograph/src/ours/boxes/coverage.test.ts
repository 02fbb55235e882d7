import { checkLoss, evaluate, node } from "@scenograph/graph/check.fixture";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { describe, expect, test } from "vitest";
import { boxIou } from "../../formats/rle.ts";
import { boxLoss, stepLosses } from "../../paper/boxes/loss.ts";
import { endOf, startOf } from "../../paper/boxes/model.ts";
import { boxInputs } from "../../paper/boxes/step.ts";
import { CATEGORIES, COCO, classIndex } from "../../scene/categories.ts";
import { feeds, layouts, randomWeights, sentences, TEXT, withOurs } from "./boxes.fixture.ts";
import { coverageLogits, crowding, emittedCounts, guidance, toldFeeds, toldInputs } from "./coverage.ts";
import { type BoxesConfig, boxStep, createBoxGenerator, seamsOf } from "./index.ts";

const L = 80;
const END = endOf(L);
const START = startOf(L);

const full: BoxesConfig = withOurs({ coverage: 3, edges: true });

test("objects so far are counted class by class; START and END count for nothing", async () => {
  const { counts, last } = emittedCounts(input("labels", [4, 2], "int64"), L, input("before", [2, COCO.count]));
  const labels = BigInt64Array.from([START, 7, 5, END, 5, END, 7, END].map(BigInt));
  const before = new Float32Array(2 * COCO.count);
  before[5] = 2;
  const out = await evaluate(node, {
    program: compile({ outputs: { counts, last } }),
    feeds: { labels, before },
    state: {},
  });
  const at = (t: number, i: number, c: number) => (out.counts as Float32Array)[(t * 2 + i) * COCO.count + c];
  expect([0, 1, 2, 3].map((t) => at(t, 0, 5))).toEqual([2, 3, 4, 4]);
  expect([0, 1, 2, 3].map((t) => at(t, 0, 7))).toEqual([0, 0, 0, 1]);
  expect([0, 3].map((t) => at(t, 1, 7))).toEqual([1, 1]);
  expect((out.last as Float32Array).reduce((a, b) => a + b)).toBe(6);
});

describe("coverage", () => {
  // its last layers begin at zero: moved, so that something is to be seen
  const moved = (state: Record<string, Float32Array>) => {
    const random = stream(3, "coverage");
    return Object.fromEntries(
      Object.entries(state).map(([name, values]) => [name, values.map((v) => v + 0.3 * random.normal())]),
    );
  };
  // "two cats"-like sentence of class 5, before the first object and after the second
  const told = toldFeeds([[{ classIndex: 5, from: 0, to: 1, count: 2 }]], L);
  const counts = new Float32Array(2 * COCO.count);
  counts[COCO.count + 5] = 2;

  test("tells the same class other logits once it was drawn, and the end when all was", async () => {
    const logits = coverageLogits(new Params("c"), 8, toldInputs(1, L), input("counts", [2, 1, COCO.count]));
    const program = compile({ outputs: { logits } });
    const start = initialise(program, 1);
    const fresh = await evaluate(node, { program, feeds: { ...told, counts }, state: start });
    // nothing before it is trained
    expect((fresh.logits as Float32Array).every((v) => v === 0)).toBe(true);
    const out = await evaluate(node, { program, feeds: { ...told, counts }, state: moved(start) });
    const row = (t: number) => (out.logits as Float32Array).slice(t * (COCO.count + 1), (t + 1) * (COCO.count + 1));
    const changed = [...row(0)].flatMap((v, c) => (v !== row(1)[c] ? [c] : []));
    expect(changed).toEqual([5, COCO.count]);
    // one network for all classes: those alike are told alike
    expect(row(0)[0]).toBe(row(0)[79]);
  });

  test("guidance asks for what is owed, against the end meanwhile, and against one more than was told", async () => {
    const program = compile({
      outputs: { logits: guidance(3, toldInputs(1, L), input("counts", [3, 1, COCO.count])) },
    });
    const three = new Float32Array(3 * COCO.count);
    three[COCO.count + 5] = 1;
    three[2 * COCO.count + 5] = 2;
    const out = await evaluate(node, { program, feeds: { ...told, counts: three }, state: {} });
    const at = (t: number, c: number) => (out.logits as Float32Array)[t * (COCO.count + 1) + c];
    const of = (c: number) => [0, 1, 2].map((t) => Math.round(at(t, c) * 1e3) / 1e3 + 0);
    expect(of(5)).toEqual([3, 3, -3]);
    expect(of(COCO.count)).toEqual([-3, -3, 0]);
    expect(of(6)).toEqual([0, 0, 0]);
  });

  test("crowding speaks against each object beyond the told number, or beyond three where none is told", async () => {
    const told = toldFeeds([[{ classIndex: 5, from: 0, to: 1, count: 1 }]], L);
    const counts = new Float32Array(2 * COCO.count);
    for (const c of [5, 6]) [counts[c], counts[COCO.count + c]] = [1, 5];
    const program = compile({
      outputs: { logits: crowding(0.5, toldInputs(1, L), input("counts", [2, 1, COCO.count])) },
    });
    const feeds = { "boxes.numbers": told["boxes.numbers"], counts };
    const out = await evaluate(node, { program, feeds, state: {} });
    const at = (t: number, c: number) => Math.round(Number(out.logits[t * (COCO.count + 1) + c]) * 1e3) / 1e3 + 0;
    expect([5, 6, 7, COCO.count].map((c) => [at(0, c), at(1, c)])).toEqual([
      [0, -2],
      [0, -1],
      [0, 0],
      [0, 0],
    ]);
  });

  test("mentions of one category add up; without a number it is named and no more is told", () => {
    const mention = (classIndex: number, count?: number) => ({ classIndex, from: 0, to: 1, count });
    const feeds = toldFeeds([[], [mention(0, 1), mention(0, 2), mention(3)], [mention(2, 900)]], L, 4);
    expect([feeds["boxes.named"].length, feeds["boxes.numbers"].length]).toEqual([320, 320]);
    const pick = (name: "boxes.named" | "boxes.numbers", i: number, c: number) => feeds[name][i * COCO.count + c];
    expect([0, 3, 4].map((c) => pick("boxes.named", 1, c))).toEqual([1, 1, 0]);
    expect(Math.expm1(pick("boxes.numbers", 1, 0))).toBeCloseTo(3, 5);
    expect(pick("boxes.numbers", 1, 3)).toBe(0);
    expect(Math.expm1(pick("boxes.numbers", 2, 2))).toBeCloseTo(12, 4);
    expect(feeds["boxes.named"].reduce((x, y) => x + y)).toBe(3);
  });
});

describe("with coverage and edges", () => {
  const weights = randomWeights(full);
  const mention = (classIndex: number) => ({ classIndex, from: 0, to: 1, count: 2 });

  test("L_box's gradient agrees with differences in every weight that it trains", () => {
    const b = boxInputs(full, layouts.length, seamsOf(full).memory);
    const losses = stepLosses(new Params("boxes"), full, b, input("sentence", [layouts.length, TEXT]), seamsOf(full));
    return checkLoss(
      boxLoss(losses, b, full.train).total,
      {
        ...feeds,
        ...toldFeeds(
          layouts.map((l) => l.map((o) => mention(o.classIndex))),
          L,
        ),
        sentence: sentences,
      },
      // small steps: logarithms of distances are large beside the kinks of the units that they reach
      { step: 2 ** -10, wrt: (name) => name !== "boxes.statistics" },
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
    const s = createBoxGenerator(node, withOurs({ endBias: -60 }, full), TEXT, weights);
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
      const s = createBoxGenerator(node, withOurs({ candidates, endBias: -60, maxOverlap: 1 }, full), TEXT, weights);
      const found = await s.infer(requests, { labelTemperature: 0, boxTemperature: 1, maxObjects: 2 });
      const boxes = found.map(([, o]) => o.box);
      return boxes.reduce((sum, a) => sum + boxes.reduce((t, b) => t + boxIou(a, b), 0), 0) / boxes.length ** 2;
    };
    expect(await agreement(16)).toBeGreaterThan(1.1 * (await agreement(1)));
  });

  test("with guidance what is named is drawn, and where relations are told they hold", async () => {
    const embedding = sentences.slice(0, TEXT);
    const words = ["dog", "left", "of", "chair"].map((text) => ({ text, known: true }));
    const mentions = ["dog", "chair"].map((name, i) => ({
      classIndex: classIndex(name),
      from: 3 * i,
      to: 3 * i + 1,
      count: 1,
    }));
    const requests = Array.from({ length: 12 }, (_, seed) => ({
      sentence: { caption: "dog left of chair", words, mentions, embedding },
      fixed: [],
      seed,
    }));
    const right = async (relations: boolean) => {
      const s = createBoxGenerator(
        node,
        { ...withOurs({ guidance: 60, relations, candidates: 8, maxOverlap: 1 }, full), maxObjects: 2 },
        TEXT,
        weights,
      );
      const found = await s.infer(requests, { labelTemperature: 1, boxTemperature: 1 });
      const middle = (objects: (typeof found)[number], label: string) => {
        const box = objects.find((o) => o.label === label)?.box;
        return box ? box[0] + box[2] / 2 : Number.NaN;
      };
      for (const objects of found) expect(objects.map((o) => o.label).sort()).toEqual(["chair", "dog"]);
      return found.filter((objects) => middle(objects, "dog") < middle(objects, "chair")).length;
    };
    const told = await right(true);
    // a random network may leave no room on the side that is told
    expect(told).toBeGreaterThanOrEqual(10);
    expect(await right(false)).toBeLessThan(told - 2);
  });
});
