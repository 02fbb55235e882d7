import { expect, test } from "vitest";
import { distance, node, web } from "../check.fixture.ts";
import { gradients } from "../gradients.ts";
import { input, parameterOf } from "../leaves.ts";
import { convBlock, linear } from "../nn/layers.ts";
import { Params } from "../nn/params.ts";
import { lstm } from "../nn/recurrent.ts";
import { isSpectralVector, SpectralNorms } from "../nn/spectralNorm.ts";
import { square, sub, tanh } from "../ops/elementwise.ts";
import { mean } from "../ops/reduce.ts";
import { reshape, split } from "../ops/shape.ts";
import { adam, movingAverage, scheduled, stepCounter } from "../optimizers.ts";
import { compile, initialise, type Program } from "../program.ts";
import { stream } from "../random.ts";
import type { Feeds, Runtime } from "./runtime.ts";

/** Pictures through convolutions with spectral norm and group norm, their rows through an LSTM, to one number. */
function network(): Program {
  const p = new Params("net");
  const norms = new SpectralNorms();
  const x = input("x", [4, 2, 8, 8]);
  const h = convBlock(p.scope("conv"), x, 8, 4, {
    stride: 2,
    padding: 1,
    norm: "group",
    bias: false,
    wrap: norms.wrap,
  });
  const rows = split(h, 4, 2).map((row) => reshape(row, [4, 32]));
  const { last } = lstm(p.scope("lstm"), rows, 6);
  const loss = mean(square(sub(linear(p.scope("out"), tanh(last.h), 1), input("y", [4, 1]))));
  const { step, update } = stepCounter("step");
  const trained = p.all().filter((t) => !isSpectralVector(parameterOf(t).name));
  const { updates, norm } = adam("adam", trained, gradients(loss, trained), step, {
    learningRate: scheduled({ base: 0.02, warmup: 3, decay: "cosine", until: 8 }, step),
    clipNorm: 1,
    weightDecay: 0.01,
  });
  return compile({
    outputs: { loss, norm },
    updates: [update, ...updates, ...norms.updates, ...movingAverage(updates, trained, 0.9, step)],
  });
}

const losses = async (runtime: Runtime, program: Program, feeds: Feeds, steps: number) => {
  const executable = await runtime.load(program);
  await executable.writeState(initialise(program, 4));
  const values: number[] = [];
  for (let i = 0; i < steps; i++) values.push(Number((await executable.run(feeds)).loss[0]));
  const state = await executable.readState();
  await executable.release();
  return { values, state };
};

test("eight training steps: the same losses and weights on wasm and node", async () => {
  const program = network();
  const random = stream(3, "training");
  const feeds = { x: random.normals(4 * 2 * 64), y: random.normals(4) };
  const a = await losses(node, program, feeds, 8);
  const b = await losses(web, program, feeds, 8);
  expect(a.values[7]).toBeLessThan(0.7 * a.values[0]);
  expect(distance(b.values, a.values)).toBeLessThan(2e-5);
  for (const [name, value] of Object.entries(a.state)) expect(distance(b.state[name], value), name).toBeLessThan(2e-3);
});
