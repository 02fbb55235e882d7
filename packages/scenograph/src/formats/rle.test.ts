import { readFileSync } from "node:fs";
import { FormatError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boxToMask, polygonsToMask, polygonToMask } from "./polygon.ts";
import {
  bitmapToMask,
  boxIou,
  checkMask,
  decodeCounts,
  encodeCounts,
  intersectMasks,
  maskArea,
  maskBox,
  maskIou,
  maskToBitmap,
  type RunMask,
  resizeMask,
  subtractMasks,
  unionMasks,
} from "./rle.ts";

type Box = [number, number, number, number];

/** Expected values of cocoapi's maskApi.c; see `about` in the file. */
const golden = JSON.parse(
  readFileSync(new URL("../../../../test/fixtures/coco-rle.json", import.meta.url), "utf8"),
) as {
  cases: {
    id: string;
    kind: "polygon" | "box" | "uncompressedRle" | "bitmap";
    height: number;
    width: number;
    polygons: number[][];
    box: Box;
    counts: number[];
    rows: string[];
    expectedParts?: string[];
    expected: { uncompressedCounts: number[]; counts: string; area: number; bbox: Box; rows?: string[] };
  }[];
  groups: {
    id: string;
    height: number;
    width: number;
    masks: { counts: string; area: number }[];
    union: { counts: string; area: number; bbox: Box };
    intersection: { counts: string; area: number; bbox: Box };
    pairs: { a: number; b: number; unionArea: number; intersectionArea: number; intersectionCounts: string }[];
    iou: number[][];
    iscrowd: number[];
    iouCrowd: number[][];
  }[];
  boxIou: { detections: Box[]; groundTruth: Box[]; iscrowd: number[]; iou: number[][]; iouCrowd: number[][] }[];
};

const pixels = (rows: readonly string[]) => Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0));

describe("the results of cocoapi", () => {
  test.each(golden.cases.map((c) => [c.id, c] as const))("%s", (_, c) => {
    const { width, height } = c;
    const mask =
      c.kind === "polygon"
        ? polygonsToMask(c.polygons, width, height)
        : c.kind === "box"
          ? boxToMask(c.box, width, height)
          : c.kind === "bitmap"
            ? bitmapToMask(pixels(c.rows), width, height)
            : { width, height, counts: c.counts };
    expect(mask.counts).toEqual(c.expected.uncompressedCounts);
    expect(encodeCounts(mask.counts)).toBe(c.expected.counts);
    expect(decodeCounts(c.expected.counts)).toEqual(c.expected.uncompressedCounts);
    expect(maskArea(mask)).toBe(c.expected.area);
    expect(maskBox(mask)).toEqual(c.expected.bbox);
    const rows = c.kind === "bitmap" ? c.rows : c.expected.rows;
    if (rows) expect(maskToBitmap(mask)).toEqual(pixels(rows));
    expect(bitmapToMask(maskToBitmap(mask), width, height)).toEqual(mask);
    c.expectedParts?.forEach((part, i) => {
      expect(encodeCounts(polygonToMask(c.polygons[i], width, height).counts)).toBe(part);
    });
  });

  test.each(golden.groups.map((g) => [g.id, g] as const))("group %s", (_, g) => {
    const masks = g.masks.map((m) => ({ width: g.width, height: g.height, counts: decodeCounts(m.counts) }));
    for (const [mask, want] of [
      [unionMasks(masks), g.union],
      [intersectMasks(masks), g.intersection],
    ] as const) {
      expect(encodeCounts(mask.counts)).toBe(want.counts);
      expect(maskArea(mask)).toBe(want.area);
      expect(maskBox(mask)).toEqual(want.bbox);
    }
    for (const pair of g.pairs) {
      const two = [masks[pair.a], masks[pair.b]];
      expect(maskArea(unionMasks(two))).toBe(pair.unionArea);
      expect(encodeCounts(intersectMasks(two).counts)).toBe(pair.intersectionCounts);
      expect(maskArea(subtractMasks(two[0], two[1]))).toBe(maskArea(two[0]) - pair.intersectionArea);
    }
    masks.forEach((d, i) => {
      masks.forEach((t, j) => {
        expect(maskIou(d, t)).toBeCloseTo(g.iou[i][j], 12);
        expect(maskIou(d, t, g.iscrowd[j] === 1)).toBeCloseTo(g.iouCrowd[i][j], 12);
      });
    });
  });

  test("box IoU", () => {
    for (const { detections, groundTruth, iscrowd, iou, iouCrowd } of golden.boxIou)
      detections.forEach((d, i) => {
        groundTruth.forEach((t, j) => {
          expect(boxIou(d, t)).toBeCloseTo(iou[i][j], 12);
          expect(boxIou(d, t, iscrowd[j] === 1)).toBeCloseTo(iouCrowd[i][j], 12);
        });
      });
  });
});

