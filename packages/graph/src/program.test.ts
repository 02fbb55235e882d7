import { describe, expect, test } from "vitest";
import { node } from "./check.fixture.ts";
import { ShapeError } from "./errors.ts";
import { gradients } from "./gradients.ts";
import { heNormal, type Init, zeros } from "./init.ts";
import { constant, full, input, parameter } from "./leaves.ts";
import { conv2d } from "./ops/convolution.ts";
import { add, clip, exp, mul, square, stopGradient, sub } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { mean, sum } from "./ops/reduce.ts";
import { pad } from "./ops/shape.ts";
import { adam, movingAverage, stepCounter } from "./optimizers.ts";
import { compile, initialise, nextName } from "./program.ts";
import type { Tensor } from "./tensor.ts";

const work = (outputs: Record<string, Tensor>) => compile({ outputs }).nodeCount;

describe("what is written out", () => {
  test("nodes that no output needs are left out", () => {
    const x = input("x", [3]);
    exp(exp(exp(x)));
    expect(work({ y: square(x) })).toBe(1);
  });

  test("equal operators on equal inputs are one node", () => {
    const x = input("x", [3]);
    const y = add(exp(mul(x, 2)), exp(mul(x, 2)));
    // one Mul, one Exp, one Add
    expect(work({ y })).toBe(3);
    expect(work({ y: add(exp(mul(x, 2)), exp(mul(x, 3))) })).toBe(5);
  });

  test("attributes tell operators apart, infinite ones too", async () => {
    const x = input("x", [3]);
    const outputs = {
      a: clip(x, -Infinity, 0),
      b: clip(x, 0, Infinity),
      c: clip(x, -Infinity, Infinity),
      d: clip(x, 0, 1),
      e: pad(x, [0], [1], Infinity),
      f: pad(x, [0], [1], -Infinity),
    };
    const out = await (await node.load(compile({ outputs }))).run({ x: Float32Array.of(-1, 0.5, 2) });
    expect([...(out.a as Float32Array)]).toEqual([-1, 0, 0]);
    expect([...(out.b as Float32Array)]).toEqual([0, 0.5, 2]);
    expect([...(out.c as Float32Array)]).toEqual([-1, 0.5, 2]);
    expect([...(out.d as Float32Array)]).toEqual([0, 0.5, 1]);
    expect([out.e[3], out.f[3]]).toEqual([Infinity, -Infinity]);
  });

  test("a sum after a matrix product is part of it, where nothing else reads the product and it does not grow", async () => {
    const [a, b] = [input("a", [2, 3]), input("b", [3, 2])];
    const y = matmul(a, b);
    const row = constant([10, 20], [2]);
    const bias = (t: Tensor) => add(row, t);
    expect(work({ y: bias(y) })).toBe(1);
    expect(work({ y: add(y, matmul(b, a, { transposeA: true, transposeB: true })) })).toBe(2);
    expect(work({ y: exp(bias(y)), z: y })).toBe(3);
    expect(work({ y: mul(bias(y), y) })).toBe(3);
    expect(work({ y: add(y, constant([1, 2], [2, 1, 1])) })).toBe(2);
    const feeds = { a: Float32Array.of(1, 2, 3, 4, 5, 6), b: Float32Array.of(1, 0, 0, 1, 1, 1) };
    const out = await (await node.load(compile({ outputs: { y: bias(y), z: add(add(y, y), bias(y)) } }))).run(feeds);
    expect([...(out.y as Float32Array)]).toEqual([14, 25, 20, 31]);
    expect([...(out.z as Float32Array)]).toEqual([22, 35, 40, 53]);
  });

  test("stopGradient costs nothing and shares the value's node", () => {
    const x = input("x", [3]);
    expect(work({ y: add(exp(x), exp(stopGradient(x))) })).toBe(2);
  });

  test("a gradient that is not asked for is not computed", () => {
    const x = input("x", [2, 3]);
    const w = parameter("w", [3, 4], zeros);
    const loss = sum(square(matmul(x, w)));
    const both = gradients(loss, [x, w]);
    const one = gradients(loss, [w]);
    expect(work({ gw: one[0] })).toBeLessThan(work({ gx: both[0], gw: both[1] }));
  });

  test("one value may serve as several outputs", async () => {
    const x = input("x", [2]);
    const y = square(x);
    const out = await (await node.load(compile({ outputs: { a: y, b: y, c: x } }))).run({ x: Float32Array.of(2, 3) });
    expect([...(out.a as Float32Array), ...(out.b as Float32Array), ...(out.c as Float32Array)]).toEqual([
      4, 9, 4, 9, 2, 3,
    ]);
    // one product and two copies: a computed value is its first output itself
    expect(work({ a: y, b: y, c: x })).toBe(3);
  });
});

