import { expect, test } from "vitest";
import { evaluate, node } from "../check.fixture.ts";
import { gradients } from "../gradients.ts";
import { input } from "../leaves.ts";
import { sum } from "../ops/reduce.ts";
import { compile } from "../program.ts";
import { stream } from "../random.ts";
import { dropout, dropoutMask } from "./dropout.ts";

test("kept numbers and their gradients are scaled by 1 / (1 - rate), the others are 0", async () => {
  const x = input("x", [2, 2]);
  const y = dropout("mask", x, 0.6, [2, 1]);
  const program = compile({ outputs: { y, g: gradients(sum(y), [x])[0] } });
  const feeds = { x: Float32Array.of(1, 2, 3, 4), mask: Uint8Array.of(0, 1) };
  const out = await evaluate(node, { program, feeds, state: {} });
  expect([...(out.y as Float32Array)]).toEqual([0, 0, 7.5, 10]);
  expect([...(out.g as Float32Array)]).toEqual([0, 0, 2.5, 2.5]);
  expect(dropout("mask", x, 0)).toBe(x);
});

test("masks drop the wanted share, differ from step to step and repeat with the seed", () => {
  const random = stream(1, "mask");
  const mask = dropoutMask(random, 40_001, 0.4);
  expect(mask).toHaveLength(40_001);
  const kept = mask.reduce((a, b) => a + b, 0) / mask.length;
  expect(Math.abs(kept - (1 - 102 / 256))).toBeLessThan(5 * Math.sqrt(0.24 / mask.length));
  expect(dropoutMask(random, 40_001, 0.4)).not.toEqual(mask);
  expect(dropoutMask(stream(1, "mask"), 40_001, 0.4)).toEqual(mask);
  expect(dropoutMask(random, 10, 0)).toEqual(new Uint8Array(10).fill(1));
});
