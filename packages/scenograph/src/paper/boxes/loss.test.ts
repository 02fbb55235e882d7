import { checkBackends, checkLoss, evaluate, node } from "@scenograph/graph/check.fixture";
import { gradients } from "@scenograph/graph/gradients";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { stateFrom } from "@scenograph/graph/nn/weights";
import { compile } from "@scenograph/graph/program";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { describe, expect, test } from "vitest";
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
} from "../../ours/boxes/boxes.fixture.ts";
import { seamsOf } from "../../ours/boxes/index.ts";
import { boxFeeds } from "./batch.ts";
import { boxLoss, stepLosses } from "./loss.ts";
import { boxInputs } from "./step.ts";

const n = layouts.length;
const weights = randomWeights();
/** Steps with a label: the objects, and the end of a layout that is not full. */
const labelled = (l: (typeof layouts)[number]) => Math.min(l.length + 1, config.maxObjects);
const all: Feeds = { ...feeds, sentence: sentences };

function network(c = config) {
  const b = boxInputs(c, n);
  const text = input("sentence", [n, TEXT]);
  const losses = stepLosses(new Params("boxes"), c, b, text, seamsOf(c));
  return { b, text, losses, ...boxLoss(losses, b, c.train, seamsOf(c).average) };
}

describe("L_box", () => {
  test("its gradient agrees with differences in every weight", () => checkLoss(network().total, all));

  test("so it does with the paper's affine heads", () => checkLoss(network(withOurs({ head: 0 })).total, all));

  test("is lambda_l = 4 times the labels plus lambda_b = 1 times the boxes, each a mean over its own steps", async () => {
    const { total, parts, losses } = network();
    const program = compile({ outputs: { total, ...parts, labels: losses.label, boxes: losses.box } });
    const out = await evaluate(node, { program, feeds: all, state: stateFrom(program, weights) });
    const each = (values: Float32Array, steps: (layout: (typeof layouts)[number]) => number) =>
      layouts.reduce((s, l, i) => {
        let own = 0;
        for (let t = 0; t <= config.maxObjects; t++) own += values[t * n + i];
        return s + own / steps(l) / n;
      }, 0);
    expect(Number(out.label[0])).toBeCloseTo(each(out.labels as Float32Array, labelled), 4);
    expect(Number(out.box[0])).toBeCloseTo(
      each(out.boxes as Float32Array, (l) => l.length),
      4,
    );
    expect(Number(out.total[0])).toBeCloseTo(4 * Number(out.label[0]) + Number(out.box[0]), 3);
  });

  test("or means over all steps of the batch, whatever layout they belong to", async () => {
    const { parts, losses } = network(withOurs({ average: "objects" }));
    const program = compile({ outputs: { ...parts, labels: losses.label, boxes: losses.box } });
    const out = await evaluate(node, { program, feeds: all, state: stateFrom(program, weights) });
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    const steps = layouts.reduce((s, l) => s + labelled(l), 0);
    expect(steps).toBe(10);
    expect(Number(out.label[0])).toBeCloseTo(total(out.labels as Float32Array) / steps, 4);
    expect(Number(out.box[0])).toBeCloseTo(total(out.boxes as Float32Array) / layouts.flat().length, 4);
  });

  test("draws no box at the end step, and padding changes nothing", async () => {
    const { b, text, losses, total } = network();
    const [gBoxes, gText] = gradients(total, [b.boxes, text]);
    const program = compile({ outputs: { total, gBoxes, gText, labels: losses.label, boxes: losses.box } });
    const state = stateFrom(program, weights);
    const out = await evaluate(node, { program, feeds: all, state });
    layouts.forEach((l, i) => {
      for (let t = 0; t <= config.maxObjects; t++) {
        const at = t * n + i;
        expect((out.boxes as Float32Array)[at] !== 0, `box ${i} step ${t}`).toBe(t < l.length);
        expect((out.labels as Float32Array)[at] !== 0, `label ${i} step ${t}`).toBe(t < labelled(l));
        const touched = (out.gBoxes as Float32Array).subarray(at * 4, at * 4 + 4).some((v) => v !== 0);
        expect(touched).toBe(t < l.length);
      }
    });
    // other boxes and labels after the end
    const noisy: Feeds = { ...all };
    const labels = BigInt64Array.from(feeds["boxes.labels"] as BigInt64Array);
    const boxes = Float32Array.from(feeds["boxes.boxes"] as Float32Array);
    layouts.forEach((l, i) => {
      for (let t = l.length; t <= config.maxObjects; t++) {
        boxes.fill(3, (t * n + i) * 4, (t * n + i) * 4 + 4);
        if (t > l.length) labels[t * n + i] = 7n;
      }
    });
    noisy["boxes.boxes"] = boxes;
    noisy["boxes.labels"] = labels;
    const again = await evaluate(node, { program, feeds: noisy, state });
    expect(again.total).toEqual(out.total);
    expect(again.gText).toEqual(out.gText);
  });

  test("more steps of padding give the same likelihood", async () => {
    const sums = async (maxObjects: number) => {
      const program = likelihood({ ...config, maxObjects }, n);
      const wide = { ...boxFeeds(layouts, maxObjects + 1, statistics, config.classes), sentence: sentences };
      return evaluate(node, { program, feeds: wide, state: stateFrom(program, weights) });
    };
    const [a, b] = [await sums(5), await sums(9)];
    expect([...b.objects]).toEqual([8]);
    expect(Number(b.label[0])).toBeCloseTo(Number(a.label[0]), 4);
    expect(Number(b.box[0])).toBeCloseTo(Number(a.box[0]), 4);
  });

  test("a step sees earlier objects and its own label, never its own box or later ones", async () => {
    const { b, losses } = network();
    const at = (t: number) => gradients(losses.label, [b.previousBoxes], one(t))[0];
    const one = (t: number) => input(`pick${t}`, [config.maxObjects + 1, n]);
    const program = compile({ outputs: { g: at(1) } });
    const pick = new Float32Array((config.maxObjects + 1) * n).fill(1, n, 2 * n);
    const out = await evaluate(node, {
      program,
      feeds: Object.fromEntries(program.inputs.map((p) => [p.name, p.name === "pick1" ? pick : all[p.name]])),
      state: stateFrom(program, weights),
    });
    const g = out.g as Float32Array;
    const size = (t: number) => Math.hypot(...g.subarray(t * n * 4, (t + 1) * n * 4));
    expect(size(1)).toBeGreaterThan(0);
    expect([2, 3, 4].map(size)).toEqual([0, 0, 0]);
  });
});

test("wasm computes the same losses and gradients", () =>
  checkBackends(
    {
      name: "box loss",
      inputs: {
        sentence: { shape: [n, TEXT] },
        ...Object.fromEntries(
          likelihood(config, n)
            .inputs.filter((p) => p.name !== "sentence")
            .map((p) => [p.name, { shape: p.shape, dtype: p.dtype, data: () => feeds[p.name] }]),
        ),
      },
      wrt: (name) => !name.startsWith("boxes.l") || name.includes("stm"),
      build: (t) => {
        const b = {
          previousLabels: t["boxes.previousLabels"],
          previousBoxes: t["boxes.previousBoxes"],
          labels: t["boxes.labels"],
          boxes: t["boxes.boxes"],
          labelled: t["boxes.labelled"],
          boxed: t["boxes.boxed"],
        };
        return boxLoss(stepLosses(new Params("boxes"), config, b, t.sentence, seamsOf(config)), b, config.train).total;
      },
      second: false,
    },
    2e-4,
  ));
