/** L_shape in numbers: what each score costs, and what each term weighs. */
import { evaluate, node } from "@scenograph/graph/check.fixture";
import { constant, scalar } from "@scenograph/graph/leaves";
import { hinge } from "@scenograph/graph/nn/adversarial";
import { compile } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import { expect, test } from "vitest";
import { paperMasks } from "./config.ts";
import { discriminatorLoss, generatorLoss, shapeLoss } from "./loss.ts";

const numberOf = async (loss: Tensor) =>
  Number((await evaluate(node, { program: compile({ outputs: { loss } }), feeds: {}, state: {} })).loss[0]);
const scores = (...values: number[]) => constant(values, [values.length]);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test("adversarial losses: cross-entropy of real and generated masks, weighted; the kind may be another", async () => {
  const [real, fake, share] = [scores(0.25, 2), scores(-3, 0.5), scores(0.75, 0.25)];
  const cost = (r: number, f: number) => -Math.log(sigmoid(r)) - Math.log(1 - sigmoid(f));
  expect(await numberOf(discriminatorLoss({ real, fake }, share))).toBeCloseTo(
    0.75 * cost(0.25, -3) + 0.25 * cost(2, 0.5),
    5,
  );
  const fooled = -0.75 * Math.log(sigmoid(-3)) - 0.25 * Math.log(sigmoid(0.5));
  expect(await numberOf(generatorLoss({ fake }, share))).toBeCloseTo(fooled, 5);
  expect(await numberOf(discriminatorLoss({ real, fake }, share, hinge))).toBeCloseTo(0.75 * 0.75 + 0.25 * 1.5, 5);
  expect(await numberOf(generatorLoss({ fake }, share, hinge))).toBeCloseTo(0.75 * 3 - 0.25 * 0.5, 5);
});

test("L_shape = lambda_i L_inst + lambda_g L_global + lambda_r L_rec", async () => {
  const parts = { instance: scalar(2), global: scalar(3), perceptual: scalar(5) };
  const of = (instance: number, global: number, perceptual: number) =>
    numberOf(shapeLoss({ ...paperMasks.parse({}).loss, instance, global, perceptual }, parts));
  expect(await of(1, 1, 10)).toBeCloseTo(55, 4);
  expect(await of(4, 1, 10)).toBeCloseTo(61, 4);
  expect(await of(1, 4, 10)).toBeCloseTo(64, 4);
  expect(await of(0, 0, 0)).toBe(0);
  // and these are the paper's own
  expect(await numberOf(shapeLoss(paperMasks.parse({}).loss, parts))).toBeCloseTo(55, 4);
});
