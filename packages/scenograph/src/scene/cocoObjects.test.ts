import { describe, expect, it } from "vitest";
import { encodeCounts } from "../formats/rle.ts";
import type { Segmentation } from "./cocoMasks.ts";
import { clipBox, judgeObject } from "./cocoObjects.ts";
import type { ObjectRecord } from "./cocoRecords.ts";

// a 4 x 3 picture, the right 2 columns of its upper 2 rows
const runs = [6, 2, 1, 2, 1];
const right: Segmentation[] = [
  [[2, 0, 4, 0, 4, 2, 2, 2]],
  { size: [3, 4], counts: runs },
  { size: [3, 4], counts: encodeCounts(runs) },
];

describe("a segmentation in its picture", () => {
  const image = { width: 4, height: 3 };
  const check = (s: Segmentation, area?: number, box = [2, 0, 2, 2] as const, size = image) =>
    judgeObject({ id: 1, imageId: 1, classIndex: 0, crowd: false, bbox: box, area, segmentation: s }, size, true)
      .mistakes.filter((m) => !m.message.startsWith("box") && !m.message.includes("does not fit"))
      .at(0)?.message;

  it("accepts what fits", () => {
    for (const segmentation of right) expect(check(segmentation, 4)).toBeUndefined();
  });
  it("finds runs of another size, broken, or empty", () => {
    expect(check({ size: [4, 3], counts: [12] })).toMatch(/runs of a 3x4 mask in a 4x3 picture/);
    expect(check({ size: [3, 4], counts: [11] })).toMatch(/sum to 12, got 11/);
    expect(check({ size: [3, 4], counts: [12] })).toMatch(/no area/);
  });
  it("finds polygons outside the picture, and masks far from their box", () => {
    expect(check([[0, 0, 8, 0, 8, 2]])).toMatch(/leaves the 4x3 picture/);
    expect(check([[0, 0, 90, 0, 90, 2]])).toMatch(/polygon 0 lies outside the 4x3 picture/);
    const big = { width: 100, height: 100 };
    expect(check([[0, 0, 10, 0, 10, 10, 0, 10]], 100, [50, 50, 40, 40] as never, big)).toMatch(
      /the mask covers \[0, 0/,
    );
  });
  it("finds an area that is not the mask's", () => {
    const big = { width: 100, height: 100 };
    const square = [[0, 0, 40, 0, 40, 40, 0, 40]];
    expect(check(square, 1600, [0, 0, 40, 40] as never, big)).toBeUndefined();
    expect(check(square, 600, [0, 0, 40, 40] as never, big)).toMatch(/area 600, but the mask has 1600/);
    // an outline that crosses itself: the two lobes of a bow tie cancel in the shoelace formula, not in pixels
    expect(check([[0, 0, 40, 40, 40, 0, 0, 40]], 800, [0, 0, 40, 40] as never, big)).toBeUndefined();
  });
});

describe("what is left out", () => {
  const image = { width: 100, height: 80 };
  const square = [10, 10, 60, 10, 60, 60, 10, 60];
  const object = (more: Partial<ObjectRecord>): ObjectRecord => ({
    id: 1,
    imageId: 1,
    classIndex: 0,
    crowd: false,
    bbox: [10, 10, 50, 50],
    ...more,
  });
  const kinds = (segmentation: Segmentation) =>
    judgeObject(object({ segmentation }), image).mistakes.map((m) => `${m.severity} ${m.kind}`);

  it("a single degenerate or far polygon, not the mask", () => {
    const judged = judgeObject(object({ segmentation: [square, [1, 2, 3, 4], [2e8, 0, 2e8, 1, 0, 1]] }), image);
    expect(judged.segmentation).toEqual([square]);
    expect(judged.mistakes.map((m) => m.message)).toEqual([
      "polygon 1 needs at least 3 points as x, y pairs, got 4 numbers",
      "polygon 2 lies outside the 100x80 picture (x 200000000)",
    ]);
    expect(kinds([square, [1, 2, 3, 4]])).toEqual(["warning polygon"]);
  });

  it("a mask of which nothing is left, runs that do not fill their picture, endless outlines", () => {
    const zigzag = Array.from({ length: 1000 }, (_, i) => [i % 2 === 0 ? 0 : 100, i / 20]).flat();
    for (const segmentation of [
      [[1, 2, 3, 4]],
      [[2e8, 0, 2e8, 1, 0, 1]],
      [zigzag],
      { size: [80, 100], counts: [10] },
      { size: [80, 100], counts: "~" },
      { size: [100, 80], counts: [8000] },
    ] as Segmentation[]) {
      const judged = judgeObject(object({ segmentation }), image);
      expect(judged.segmentation).toBeUndefined();
      expect(judged.box).toEqual([0.1, 0.125, 0.5, 0.625]);
      expect(judged.mistakes.map((m) => `${m.severity} ${m.kind}`)).toContain("error segmentation");
    }
  });

  it("nothing of what may stick out by some pixels", () => {
    expect(kinds([[-5, -5, 103, 0, 90, 84]])).toEqual([]);
  });
});

describe("clipBox", () => {
  it("clips to the picture and refuses what is left too thin", () => {
    expect(clipBox([-10, 5, 30, 10], 100, 20)).toEqual([0, 0.25, 0.2, 0.5]);
    expect(clipBox([99.95, 0, 10, 10], 100, 20)).toBeUndefined();
  });
});
