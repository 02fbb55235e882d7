import { expect, test } from "vitest";
import { drawsOf, maskFloors } from "./masks.ts";

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

test("the copies are of the class and the nearest aspects, as ratios", () => {
  const { nearestAspects } = maskFloors(known);
  expect(nearestAspects(3, 3, 1)).toEqual([known[1].canvas]);
  expect(nearestAspects(3, 0.6, 2)).toEqual([known[2].canvas, known[0].canvas]);
  expect(nearestAspects(5, 9, 5)).toEqual([known[3].canvas]);
});

test("a floor has as many draws as the model: its masks in turn, the first as it is, others mirrored by the coin", () => {
  const [a, b] = [canvas(0, 65), canvas(1)];
  const mirroredA = canvas(63, 126);
  expect(drawsOf([a, b], 5, (k) => k >= 2)).toEqual([a, b, mirroredA, canvas(62), mirroredA]);
  expect(drawsOf([a], 3, () => true)).toEqual([a, mirroredA, mirroredA]);
});
