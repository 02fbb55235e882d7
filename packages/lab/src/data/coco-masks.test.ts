import { FormatError } from "@scenograph/graph/errors";
import { encodeCounts } from "scenograph/formats/rle";
import type { Segmentation } from "scenograph/scene/cocoRecords";
import { describe, expect, it } from "vitest";
import type { CocoObject, Sample } from "./coco.ts";
import { centreCrop, centreSample } from "./coco-crop.ts";
import { objectMask } from "./coco-masks.ts";

const objectWith = (segmentation: Segmentation | undefined, box: CocoObject["box"] = [0, 0, 1, 1]): CocoObject => ({
  id: 9,
  classIndex: 0,
  box,
  crowd: false,
  area: 1,
  segmentation,
});
const sampleOf = (width: number, height: number, objects: CocoObject[] = []): Sample => ({
  imageId: 3,
  cocoImageId: 3,
  split: "a",
  width,
  height,
  captions: [],
  objects,
  partial: false,
});
/** Rows of a bitmap as text. */
function rows(bitmap: Uint8Array | undefined, width: number): string[] {
  const text = [...(bitmap ?? [])].map((v) => (v ? "#" : ".")).join("");
  return text.match(new RegExp(`.{${width}}`, "g")) ?? [];
}

// a 4 x 3 picture, the right 2 columns of its upper 2 rows: ..## / ..## / ....
const runs = [6, 2, 1, 2, 1];
const right: Segmentation[] = [
  [[2, 0, 4, 0, 4, 2, 2, 2]],
  { size: [3, 4], counts: runs },
  { size: [3, 4], counts: encodeCounts(runs) },
];

describe("objectMask", () => {
  it.each(right)("draws polygons and both kinds of runs alike: %j", (segmentation) => {
    const object = objectWith(segmentation);
    expect(rows(objectMask(sampleOf(4, 3), object, 4, 3), 4)).toEqual(["..##", "..##", "...."]);
    expect(rows(objectMask(sampleOf(4, 3), object, 8, 3), 8)).toEqual(["....####", "....####", "........"]);
    expect(rows(objectMask(sampleOf(4, 3), object, 2, 3), 2)).toEqual([".#", ".#", ".."]);
  });

  it("unites several polygons", () => {
    const object = objectWith([
      [0, 0, 1, 0, 1, 1, 0, 1],
      [3, 2, 4, 2, 4, 3, 3, 3],
    ]);
    expect(rows(objectMask(sampleOf(4, 3), object, 4, 3), 4)).toEqual(["#...", "....", "...#"]);
  });

  it("gives nothing without a segmentation", () => {
    expect(objectMask(sampleOf(4, 3), objectWith(undefined), 4, 3)).toBeUndefined();
  });

  it("names image and annotation when the runs are broken", () => {
    const broken = objectWith({ size: [3, 4], counts: [5, 5] });
    expect(() => objectMask(sampleOf(4, 3), broken, 4, 3)).toThrow(FormatError);
    expect(() => objectMask(sampleOf(4, 3), broken, 4, 3)).toThrow(/image 3, annotation 9: .*sum to 12, got 10/);
    expect(() => objectMask(sampleOf(4, 3), objectWith({ size: [3, 4], counts: "~" }), 4, 3)).toThrow(FormatError);
  });
});

describe("centreSample", () => {
  it("takes the centre", () => {
    expect(centreCrop(100, 60, 1)).toEqual({ left: 20, top: 0, width: 60, height: 60 });
    expect(centreCrop(61, 100, 64)).toEqual({ left: 0, top: 19, width: 61, height: 61 });
    expect(centreCrop(100, 60, [96, 64])).toEqual({ left: 5, top: 0, width: 90, height: 60 });
    expect(centreCrop(100, 100, [96, 64])).toEqual({ left: 0, top: 16, width: 100, height: 67 });
    expect(centreCrop(96, 64, [96, 64])).toEqual({ left: 0, top: 0, width: 96, height: 64 });
  });

  it("cuts boxes, drops what is mostly outside", () => {
    const inside = objectWith(undefined, [0.4, 0, 0.2, 0.5]);
    const cut = objectWith(undefined, [0, 0, 0.4, 1]);
    const gone = objectWith(undefined, [0, 0, 0.25, 1]);
    const square = centreSample(sampleOf(100, 50, [inside, cut, gone]), 1);
    expect(square).toMatchObject({ width: 50, height: 50, window: { left: 25, top: 0, width: 100, height: 50 } });
    expect(square.objects).toHaveLength(2);
    expect(square.objects[0].box.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0.3, 0, 0.4, 0.5]);
    expect(square.objects[0].area).toBeCloseTo(1);
    expect(square.objects[1].box.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0, 0, 0.3, 1]);
    expect(square.objects[1].area).toBeCloseTo(15 / 40);
  });

  it.each([
    [[[3, 0, 4, 0, 4, 2, 3, 2]]],
    [{ size: [2, 6], counts: [6, 2, 4] }],
    [{ size: [4, 12], counts: [24, 8, 16] }],
  ] as Segmentation[][])("cuts masks by the same window: %j", (segmentation) => {
    const square = centreSample(sampleOf(6, 2, [objectWith(segmentation, [0.5, 0, 1 / 6, 1])]), 1);
    expect(rows(objectMask(square, square.objects[0], 2, 2), 2)).toEqual([".#", ".#"]);
    expect(rows(objectMask(square, square.objects[0], 4, 4), 4)).toEqual(["..##", "..##", "..##", "..##"]);
  });

  it("leaves a sample of that aspect as it is", () => {
    const sample = sampleOf(5, 5);
    expect(centreSample(sample, 64)).toBe(sample);
    const wide = sampleOf(6, 4);
    expect(centreSample(wide, [96, 64])).toBe(wide);
    expect(centreSample(wide, 1)).toMatchObject({ width: 4, height: 4 });
  });
});
