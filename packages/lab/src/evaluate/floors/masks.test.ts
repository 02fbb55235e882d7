import { expect, test } from "vitest";
import { maskFloors } from "./masks.ts";

const canvas = (...pixels: number[]) => {
  const all = new Uint8Array(64 * 64);
  for (const p of pixels) all[p] = 1;
  return all;
};
const known = [
  { classIndex: 3, aspect: 1, canvas: canvas(0, 1) },
  { classIndex: 3, aspect: 4, canvas: canvas(0, 2) },
  { classIndex: 3, aspect: 0.5, canvas: canvas(0, 1, 3) },
  { classIndex: 5, aspect: 1, canvas: canvas(9) },
];

test("the mean mask holds what at least half of the class holds", () => {
  expect(maskFloors(known).meanMask(3)).toEqual(canvas(0, 1));
  expect(maskFloors(known).meanMask(5)).toEqual(canvas(9));
  expect(maskFloors(known).meanMask(40)).toEqual(canvas(0, 1));
});

test("the copy is of the class and the nearest aspect, as a ratio", () => {
  const { nearestAspect } = maskFloors(known);
  expect(nearestAspect(3, 3)).toBe(known[1].canvas);
  expect(nearestAspect(3, 0.6)).toBe(known[2].canvas);
  expect(nearestAspect(5, 9)).toBe(known[3].canvas);
});
