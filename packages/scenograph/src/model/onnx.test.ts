import { heNormal, zeros } from "@scenograph/graph/init";
import { input, parameter } from "@scenograph/graph/leaves";
import { add } from "@scenograph/graph/ops/elementwise";
import { matmul } from "@scenograph/graph/ops/matmul";
import { compile, initialise } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { expect, test } from "vitest";
import { recordingRuntime } from "./dry.ts";
import { withWeights } from "./onnx.ts";

test("an exported program has its weights inside and computes the same", async () => {
  const x = input("x", [2, 3]);
  const y = add(matmul(x, parameter("w", [3, 4], heNormal(3))), parameter("b", [4], zeros));
  const program = compile({ outputs: { y } });
  const weights = { ...initialise(program, 1), b: Float32Array.of(1, 2, 3, 4) };
  const feeds = { x: Float32Array.of(1, -1, 2, 0.5, 3, -2) };

  const runtime = createNodeRuntime({ threads: 1 });
  const usual = await runtime.load(program);
  await usual.writeState(weights);
  const alone = await runtime.load({ ...program, bytes: withWeights({ program, weights }), state: [] });
  expect(await alone.run(feeds)).toEqual(await usual.run(feeds));
});

test("a recording runtime keeps programs and weights and answers zeros", async () => {
  const program = compile({ outputs: { y: add(input("x", [2]), parameter("b", [2], zeros)) } });
  const { runtime, loaded } = recordingRuntime();
  const executable = await runtime.load(program);
  await executable.writeState({ b: Float32Array.of(5, 6) });
  expect(await executable.run({ x: Float32Array.of(1, 1) })).toEqual({ y: Float32Array.of(0, 0) });
  expect(loaded).toEqual([{ program, weights: { b: Float32Array.of(5, 6) } }]);
});