describe("checks", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "runs that do not fill the picture",
      () => maskToBitmap({ width: 2, height: 2, counts: [1, 2] }),
      /sum to 4, got 3/,
    ],
    ["a negative run", () => checkMask({ width: 2, height: 2, counts: [5, -1] }), />= 0, got -1/],
    ["a fraction", () => checkMask({ width: 2, height: 2, counts: [3.5, 0.5] }), />= 0, got 3.5/],
    ["no runs", () => checkMask({ width: 1, height: 1, counts: [] }), /sum to 1, got 0/],
    ["a bomb", () => maskToBitmap({ width: 2 ** 20, height: 2 ** 20, counts: [2 ** 40] }), /at most 67108864 pixels/],
    ["no height", () => bitmapToMask([], 3, 0), /positive integer/],
    ["a bitmap of another size", () => bitmapToMask([1, 0], 3, 1), /needs 3 pixels, got 2/],
    [
      "masks of two sizes",
      () => unionMasks([boxToMask([0, 0, 1, 1], 2, 2), boxToMask([0, 0, 1, 1], 2, 3)]),
      /one size/,
    ],
    ["a text that ends inside a run", () => decodeCounts("0P"), /ends inside/],
    ["a strange character", () => decodeCounts("0 "), /got " " at 1/],
    ["a run of seven characters", () => decodeCounts("PPPPPP0"), /at most 6/],
    ["a run below zero", () => decodeCounts("O"), /between 0 and/],
    ["an odd polygon", () => polygonToMask([1, 2, 3], 4, 4), /got 3 numbers/],
    ["a polygon of NaN", () => polygonToMask([1, 2, 3, Number.NaN], 4, 4), /finite/],
    ["an endless polygon", () => polygonToMask([0, 0, 1e12, 0, 1e12, 5], 4, 4), /check the coordinates/],
    ["no polygon", () => polygonsToMask([], 4, 4), /got none/],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(FormatError);
    expect(act).toThrow(message);
  });

  test("empty runs inside are merged away", () => {
    expect(checkMask({ width: 2, height: 2, counts: [1, 0, 1, 2, 0] }).counts).toEqual([2, 2]);
    expect(checkMask({ width: 2, height: 2, counts: [0, 1, 0, 3] }).counts).toEqual([0, 4]);
  });
});

const anyMask: fc.Arbitrary<RunMask> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([w, h]) =>
    fc.uint8Array({ minLength: w * h, maxLength: w * h, max: 1 }).map((bitmap) => bitmapToMask(bitmap, w, h)),
  );

describe("properties", () => {
  test("text and bitmap round trips", () => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        expect(decodeCounts(encodeCounts(mask.counts))).toEqual(mask.counts);
        expect(checkMask(mask)).toBe(mask);
        expect(maskArea(mask)).toBe(maskToBitmap(mask).reduce((a, b) => a + b, 0));
      }),
    );
  });

  test("a window of a bitmap, which may leave the picture", () => {
    const offset = fc.integer({ min: -3, max: 8 });
    fc.assert(
      fc.property(anyMask, offset, offset, (mask, x, y) => {
        const bitmap = maskToBitmap(mask);
        const [w, h] = [5, 4];
        const expected = new Uint8Array(w * h);
        for (let row = 0; row < h; row++)
          for (let column = 0; column < w; column++) {
            const [px, py] = [x + column, y + row];
            const inside = px >= 0 && py >= 0 && px < mask.width && py < mask.height;
            expected[row * w + column] = inside ? bitmap[py * mask.width + px] : 0;
          }
        expect(maskToBitmap(mask, [x, y, w, h])).toEqual(expected);
      }),
    );
  });

  test("any text gives runs or a FormatError", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.integer({ min: 46, max: 113 }).map((c) => String.fromCharCode(c)) }), (text) => {
        try {
          for (const run of decodeCounts(text)) expect(run).toBeGreaterThanOrEqual(0);
        } catch (e) {
          expect(e).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("resizeMask", () => {
  test("costs what runs and new size are: a hundred masks of 16 million pixels in a moment", () => {
    const { user } = process.cpuUsage();
    for (let i = 0; i < 100; i++) {
      const mask = { width: 4096, height: 4096, counts: [i, 4096 * 4096 - i] };
      expect(maskArea(resizeMask(mask, 128, 128, "area"))).toBe(128 * 128);
      expect(maskArea(resizeMask(mask, 64, 64, "nearest"))).toBeGreaterThanOrEqual(64 * 64 - 3);
    }
    expect(process.cpuUsage().user - user).toBeLessThan(1_000_000);
  });

  test("enlarging by whole factors repeats pixels; shrinking back restores them", () => {
    fc.assert(
      fc.property(anyMask, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (mask, a, b) => {
        const [w, h] = [mask.width * a, mask.height * b];
        const large = resizeMask(mask, w, h, "nearest");
        expect(resizeMask(mask, w, h, "area")).toEqual(large);
        expect(maskArea(large)).toBe(maskArea(mask) * a * b);
        expect(resizeMask(large, mask.width, mask.height, "nearest")).toEqual(mask);
        expect(resizeMask(large, mask.width, mask.height, "area")).toEqual(mask);
      }),
    );
  });

  test("area keeps what is covered by half or more", () => {
    const mask = bitmapToMask(pixels(["##..", "....", "####", "...#"]), 4, 4);
    expect(maskToBitmap(resizeMask(mask, 2, 2, "area"))).toEqual(pixels(["#.", "##"]));
    const thirds = bitmapToMask(pixels(["##.", "##.", "..."]), 3, 3);
    expect(maskToBitmap(resizeMask(thirds, 2, 2, "area"))).toEqual(pixels(["#.", ".."]));
  });
});
