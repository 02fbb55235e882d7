import { describe, expect, test } from "vitest";
import { type Case, checkBackends, checkDerivatives, distance, evaluate, node } from "../check.fixture.ts";
import { input } from "../leaves.ts";
import { concat, reshape, split } from "../ops/shape.ts";
import { compile, initialise } from "../program.ts";
import { stream } from "../random.ts";
import type { Tensor } from "../tensor.ts";
import { Params } from "./params.ts";
import {
  bidirectionalConvLstm,
  bidirectionalGru,
  bidirectionalLstm,
  convLstm,
  gru,
  lstm,
  lstmCell,
} from "./recurrent.ts";

const steps = (x: Tensor) => split(x, x.shape[0], 0).map((t) => reshape(t, t.shape.slice(1)));
// two sequences of three and one step
const valid = { shape: [3, 2, 1], data: () => Float32Array.of(1, 1, 1, 0, 1, 0) };
const notValid = (name: string) => name !== "valid";

const RECURRENT: Case[] = [
  {
    name: "LSTM step",
    inputs: { x: { shape: [2, 3] }, h: { shape: [2, 4] }, c: { shape: [2, 4] } },
    build: ({ x, h, c }) => {
      const next = lstmCell(new Params(), x, { h, c });
      return [next.h, next.c];
    },
  },
  {
    name: "LSTM with context, start, lengths",
    inputs: { x: { shape: [3, 2, 3] }, text: { shape: [2, 2] }, h: { shape: [2, 4] }, c: { shape: [2, 4] }, valid },
    wrt: notValid,
    build: ({ x, text, h, c, valid }) => {
      const { outputs, last } = lstm(new Params(), steps(x), 4, {
        context: text,
        initial: { h, c },
        valid: steps(valid),
      });
      return [...outputs, last.c];
    },
  },
  {
    name: "bidirectional LSTM",
    inputs: { x: { shape: [3, 2, 3] }, valid },
    wrt: notValid,
    build: ({ x, valid }) => bidirectionalLstm(new Params(), steps(x), 2, steps(valid)).outputs,
  },
  {
    name: "bidirectional GRU",
    inputs: { x: { shape: [3, 2, 3] }, valid },
    wrt: notValid,
    build: ({ x, valid }) => {
      const { states, last } = bidirectionalGru(new Params(), x, 3, valid);
      return [states, last];
    },
  },
  {
    name: "convolutional LSTM with start",
    inputs: { x: { shape: [2, 1, 2, 4, 3] }, h: { shape: [1, 2, 4, 3] }, c: { shape: [1, 2, 4, 3] } },
    build: ({ x, h, c }) => {
      const { outputs, last } = convLstm(new Params(), steps(x), 2, { initial: { h, c } });
      return [...outputs, last.c];
    },
    tolerance: 1e-2,
  },
  {
    name: "bidirectional convolutional LSTM",
    inputs: { x: { shape: [3, 2, 2, 3, 3] }, valid },
    wrt: notValid,
    build: ({ x, valid }) => bidirectionalConvLstm(new Params(), steps(x), 2, { valid: steps(valid) }),
    tolerance: 1e-2,
  },
];

describe("derivatives by inputs, states and weights, first and second", () => {
  test.each(RECURRENT.map((c) => [c.name, c] as const))("%s", async (_, c) => checkDerivatives(c));
});

describe("wasm equals node", () => {
  test.each(RECURRENT.map((c) => [c.name, c] as const))("%s", async (_, c) => checkBackends(c, 1e-4));
});

type Kind = (p: Params, xs: Tensor[], valid: Tensor[]) => { outputs: Tensor[]; last: Tensor };
const KINDS: Record<string, Kind> = {
  lstm(p, xs, valid) {
    const { outputs, forward, backward } = bidirectionalLstm(p, xs, 4, valid);
    return { outputs, last: concat([forward.h, backward.h, forward.c, backward.c], 1) };
  },
  gru(p, xs, valid) {
    const { states, last } = bidirectionalGru(p, xs, 4, valid);
    return { outputs: steps(states), last };
  },
};

describe("a step that is not valid changes nothing", () => {
  test.each(Object.entries(KINDS))("%s", async (_, kind) => {
    const random = stream(5, "padding");
    const build = (length: number) => {
      const x = input("x", [length, 1, 3]);
      const v = input("valid", [length, 1, 1]);
      const { outputs, last } = kind(new Params(), steps(x), steps(v));
      return compile({ outputs: { last, first: outputs[0], second: outputs[1] } });
    };
    const [short, long] = [build(2), build(4)];
    const state = initialise(short, 1);
    const x = random.normals(12);
    const a = await evaluate(node, {
      program: short,
      feeds: { x: x.slice(0, 6), valid: Float32Array.of(1, 1) },
      state,
    });
    const b = await evaluate(node, { program: long, feeds: { x, valid: Float32Array.of(1, 1, 0, 0) }, state });
    for (const name of ["last", "first", "second"])
      expect(distance(b[name] as Float32Array, a[name] as Float32Array), name).toBeLessThan(1e-6);
  });
});

test("PyTorch's GRU: h' = (1 - z) n + z h, n = tanh(W x + b + r (U h + b'))", async () => {
  const x = input("x", [1, 1, 1]);
  const { last } = gru(new Params(), steps(x), 1, { initial: input("h", [1, 1]) });
  const program = compile({ outputs: { last } });
  const state = {
    input: Float32Array.of(0.5, -0.4, 0.9),
    recurrent: Float32Array.of(0.3, 0.8, -0.7),
    bias: Float32Array.of(0.1, 0.2, -0.3),
    recurrentBias: Float32Array.of(-0.2, 0.4, 0.6),
  };
  const got = await evaluate(node, { program, feeds: { x: Float32Array.of(1.5), h: Float32Array.of(-0.6) }, state });
  const s = (v: number) => 1 / (1 + Math.exp(-v));
  const r = s(0.5 * 1.5 + 0.1 + 0.3 * -0.6 - 0.2);
  const z = s(-0.4 * 1.5 + 0.2 + 0.8 * -0.6 + 0.4);
  const n = Math.tanh(0.9 * 1.5 - 0.3 + r * (-0.7 * -0.6 + 0.6));
  expect(got.last[0]).toBeCloseTo((1 - z) * n + z * -0.6, 6);
});

test("the forget gate's bias begins at 1, recurrent blocks are orthogonal", () => {
  const x = input("x", [1, 3]);
  const { last } = lstm(new Params(), [x, x], 4);
  const state = initialise(compile({ outputs: { h: last.h } }), 9);
  expect([...state.bias]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (let block = 0; block < 4; block++)
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        let dot = 0;
        for (let k = 0; k < 4; k++)
          dot += state.recurrent[(block * 4 + i) * 4 + k] * state.recurrent[(block * 4 + j) * 4 + k];
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 5);
      }
});
