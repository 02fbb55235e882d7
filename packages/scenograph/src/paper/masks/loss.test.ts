/** L_shape in numbers: what each score costs, and what each term weighs. */
import { evaluate, node } from "@scenograph/graph/check.fixture";
import { constant, scalar } from "@scenograph/graph/leaves";
import { compile } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import { describe, expect, test } from "vitest";
import { masksConfig } from "./config.ts";
import { discriminatorLoss, generatorLoss, shapeLoss } from "./loss.ts";

const valuesOf = async (loss: Tensor) =>
  Array.from((await evaluate(node, { program: compile({ outputs: { loss } }), feeds: {}, state: {} })).loss, Number);
const scores = (...values: number[]) => constant(values, [values.length]);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe("adversarial losses, a score at a time", () => {
  test("hinge: max(0, 1 - D(real)) + max(0, 1 + D(fake)); -D(fake) for the generator", async () => {
    expect(await valuesOf(discriminatorLoss("hinge", scores(0.25, 2), scores(-3, 0.5)))).toEqual([0.75, 1.5]);
    expect(await valuesOf(generatorLoss("hinge", scores(-3, 0.5)))).toEqual([3, -0.5]);
  });

  test("cross-entropy: -log sigmoid(D(real)) - log(1 - sigmoid(D(fake))); -log sigmoid(D(fake)) for the generator", async () => {
    const [d] = await valuesOf(discriminatorLoss("bce", scores(0.25), scores(-3)));
    expect(d).toBeCloseTo(-Math.log(sigmoid(0.25)) - Math.log(1 - sigmoid(-3)), 5);
    const [g] = await valuesOf(generatorLoss("bce", scores(-3)));
    expect(g).toBeCloseTo(-Math.log(sigmoid(-3)), 5);
  });
});

test("L_shape = lambda_i L_inst + lambda_g L_global + lambda_r L_rec, the adversarial terms times the ramp", async () => {
  const parts = { instance: scalar(2), global: scalar(3), perceptual: scalar(5), bce: scalar(7), dice: scalar(11) };
  const weights = (instance: number, global: number, perceptual: number, bce = 0, dice = 0) => ({
    ...masksConfig.parse({}).loss,
    ...{ instance, global, perceptual, bce, dice },
  });
  const of = async (w: ReturnType<typeof weights>, ramp = 1) => (await valuesOf(shapeLoss(w, parts, scalar(ramp))))[0];
  expect(await of(weights(1, 1, 10))).toBeCloseTo(55, 4);
  expect(await of(weights(4, 1, 10))).toBeCloseTo(61, 4);
  expect(await of(weights(1, 4, 10))).toBeCloseTo(64, 4);
  expect(await of(weights(1, 1, 10), 0.5)).toBeCloseTo(52.5, 4);
  expect(await of(weights(0, 0, 0, 2, 3))).toBeCloseTo(47, 4);
});
