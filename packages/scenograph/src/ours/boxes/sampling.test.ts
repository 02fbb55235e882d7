import { evaluate, node } from "@scenograph/graph/check.fixture";
import { mixtureLogDensity, mixtureOf } from "@scenograph/graph/nn/mixture";
import { stateFrom } from "@scenograph/graph/nn/weights";
import { stream } from "@scenograph/graph/random";
import type { Executable, Runtime, TypedArray } from "@scenograph/graph/runtime/runtime";
import { describe, expect, test } from "vitest";
import { encodeBox } from "../../paper/boxes/codec.ts";
import { endOf } from "../../paper/boxes/model.ts";
import type { Sentence } from "../../pipeline.ts";
import { CATEGORIES, COCO, classIndex } from "../../scene/categories.ts";
import type { SceneObject } from "../../scene/scene.ts";
import {
  config,
  feeds,
  layouts,
  likelihood,
  randomWeights,
  sentences,
  statistics,
  TEXT,
  withOurs,
} from "./boxes.fixture.ts";
import { type BoxesConfig, createBoxGenerator } from "./index.ts";

const L = 80;
const END = endOf(L);

const sentence = (i: number): Sentence => ({
  caption: `caption ${i}`,
  words: [],
  embedding: stream(i, "sentence").normals(TEXT),
});
const sampler = (ours: Partial<BoxesConfig["ours"]> = {}, runtime: Runtime = node) =>
  createBoxGenerator(runtime, withOurs(ours), TEXT, randomWeights());
const asObjects = (layout: (typeof layouts)[number]): SceneObject[] =>
  layout.map((o, i) => ({ id: `fixed${i}`, label: CATEGORIES[o.classIndex].name, box: o.box }));

