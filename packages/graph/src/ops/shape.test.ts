import { describe, expect, test } from "vitest";
import { evaluate, node } from "../check.fixture.ts";
import { constant, input } from "../leaves.ts";
import { compile } from "../program.ts";
import type { Tensor } from "../tensor.ts";
import { equal, floor, greater, less, sign, where } from "./elementwise.ts";
import { gather, oneHot, scatterRows } from "./gather.ts";
import { argMax, max, mean, sum } from "./reduce.ts";
import { broadcastTo, concat, flip, pad, reshape, slice, split, stack, transpose } from "./shape.ts";

// [[0 1 2] [3 4 5]]
const x = input("x", [2, 3]);
const c = (values: number[], shape: number[] = [values.length]) => constant(values, shape);
const i64 = input("i", [2], "int64");

const VALUES: [string, Tensor, number[], number[]][] = [
  ["reshape", reshape(x, [3, -1]), [3, 2], [0, 1, 2, 3, 4, 5]],
  ["transpose", transpose(x, [1, 0]), [3, 2], [0, 3, 1, 4, 2, 5]],
  ["transpose of three axes", transpose(reshape(x, [1, 2, 3]), [2, 0, 1]), [3, 1, 2], [0, 3, 1, 4, 2, 5]],
  ["broadcastTo", broadcastTo(c([1, 2], [2, 1]), [2, 2, 2]), [2, 2, 2], [1, 1, 2, 2, 1, 1, 2, 2]],
  ["concat", concat([x, c([7, 8], [2, 1])], -1), [2, 4], [0, 1, 2, 7, 3, 4, 5, 8]],
  ["stack", stack([c([1, 2]), c([3, 4])], 1), [2, 2], [1, 3, 2, 4]],
  ["split", split(x, [1, 2], 1)[1], [2, 2], [1, 2, 4, 5]],
  ["slice", slice(x, 0, 1, 2), [1, 3], [3, 4, 5]],
  ["pad", pad(x, [0, 1], [1, 0], 9), [3, 4], [9, 0, 1, 2, 9, 3, 4, 5, 9, 9, 9, 9]],
  ["flip", flip(x, [0, 1]), [2, 3], [5, 4, 3, 2, 1, 0]],
  ["gather", gather(x, i64), [2, 3], [3, 4, 5, 3, 4, 5]],
  ["scatterRows adds repeated rows", scatterRows(i64, x, 3), [3, 3], [0, 0, 0, 3, 5, 7, 0, 0, 0]],
  ["oneHot", oneHot(i64, 3), [2, 3], [0, 1, 0, 0, 1, 0]],
  ["sum", sum(x, 0), [3], [3, 5, 7]],
  ["sum of all", sum(x), [], [15]],
  ["mean, axes kept", mean(x, 1, true), [2, 1], [1, 4]],
  ["max", max(x, 0), [3], [3, 4, 5]],
  ["where with comparisons", where(greater(x, 2), where(less(x, 4), 1, 2), 0), [2, 3], [0, 0, 0, 1, 2, 2]],
  ["where equal", where(equal(x, 4), 1, x), [2, 3], [0, 1, 2, 3, 1, 5]],
  ["floor", floor(c([-1.5, 1.5])), [2], [-2, 1]],
  ["sign", sign(c([-1.5, 0, 1.5])), [3], [-1, 0, 1]],
];

describe("where elements go", () => {
  test.each(VALUES)("%s", async (_, y, shape, values) => {
    expect(y.shape).toEqual(shape);
    const program = compile({ outputs: { y } });
    const all = { x: Float32Array.of(0, 1, 2, 3, 4, 5), i: BigInt64Array.of(1n, 1n) };
    const feeds = Object.fromEntries(program.inputs.map((p) => [p.name, all[p.name as "x" | "i"]]));
    const out = await evaluate(node, { program, feeds, state: {} });
    expect([...(out.y as Float32Array)]).toEqual(values);
  });

  test("argMax gives int64, the first of equal ones", async () => {
    const program = compile({ outputs: { y: argMax(c([3, 7, 7, 1, 1, 0], [2, 3])) } });
    const { y } = await evaluate(node, { program, feeds: {}, state: {} });
    expect([...(y as BigInt64Array)]).toEqual([1n, 0n]);
  });
});
