import { expect, test } from "vitest";
import { freeze } from "./freeze.ts";
import { heNormal, zeros } from "./init.ts";
import { input, parameter } from "./leaves.ts";
import { add, mul } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { compile, initialise } from "./program.ts";
import { createNodeRuntime } from "./runtime/node.ts";

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

test("missing or wrong values, and a program that changes its state, are refused", () => {
  expect(() => freeze(program, { w: weights.w })).toThrow(/"b" wants 4 values \[4\], got none/);
  expect(() => freeze(program, { ...weights, w: new Float32Array(3) })).toThrow(/"w" wants 12 values \[3,4\], got 3/);
  const step = compile({ outputs: { y }, updates: [[w, mul(w, 2)]] });
  expect(() => freeze(step, weights)).toThrow(/an update of "w"/);
});
