/** Each mechanism of section 5 does its work: switch it off, and one of these fails (`npm run test:mutants`). */
import { evaluate, node } from "@scenograph/graph/check.fixture";
import { constant, input } from "@scenograph/graph/leaves";
import { hinge, standard } from "@scenograph/graph/nn/adversarial";
import { Params } from "@scenograph/graph/nn/params";
import { compile, initialise, type Program } from "@scenograph/graph/program";
import { describe, expect, test } from "vitest";
import type { PaperImage } from "./config.ts";
import { config, feedsOf, TEXT } from "./image.fixture.ts";
import { generatorLoss, imageLoss, matchingAwareLoss } from "./loss.ts";
import { discriminator } from "./model.ts";
import { imageProgram, imageStep, layoutInputs, pictureInput } from "./step.ts";

const scalarOf = async (build: Parameters<typeof compile>[0]["outputs"]) =>
  Number((await evaluate(node, { program: compile({ outputs: build }), feeds: {}, state: {} })).loss[0]);
const scores = (...values: number[]) => constant(values, [values.length]);

describe("losses of given scores", () => {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

  test("standard: the generator's is the non-saturating -log sigmoid(D), the discriminator's cross-entropy", async () => {
    expect(await scalarOf({ loss: generatorLoss(scores(0.5)) })).toBeCloseTo(-Math.log(sigmoid(0.5)), 6);
    const [real, generated] = [scores(0.5), scores(-2)];
    const d = -Math.log(sigmoid(0.5)) - Math.log(1 - sigmoid(-2));
    expect(await scalarOf({ loss: matchingAwareLoss({ real, generated }) })).toBeCloseTo(d, 6);
    expect(await scalarOf({ loss: generatorLoss(scores(0.25, -3), hinge) })).toBeCloseTo(1.375, 6);
  });

  test("L_img = lambda_a L_adv + lambda_r L_rec", async () => {
    const [adversarial, perceptual] = [scores(2), scores(3)];
    const of = (a: number, r: number) =>
      scalarOf({ loss: imageLoss({ adversarial: a, perceptual: r }, { adversarial, perceptual }) });
    expect([await of(1, 10), await of(4, 1), await of(0, 2)]).toEqual([32, 11, 6]);
  });

  test("matching-aware: the real picture with the wrong sentence is fake, at half the weight, as the generated one", async () => {
    const of = (real: number, mismatched: number, generated: number) => ({
      real: scores(real),
      mismatched: scores(mismatched),
      generated: scores(generated),
    });
    expect(await scalarOf({ loss: matchingAwareLoss(of(2, 3, -2), hinge) })).toBeCloseTo(2, 6);
    expect(await scalarOf({ loss: matchingAwareLoss(of(2, -3, 1), hinge) })).toBeCloseTo(1, 6);
    expect(await scalarOf({ loss: matchingAwareLoss(of(-1, -3, -2), hinge) })).toBeCloseTo(2, 6);
    const { mismatched: _, ...two } = of(0, 0, 1);
    expect(await scalarOf({ loss: matchingAwareLoss(two, hinge) })).toBeCloseTo(3, 6);
    const p = (x: number) => Math.log(sigmoid(x));
    const loss = -p(2) - 0.5 * (p(-3) + p(2));
    expect(await scalarOf({ loss: matchingAwareLoss(of(2, 3, -2), standard) })).toBeCloseTo(loss, 5);
  });
});

/** The picture for changed weights and feeds. */
async function painter(of: PaperImage) {
  const program: Program = imageProgram(of, TEXT, 2);
  const state = initialise(program, 4);
  const { picture: _, wrong: __, ...all } = feedsOf();
  const feeds = Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]]));
  return async (weights: Record<string, (v: number) => number> = {}, other: typeof feeds = {}) => {
    const changed = Object.fromEntries(
      Object.entries(state).map(([name, values]) => {
        const change = Object.entries(weights).find(([prefix]) => name.startsWith(prefix))?.[1];
        return [name, change ? values.map(change) : values];
      }),
    );
    return (await evaluate(node, { program, feeds: { ...feeds, ...other }, state: changed })).picture as Float32Array;
  };
}
const change = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));
const closed = { "image.gate.weight": () => 0, "image.gate.bias": () => -60 };
const open = { "image.gate.weight": () => 0, "image.gate.bias": () => 60 };
const louder = { "image.encoder": (v: number) => 3 * v + 0.5 };

