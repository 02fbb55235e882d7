import { expect, test } from "vitest";
import { evaluate, node } from "../check.fixture.ts";
import { constant } from "../leaves.ts";
import { compile } from "../program.ts";
import { type Adversarial, hinge, standard } from "./adversarial.ts";

const SCORES = [0.25, 3, -3, 0.5];

async function valuesOf(kind: Adversarial): Promise<Record<keyof Adversarial, number[]>> {
  const scores = constant(SCORES, [SCORES.length]);
  const outputs = { real: kind.real(scores), fake: kind.fake(scores), generator: kind.generator(scores) };
  const out = await evaluate(node, { program: compile({ outputs }), feeds: {}, state: {} });
  const [real, fake, generator] = [out.real, out.fake, out.generator].map((v) => Array.from(v, Number));
  return { real, fake, generator };
}

test("hinge: max(0, 1 - D) for real, max(0, 1 + D) for fake, -D for the generator", async () => {
  const { real, fake, generator } = await valuesOf(hinge);
  expect(real).toEqual([0.75, 0, 4, 0.5]);
  expect(fake).toEqual([1.25, 4, 0, 1.5]);
  expect(generator).toEqual([-0.25, -3, 3, -0.5]);
});

test("standard: -log sigmoid(D), -log(1 - sigmoid(D)), and -log sigmoid(D) for the generator", async () => {
  const { real, fake, generator } = await valuesOf(standard);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  SCORES.forEach((d, i) => {
    expect(real[i]).toBeCloseTo(-Math.log(sigmoid(d)), 5);
    expect(fake[i]).toBeCloseTo(-Math.log(1 - sigmoid(d)), 5);
    expect(generator[i]).toBeCloseTo(-Math.log(sigmoid(d)), 5);
  });
});
