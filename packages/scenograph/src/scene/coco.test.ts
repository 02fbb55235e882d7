import { FormatError } from "@scenograph/graph/errors";
import { describe, expect, test } from "vitest";
import { maskArea, maskToBitmap } from "../formats/rle.ts";
import { cocoToScene, sceneToCoco, segmentationToMask } from "./coco.ts";
import type { Scene } from "./scene.ts";

const scene: Scene = {
  version: 2,
  caption: "a dog before a traffic light",
  width: 64,
  height: 32,
  seed: 9,
  model: "illustrated",
  objects: [
    { id: "small", label: "dog", box: [0.25, 0.5, 0.125, 0.25], score: 0.75, locked: true, hidden: false },
    {
      id: "large",
      label: "traffic light",
      box: [0, 0, 0.5, 1],
      mask: { width: 64, height: 32, counts: [0, 64 * 16, 64 * 16] },
    },
  ],
};

test("round trip, and the fields that COCO tools read", () => {
  const coco = sceneToCoco(scene, "dog.png", 5);
  expect(coco.images[0]).toMatchObject({ id: 5, file_name: "dog.png", width: 64, height: 32 });
  expect(coco.annotations[0]).toMatchObject({
    id: 1,
    image_id: 5,
    category_id: 18,
    bbox: [16, 16, 8, 8],
    area: 64,
    iscrowd: 0,
    segmentation: [],
  });
  expect(coco.annotations[1]).toMatchObject({ category_id: 10, area: 1024, segmentation: { size: [32, 64] } });
  expect(coco.categories.map((c) => c.name)).toEqual(["traffic light", "dog"]);
  const notes: string[] = [];
  expect(cocoToScene(JSON.parse(JSON.stringify(coco)), { notes })).toEqual(scene);
  expect(notes).toEqual([]);
});

test("masks take the picture's size", () => {
  const small = { ...scene, objects: [{ ...scene.objects[1], mask: { width: 2, height: 2, counts: [1, 1, 2] } }] };
  const [annotation] = sceneToCoco(small, "x.png").annotations;
  expect(annotation.area).toBe(32 * 16);
  expect(maskArea(segmentationToMask(annotation.segmentation, 64, 32))).toBe(32 * 16);
});

const file = (annotations: unknown[], more: object = {}) => ({
  images: [
    { id: 1, width: 10, height: 20, file_name: "a.jpg" },
    { id: 2, width: 10, height: 10, file_name: "b.jpg" },
  ],
  annotations,
  ...more,
});
const annotation = { id: 1, image_id: 1, category_id: 18, bbox: [1, 2, 3, 4], area: 12, iscrowd: 0 };

