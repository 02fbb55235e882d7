import fc from "fast-check";
import { expect, test } from "vitest";
import { bitmapToMask } from "../formats/rle.ts";
import { contourPath, maskContours, type Point } from "./contours.ts";

const mask = (...rows: string[]) =>
  bitmapToMask(
    Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0)),
    rows[0].length,
    rows.length,
  );

/** Signed area, in fractions of the picture. */
const area = (loop: readonly Point[]) =>
  loop.reduce((sum, [x, y], i) => {
    const [nx, ny] = loop[(i + 1) % loop.length];
    return sum + (x * ny - nx * y) / 2;
  }, 0);

test("a full mask is outlined at the picture's border, an empty one not at all", () => {
  const [loop, ...more] = maskContours(mask("####", "####", "####", "####"));
  expect(more).toEqual([]);
  expect(Math.abs(area(loop))).toBeGreaterThan(0.9);
  expect(Math.max(...loop.flat())).toBeLessThanOrEqual(1);
  expect(Math.min(...loop.flat())).toBeGreaterThanOrEqual(0);
  expect(maskContours(mask("...", "..."))).toEqual([]);
});

test("one pixel survives, where it is", () => {
  const [loop] = maskContours(mask(".....", ".....", "...#.", "....."));
  const [x, y] = [0, 1].map((k) => loop.reduce((sum, p) => sum + p[k], 0) / loop.length);
  expect(x).toBeCloseTo(3.5 / 5, 6);
  expect(y).toBeCloseTo(2.5 / 4, 6);
});

test("a hole is a loop of its own, turned the other way", () => {
  const loops = maskContours(mask("######", "######", "##..##", "##..##", "######", "######"));
  expect(loops).toHaveLength(2);
  expect(Math.sign(area(loops[0])) * Math.sign(area(loops[1]))).toBe(-1);
});

test("loops are closed, and their area is near the mask's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64, max: 1 }), (bitmap) => {
      const loops = maskContours(bitmapToMask(bitmap, 8, 8));
      for (const loop of loops) {
        const last = loop[loop.length - 1];
        expect(Math.hypot(last[0] - loop[0][0], last[1] - loop[0][1])).toBeLessThan(0.25);
      }
      const total = Math.abs(loops.reduce((sum, loop) => sum + area(loop), 0));
      const pixels = bitmap.reduce((a, b) => a + b, 0) / 64;
      expect(Math.abs(total - pixels)).toBeLessThan(0.35);
    }),
    { numRuns: 100 },
  );
});

test("contourPath scales to pixels", () => {
  const triangle: Point[] = [
    [0, 0],
    [1, 0],
    [0.5, 0.5],
  ];
  expect(contourPath([triangle], 10, 20)).toBe("M0.0 0.0L10.0 0.0L5.0 10.0Z");
});
