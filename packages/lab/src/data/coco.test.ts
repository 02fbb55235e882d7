import { FormatError, UserError } from "@scenograph/graph/errors";
import { classIndex } from "scenograph/scene/categories";
import { afterEach, describe, expect, it } from "vitest";
import { checkCoco } from "./check.ts";
import { CATEGORY_LIST, caption, type FolderContent, image, jpeg, makeFolder, object } from "./coco.fixture.ts";
import { clipBox, describeLosses, loadCaptions, loadCoco } from "./coco.ts";
import { isValidation } from "./split.ts";

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of cleanUps.splice(0)) await remove();
});
async function folder(content: FolderContent): Promise<string> {
  const { dir, remove } = await makeFolder(content);
  cleanUps.push(remove);
  return dir;
}
const instances = (images: object[], annotations: object[], categories: object[] = CATEGORY_LIST) => ({
  images,
  annotations,
  categories,
});

describe("loadCoco", () => {
  it("joins pictures, objects and captions", async () => {
    const dir = await folder({
      instances: {
        train: instances(
          [image(7), image(8, 50, 50, { attributes: { background: "beach" } })],
          [
            object(1, 7, [10, 20, 50, 40]),
            object(2, 8, [0, 0, 25, 50], { category_id: 1 }),
            object(3, 7, [0, 0, 5, 8]),
          ],
        ),
      },
      captions: { train: { images: [], annotations: [caption(4, 7, "  A dog\n runs. "), caption(5, 7, "Two dogs")] } },
      images: { "7.jpg": [100, 80] },
    });
    const { samples, dropped } = await loadCoco(dir, "train");
    expect(samples).toHaveLength(2);
    expect(samples[0]).toMatchObject({
      imageId: 7,
      cocoImageId: 7,
      width: 100,
      height: 80,
      split: "train",
      file: `${dir}/images/7.jpg`,
      captions: ["A dog runs.", "Two dogs"],
      partial: false,
    });
    expect(samples[0].objects.map((o) => o.id)).toEqual([1, 3]);
    expect(samples[0].objects[0]).toEqual({
      id: 1,
      classIndex: classIndex("dog"),
      box: [0.1, 0.25, 0.5, 0.5],
      crowd: false,
      area: 2000,
    });
    expect(samples[1]).toMatchObject({ file: undefined, captions: [], attributes: { background: "beach" } });
    expect(Object.values(dropped).every((n) => n === 0)).toBe(true);
  });

  it("clips boxes, drops degenerate ones, crowds and orphans, and counts them", async () => {
    const dir = await folder({
      instances: {
        a: instances(
          [image(1)],
          [
            object(1, 1, [-10, -10, 60, 50]),
            object(2, 1, [10, 10, 0, 10]),
            object(3, 1, [200, 10, 10, 10]),
            object(4, 1, [0, 0, 50, 50], { iscrowd: 1 }),
            object(5, 99, [0, 0, 50, 50]),
            object(6, 1, [0, 0, 50, 50], { segmentation: [[1, 2, 3, 4]] }),
          ],
        ),
      },
      captions: { a: { annotations: [caption(1, 1, " "), caption(2, 99, "nobody's")] } },
    });
    const { samples, dropped } = await loadCoco(dir, "a");
    expect(samples[0].objects.map((o) => o.id)).toEqual([1, 6]);
    expect(samples[0].objects[0].box).toEqual([0, 0, 0.5, 0.5]);
    expect(samples[0].objects[1].segmentation).toBeUndefined();
    expect(dropped).toEqual({
      crowd: 1,
      degenerate: 2,
      orphans: 2,
      segmentations: 1,
      polygons: 0,
      emptyCaptions: 1,
      repeated: 0,
      records: 0,
      categories: 0,
      pictures: 0,
    });
    const withCrowd = await loadCoco(dir, "a", { crowd: true });
    expect(withCrowd.samples[0].objects.find((o) => o.id === 4)?.crowd).toBe(true);
  });

  it("takes categories by the file's own names, by COCO's ids where it has none", async () => {
    const own = [{ id: 0, name: "zebra" }];
    const dir = await folder({
      instances: {
        own: instances([image(1)], [object(1, 1, [0, 0, 9, 9], { category_id: 0 })], own),
        none: instances([image(1)], [object(1, 1, [0, 0, 9, 9], { category_id: 24 })], []),
      },
    });
    for (const split of ["own", "none"])
      expect((await loadCoco(dir, split)).samples[0].objects[0].classIndex).toBe(classIndex("zebra"));
  });

  it("joins splits, the first of two equal pictures winning", async () => {
    const dir = await folder({
      instances: {
        a: instances([image(1), image(2)], [object(1, 1, [0, 0, 50, 50])]),
        b: instances([image(2), image(3)], [object(1, 3, [0, 0, 50, 50]), object(2, 2, [0, 0, 9, 9])]),
      },
    });
    const { samples, dropped, splits } = await loadCoco(dir, "a, b");
    expect(samples.map((s) => [s.imageId, s.split, s.objects.length])).toEqual([
      [1, "a", 1],
      [2, "a", 0],
      [3, "b", 1],
    ]);
    expect(dropped.repeated).toBe(1);
    expect(splits).toEqual(["a", "b"]);
  });

  it("borrows the captions of the split that a subset's name starts with", async () => {
    const dir = await folder({
      instances: { train_full: instances([image(1)], []), train_other_x: instances([image(2)], []) },
      captions: { train: { annotations: [caption(1, 1, "one"), caption(2, 2, "two")] } },
    });
    const full = await loadCoco(dir, "train_full");
    expect(full.samples[0].captions).toEqual(["one"]);
    expect(full.dropped.orphans).toBe(0);
    expect((await loadCoco(dir, "train_other_x")).samples[0].captions).toEqual(["two"]);
  });

  it("splits by the COCO id, so that edited copies stay on one side", async () => {
    const ids = Array.from({ length: 60 }, (_, i) => i + 1);
    const copies = ids.map((id) => image(5000 + id, 10, 10, { coco_image_id: id }));
    const dir = await folder({
      instances: {
        a: instances(
          ids.map((id) => image(id)),
          [],
        ),
        b: instances(copies, []),
      },
    });
    const original = await loadCoco(dir, "a", { part: "validation" });
    const copied = await loadCoco(dir, "b", { part: "validation" });
    expect(original.samples.map((s) => s.imageId)).toEqual(ids.filter(isValidation));
    expect(copied.samples.map((s) => s.imageId - 5000)).toEqual(ids.filter(isValidation));
    expect((await loadCoco(dir, "a", { part: "training" })).samples).toHaveLength(60 - original.samples.length);
  });

  it("keeps only samples that have what is needed", async () => {
    const dir = await folder({
      instances: {
        a: instances(
          [image(1), image(2), image(3)],
          [
            object(1, 1, [0, 0, 9, 9], { segmentation: [[0, 0, 9, 0, 9, 9]] }),
            object(2, 2, [0, 0, 9, 9], { segmentation: [[0, 0, 9, 0, 9, 9]] }),
            object(3, 2, [0, 0, 9, 9], { segmentation: [] }),
          ],
        ),
      },
      captions: { a: { annotations: [caption(1, 3, "three")] } },
      images: { "1.jpg": [100, 80], "3.jpg": [100, 80] },
    });
    const ids = async (need: "pixels" | "captions" | "objects" | "masks") =>
      (await loadCoco(dir, "a", { need: [need] })).samples.map((s) => s.imageId);
    expect(await ids("masks")).toEqual([1]);
    expect(await ids("objects")).toEqual([1, 2]);
    expect(await ids("captions")).toEqual([3]);
    expect(await ids("pixels")).toEqual([1, 3]);
    await expect(loadCoco(dir, "a", { need: ["captions", "masks"] })).rejects.toThrow(
      /with captions with masks \(3 in/,
    );
  });

  it("takes whole silhouettes on demand", async () => {
    const seen = [[0, 0, 9, 0, 9, 9]];
    const whole = [[0, 0, 20, 0, 20, 20]];
    const annotations = [
      object(1, 1, [0, 0, 20, 20], { segmentation: seen, amodal_segmentation: whole }),
      object(2, 1, [0, 0, 9, 9], { segmentation: seen }),
    ];
    const dir = await folder({ instances: { a: instances([image(1)], annotations) } });
    const masks = async (amodal: boolean) =>
      (await loadCoco(dir, "a", { amodal })).samples[0].objects.map((o) => o.segmentation);
    expect(await masks(false)).toEqual([seen, seen]);
    expect(await masks(true)).toEqual([whole, seen]);
  });

  it("never opens a file outside images/", async () => {
    const dir = await folder({
      instances: { a: instances([image(1, 10, 10, { file_name: "../annotations/instances_a.json" })], []) },
      images: {},
    });
    expect((await loadCoco(dir, "a")).samples[0].file).toBeUndefined();
  });
});

describe("loadCoco leaves out, counts and names", () => {
  const sound = object(1, 1, [0, 0, 9, 9]);
  let told: string[];
  const load = async (json: object) => {
    told = [];
    const dir = await folder({ instances: { a: json as Record<string, unknown> } });
    return loadCoco(dir, "a", { log: (line) => told.push(line) });
  };

  it.each<[string, object, string, RegExp]>([
    [
      "an unknown category, naming the nearest",
      instances(
        [image(1)],
        [sound, object(2, 1, [0, 0, 9, 9], { category_id: 5 })],
        [...CATEGORY_LIST, { id: 5, name: "girafe" }],
      ),
      "categories",
      /"girafe" \(id 5\).*did you mean "giraffe"/,
    ],
    [
      "a category_id that the list lacks, though COCO has it",
      instances([image(1)], [sound, object(2, 1, [0, 0, 9, 9], { category_id: 19 })]),
      "categories",
      /category_id 19 is not .* nearest id is 18 \(dog\)/,
    ],
    ["an image twice", instances([image(1), image(1)], [sound]), "records", /images\[1\] repeats the id 1/],
    ["an annotation twice", instances([image(1)], [sound, sound]), "records", /annotations\[1\] repeats the id 1/],
    ["a box of three", instances([image(1)], [sound, object(2, 1, [1, 2, 3])]), "records", /bbox is \[x, y, width/],
    [
      "an object of no image",
      instances([image(1)], [sound, { ...object(2, 1, [1, 2, 3, 4]), image_id: null }]),
      "records",
      /image_id is a whole number/,
    ],
    [
      "one polygon of a mask",
      instances(
        [image(1)],
        [
          object(1, 1, [0, 0, 9, 9], {
            segmentation: [
              [0, 0, 9, 0, 9, 9],
              [1, 1, 2, 2],
            ],
          }),
        ],
      ),
      "polygons",
      /polygon 1 needs at least 3 points/,
    ],
  ])("%s", async (_, json, counter, message) => {
    const data = await load(json);
    expect(data.samples.map((s) => s.objects.map((o) => o.id))).toEqual([[1]]);
    expect(Object.entries(data.dropped).filter(([, n]) => n > 0)).toEqual([[counter, 1]]);
    expect(data.problems).toHaveLength(1);
    expect(data.problems[0].message).toMatch(message);
    expect(data.problems[0].file).toBe("annotations/instances_a.json");
    expect(describeLosses(data)).toHaveLength(2);
    expect(describeLosses(data)[1]).toMatch(message);
    expect(told).toEqual(describeLosses(data));
  });

  it("pictures that cannot be used, as data check names them", async () => {
    const whole = await jpeg(100, 80);
    const dir = await folder({
      instances: { a: instances([image(1), image(2), image(3), image(4)], []) },
      images: {
        "1.jpg": [100, 80],
        "2.jpg": whole.subarray(0, whole.length / 2),
        "3.jpg": new TextEncoder().encode("BM not read"),
        "4.jpg": [80, 100],
      },
    });
    const data = await loadCoco(dir, "a", { need: ["pixels"] });
    expect(data.samples.map((s) => s.imageId)).toEqual([1]);
    expect(data.dropped.pictures).toBe(3);
    const checked = (await checkCoco(dir, "a")).problems.filter((p) => p.severity === "error");
    expect(data.problems.map((p) => [p.kind, p.file, p.id, p.message])).toEqual(
      checked.map((p) => [p.kind, p.file, p.id, p.message]),
    );
    expect(checked.map((p) => p.kind)).toEqual(["broken-picture", "broken-picture", "picture-size"]);
  });
});

describe("loadCoco refuses", () => {
  const load = async (json: object | string) =>
    loadCoco(await folder({ instances: { a: json as Record<string, unknown> } }), "a");

  it("broken JSON, with file and position", async () => {
    await expect(load('{"images": [\n{"id": 1,}]}')).rejects.toThrow(FormatError);
    await expect(load('{"images": [\n{"id": 1,}]}')).rejects.toThrow(/instances_a\.json:2:10: broken JSON/);
  });
  it.each([
    [{}, /list "images", got nothing/],
    ["[]", /list "images", got \[\]/],
    [{ images: [3], annotations: [] }, /images\[0\] is an object, got 3/],
    [{ images: [{ id: "x" }], annotations: [] }, /images\[0\]\.id is a whole number, got "x"/],
    [{ images: [image(1, 0, 5)], annotations: [] }, /width and height/],
  ])("a file of which nothing can be used, naming the first mistake %#", async (json, message) => {
    await expect(load(json)).rejects.toThrow(UserError);
    await expect(load(json)).rejects.toThrow(message);
  });
  it("a missing split, listing those that are there", async () => {
    const dir = await folder({
      instances: { train: "{}", val: "{}" },
      captions: { text: { annotations: [] } },
    });
    await expect(loadCoco(dir, "trian")).rejects.toThrow(UserError);
    await expect(loadCoco(dir, "trian")).rejects.toThrow(/has the splits train, val; did you mean "train"/);
    await expect(loadCoco(dir, "text")).rejects.toThrow(/captions alone/);
    await expect(loadCoco("/nonexistent", "train")).rejects.toThrow(/cannot be read; check the path/);
    await expect(loadCoco(dir, "../x")).rejects.toThrow(/a split is a name/);
  });
});

describe("loadCaptions", () => {
  it("reads captions without boxes", async () => {
    const dir = await folder({
      captions: {
        text: {
          images: [{ id: 1, file_name: "a.jpg", coco_image_id: 44 }],
          annotations: [caption(3, 1, "one "), caption(4, 2, "two")],
        },
      },
    });
    expect(await loadCaptions(dir, "text")).toEqual([
      { id: 3, imageId: 1, cocoImageId: 44, caption: "one" },
      { id: 4, imageId: 2, cocoImageId: 2, caption: "two" },
    ]);
    const parts = await Promise.all(
      (["training", "validation"] as const).map((part) => loadCaptions(dir, "text", { part })),
    );
    expect(parts.flat()).toHaveLength(2);
    await expect(loadCaptions(dir, "txt")).rejects.toThrow(/did you mean "text"/);
  });
});

describe("clipBox", () => {
  it("clips to the picture and refuses what is left too thin", () => {
    expect(clipBox([-10, 5, 30, 10], 100, 20)).toEqual([0, 0.25, 0.2, 0.5]);
    expect(clipBox([99.95, 0, 10, 10], 100, 20)).toBeUndefined();
    expect(clipBox([10, 10, -5, 5], 100, 20)).toBeUndefined();
  });
});
