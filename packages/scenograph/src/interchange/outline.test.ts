import { expect, test } from "vitest";
import { bitmapToMask } from "../formats/rle.ts";
import { outlinesOf, simplified } from "./outline.ts";
import { fillContours, maskCoverage, onCanvas } from "./raster.ts";
import { ellipse } from "./scene.fixture.ts";

test("a closed line keeps the points without which it would move by more than the tolerance", () => {
  const square = [
    [0, 0],
    [4, 0.1],
    [8, 0],
    [8, 8],
    [4, 8],
    [0, 8],
  ] as const;
  expect(simplified(square, 0.25)).toEqual([
    [0, 0],
    [8, 0],
    [8, 8],
    [0, 8],
  ]);
  expect(simplified(square, 0.05)).toContainEqual([4, 0.1]);
  // smaller than the tolerance, but not nothing
  const small = simplified(
    square.map(([x, y]) => [x / 100, y / 100] as const),
    1,
  );
  expect(small).toHaveLength(3);
  expect(simplified(square.slice(0, 3), 9)).toEqual(square.slice(0, 3));
});

test("outlines have few points, and cover what the mask covers to a quarter of a pixel", () => {
  const size = { width: 300, height: 200 };
  const mask = ellipse([0.1, 0.2, 0.6, 0.5], 256, 256);
  const [loop, ...more] = outlinesOf(mask, size);
  expect(more).toEqual([]);
  expect(loop.length).toBeLessThan(120);
  const drawn = fillContours([loop.map(([x, y]) => [x / size.width, y / size.height] as const)], size);
  const full = maskCoverage(mask, size);
  const [a, b] = [onCanvas(drawn, size), onCanvas(full, size)];
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  expect(worst).toBeLessThan(0.3 * 255);
});

test("masks of one pixel and holes have outlines too", () => {
  const dot = bitmapToMask([0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3);
  expect(outlinesOf(dot, { width: 8, height: 8 }).map((l) => l.length > 2)).toEqual([true]);
  const ring = new Uint8Array(400).map((_, i) =>
    Number(Math.max(Math.abs((i % 20) - 9.5), Math.abs(Math.floor(i / 20) - 9.5)) > 4),
  );
  expect(outlinesOf(bitmapToMask(ring, 20, 20), { width: 100, height: 100 })).toHaveLength(2);
});