describe("files of others", () => {
  test("polygons, both kinds of run lengths, larger objects first", () => {
    const square = [[1, 2, 4, 2, 4, 6, 1, 6]];
    const scene = cocoToScene(
      file([
        { ...annotation, segmentation: square },
        { ...annotation, id: 2, bbox: [0, 0, 10, 20], segmentation: { size: [20, 10], counts: [0, 200] } },
        { ...annotation, id: 3, bbox: [0, 0, 5, 5], segmentation: { size: [20, 10], counts: "X6" } },
        { ...annotation, id: 4, image_id: 2 },
      ]),
    );
    expect(scene.objects.map((o) => o.box)).toEqual([
      [0, 0, 1, 1],
      [0, 0, 0.5, 0.25],
      [0.1, 0.1, 0.3, 0.2],
    ]);
    expect(scene.objects.map((o) => o.mask && maskArea(o.mask))).toEqual([200, 0, 12]);
    const bitmap = maskToBitmap(scene.objects[2].mask ?? { width: 1, height: 1, counts: [1] });
    expect(bitmap[2 * 10 + 1] + bitmap[5 * 10 + 3]).toBe(2);
    expect(cocoToScene(file([annotation]), { imageId: 2 })).toMatchObject({ width: 10, height: 10, objects: [] });
  });

  test("category names of the file go before the ids", () => {
    const scene = cocoToScene(file([{ ...annotation, category_id: 0 }], { categories: [{ id: 0, name: "person" }] }));
    expect(scene.objects[0].label).toBe("person");
  });

  test.each<[string, object, RegExp]>([
    ["a crowd", { iscrowd: 1, segmentation: { size: [20, 10], counts: [200] } }, /crowd region: left out/],
    ["an unknown category", { category_id: 12 }, /category_id 12 is not in the file's categories.*: left out/],
    [
      "a mask of another size",
      { segmentation: { size: [10, 20], counts: [200] } },
      /runs of a 20x10 mask in a 10x20 picture: dropped/,
    ],
    ["a broken mask", { segmentation: { size: [20, 10], counts: "~" } }, /annotation 1: decodeCounts.*: dropped/],
    ["a polygon of two numbers", { segmentation: [[1, 2]] }, /polygon 0 needs at least 3 points.*: left out/],
    ["a box over the edge", { bbox: [8, 2, 4, 4] }, /clipped/],
    ["a box of three numbers", { bbox: [1, 2, 3] }, /bbox is \[x, y, width, height\], got \[1,2,3\]: left out/],
    ["a box without extent", { bbox: [1, 2, 0, 3] }, /box \[1, 2, 0, 3\] has no area: left out/],
  ])("%s gets a note", (_, change, message) => {
    const notes: string[] = [];
    cocoToScene(file([{ ...annotation, ...change }]), { notes });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(message);
  });

  test("one reader with data check: true, null and a list of its own are no mistakes; an id that the list lacks is", () => {
    const categories = [{ id: 1, name: "dog" }];
    const notes: string[] = [];
    const scene = cocoToScene(
      file(
        [
          { ...annotation, category_id: 1, segmentation: null },
          { ...annotation, id: 2, category_id: 1, iscrowd: true },
          // COCO's own 3 is a car: not here
          { ...annotation, id: 3, category_id: 3 },
          {
            ...annotation,
            id: 4,
            category_id: 1,
            segmentation: [
              [1, 2],
              [1, 2, 4, 2, 4, 6, 1, 6],
            ],
          },
        ],
        { categories, images: [{ id: 1, width: 10, height: 20, caption: null }] },
      ),
      { notes },
    );
    expect(scene.caption).toBe("");
    expect(scene.objects.map((o) => [o.label, o.mask && maskArea(o.mask)])).toEqual([
      ["dog", undefined],
      ["dog", 12],
    ]);
    expect(notes).toHaveLength(3);
    expect(notes.join()).toMatch(/category_id 3 is not in the file's categories.*polygon 0 needs.*crowd region/);
    expect(cocoToScene(file([annotation], { categories: null })).objects[0].label).toBe("dog");
  });

  test.each<[string, unknown, number | undefined, RegExp]>([
    ["a number", 5, undefined, /needs a list "images", got 5; see the COCO data format/],
    ["no pictures", { images: [], annotations: [] }, undefined, /lists no picture/],
    ["a picture that is not there", file([]), 3, /no picture of id 3/],
  ])("%s is refused", (_, value, imageId, message) => {
    expect(() => cocoToScene(value, { imageId })).toThrow(FormatError);
    expect(() => cocoToScene(value, { imageId })).toThrow(message);
  });
});

test("a picture of more objects than a scene may have is refused before they are read one by one", () => {
  const annotations = Array.from({ length: 100_000 }, (_, id) => ({
    id,
    image_id: 1,
    category_id: 18,
    bbox: [0, 0, 8, 8],
  }));
  const file = { images: [{ id: 1, width: 16, height: 16 }], annotations };
  const { user } = process.cpuUsage();
  expect(() => cocoToScene(file)).toThrow("a scene has at most 100 objects, picture 1 has more");
  expect(process.cpuUsage().user - user).toBeLessThan(5_000_000);
  expect(cocoToScene({ ...file, annotations: file.annotations.slice(0, 100) }).objects).toHaveLength(100);
});
