import { expect, test } from "vitest";
import { type Detection, suppress } from "./boxes.ts";
import { decodeBox } from "./ssd.ts";

const at = (classIndex: number, score: number, x: number, w = 0.4): Detection => ({
  classIndex,
  score,
  box: [x, 0, w, 1],
});

test("suppression: the best box of a class stays, other classes and distant boxes too", () => {
  const best = at(1, 0.9, 0);
  const near = at(1, 0.8, 0.05); // IoU .35 / .45
  const other = at(2, 0.7, 0.05);
  const far = at(1, 0.6, 0.3); // IoU .1 / .7 with the best
  expect(suppress([far, near, other, best], 0.6, 10)).toEqual([best, other, far]);
  expect(suppress([far, near, other, best], 0.8, 10)).toEqual([best, near, other, far]);
  expect(suppress([far, near, other, best], 0.6, 2)).toEqual([best, other]);
});

test("a suppressed box suppresses nothing", () => {
  const chain = [at(0, 0.9, 0), at(0, 0.8, 0.08), at(0, 0.7, 0.16)];
  // IoU of neighbours .32 / .48 = .67, of the ends .24 / .56 = .43
  expect(suppress(chain, 0.6, 10)).toEqual([chain[0], chain[2]]);
});

test("box codes, by hand", () => {
  const anchors = Float32Array.of(0, 0, 1, 1, 0.2, 0.4, 0.6, 0.6);
  const codes = Float32Array.of(0, 0, 0, 0, 1, -1, 5 * Math.log(1.5), 5 * Math.log(2));
  const box = decodeBox(anchors, 1, codes, 4);
  // centre (.4 + .1 * .4, .5 - .1 * .2), height .4 * 1.5, width .2 * 2
  for (const [i, v] of [0.28, 0.14, 0.4, 0.6].entries()) expect(box[i]).toBeCloseTo(v, 6);
  const large = decodeBox(anchors, 0, Float32Array.of(0, 0, 5, 5), 0);
  for (const [i, v] of [0, 0, 1, 1].entries()) expect(large[i]).toBe(v);
});