describe("names", () => {
  test("two inputs, two parameters or an output beside them of one name are refused", () => {
    const twice = add(input("x", [2]), input("x", [2]));
    expect(() => compile({ outputs: { y: twice } })).toThrow(ShapeError);
    expect(() => compile({ outputs: { y: twice } })).toThrow('two inputs are called "x"');
    const parameters = add(parameter("w", [2], zeros), parameter("w", [2], zeros));
    expect(() => compile({ outputs: { y: parameters } })).toThrow('two parameters are called "w"');
    expect(() => compile({ outputs: { x: square(input("x", [2])) } })).toThrow(
      'output "x" has the name of an input or a parameter; rename it',
    );
  });

  test("any name serves, those of inner values too", async () => {
    const x = input("t0", [1]);
    const out = await (await node.load(compile({ outputs: { t1: mul(add(x, 1), 2), t2: add(x, 1) } }))).run({
      t0: Float32Array.of(3),
    });
    expect([out.t1[0], out.t2[0]]).toEqual([8, 4]);
  });

  test("an update has its parameter's shape and its own output", () => {
    const w = parameter("w", [2], zeros);
    expect(() => compile({ outputs: {}, updates: [[w, full([3], 0)]] })).toThrow(
      "update of w has shape [3], parameter has [2]",
    );
    const program = compile({ outputs: {}, updates: [[w, add(w, 1)]] });
    expect(program.state).toEqual([{ name: "w", shape: [2], init: zeros, updated: true }]);
    expect(nextName("w")).toBe("next:w");
  });
});

/** A small network's training step. */
function trainingStep() {
  const x = input("x", [4, 3, 6, 6]);
  const w = parameter("w", [2, 3, 3, 3], heNormal(27));
  const b = parameter("b", [2], { kind: "uniform", limit: 0.1 });
  const loss = mean(square(sub(conv2d(x, w, b, { padding: 1 }), constant([0.5], []))));
  const { step, update } = stepCounter("step");
  const { updates, norm } = adam("adam", [w, b], gradients(loss, [w, b]), step, { learningRate: 0.01, clipNorm: 1 });
  return compile({
    outputs: { loss, norm },
    updates: [update, ...updates, ...movingAverage(updates, [w, b], 0.9, step)],
  });
}

describe("determinism", () => {
  test("the same program twice has the same bytes", () => {
    expect(Buffer.from(trainingStep().bytes).equals(Buffer.from(trainingStep().bytes))).toBe(true);
  });

  test("the same run twice gives the same bits", async () => {
    const program = trainingStep();
    const x = new Float32Array(4 * 3 * 36).map((_, i) => Math.sin(i));
    const states = [];
    for (let k = 0; k < 2; k++) {
      const executable = await node.load(program);
      await executable.writeState(initialise(program, 5));
      for (let i = 0; i < 5; i++) await executable.run({ x });
      states.push(await executable.readState());
      await executable.release();
    }
    expect(states[1]).toEqual(states[0]);
  });

  test("initial values depend on seed and name alone", () => {
    const value = (name: string, seed: number, init: Init = { kind: "normal", std: 1 }, others: string[] = []) => {
      const tensors = [...others, name].map((n) => parameter(n, [3], init));
      return [...initialise(compile({ outputs: { y: tensors.reduce((a, b) => add(a, b)) } }), seed)[name]];
    };
    expect(value("w", 1, undefined, ["a", "b"])).toEqual(value("w", 1));
    expect(value("w", 2)).not.toEqual(value("w", 1));
    expect(value("v", 1)).not.toEqual(value("w", 1));
    expect(value("ema/w", 1)).toEqual(value("w", 1));
  });
});

test("metadata and names survive in the bytes", () => {
  const text = Buffer.from(
    compile({ outputs: { y: square(input("x", [1])) }, metadata: { model: "a-name" } }).bytes,
  ).toString("latin1");
  for (const word of ["scenograph", "a-name", "Mul", "x", "y"]) expect(text).toContain(word);
});
