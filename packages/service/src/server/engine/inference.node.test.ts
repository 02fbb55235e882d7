import { heNormal } from "@scenograph/graph/init";
import { input, parameter } from "@scenograph/graph/leaves";
import { tanh } from "@scenograph/graph/ops/elementwise";
import { matmul } from "@scenograph/graph/ops/matmul";
import { mean } from "@scenograph/graph/ops/reduce";
import { compile, initialise, type Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { expect, test } from "vitest";
import { createInferenceRuntime } from "./inference.node.ts";

const SIZE = 24;
/** One weight, read by programs of several batch sizes. */
function program(n: number): Program {
  const w = parameter("w", [SIZE, SIZE], heNormal(SIZE));
  return compile({ outputs: { y: tanh(matmul(input("x", [n, SIZE]), w)) } });
}
const weights = initialise(program(1), 7);
const feeds = (n: number) => ({ x: stream(3, "x").normals(n * SIZE) });

test("the bytes of the runtime of training, at a fraction of its memory: weights are not copied", async () => {
  const runtime = createInferenceRuntime({ threads: 1, maxSessions: 8 });
  const other = createNodeRuntime({ threads: 1 });
  for (const n of [1, 2, 4]) {
    const [a, b] = [await runtime.load(program(n)), await other.load(program(n))];
    await a.writeState(weights);
    await b.writeState(weights);
    expect(await a.run(feeds(n))).toEqual(await b.run(feeds(n)));
  }
  const held = await runtime.load(program(8));
  const own = { w: Float32Array.from(weights.w) };
  await held.writeState(own);
  own.w.fill(0);
  expect((await held.run(feeds(8))).y.every((v) => v === 0)).toBe(true);
  await runtime.close();
});

test("sessions are bounded; one that was let go computes the same again", async () => {
  const runtime = createInferenceRuntime({ threads: 1, maxSessions: 2 });
  const sizes = [1, 2, 3, 4, 5];
  const all = await Promise.all(sizes.map((n) => runtime.load(program(n))));
  for (const one of all) await one.writeState(weights);
  expect(runtime.sessions).toBe(2);
  const first = await all[0].run(feeds(1));
  const side = await Promise.all(all.map((one, i) => one.run(feeds(sizes[i]))));
  expect(side[0]).toEqual(first);
  expect((await all[0].readState()).w).toEqual(weights.w);
  // those that ran at the same time were all needed
  await all[0].run(feeds(1));
  expect(runtime.sessions).toBe(2);
  await runtime.close();
  expect(runtime.sessions).toBe(0);
});

test("programs that change their state, wrong feeds and wrong weights are refused", async () => {
  const runtime = createInferenceRuntime({ threads: 1, maxSessions: 2 });
  const w = parameter("w", [SIZE, SIZE], heNormal(SIZE));
  const y = mean(tanh(matmul(input("x", [1, SIZE]), w)));
  await expect(runtime.load(compile({ outputs: { y }, updates: [[w, tanh(w)]] }))).rejects.toThrow(/updates/);
  const one = await runtime.load(program(1));
  await expect(one.writeState({ w: new Float32Array(3) })).rejects.toThrow(/wants 576 values/);
  await one.writeState(weights);
  await expect(one.run({})).rejects.toThrow(/"x" \[1,24\] is missing/);
  await runtime.close();
});