describe("the generator", () => {
  test("the text gate multiplies A: closed, nothing of the layout encoder passes; open, all of it", async () => {
    const paint = await painter(config);
    expect(change(await paint(closed), await paint({ ...closed, ...louder }))).toBe(0);
    expect(change(await paint(open), await paint({ ...open, ...louder }))).toBeGreaterThan(1e-4);
    expect(change(await paint(open), await paint(closed))).toBeGreaterThan(1e-4);
  });

  test("the gate reads the sentence; so does the background, by a projection of its own", async () => {
    const paint = await painter(config);
    const text = { text: feedsOf().wrong };
    const noBackground = { "image.background": () => 0 };
    expect(change(await paint(noBackground), await paint(noBackground, text))).toBeGreaterThan(1e-5);
    expect(change(await paint(closed), await paint(closed, text))).toBeGreaterThan(1e-5);
    expect(change(await paint({ ...closed, ...noBackground }), await paint({ ...closed, ...noBackground }, text))).toBe(
      0,
    );
  });

  test("noise is drawn into the picture", async () => {
    const paint = await painter(config);
    const noise = { noise: (feedsOf().noise as Float32Array).map((v) => -v) };
    expect(change(await paint(), await paint({}, noise))).toBeGreaterThan(1e-5);
  });

  test("cascade: the layout enters the decoder itself, resized", async () => {
    const other = { "layout.classes": (feedsOf()["layout.classes"] as Uint8Array).map((c) => (c === 17 ? 3 : c)) };
    const with_ = await painter(config);
    expect(change(await with_(closed), await with_(closed, other))).toBeGreaterThan(1e-5);
    const without = await painter({ ...config, layoutInDecoder: false });
    expect(change(await without(closed), await without(closed, other))).toBe(0);
  });
});

describe("the discriminator's step", () => {
  /** Losses of one step for changed feeds. */
  async function losses(changes: Partial<PaperImage["train"]>, other: Record<string, Float32Array>) {
    const program = imageStep({ ...config, train: { ...config.train, ...changes } }, TEXT);
    const all = { ...feedsOf(), ...other };
    const feeds = Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]]));
    const out = await evaluate(node, { program, feeds, state: initialise(program, 6) });
    return { discriminator: Number(out.discriminator[0]), generator: Number(out.generator[0]) };
  }

  test("the wrong sentence is seen by the discriminator and not by the generator", async () => {
    const [as, swapped] = [await losses({}, {}), await losses({}, { wrong: feedsOf().text as Float32Array })];
    expect(Math.abs(as.discriminator - swapped.discriminator)).toBeGreaterThan(1e-6);
    expect(swapped.generator).toBe(as.generator);
  });

  test("the discriminator reads the layout: with another one it scores the same pictures otherwise", async () => {
    const [n, s] = [2, config.size];
    const layout = layoutInputs(n, config);
    const text = input("text", [n, TEXT]);
    const judged = discriminator(new Params("critic"), config, layout, text, pictureInput(n, s));
    const program = compile({ outputs: { score: judged.score } });
    const all = feedsOf();
    const feeds = Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]]));
    const state = initialise(program, 6);
    const other = (all["layout.classes"] as Uint8Array).map((c) => (c === 17 ? 3 : c));
    const scored = async (more: typeof feeds) =>
      (await evaluate(node, { program, feeds: { ...feeds, ...more }, state })).score as Float32Array;
    expect(change(await scored({}), await scored({ "layout.classes": other }))).toBeGreaterThan(1e-5);
  });

  test("without the mismatched term there is no wrong sentence", () => {
    const program = imageStep({ ...config, train: { ...config.train, mismatched: false } }, TEXT);
    expect(program.inputs.map((i) => i.name)).not.toContain("wrong");
  });
});
