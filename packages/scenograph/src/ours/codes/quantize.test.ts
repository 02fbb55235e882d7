import { gradients } from "@scenograph/graph/gradients";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { mul } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { compile } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import { expect, test } from "vitest";
import { codebook, quantize, reviveCodes } from "./quantize.ts";

const runtime = createNodeRuntime({ threads: 1 });
const BOOK = [0, 0, 4, 0, 0, 4];

async function run(outputs: Record<string, Tensor>, feeds: Feeds, book = BOOK, updates: [Tensor, Tensor][] = []) {
  const one = await runtime.load(compile({ outputs, updates }));
  await one.writeState({ codebook: Float32Array.from(book) });
  const out = await one.run(feeds);
  const state = await one.readState();
  await one.release();
  return { out, state };
}

test("an encoding takes the nearest code, and what is drawn sees the code itself", async () => {
  const h = input("h", [3, 2]);
  const { codes, vectors } = quantize(h, codebook(new Params(), 3, 2), 0.25);
  const { out } = await run({ codes, vectors }, { h: Float32Array.of(0.5, 0.4, 3, 1, 1, 2.6) });
  expect([...out.codes].map(Number)).toEqual([0, 1, 2]);
  for (const [i, v] of [0, 0, 4, 0, 0, 4].entries()) expect(out.vectors[i]).toBeCloseTo(v, 5);
});

test("the gradient of what is drawn reaches the encoding unchanged", async () => {
  const h = input("h", [2, 2]);
  const { vectors } = quantize(h, codebook(new Params(), 3, 2), 0.25);
  const weights = input("weights", [2, 2]);
  const [g] = gradients(sum(mul(vectors, weights)), [h]);
  const { out } = await run(
    { g, vectors },
    { h: Float32Array.of(1, 0, 0, 3), weights: Float32Array.of(2, -1, 0.5, 3) },
  );
  expect([...out.g]).toEqual([2, -1, 0.5, 3]);
});

test("the loss draws codes to encodings, and encodings to codes by the commitment", async () => {
  const p = new Params();
  const h = input("h", [1, 2]);
  const book = codebook(p, 3, 2);
  const { loss } = quantize(h, book, 0.25);
  const [toH, toBook] = gradients(loss, [h, book]);
  const { out } = await run({ loss, toH, toBook }, { h: Float32Array.of(3, 1) });
  // distance (-1, 1) from code 1: mean square 1; 1 + .25
  expect(out.loss[0]).toBeCloseTo(1.25, 5);
  expect([...out.toH]).toEqual([-0.25, 0.25]);
  expect([...out.toBook]).toEqual([0, 0, 1, -1, 0, 0]);
});

test("a code that nobody takes is re-seeded where encodings fit badly, when it is time", async () => {
  for (const due of [1, 0]) {
    const p = new Params();
    const h = input("h", [2, 2]);
    const book = codebook(p, 3, 2);
    const { codes } = quantize(h, book, 0.25);
    const updates = reviveCodes(p, book, book, h, codes);
    const one = await runtime.load(compile({ outputs: { codes }, updates }));
    // code 1 and 2 have been unused for long; row 0 lies on code 0, row 1 far off
    await one.writeState({ codebook: Float32Array.from(BOOK), usage: Float32Array.of(0.9, 0.001, 0.001) });
    await one.run({ h: Float32Array.of(0, 0, -2, -2), revival: new Float32Array(6), revive: Float32Array.of(due) });
    const { codebook: next, usage } = await one.readState();
    await one.release();
    expect([...next]).toEqual(due ? [0, 0, -2, -2, -2, -2] : BOOK);
    expect(usage[1] > 0.05).toBe(due === 1);
  }
});
