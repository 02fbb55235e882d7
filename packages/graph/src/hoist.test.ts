import { expect, test } from "vitest";
import { hoist } from "./hoist.ts";
import { heNormal } from "./init.ts";
import { input, parameter } from "./leaves.ts";
import { add, mul, tanh } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { compile, initialise } from "./program.ts";
import { stream } from "./random.ts";
import { createNodeRuntime } from "./runtime/node.ts";

const text = input("text", [1, 8]);
const x = input("x", [1, 4]);
const projected = tanh(matmul(text, parameter("u", [8, 4], heNormal(8))));
const outputs = {
  y: add(matmul(x, parameter("w", [4, 4], heNormal(4))), projected),
  z: mul(tanh(matmul(text, parameter("v", [8, 4], heNormal(8)))), x),
};

test("what follows from fixed inputs alone is computed once, the rest again and again, and the results are the same", async () => {
  const { once, given } = hoist(outputs, ["text"], "once.");
  expect(Object.keys(once)).toEqual(["once.0", "once.1"]);
  const whole = compile({ outputs });
  const [first, rest] = [compile({ outputs: once }), compile({ outputs, given })];
  expect(first.inputs.map((p) => p.name)).toEqual(["text"]);
  expect(rest.inputs.map((p) => p.name).sort()).toEqual(["once.0", "once.1", "x"]);
  expect(rest.state.map((p) => p.name)).toEqual(["w"]);
  expect(first.work + rest.work).toBe(whole.work);

  const runtime = createNodeRuntime({ threads: 1 });
  const weights = initialise(whole, 3);
  const random = stream(1, "hoist");
  const feeds = { text: random.normals(8), x: random.normals(4) };
  const [a, b, c] = await Promise.all([whole, first, rest].map((program) => runtime.load(program, () => weights)));
  const derived = await b.run({ text: feeds.text });
  expect(await c.run({ x: feeds.x, ...derived })).toEqual(await a.run(feeds));
});

test("an input that both sides read stays an input of both; nothing fixed, nothing hoisted", () => {
  expect(hoist(outputs, ["nothing"], "").given.size).toBe(0);
  const direct = { y: matmul(x, text, { transposeA: true }), z: projected };
  const { once, given } = hoist(direct, ["text"], "t");
  expect(Object.keys(once)).toEqual(["t0"]);
  expect(
    compile({ outputs: direct, given })
      .inputs.map((p) => p.name)
      .sort(),
  ).toEqual(["t0", "text", "x"]);
});
