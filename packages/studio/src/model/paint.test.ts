import fc from "fast-check";
import { bitmapToMask, maskArea, maskToBitmap } from "scenograph/formats/rle";
import { expect, test } from "vitest";
import { boxMask, emptyMask, fillHoles, floodFill, moveMask, paintable, stroke } from "./paint.ts";

const blank = paintable(undefined, 32, 32);
const mask = (...rows: string[]) =>
  bitmapToMask(
    Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0)),
    rows[0].length,
    rows.length,
  );
const rows = (m: ReturnType<typeof mask>) => {
  const text = Array.from(maskToBitmap(m), (v) => (v ? "#" : ".")).join("");
  return Array.from({ length: m.height }, (_, y) => text.slice(y * m.width, (y + 1) * m.width));
};

test("masks are painted at 64 pixels or the picture's size", () => {
  expect(blank).toMatchObject({ width: 64, height: 64 });
  expect(paintable(boxMask([0, 0, 1, 1], 64, 64), 128, 128)).toMatchObject({ width: 128, height: 128 });
});

test("a stroke is as wide as the brush and has no gaps; the eraser takes it away", () => {
  const painted = stroke(blank, [0.25, 0.5], [0.75, 0.5], 8 / 64, 1);
  const column = rows(painted).map((r) => r[32]);
  expect(column.filter((c) => c === "#")).toHaveLength(8);
  expect(rows(painted)[32].slice(16, 48)).toBe("#".repeat(32));
  expect(maskArea(stroke(painted, [0, 0.5], [1, 0.5], 0.2, 0))).toBe(0);
});

test("the smallest brush paints the pixel below the point; a stroke outside paints nothing", () => {
  expect(maskArea(stroke(blank, [0.501, 0.501], [0.501, 0.501], 0, 1))).toBe(1);
  expect(stroke(blank, [-1, -1], [-0.5, -0.5], 0.1, 1)).toBe(blank);
});

test("filling keeps to the area; holes are found", () => {
  const ring = mask("#####.", "#...#.", "#...#.", "#####.");
  expect(rows(floodFill(ring, [0.4, 0.5], 1))).toEqual(["#####.", "#####.", "#####.", "#####."]);
  expect(rows(floodFill(ring, [0, 0], 0))).toEqual(["......", "......", "......", "......"]);
  expect(maskArea(fillHoles(ring))).toBe(20);
  const open = mask("###", "#..", "###");
  expect(fillHoles(open)).toBe(open);
  expect(maskArea(emptyMask(ring))).toBe(0);
});

test("a mask goes where its box goes", () => {
  const from = [0, 0, 0.5, 0.5] as const;
  const whole = boxMask(from, 64, 64);
  expect(moveMask(whole, from, [0.5, 0.25, 0.25, 0.5])).toEqual(boxMask([0.5, 0.25, 0.25, 0.5], 64, 64));
  expect(moveMask(whole, from, from)).toEqual(whole);
});

test("painting and erasing the same stroke on a blank mask leaves it blank", () => {
  const point = fc.tuple(
    fc.double({ min: -0.2, max: 1.2, noNaN: true }),
    fc.double({ min: -0.2, max: 1.2, noNaN: true }),
  );
  fc.assert(
    fc.property(point, point, fc.double({ min: 0, max: 0.5, noNaN: true }), (a, b, size) => {
      const painted = stroke(blank, a, b, size, 1);
      expect(stroke(painted, a, b, size, 0).counts).toEqual(blank.counts);
    }),
    { numRuns: 50 },
  );
});
