import { expect, test } from "vitest";
import { distance, node, web } from "../graph/check.fixture.ts";
import { gradients } from "../graph/gradients.ts";
import { heNormal } from "../graph/init.ts";
import { input, parameter, parameterOf } from "../graph/leaves.ts";
import { add, square, sub, tanh } from "../graph/ops/elementwise.ts";
import { matmul } from "../graph/ops/matmul.ts";
import { mean } from "../graph/ops/reduce.ts";
import { reshape, split } from "../graph/ops/shape.ts";
import { adam, movingAverage, scheduled, stepCounter } from "../graph/optimizers.ts";
import { compile, initialise, type Program } from "../graph/program.ts";
import { convBlock, linear } from "../nn/layers.ts";
import { Params } from "../nn/params.ts";
import { lstm } from "../nn/recurrent.ts";
import { isSpectralVector, SpectralNorms } from "../nn/spectralNorm.ts";
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

test("memory stays level over 3,000 training steps", async () => {
  const w = parameter("w", [32, 32], heNormal(32));
  const b = parameter("b", [32], { kind: "constant", value: 0 });
  const loss = mean(square(sub(tanh(add(matmul(input("x", [16, 32]), w), b)), 0.3)));
  const { step, update } = stepCounter("step");
  const { updates } = adam("adam", [w, b], gradients(loss, [w, b]), step, { learningRate: 1e-3 });
  const program = compile({ outputs: { loss }, updates: [update, ...updates] });
  const executable = await node.load(program);
  await executable.writeState(initialise(program, 1));
  const x = stream(1, "memory").normals(16 * 32);
  const resident: number[] = [];
  for (let i = 1; i <= 3000; i++) {
    await executable.run({ x });
    if (i % 1000 === 0) resident.push(process.memoryUsage().rss / 2 ** 20);
  }
  expect([...(await executable.readState(["step"])).step]).toEqual([3000]);
  // the first thousand fill pools and the young heap
  expect(resident[2] - resident[0], `resident MB: ${resident.map((r) => r.toFixed(0))}`).toBeLessThan(25);
  await executable.release();
});
