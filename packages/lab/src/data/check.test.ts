import { UserError } from "@scenograph/graph/errors";
import { afterEach, describe, expect, it } from "vitest";
import { checkCoco } from "./check.ts";
import { CATEGORY_LIST, caption, type FolderContent, image, jpeg, makeFolder, object } from "./coco.fixture.ts";

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of cleanUps.splice(0)) await remove();
});
async function folder(content: FolderContent): Promise<string> {
  const { dir, remove } = await makeFolder(content);
  cleanUps.push(remove);
  return dir;
}
const square = [[10, 10, 60, 10, 60, 60, 10, 60]];

describe("checkCoco", () => {
  it("finds nothing in a sound folder, and counts", async () => {
    const dir = await folder({
      instances: {
        a: {
          images: [image(1), image(2)],
          annotations: [
            object(1, 1, [10, 10, 50, 50], { segmentation: square }),
            object(2, 1, [0, 0, 9, 9], { category_id: 1 }),
            object(3, 1, [0, 0, 90, 70], { iscrowd: 1 }),
          ],
          categories: CATEGORY_LIST,
        },
      },
      captions: { a: { annotations: [caption(1, 1, "one"), caption(2, 1, "uno"), caption(3, 2, "two")] } },
      images: { "1.jpg": [100, 80], "2.jpg": [100, 80] },
    });
    const seen: number[] = [];
    const report = await checkCoco(dir, "a", { onProgress: (done, total) => seen.push(done / total) });
    expect(report).toMatchObject({ ok: true, errors: 0, warnings: 0, problems: [] });
    expect(report.counts).toEqual({
      images: 2,
      pictures: 2,
      boxes: 3,
      crowd: 1,
      masks: 1,
      captions: 3,
      imagesWithoutBoxes: 1,
      imagesWithoutCaptions: 0,
      imagesWithAllMasks: 0,
    });
    expect(report.categories).toEqual({
      dog: { images: 1, boxes: 1, masks: 1 },
      person: { images: 1, boxes: 1, masks: 0 },
    });
    expect(seen).toEqual([0.5, 1]);
  });

  it("reports everything at once, with file and id", async () => {
    const whole = await jpeg(100, 80);
    const dir = await folder({
      instances: {
        a: {
          images: [image(1), image(2), image(3), image(4), image(5), image(5), image(6, 0, 80)],
          annotations: [
            object(1, 1, [90, 10, 50, 50]),
            object(2, 1, [10, 10, 0, 50]),
            object(3, 1, [10, 10, 50, 50], { category_id: 77 }),
            object(3, 1, [10, 10, 50, 50]),
            object(5, 99, [10, 10, 50, 50]),
            object(6, 1, [10, 10, 50, 50], { segmentation: [[1, 2, 3]] }),
            object(7, 1, [10, 10, 50, 50], { segmentation: { size: [100, 80], counts: [8000] } }),
            object(8, 1, [10, 10, 50, 50], { segmentation: { size: [80, 100], counts: [10] } }),
            object(9, 1, [10, 10, 50, 50], { segmentation: square, area: 20 }),
            object(10, 1, [10, 10, 50, 50], { area: 99999 }),
            object(11, 1, [10, 10, 50, 50.0001], { bbox: "wide" }),
          ],
          categories: CATEGORY_LIST,
        },
      },
      captions: { a: { annotations: [caption(1, 1, "one"), caption(2, 98, "lost"), caption(3, 1, "  ")] } },
      images: {
        "1.jpg": [100, 80],
        "2.jpg": [80, 100],
        "3.jpg": whole.subarray(0, whole.length / 2),
        "4.jpg": new TextEncoder().encode("not a picture"),
      },
    });
    const report = await checkCoco(dir, "a");
    expect(report.ok).toBe(false);
    const found = report.problems.map((p) => `${p.severity} ${p.kind} ${p.file.split("/").at(-1)} ${p.id}`);
    expect(found.sort()).toEqual(
      [
        "error duplicate-id instances_a.json 5",
        "error record instances_a.json 6",
        "error box-outside instances_a.json 1",
        "error box-empty instances_a.json 2",
        "error unknown-category instances_a.json 3",
        "error duplicate-id instances_a.json 3",
        "error missing-image-record instances_a.json 5",
        "error segmentation instances_a.json 6",
        "error segmentation instances_a.json 7",
        "error segmentation instances_a.json 8",
        "warning area instances_a.json 9",
        "warning area instances_a.json 10",
        "error record instances_a.json 11",
        "error missing-image-record captions_a.json 2",
        "error empty-caption captions_a.json 3",
        "warning no-captions captions_a.json 2",
        "warning no-captions captions_a.json 3",
        "warning no-captions captions_a.json 4",
        "warning no-captions captions_a.json 5",
        "error picture-size 2.jpg 2",
        "error broken-picture 3.jpg 3",
        "error broken-picture 4.jpg 4",
        "error missing-picture 5.jpg 5",
      ].sort(),
    );
    expect(report.errors).toBe(17);
    expect(report.warnings).toBe(6);
    for (const problem of report.problems) expect(problem.message).toMatch(/\w/);
  });

  it("needs no pictures: without images/ they are not missed", async () => {
    const dir = await folder({ instances: { a: { images: [image(1)], annotations: [] } } });
    const report = await checkCoco(dir, "a");
    expect(report.problems).toEqual([]);
    expect(report.counts.pictures).toBeUndefined();
  });

  it("goes on after a file of broken JSON", async () => {
    const dir = await folder({
      instances: { a: { images: [image(1)], annotations: [object(1, 1, [0, 0, 0, 0])] }, b: "{" },
      captions: { a: '{"annotations": [,]}' },
    });
    const report = await checkCoco(dir, "a,b");
    expect(report.problems.map((p) => [p.kind, p.file])).toEqual([
      ["json", "annotations/captions_a.json"],
      ["box-empty", "annotations/instances_a.json"],
      ["json", "annotations/instances_b.json"],
    ]);
    expect(report.problems[0].message).toMatch(/captions_a\.json:1:18/);
  });

  it("checks captions alone, and refuses a split that is not there", async () => {
    const dir = await folder({
      captions: { text: { images: [{ id: 1 }], annotations: [caption(1, 1, "one"), caption(2, 1, "")] } },
    });
    const report = await checkCoco(dir, "text");
    expect(report.counts).toMatchObject({ images: 1, captions: 1 });
    expect(report.problems.map((p) => p.kind)).toEqual(["empty-caption"]);
    await expect(checkCoco(dir, "train")).rejects.toThrow(UserError);
  });

  it("can leave the pictures undecoded", async () => {
    const dir = await folder({
      instances: { a: { images: [image(1), image(2)], annotations: [] } },
      images: { "1.jpg": new Uint8Array(4) },
    });
    const report = await checkCoco(dir, "a", { pictures: false });
    expect(report.problems.map((p) => [p.kind, p.id])).toEqual([["missing-picture", 2]]);
  });
});
