import { describe, expect, test } from "vitest";
import { distance, evaluate, node } from "./check.fixture.ts";
import { gradients } from "./gradients.ts";
import { constant, input, parameter, scalar } from "./leaves.ts";
import { add, addAll, cast, exp, greater, mul, relu, square, stopGradient, tanh } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { sum } from "./ops/reduce.ts";
import { pad, reshape, split } from "./ops/shape.ts";
import { compile, initialise } from "./program.ts";
import { stream } from "./random.ts";
import type { Feeds } from "./runtime/runtime.ts";
import type { Tensor } from "./tensor.ts";

async function values(outputs: Record<string, Tensor>, x: number[]): Promise<Record<string, number[]>> {
  const program = compile({ outputs });
  const feeds: Feeds = program.inputs.length > 0 ? { x: Float32Array.from(x) } : {};
  const out = await evaluate(node, { program, feeds, state: {} });
  return Object.fromEntries(Object.entries(out).map(([n, v]) => [n, Array.from(v as Float32Array)]));
}

describe("gradients", () => {
  test("add up over every use of a tensor", async () => {
    const x = input("x", [2]);
    const [g] = gradients(sum(add(mul(x, x), add(x, mul(x, 3)))), [x]);
    expect((await values({ g }, [1, -2])).g).toEqual([6, 0]);
  });

  test("of a gradient, three times over: (x^4)''' = 24 x", async () => {
    const x = input("x", []);
    let y: Tensor = square(square(x));
    for (let i = 0; i < 3; i++) [y] = gradients(y, [x]);
    expect((await values({ y }, [1.5])).y).toEqual([36]);
  });

  test("of a value that was written down twice go through it once", async () => {
    const x = input("x", [2]);
    const twice = () => tanh(mul(exp(x), constant([1, 2], [2])));
    const loss = (a: Tensor, b: Tensor) => sum(add(mul(a, 3), square(b)));
    const shared = twice();
    const [one] = gradients(loss(shared, shared), [x]);
    const [two] = gradients(loss(twice(), twice()), [x]);
    const nodes = (g: Tensor) => compile({ outputs: { g } }).nodeCount;
    expect(nodes(two)).toBe(nodes(one));
    const got = await values({ one, two }, [0.1, -0.4]);
    expect(got.two).toEqual(got.one);
    // 3 y' + 2 y y'
    [0.1, -0.4].forEach((v, i) => {
      const y = Math.tanh(Math.exp(v) * (i + 1));
      expect(got.one[i]).toBeCloseTo((3 + 2 * y) * (1 - y * y) * Math.exp(v) * (i + 1), 5);
    });
  });

  test("keep apart what only looks alike: other constants, other attributes, tensors of wrt", async () => {
    const x = input("x", [2]);
    const [scaled] = gradients(sum(add(square(mul(x, constant([1, 2], [2]))), square(mul(x, constant([1, 3], [2]))))), [
      x,
    ]);
    const [padded] = gradients(
      sum(add(mul(pad(x, [0], [1]), constant([1, 2, 3], [3])), mul(pad(x, [1], [0]), constant([1, 2, 3], [3])))),
      [x],
    );
    const [a, b] = [exp(x), exp(x)];
    const [ga, gb] = gradients(sum(add(a, mul(b, 2))), [a, b]);
    const got = await values({ scaled, padded, ga, gb }, [1, 1]);
    expect(got).toEqual({ scaled: [4, 26], padded: [3, 5], ga: [1, 1], gb: [2, 2] });
  });

  test("by an intermediate tensor", async () => {
    const x = input("x", [2]);
    const h = exp(x);
    const [gh] = gradients(sum(square(h)), [h]);
    expect((await values({ gh }, [0, 1])).gh[0]).toBe(2);
  });

  test("are zero where nothing depends, where stopped, where a comparison cuts", async () => {
    const x = input("x", [2]);
    const other = input("other", [3]);
    const [none] = gradients(sum(x), [other]);
    const [stopped] = gradients(sum(mul(stopGradient(x), 2)), [x]);
    const [cut] = gradients(sum(cast(greater(x, 0))), [x]);
    const [half] = gradients(sum(mul(x, stopGradient(x))), [x]);
    const got = await values({ none, stopped, cut, half }, [3, 4]);
    expect(got).toEqual({ none: [0, 0, 0], stopped: [0, 0], cut: [0, 0], half: [3, 4] });
  });

  test("take a cotangent for a loss that is no scalar", async () => {
    const x = input("x", [3]);
    const [g] = gradients(square(x), [x], constant([1, 0, -1], [3]));
    expect((await values({ g }, [1, 2, 3])).g).toEqual([2, 0, -6]);
    expect(() => gradients(square(x), [x])).toThrow("gradients(): loss must be a scalar, got [3]; pass a cotangent");
    expect(() => gradients(square(x), [x], scalar(1))).toThrow("cotangent [] does not fit loss [3]");
    expect(() => gradients(greater(x, 0), [x])).toThrow("loss must be float32, got bool");
  });

  test("accept a loss of one element and of any rank", async () => {
    const x = input("x", [1]);
    const [g] = gradients(reshape(square(x), [1, 1]), [x]);
    expect((await values({ g }, [4])).g).toEqual([8]);
  });

  test("of a weight that is used several times: its products are joined into one", async () => {
    const x = input("x", [6, 8]);
    const w = parameter("w", [8, 9], { kind: "normal", std: 1 });
    const uses = split(x, 3, 0).map((part) => matmul(tanh(part), w));
    const [g] = gradients(sum(square(addAll(uses))), [w]);
    // the same through one product of all rows
    const all = matmul(tanh(x), w);
    const rows = addAll(split(all, 3, 0));
    const [same] = gradients(sum(square(rows)), [w]);
    const program = compile({ outputs: { g, same } });
    const state = initialise(program, 1);
    const out = await evaluate(node, { program, feeds: { x: stream(1, "x").normals(48) }, state });
    expect(distance(out.g as Float32Array, out.same as Float32Array)).toBeLessThan(1e-6);
    const gemms = (t: Tensor) =>
      Buffer.from(compile({ outputs: { t } }).bytes)
        .toString("latin1")
        .split("Gemm").length - 1;
    // three forwards and one for the weight
    expect(gemms(g)).toBe(4);
  });

  test("reach one output of an operator with several", async () => {
    const x = input("x", [4]);
    const [, second] = split(x, 2, 0);
    const [g] = gradients(sum(relu(second)), [x]);
    expect((await values({ g }, [1, 1, 1, -1])).g).toEqual([0, 0, 1, 0]);
  });
});
