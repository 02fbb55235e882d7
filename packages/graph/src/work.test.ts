import { expect, test } from "vitest";
import { gradients } from "./gradients.ts";
import { zeros } from "./init.ts";
import { input, parameter } from "./leaves.ts";
import { conv2d } from "./ops/convolution.ts";
import { add, relu } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { sum } from "./ops/reduce.ts";
import { compile } from "./program.ts";

const work = (outputs: Parameters<typeof compile>[0]["outputs"]) => compile({ outputs }).work;

test("work counts the multiply-adds of products and convolutions, each once", () => {
  const a = input("a", [3, 5]);
  const b = input("b", [5, 7]);
  const y = matmul(a, b);
  expect(work({ y })).toBe(3 * 5 * 7);
  expect(work({ y: matmul(b, a, { transposeA: true, transposeB: true }) })).toBe(3 * 5 * 7);
  // equal operators are computed once, and so is their work
  expect(work({ y: add(relu(y), matmul(a, b)) })).toBe(3 * 5 * 7);
});

test("a convolution and its two adjoints are the same work", () => {
  const x = parameter("x", [2, 4, 9, 9], zeros);
  const w = parameter("w", [6, 2, 3, 3], zeros);
  const y = conv2d(x, w, undefined, { stride: 2, groups: 2 });
  const one = 2 * 6 * 4 * 4 * (2 * 3 * 3);
  expect(work({ y })).toBe(one);
  const [dx, dw] = gradients(sum(y), [x, w]);
  expect(work({ dx })).toBe(one);
  expect(work({ dw })).toBe(one);
});
