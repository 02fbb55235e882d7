import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkCoco } from "./check.ts";
import { jpeg } from "./coco.fixture.ts";
import { loadCoco } from "./coco.ts";
import { listSplits, splitOf } from "./coco-folder.ts";
import { pictureFinder } from "./picture-finder.ts";

const made: string[] = [];
afterEach(async () => {
  for (const dir of made.splice(0)) await rm(dir, { recursive: true });
});

/** Files by path: JSON, or "" for a picture of 100 x 80. */
async function folder(files: Record<string, object | "">): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "scenograph-tools-"));
  made.push(dir);
  const picture = await jpeg(100, 80);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), content === "" ? picture : JSON.stringify(content));
  }
  return dir;
}

const square = [10, 10, 60, 10, 60, 60, 10, 60];
const size = { width: 100, height: 80 };

/** What each tool writes: its folder, and the fields in which it differs from COCO's own. */
const TOOLS: Record<string, { files: Record<string, object | "">; split: string }> = {
  CVAT: {
    split: "default",
    files: {
      "annotations/instances_default.json": {
        licenses: [{ name: "", id: 0, url: "" }],
        info: { contributor: "", date_created: "", description: "", url: "", version: "", year: "" },
        categories: [{ id: 1, name: "dog", supercategory: "" }],
        images: [
          { id: 1, ...size, file_name: "sub/a.jpg", license: 0, flickr_url: "", coco_url: "", date_captured: 0 },
        ],
        annotations: [
          {
            id: 1,
            image_id: 1,
            category_id: 1,
            segmentation: { counts: [810, 50, 30, 50, 7060], size: [80, 100] },
            area: 100.0,
            bbox: [10.0, 10.0, 2.0, 50.0],
            iscrowd: 0,
            attributes: { occluded: false, rotation: 0.0 },
          },
        ],
      },
      "images/default/sub/a.jpg": "",
    },
  },
  "Label Studio": {
    split: "result",
    files: {
      "result.json": {
        images: [{ ...size, id: 0, file_name: "images\\3\\90ab-a.jpg" }],
        categories: [{ id: 0, name: "dog" }],
        annotations: [
          {
            id: 0,
            image_id: 0,
            category_id: 0,
            segmentation: [],
            bbox: [10.5, 10.5, 50.2, 50.1],
            ignore: 0,
            iscrowd: 0,
            area: 2515.02,
          },
        ],
        info: { year: 2024, version: "1.0", description: "", contributor: "Label Studio", url: "", date_created: "" },
      },
      "images/90ab-a.jpg": "",
    },
  },
  Roboflow: {
    split: "train",
    files: {
      "train/_annotations.coco.json": {
        info: { year: "2024", version: "1", description: "Exported from roboflow.com", contributor: "" },
        licenses: [{ id: 1, url: "", name: "Public Domain" }],
        categories: [
          { id: 0, name: "animals", supercategory: "none" },
          { id: 1, name: "dog", supercategory: "animals" },
        ],
        images: [
          { id: 0, license: 1, file_name: "a_jpg.rf.0123.jpg", height: 80, width: 100, date_captured: "2024-01-01" },
        ],
        annotations: [
          {
            id: 0,
            image_id: 0,
            category_id: 1,
            bbox: [10, 10, 50, 50],
            area: 2500,
            segmentation: [square],
            iscrowd: 0,
          },
        ],
      },
      "train/a_jpg.rf.0123.jpg": "",
    },
  },
  FiftyOne: {
    split: "labels",
    files: {
      "labels.json": {
        info: { year: "", version: "", description: "Exported from FiftyOne", contributor: "", url: "" },
        licenses: [],
        categories: [{ id: 0, name: "dog", supercategory: null }],
        images: [{ id: 1, file_name: "a.jpg", height: 80, width: 100, license: null, coco_url: null }],
        annotations: [
          {
            id: 1,
            image_id: 1,
            category_id: 0,
            bbox: [10, 10, 50, 50],
            area: 2500,
            iscrowd: 0,
            segmentation: [square],
          },
        ],
      },
      "data/a.jpg": "",
    },
  },
  labelme2coco: {
    split: "annotations",
    files: {
      "annotations.json": {
        info: { description: null, url: null, version: null, year: 2024, contributor: null, date_created: "" },
        licenses: [{ url: null, id: 0, name: null }],
        images: [
          { license: 0, url: null, file_name: "JPEGImages/a.jpg", height: 80, width: 100, date_captured: null, id: 0 },
        ],
        type: "instances",
        annotations: [
          {
            id: 0,
            image_id: 0,
            category_id: 1,
            segmentation: [square],
            area: 2500.0,
            bbox: [10.0, 10.0, 50.0, 50.0],
            iscrowd: 0,
          },
        ],
        categories: [
          { supercategory: null, id: 0, name: "_background_" },
          { supercategory: null, id: 1, name: "dog" },
        ],
      },
      "JPEGImages/a.jpg": "",
    },
  },
  Detectron2: {
    split: "mine_coco_format",
    files: {
      "annotations/mine_coco_format.json": {
        info: { date_created: "", description: "Automatically generated COCO json file for Detectron2." },
        images: [{ id: 1, width: 100, height: 80, file_name: "/home/me/data/images/a.jpg" }],
        categories: [{ id: 18, name: "dog" }],
        licenses: null,
        annotations: [
          {
            id: 1,
            image_id: 1,
            bbox: [10.0, 10.0, 50.0, 50.0],
            area: 2500.0,
            iscrowd: 0,
            category_id: 18,
            segmentation: [square],
          },
        ],
      },
      "images/a.jpg": "",
    },
  },
  LVIS: {
    split: "train",
    files: {
      "annotations/lvis_v1_train.json": {
        info: {},
        annotations: [
          { id: 1, image_id: 391895, category_id: 378, bbox: [10, 10, 50, 50], area: 2500, segmentation: [square] },
          { id: 2, image_id: 391895, category_id: 1, bbox: [0, 0, 9, 9], area: 81, segmentation: [square] },
        ],
        images: [
          {
            id: 391895,
            ...size,
            date_captured: "2013-11-14 11:18:45",
            neg_category_ids: [899, 127],
            license: 3,
            flickr_url: "",
            coco_url: "http://images.cocodataset.org/train2017/000000391895.jpg",
            not_exhaustive_category_ids: [],
          },
        ],
        licenses: [],
        categories: [
          {
            id: 1,
            name: "aerosol_can",
            synset: "aerosol.n.02",
            frequency: "c",
            def: "",
            synonyms: [],
            image_count: 64,
          },
          { id: 378, name: "dog", synset: "dog.n.01", frequency: "f", def: "", synonyms: ["dog"], image_count: 1940 },
        ],
      },
      "images/000000391895.jpg": "",
    },
  },
};

