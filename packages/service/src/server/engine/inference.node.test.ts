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

test("the numbers of the runtime of training but for the order of sums, whatever is done to the weights afterwards", async () => {
  const runtime = createInferenceRuntime({ threads: 1, maxSessions: 8 });
  const other = createNodeRuntime({ threads: 1 });
  for (const n of [1, 2, 4]) {
    const own = { w: Float32Array.from(weights.w) };
    const [a, b] = [await runtime.load(program(n), () => own), await other.load(program(n))];
    own.w.fill(0);
    await b.writeState(weights);
    const [frozen, fed] = [await a.run(feeds(n)), await b.run(feeds(n))];
    expect(Object.keys(frozen)).toEqual(Object.keys(fed));
    // constants are packed, so that products are summed in another order
    for (const [name, values] of Object.entries(fed))
      values.forEach((v, i) => expect(Number(frozen[name][i])).toBeCloseTo(Number(v), 6));
  }
  await runtime.close();
});

test("sessions are bounded; one that was let go is made of its weights again and computes the same", async () => {
  const runtime = createInferenceRuntime({ threads: 1, maxSessions: 2 });
  const sizes = [1, 2, 3, 4, 5];
  let asked = 0;
  const constants = () => {
    asked++;
    return weights;
  };
  const all = await Promise.all(sizes.map((n) => runtime.load(program(n), constants)));
  expect(runtime.sessions).toBe(2);
  expect(asked).toBe(5);
  const first = await all[0].run(feeds(1));
  expect(asked).toBe(6);
  const side = await Promise.all(all.map((one, i) => one.run(feeds(sizes[i]))));
  expect(side[0]).toEqual(first);
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
  const step = compile({ outputs: { y }, updates: [[w, tanh(w)]] });
  await expect(runtime.load(step, () => weights)).rejects.toThrow(/an update of "w"/);
  await expect(runtime.load(program(1))).rejects.toThrow(/"w" wants 576 values/);
  const one = await runtime.load(program(1), () => weights);
  await expect(one.run({})).rejects.toThrow(/"x" \[1,24\] is missing/);
  await expect(one.writeState(weights)).rejects.toThrow(/no state "w"/);
  await runtime.close();
});
