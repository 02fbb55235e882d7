import { writeFile } from "node:fs/promises";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { decodePicture } from "scenograph/draw/draw";
import { Categories } from "scenograph/scene/categories";
import { afterEach, describe, expect, it } from "vitest";
import { CATEGORY_LIST, caption, image, makeFolder, object } from "./coco.fixture.ts";
import { loadCoco } from "./coco.ts";
import { selectSamples, showSamples } from "./show.ts";

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of cleanUps.splice(0)) await remove();
});

async function samples(square = false) {
  const { dir, remove } = await makeFolder({
    instances: {
      a: {
        images: [image(1, 80, 40), image(2, 80, 40), image(3, 40, 80)],
        annotations: [
          object(1, 1, [20, 0, 40, 40], { segmentation: [[20, 0, 60, 0, 60, 40, 20, 40]] }),
          object(2, 2, [20, 0, 40, 40], { category_id: 1 }),
        ],
        categories: CATEGORY_LIST,
      },
    },
    captions: { a: { annotations: [caption(1, 1, 'A <b>dog</b> & "cat"')] } },
    images: { "1.jpg": [80, 40], "3.jpg": [40, 80] },
  });
  cleanUps.push(remove);
  return (await loadCoco(dir, "a", square ? { crop: 1 } : {})).samples;
}

describe("selectSamples", () => {
  it("takes the first, those asked for, or those with a category", async () => {
    const all = await samples();
    const ids = (selection: Parameters<typeof selectSamples>[1]) => selectSamples(all, selection).map((s) => s.imageId);
    expect(ids({ count: 2 })).toEqual([1, 2]);
    expect(ids({ count: 1, ids: [3, 1] })).toEqual([3, 1]);
    expect(ids({ category: "person" })).toEqual([2]);
    const own = new Categories([{ id: 7, name: "castle" }]);
    expect(selectSamples(all, { category: "castle" }, own).map((s) => s.imageId)).toEqual([2]);
    expect(() => selectSamples(all, { category: "person" }, own)).toThrow(/one of the data's 1, got "person".*castle/);
  });

  it("refuses what is not there", async () => {
    const all = await samples();
    expect(() => selectSamples(all, { ids: [1, 44] })).toThrow(/no image with id 44/);
    expect(() => selectSamples(all, { category: "dgo" })).toThrow(/did you mean "dog"/);
    expect(() => selectSamples(all, { category: "zebra" })).toThrow(UserError);
  });
});

describe("showSamples", () => {
  const pixel = ({ width, data }: { width: number; data: Uint8Array }, x: number, y: number) => [
    ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
  ];

  it("draws the pictures with their masks on one sheet", async () => {
    const all = await samples();
    const bare = await decodePicture(await showSamples([{ ...all[0], objects: [] }], { size: 160, columns: 1 }));
    const full = await decodePicture(await showSamples([all[0]], { size: 160, columns: 1 }));
    expect([full.width, full.height]).toEqual([bare.width, bare.height]);
    // 12 pixels of margin; the mask covers the middle half of the picture, not its left quarter
    expect(pixel(full, 12 + 20, 12 + 40)).toEqual(pixel(bare, 12 + 20, 12 + 40));
    expect(pixel(full, 12 + 70, 12 + 55)).not.toEqual(pixel(bare, 12 + 70, 12 + 55));
    expect(pixel(bare, 12 + 20, 12 + 40)[0]).toBeGreaterThan(230);
  });

  it("needs no pixels, and shows the square that networks see", async () => {
    const done: number[] = [];
    const sheet = await showSamples(await samples(true), { size: 64, columns: 3, onProgress: (n) => done.push(n) });
    const { width } = await decodePicture(sheet);
    expect(width).toBe(12 + 3 * (64 + 12));
    expect(done).toEqual([1, 2, 3]);
  });

  it("names the picture that is broken", async () => {
    const all = await samples();
    await writeFile(all[0].file!, "nonsense");
    await expect(showSamples(all)).rejects.toThrow(FormatError);
    await expect(showSamples(all)).rejects.toThrow(/image 1, .*1\.jpg/);
  });
});
