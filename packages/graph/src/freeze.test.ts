import { expect, test } from "vitest";
import { toFloat16 } from "./formats/float16.ts";
import { widened } from "./formats/packed.ts";
import { freeze } from "./freeze.ts";
import { heNormal, zeros } from "./init.ts";
import { input, parameter } from "./leaves.ts";
import { add, mul } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { compile, initialise } from "./program.ts";
import { createNodeRuntime } from "./runtime/node.ts";
import { createWorkerRuntime } from "./runtime/remote.node.ts";

const w = parameter("w", [3, 4], heNormal(3));
const y = add(matmul(input("x", [2, 3]), w), parameter("b", [4], zeros));
const program = compile({ outputs: { y } });
const weights: Record<string, Float32Array> = { ...initialise(program, 1), b: Float32Array.of(1, 2, 3, 4) };
const feeds = { x: Float32Array.of(1, -1, 2, 0.5, 3, -2) };
const runtime = createNodeRuntime({ threads: 1 });

test("a frozen program has its weights inside and computes the same", async () => {
  const usual = await runtime.load(program);
  await usual.writeState(weights);
  const frozen = freeze(program, weights);
  expect(frozen.state).toEqual([]);
  const alone = await runtime.load(frozen);
  expect(await alone.run(feeds)).toEqual(await usual.run(feeds));
  const asConstants = await runtime.load(program, () => weights);
  expect(await asConstants.run(feeds)).toEqual(await usual.run(feeds));
});

test("packed weights are widened, and sent to a worker as they are", async () => {
  const [q, bits] = [Int8Array.from({ length: 12 }, (_, i) => 20 * i - 127), toFloat16(weights.w)];
  const worker = createWorkerRuntime({ threads: 1 });
  const column = Float32Array.of(0.1, 0.03, 1e-5, 7);
  for (const w of [
    { dtype: "F16", values: bits },
    { dtype: "I8", values: q, scales: Float32Array.of(0.1, 0.03, 1 / 3), scaleShape: [3, 1] },
    { dtype: "I8", values: q, scales: column, scaleShape: [1, 4] },
  ] as const) {
    const wide = { ...weights, w: widened(w) };
    const packed = await runtime.load(program, () => ({ ...weights, w }));
    expect(await packed.run(feeds)).toEqual(await (await runtime.load(program, () => wide)).run(feeds));
    expect(freeze(program, { ...weights, w }).bytes).toEqual(freeze(program, wide).bytes);
    const there = await worker.load(program, () => ({ ...weights, w }));
    expect(there.program.state).toEqual([]);
    expect(await there.run(feeds)).toEqual(await packed.run(feeds));
    // nothing was taken away from the file
    expect(w.values).toHaveLength(12);
  }
  await worker.close();
  expect([...widened({ dtype: "I8", values: q, scales: column, scaleShape: [1, 4] })].slice(4, 8)).toEqual(
    [-47, -27, -7, 13].map((v, i) => Math.fround(v * column[i])),
  );
  expect(() => freeze(program, { ...weights, w: { dtype: "F16", values: bits.subarray(1) } })).toThrow(/got 11/);
});

test("missing or wrong values, and a program that changes its state, are refused", () => {
  expect(() => freeze(program, { w: weights.w })).toThrow(/"b" wants 4 values \[4\], got none/);
  expect(() => freeze(program, { ...weights, w: new Float32Array(3) })).toThrow(/"w" wants 12 values \[3,4\], got 3/);
  const step = compile({ outputs: { y }, updates: [[w, mul(w, 2)]] });
  expect(() => freeze(step, weights)).toThrow(/an update of "w"/);
});
