import { describe, expect, test } from "vitest";
import { type Case, checkBackends, checkDerivatives, indices } from "../check.fixture.ts";
import { constant, input } from "../leaves.ts";
import { add, leakyRelu, square, tanh } from "../ops/elementwise.ts";
import { softmax } from "../ops/reduce.ts";
import { reshape } from "../ops/shape.ts";
import { conv, convBlock, convTransposed, embedding, layerNorm, linear, norm, residualBlock } from "./layers.ts";
import { Params, parameterNames } from "./params.ts";

const LAYERS: Case[] = [
  { name: "linear", inputs: { x: { shape: [2, 3, 4] } }, build: ({ x }) => square(linear(new Params(), x, 5)) },
  {
    name: "linear without bias",
    inputs: { x: { shape: [3, 4] } },
    build: ({ x }) => linear(new Params(), x, 2, { bias: false }),
  },
  {
    name: "embedding",
    inputs: { i: { shape: [2, 3], dtype: "int64", data: indices(5) } },
    build: ({ i }) => square(embedding(new Params(), i, 5, 4)),
  },
  {
    name: "conv, groups",
    inputs: { x: { shape: [2, 4, 5, 6] } },
    build: ({ x }) => square(conv(new Params(), x, 6, 3, { groups: 2, padding: 1 })),
    tolerance: 1e-2,
  },
  {
    name: "convTransposed",
    inputs: { x: { shape: [1, 2, 3, 4] } },
    build: ({ x }) => convTransposed(new Params(), x, 3, 4, { stride: 2, padding: 1 }),
  },
  {
    name: "instance norm",
    inputs: { x: { shape: [2, 3, 3, 4] } },
    build: ({ x }) => norm(new Params(), x, "instance"),
  },
  { name: "group norm", inputs: { x: { shape: [2, 8, 2, 2] } }, build: ({ x }) => norm(new Params(), x, "group") },
  {
    name: "layer norm over channels",
    inputs: { x: { shape: [2, 3, 2, 3] } },
    build: ({ x }) => norm(new Params(), x, "layer"),
  },
  { name: "layer norm", inputs: { x: { shape: [3, 6] } }, build: ({ x }) => layerNorm(new Params(), x) },
  {
    name: "convolution block, group norm",
    inputs: { x: { shape: [2, 3, 6, 5] } },
    build: ({ x }) => convBlock(new Params(), x, 4, 3, { norm: "group", activation: "none", stride: 2 }),
    tolerance: 1e-2,
  },
  {
    name: "residual block, instance norm",
    inputs: { x: { shape: [1, 4, 4, 5] } },
    build: ({ x }) => tanh(residualBlock(new Params(), x, { norm: "instance", activation: "none" })),
    tolerance: 1e-2,
  },
  {
    // R1: the penalty's gradient runs back through every gradient. Shifts of 1 keep the kinks out of a step's reach.
    name: "convolution, leaky ReLU, instance norm, linear, softmax",
    inputs: { x: { shape: [2, 2, 6, 6] } },
    build: ({ x }) => {
      const p = new Params();
      const h = conv(p.scope("conv"), x, 3, 4, { stride: 2, padding: 1, init: { kind: "normal", std: 0.02 } });
      const signs = constant(
        Array.from({ length: 27 }, (_, i) => (i % 2 === 0 ? 1.5 : -1.5)),
        [1, 3, 3, 3],
      );
      const normal = norm(p.scope("norm"), leakyRelu(add(h, signs), 0.2), "instance");
      return softmax(linear(p.scope("out"), reshape(normal, [2, 27]), 4));
    },
    tolerance: 1e-2,
  },
];

describe("derivatives by inputs and weights, first and second", () => {
  test.each(LAYERS.map((c) => [c.name, c] as const))("%s", async (_, c) => checkDerivatives(c));
});

describe("wasm equals node", () => {
  test.each(LAYERS.map((c) => [c.name, c] as const))("%s", async (_, c) => checkBackends(c, 1e-3));
});

test("weights have PyTorch's shapes and the scope's names", () => {
  const p = new Params("net");
  const x = input("x", [1, 4, 8, 8]);
  convBlock(p.scope("a"), x, 6, 3, { norm: "group" });
  linear(p.scope("b"), input("y", [2, 5]), 7);
  const shapes = Object.fromEntries(p.all().map((t, i) => [parameterNames(p.all())[i], t.shape]));
  expect(shapes).toEqual({
    "net.a.conv.weight": [6, 4, 3, 3],
    "net.a.conv.bias": [6],
    "net.a.norm.scale": [6],
    "net.a.norm.shift": [6],
    "net.b.weight": [7, 5],
    "net.b.bias": [7],
  });
});
