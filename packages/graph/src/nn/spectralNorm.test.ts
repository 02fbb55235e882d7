import { expect, test } from "vitest";
import { node } from "../check.fixture.ts";
import { gradients } from "../gradients.ts";
import { input, parameterOf } from "../leaves.ts";
import { square } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import { compile, initialise } from "../program.ts";
import { conv } from "./layers.ts";
import { Params } from "./params.ts";
import { isSpectralVector, SpectralNorms } from "./spectralNorm.ts";

test("a weight that two calls share is normalised once, and its vector moves once a run", () => {
  const p = new Params("d");
  const norms = new SpectralNorms();
  const use = (name: string) => conv(p, input(`picture.${name}`, [1, 2, 4, 4]), 3, 3, { wrap: norms.wrap });
  const [a, b] = [use("a"), use("b")];
  expect(norms.updates).toHaveLength(1);
  const vectors = p.all().filter((t) => isSpectralVector(parameterOf(t).name));
  expect(vectors.map((t) => t.shape)).toEqual([[3, 1]]);
  // state, not trained: gradients stop before it
  const [g] = gradients(sum(square(a)), vectors);
  expect(compile({ outputs: { g, b } }).state.map((s) => s.name)).toEqual(
    compile({ outputs: { b } }).state.map((s) => s.name),
  );
});

test("after some runs the largest singular value of the result is 1", async () => {
  const p = new Params();
  const norms = new SpectralNorms();
  const normal = norms.wrap(p, p.get("w", [3, 4], { kind: "normal", std: 2 }));
  const program = compile({ outputs: { normal }, updates: norms.updates });
  const executable = await node.load(program);
  await executable.writeState(initialise(program, 1));
  for (let i = 0; i < 60; i++) await executable.run({});
  const m = (await executable.run({})).normal as Float32Array;
  // power iteration on m m^T in double precision
  let u = [1, 1, 1];
  let sigma = 0;
  for (let i = 0; i < 200; i++) {
    const v = [0, 1, 2, 3].map((c) => u.reduce((s, x, r) => s + x * m[r * 4 + c], 0));
    const next = u.map((_, r) => v.reduce((s, x, c) => s + x * m[r * 4 + c], 0));
    sigma = Math.sqrt(Math.hypot(...next) / Math.hypot(...u));
    u = next.map((x) => x / Math.hypot(...next));
  }
  expect(sigma).toBeCloseTo(1, 5);
});

test("a program without the updates leaves the vectors alone", async () => {
  const p = new Params();
  const norms = new SpectralNorms();
  const normal = norms.wrap(p, p.get("w", [3, 4], { kind: "normal", std: 2 }));
  const program = compile({ outputs: { normal } });
  const executable = await node.load(program);
  const start = initialise(program, 1);
  await executable.writeState(start);
  const first = await executable.run({});
  expect(await executable.run({})).toEqual(first);
  expect(await executable.readState()).toEqual(start);
});
