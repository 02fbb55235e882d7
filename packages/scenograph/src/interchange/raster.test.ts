import { expect, test } from "vitest";
import { bitmapToMask } from "../formats/rle.ts";
import { coverageOf, fillContours, hardMask, maskCoverage, onCanvas, resizeTo } from "./raster.ts";
import { ellipse, ramp } from "./scene.fixture.ts";

test("an outline covers each pixel by its exact area, holes left out", () => {
  const square = (a: number, b: number) =>
    [
      [a, a],
      [a, b],
      [b, b],
      [b, a],
    ] as const;
  const back = (a: number, b: number) => [...square(a, b)].reverse();
  const size = { width: 8, height: 8 };
  // from 1.5 to 6.5 pixels, a hole from 3 to 5
  const cover = fillContours([square(1.5 / 8, 6.5 / 8), back(3 / 8, 5 / 8)], size);
  expect(cover).toMatchObject({ left: 1, top: 1, width: 6, height: 6 });
  const got = onCanvas(cover, size);
  const at = (x: number, y: number) => got[y * 8 + x];
  expect([at(0, 0), at(1, 1), at(2, 1), at(2, 2), at(3, 3), at(6, 6), at(7, 7)]).toEqual([0, 64, 128, 255, 0, 64, 0]);
  const triangle = fillContours(
    [
      [
        [0, 0],
        [0, 1],
        [1, 1],
      ],
    ],
    { width: 2, height: 2 },
  );
  expect([...triangle.data]).toEqual([128, 0, 255, 128]);
  // beyond the picture
  expect([
    ...fillContours(
      [
        [
          [-1, -1],
          [-1, 2],
          [2, 2],
          [2, -1],
        ],
      ],
      { width: 2, height: 1 },
    ).data,
  ]).toEqual([255, 255]);
});

test("a mask of 64 pixels is smooth at 1024, and lies where it was", () => {
  const mask = ellipse([0.1, 0.2, 0.6, 0.5], 64, 64);
  const size = { width: 1024, height: 1024 };
  const coverage = onCanvas(maskCoverage(mask, size), size);
  let [wrong, inside] = [0, 0];
  for (let y = 0; y < 1024; y++)
    for (let x = 0; x < 1024; x++) {
      const [dx, dy] = [((x + 0.5) / 1024 - 0.4) / 0.3, ((y + 0.5) / 1024 - 0.45) / 0.25];
      const truth = dx * dx + dy * dy <= 1;
      if (truth) inside++;
      if (truth !== coverage[y * 1024 + x] >= 128) wrong++;
    }
  // enlarged pixel by pixel it is 2.6 %
  expect(wrong / inside).toBeLessThan(0.012);
  // stairs of 16 pixels would show as long straight runs on the boundary
  const lefts = Array.from({ length: 300 }, (_, i) =>
    coverage.subarray((300 + i) * 1024, (301 + i) * 1024).findIndex((v) => v >= 128),
  );
  const jumps = lefts.slice(1).map((v, i) => Math.abs(v - lefts[i]));
  expect(Math.max(...jumps)).toBeLessThan(5);
});

test("the mask itself at its own size, its mean when it shrinks, the box without one", () => {
  const mask = bitmapToMask([1, 0, 0, 0, 1, 1, 0, 1], 4, 2);
  const own = { width: 4, height: 2 };
  expect([...onCanvas(maskCoverage(mask, own), own)]).toEqual([255, 0, 0, 0, 255, 255, 0, 255]);
  const shrunk = maskCoverage(ellipse([0, 0, 1, 1], 64, 64), { width: 2, height: 2 }).data;
  for (const v of shrunk) expect(Math.abs(v - 255 * (Math.PI / 4))).toBeLessThan(6);
  expect([...onCanvas(coverageOf({ box: [0.5, 0, 0.5, 0.5] }, own), own)]).toEqual([0, 0, 255, 255, 0, 0, 0, 0]);
});

test("nothing vanishes: a thing too small for a pixel has the one that it covers most", () => {
  const counts = [64 * 20 + 40, 1, 64 * 64 - 64 * 20 - 41];
  const hard = hardMask({ box: [0, 0, 1, 1], mask: { width: 64, height: 64, counts } }, { width: 8, height: 8 });
  const canvas = onCanvas(hard, { width: 8, height: 8 });
  expect(canvas.reduce((a, b) => a + b, 0)).toBe(1);
  expect(canvas[5 * 8 + 2]).toBe(1);
});

test("pictures keep their ramps at any size", () => {
  for (const [width, height] of [
    [200, 50],
    [16, 16],
    [64, 32],
  ]) {
    const { data } = resizeTo(ramp(64, 32), { width, height });
    const at = (x: number, y: number) => data[(Math.floor(y * height) * width + Math.floor(x * width)) * 3];
    expect(Math.abs(at(0.25, 0.5) - 64)).toBeLessThan(10);
    expect(Math.abs(at(0.75, 0.1) - 191)).toBeLessThan(10);
  }
});