describe("infer", () => {
  const request = (seed: number, fixed: SceneObject[] = []) => ({ sentence: sentence(seed), fixed, seed });
  const warm = { labelTemperature: 1, boxTemperature: 1 };

  test("the same seed gives the same objects, another seed others", async () => {
    const s = sampler();
    const [a] = await s.infer([request(1)], warm);
    expect(a.length).toBeGreaterThan(0);
    expect(await s.infer([request(1)], warm)).toEqual([a]);
    expect(await s.infer([{ ...request(1), seed: 2 }], warm)).not.toEqual([a]);
  });

  test("a batch of n equals n singles, across bucket sizes", async () => {
    const s = sampler();
    const requests = Array.from({ length: 5 }, (_, i) => request(i, i === 2 ? asObjects(layouts[0]) : []));
    const batch = await s.infer(requests, warm);
    for (const [i, r] of requests.entries()) {
      const [single] = await s.infer([r], warm);
      expect(batch[i].map((o) => [o.id, o.label])).toEqual(single.map((o) => [o.id, o.label]));
      // sums in another order: the last bits may differ
      batch[i].forEach((o, k) => {
        o.box.forEach((v, d) => {
          expect(v).toBeCloseTo(single[k].box[d], 4);
        });
      });
    }
  });

  test("fixed objects come first, the very same; new ones get free names", async () => {
    const fixed = asObjects(layouts[0]).map((o, i) => ({ ...o, id: `o${i + 3}`, locked: true }));
    const [objects] = await sampler().infer([request(3, fixed)], { ...warm, maxObjects: 6 });
    fixed.forEach((o, i) => {
      expect(objects[i]).toBe(o);
    });
    expect(new Set(objects.map((o) => o.id)).size).toBe(objects.length);
  });

  test("boxes lie inside the picture, labels have names, scores are probabilities", async () => {
    const all = (
      await sampler().infer(
        Array.from({ length: 40 }, (_, i) => request(i)),
        warm,
      )
    ).flat();
    expect(all.length).toBeGreaterThan(40);
    for (const {
      box: [x, y, w, h],
      label,
      score,
    } of all) {
      expect(classIndex(label)).toBeGreaterThanOrEqual(0);
      for (const v of [x, y]) expect(v).toBeGreaterThanOrEqual(0);
      for (const v of [w, h]) expect(v).toBeGreaterThan(0);
      expect(x + w).toBeLessThanOrEqual(1 + 1e-9);
      expect(y + h).toBeLessThanOrEqual(1 + 1e-9);
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });

  test("stops at class L + 1 and draws no box there; stops at the limit otherwise", async () => {
    const seeds = [1, 2, 3].map((i) => request(i));
    expect(await sampler({ endBias: 60 }).infer(seeds, warm)).toEqual([[], [], []]);
    const never = await sampler({ endBias: -60 }).infer(seeds, warm);
    expect(never.map((o) => o.length)).toEqual([4, 4, 4]);
    const two = await sampler({ endBias: -60 }).infer(seeds, { ...warm, maxObjects: 2 });
    expect(two.map((o) => o.length)).toEqual([2, 2, 2]);
    // the first two are the same: a limit cuts, it changes nothing before
    expect(two[0]).toEqual(never[0].slice(0, 2));
    const fixed = asObjects(layouts[2]);
    expect(await sampler({ endBias: -60 }).infer([request(1, fixed)], { ...warm, maxObjects: 2 })).toEqual([fixed]);
  });

  test("a limit above the configuration's changes nothing: longer layouts were never seen", async () => {
    const s = sampler({ endBias: -60 });
    expect(await s.infer([request(1)], { ...warm, maxObjects: 9 })).toEqual(await s.infer([request(1)], warm));
  });

  describe("with endSpread", () => {
    const lengths = async (c: Partial<BoxesConfig["ours"]>, n: number, fixed: SceneObject[] = []) => {
      const requests = Array.from({ length: n }, (_, i) => ({ ...request(1, fixed), seed: i }));
      return (await sampler({ maxOverlap: 1, ...c }).infer(requests, warm)).map((o) => o.length);
    };
    const share = (of: number[], length: number) => of.filter((v) => v === length).length / of.length;

    test("1 the first end comes as often as its probability says", async () => {
      const { labels } = await sampler().next(sentence(1), [], "dog", { rows: 1, columns: 1 });
      const drawn = await lengths({ endSpread: 1 }, 300);
      const p = labels[END];
      expect(p).toBeGreaterThan(0.004);
      const bias = Math.log((0.3 * (1 - p)) / (0.7 * p)); // to an end in 3 of 10
      const biased = await lengths({ endSpread: 1, endBias: bias }, 300);
      expect(Math.abs(share(biased, 0) - 0.3)).toBeLessThan(0.08); // 3 standard errors
      expect(share(drawn, 0)).toBeLessThan(share(biased, 0));
    });

    test("0 it comes never where it is less likely than not, and always where it is likelier", async () => {
      const { labels } = await sampler().next(sentence(1), [], "dog", { rows: 1, columns: 1 });
      const to = (p: number) => Math.log((p * (1 - labels[END])) / ((1 - p) * labels[END]));
      expect(share(await lengths({ endSpread: 0, endBias: to(0.45) }, 40), 0)).toBe(0);
      expect(share(await lengths({ endSpread: 0, endBias: to(0.55) }, 40), 0)).toBe(1);
    });

    test("what is locked counts: a layout whose first objects are locked goes on as it did", async () => {
      const s = sampler({ endSpread: 1, maxOverlap: 1, endBias: -1 });
      const [whole] = await s.infer([request(5)], warm);
      expect(whole.length).toBeGreaterThan(2);
      const [again] = await s.infer([request(5, whole.slice(0, 2))], warm);
      expect(again.map((o) => [o.id, o.label])).toEqual(whole.map((o) => [o.id, o.label]));
    });

    test("more objects given than the length that was drawn still leave room for others", async () => {
      const fixed = asObjects(layouts[0]).slice(0, 2);
      const free = await lengths({ endSpread: 1, endBias: 3 }, 200);
      const given = await lengths({ endSpread: 1, endBias: 3 }, 200, fixed);
      const longer = (of: number[]) => of.filter((n) => n > 2).length;
      // of all layouts, and of those that have two objects already
      expect(longer(given)).toBeGreaterThan(longer(free) + 20);
    });
  });

  test("at temperature 0 the seed does not matter, where no box is refused", async () => {
    const s = sampler({ endBias: -60, maxOverlap: 1 });
    const cold = { labelTemperature: 0, boxTemperature: 0 };
    const [a] = await s.infer([{ ...request(1), seed: 1 }], cold);
    const [b] = await s.infer([{ ...request(1), seed: 99 }], cold);
    expect(b).toEqual(a);
  });
});

describe("likelihood", () => {
  /** Keeps what the programs of the sampler put out. */
  function recording(): { runtime: Runtime; outputs: Record<string, TypedArray>[] } {
    const outputs: Record<string, TypedArray>[] = [];
    const load: Runtime["load"] = async (program, constants): Promise<Executable> => {
      const inner = await node.load(program, constants);
      return {
        program: inner.program,
        run: async (f) => {
          const out = await inner.run(f);
          outputs.push(out);
          return out;
        },
        readState: (names) => inner.readState(names),
        writeState: (values) => inner.writeState(values),
        release: () => inner.release(),
      };
    };
    return { runtime: { device: "cpu", load, close: async () => {} }, outputs };
  }
  const logSoftmaxAt = (logits: ArrayLike<number>, k: number) => {
    const top = Math.max(...Array.from(logits));
    return logits[k] - top - Math.log(Array.from(logits).reduce((s, v) => s + Math.exp(v - top), 0));
  };

  test("of the sampling programs, step by step, is the teacher-forced one", async () => {
    const program = likelihood(config, layouts.length);
    const state = stateFrom(program, randomWeights());
    const forced = await evaluate(node, { program, feeds: { ...feeds, sentence: sentences }, state });

    let label = 0;
    let box = 0;
    for (const [i, layout] of layouts.entries()) {
      const { runtime, outputs } = recording();
      const embedding = sentences.slice(i * TEXT, (i + 1) * TEXT);
      await sampler({}, runtime).infer(
        [{ sentence: { caption: "", words: [], embedding }, fixed: asObjects(layout), seed: 1 }],
        { maxObjects: layout.length + 1 },
      );
      // what the sentence fixes; logits, raw (x, y), raw (w, h) of each step; a full layout has no end to draw
      for (let t = 0; t < Math.min(layout.length + 1, config.maxObjects); t++) {
        const [logits, xy, wh] = outputs.slice(3 * t + 1, 3 * t + 4);
        const truth = layout[t];
        label -= logSoftmaxAt(logits.logits as Float32Array, truth?.classIndex ?? END);
        if (!truth) continue;
        const [x, y, w, h] = encodeBox(truth.box, statistics);
        box -= mixtureLogDensity(mixtureOf(xy.raw as Float32Array, 1, config), x, y);
        box -= mixtureLogDensity(mixtureOf(wh.raw as Float32Array, 1, config), w, h);
      }
    }
    expect(label).toBeCloseTo(Number(forced.label[0]), 3);
    expect(box).toBeCloseTo(Number(forced.box[0]), 3);
  });

  test("next(): a distribution over L + 1 labels and a density over the grid that follows the objects so far", async () => {
    const s = sampler();
    const grid = { rows: 6, columns: 9 };
    const a = await s.next(sentence(1), [], "dog", grid);
    expect(a.labels).toHaveLength(COCO.count + 1);
    expect(a.labels.reduce((x, y) => x + y)).toBeCloseTo(1, 9);
    expect(a.density).toHaveLength(54);
    expect(a.density.reduce((x, y) => x + y)).toBeCloseTo(1, 5);
    const b = await s.next(sentence(1), asObjects(layouts[0]), "dog", grid);
    expect(b.density).not.toEqual(a.density);
  });
});