describe("folders as tools export them", () => {
  it.each(Object.entries(TOOLS))("%s", async (tool, { files, split }) => {
    const dir = await folder(files);
    expect((await listSplits(dir)).instances).toEqual([split]);
    expect(await splitOf(dir, undefined)).toBe(split);
    const { samples, dropped } = await loadCoco(dir, split, { need: ["pixels"] });
    expect(samples).toHaveLength(1);
    expect(samples[0].objects).toHaveLength(1);
    expect(samples[0].objects[0].box[0]).toBeCloseTo(tool === "Label Studio" ? 0.105 : 0.1, 6);
    expect(samples[0].objects[0].segmentation !== undefined).toBe(tool !== "Label Studio");
    const errors = (await checkCoco(dir, split)).problems.filter((p) => p.severity === "error");
    // LVIS has categories beyond COCO's: a vocabulary of its own, of which COCO's reader leaves them out
    expect(errors.map((p) => p.kind)).toEqual([]);
    expect(dropped.categories).toBe(tool === "LVIS" ? 1 : 0);
  });
});

describe("file names", () => {
  it("are matched whatever stands before them, in either Unicode form; nothing outside is opened", async () => {
    const nfd = "cafe\u0301.jpg";
    const dir = await folder({
      "images/a.jpg": "",
      "images/train/d.jpg": "",
      [`images/${nfd}`]: "",
      "images/x/same.jpg": "",
      "images/y/same.jpg": "",
      "secret.jpg": "",
    });
    const finder = (await pictureFinder(dir))!;
    const find = (fileName: string) => {
      const file = finder.find({ fileName }, "train");
      return file && path.relative(path.join(dir, "images"), file).normalize("NFC");
    };
    for (const name of ["a.jpg", "./a.jpg", "images/a.jpg", "images\\a.jpg", "images\\1/a.jpg", "/data/upload/1/a.jpg"])
      expect(find(name)).toBe("a.jpg");
    for (const name of [
      "C:\\pictures\\a.jpg",
      "http://host/x/a.jpg?token=1",
      "../../upload/a.jpg",
      "file:///tmp/a.jpg",
    ])
      expect(find(name)).toBe("a.jpg");
    expect(find("train\\d.jpg")).toBe("train/d.jpg");
    expect(find("d.jpg")).toBe("train/d.jpg");
    expect(find("caf\u00e9.jpg")).toBe("caf\u00e9.jpg");
    expect(find("y/same.jpg")).toBe("y/same.jpg");
    for (const name of ["A.JPG", "same.jpg", "../secret.jpg", "/etc/passwd", "", ".."])
      expect(find(name)).toBeUndefined();
    expect(finder.why({ fileName: "A.JPG" })).toMatch(
      /no such file in images\/; there is "a.jpg", which differs in case/,
    );
    expect(finder.why({ fileName: "same.jpg" })).toMatch(/2 files are called same.jpg/);
  });
});
