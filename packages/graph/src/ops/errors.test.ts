import { describe, expect, test } from "vitest";
import { ShapeError } from "../errors.ts";
import { constant, input, parameter, parameterOf } from "../leaves.ts";
import { conv2d, conv2dFilterGrad, conv2dInputGrad, geometry } from "./convolution.ts";
import { add, addAll, clip, mul, relu, where } from "./elementwise.ts";
import { gather, oneHot, scatterRows } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { argMax, softmax, sum } from "./reduce.ts";
import { broadcastTo, concat, pad, reshape, slice, split, transpose } from "./shape.ts";

const x = (...shape: number[]) => input("x", shape);
const ints = (...shape: number[]) => input("i", shape, "int64");

// what a user sees of the mistakes that are made most often: operator, rule, what was got
const MISTAKES: [string, () => unknown][] = [
  ["conv2d(): input has 64 channels, weight expects 32", () => conv2d(x(1, 64, 8, 8), x(16, 32, 3, 3))],
  ["conv2d(): needs NCHW and OIHW, got [8,8] and [16,32,3,3]", () => conv2d(x(8, 8), x(16, 32, 3, 3))],
  ["conv2d(): bias [8] does not fit 16 channels", () => conv2d(x(1, 2, 8, 8), x(16, 2, 3, 3), x(8))],
  ["conv2d(): kernel 5x5 is larger than the padded input of [1,2,3,3]", () => conv2d(x(1, 2, 3, 3), x(4, 2, 5, 5))],
  [
    "conv2d(): 3 output channels are not divisible into 2 groups",
    () => conv2d(x(1, 4, 3, 3), x(3, 2, 1, 1), undefined, { groups: 2 }),
  ],
  [
    "conv2dInputGrad(): a picture of 9x9 does not convolve to 4x4",
    () => conv2dInputGrad(x(1, 2, 4, 4), x(2, 3, 3, 3), [9, 9], geometry({})),
  ],
  [
    "conv2dFilterGrad(): [1,2,4,4] is not the output of [1,3,9,9] under a 3x3 kernel",
    () => conv2dFilterGrad(x(1, 3, 9, 9), x(1, 2, 4, 4), [3, 3], geometry({})),
  ],
  ["matmul(): inner sizes 3 and 4 differ: [2,3] x [4,5]", () => matmul(x(2, 3), x(4, 5))],
  ["matmul(): inner sizes 3 and 5 differ: [2,3] x [4,5]^T", () => matmul(x(2, 3), x(4, 5), { transposeB: true })],
  ["matmul(): needs matrices, got [3] and [3,4]", () => matmul(x(3), x(3, 4))],
  ["add(): shapes [2,3] and [2,4] do not broadcast", () => add(x(2, 3), x(2, 4))],
  ["mul(): operands are int64 and float32; use cast()", () => mul(ints(2), 3)],
  ["relu(): needs float32, got int64 [2]; use cast()", () => relu(ints(2))],
  ["where(): condition must be bool, got float32", () => where(x(2), 1, 0)],
  ["clip(): low 2 exceeds high 1", () => clip(x(2), 2, 1)],
  ["addAll(): needs at least one tensor", () => addAll([])],
  ["gather(): indices must be int64, got float32", () => gather(x(3, 2), x(2))],
  ["scatterRows(): indices [2] do not lead values [3,4]", () => scatterRows(ints(2), x(3, 4), 5)],
  ["oneHot(): indices must be int64, got float32", () => oneHot(x(2), 3)],
  ["sum(): axis 2 is outside a tensor of rank 2", () => sum(x(2, 3), 2)],
  ["softmax(): axis -3 is outside a tensor of rank 2", () => softmax(x(2, 3), -3)],
  ["argMax(): needs at least one axis", () => argMax(x())],
  ["reshape(): cannot make [4,2] of [2,3]", () => reshape(x(2, 3), [4, 2])],
  ["transpose(): permutation [0,0] does not fit [2,3]", () => transpose(x(2, 3), [0, 0])],
  ["broadcastTo(): [2,3] does not broadcast to [4,3]", () => broadcastTo(x(2, 3), [4, 3])],
  ["concat(): [3,3] does not join [2,2] along axis 0", () => concat([x(2, 2), x(3, 3)], 0)],
  ["concat(): needs at least one tensor", () => concat([])],
  ["split(): 5 is not divisible by 2", () => split(x(5), 2, 0)],
  ["split(): sizes [1,2] do not add up to 5", () => split(x(5), [1, 2], 0)],
  ["slice(): [3, 7) is not inside axis 0 of [5]", () => slice(x(5), 0, 3, 7)],
  ["pad(): amounts [1], [1,0] do not fit [2,3]", () => pad(x(2, 3), [1], [1, 0])],
  ["constant(): 3 values for shape [2,2]", () => constant([1, 2, 3], [2, 2])],
  ["parameterOf(): tensor is not a parameter", () => parameterOf(x(2))],
];

describe("mistakes in shapes", () => {
  test.each(MISTAKES)("%s", (message, make) => {
    expect(make).toThrow(ShapeError);
    expect(make).toThrow(message);
  });

  test("a parameter's attributes can be read back", () => {
    expect(parameterOf(parameter("w", [2], { kind: "normal", std: 1 }))).toEqual({
      name: "w",
      shape: [2],
      init: { kind: "normal", std: 1 },
    });
  });
});
