import { expect, test } from "vitest";
import { evaluate, node } from "../check.fixture.ts";
import { gradients } from "../gradients.ts";
import { input } from "../leaves.ts";
import { compile } from "../program.ts";
import { maxPool2d, resizeNearest, spaceToDepth, upsampleNearest } from "./pooling.ts";
import { sum } from "./reduce.ts";

async function run(x: number[], shape: number[], f: (t: ReturnType<typeof input>) => ReturnType<typeof input>) {
  const t = input("x", shape);
  const y = f(t);
  const [g] = gradients(sum(y), [t]);
  const program = compile({ outputs: { y, g } });
  const out = await evaluate(node, { program, feeds: { x: Float32Array.from(x) }, state: {} });
  return { y: [...(out.y as Float32Array)], g: [...(out.g as Float32Array)] };
}

test("maxPool2d: padding takes no gradient from a maximum of 0; the first of equal maxima takes all of it", async () => {
  const { y, g } = await run([0, -1, -1, 0], [1, 1, 2, 2], (x) => maxPool2d(x, 3, { stride: 1, padding: 1 }));
  expect(y).toEqual([0, 0, 0, 0]);
  expect(g).toEqual([4, 0, 0, 0]);
});

test("resizing by whole numbers repeats pixels; by others takes floor(i in / out)", async () => {
  const { y, g } = await run([1, 2], [1, 1, 1, 2], (x) => upsampleNearest(x, 2));
  expect(y).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  expect(g).toEqual([4, 4]);
  expect((await run([1, 2], [1, 1, 1, 2], (x) => resizeNearest(x, 1, 3))).y).toEqual([1, 1, 2]);
});

test("spaceToDepth: channel c s^2 + i s + j holds row i, column j of each block", async () => {
  const { y } = await run([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 4], (x) => spaceToDepth(x, 2));
  expect(y).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
});

test("refuses what does not fit", () => {
  expect(() => spaceToDepth(input("x", [1, 1, 3, 4]), 2)).toThrow("spaceToDepth(): 3x4 is not divisible by 2");
  expect(() => upsampleNearest(input("x", [1, 1, 3, 4]), 1.5)).toThrow("must be a positive integer, got 1.5");
  expect(() => maxPool2d(input("x", [3, 4]), 2)).toThrow("maxPool2d(): needs NCHW, got [3,4]");
});
