import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { afterEach, describe, expect, it } from "vitest";
import { image, jpeg, makeFolder } from "./coco.fixture.ts";
import { loadCoco } from "./coco.ts";
import { decodeCentre, loadPictures } from "./coco-pictures.ts";

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function threePictures() {
  const { dir, remove } = await makeFolder({
    instances: { a: { images: [image(1, 40, 20), image(2, 20, 20), image(3, 10, 30)], annotations: [] } },
    images: { "1.jpg": [40, 20], "2.jpg": [20, 20], "3.jpg": [10, 30] },
  });
  cleanUps.push(remove);
  return { dir, samples: (await loadCoco(dir, "a")).samples };
}

describe("loadPictures", () => {
  it("reads the centre squares as RGB bytes", async () => {
    const { samples } = await threePictures();
    const pictures = await loadPictures(samples, 8);
    const batch = await pictures.read([2, 0]);
    expect(batch).toHaveLength(2 * 8 * 8 * 3);
    // left half red, right half blue
    const pixel = (b: number, x: number) => [...batch.subarray((b * 64 + x) * 3, (b * 64 + x) * 3 + 3)];
    for (const b of [0, 1]) {
      expect(pixel(b, 0)[0]).toBeGreaterThan(230);
      expect(pixel(b, 0)[2]).toBeLessThan(25);
      expect(pixel(b, 7)[0]).toBeLessThan(25);
      expect(pixel(b, 7)[2]).toBeGreaterThan(230);
    }
  });

  it("keeps a cache that gives the same bytes and notices a changed picture", async () => {
    const { dir, samples } = await threePictures();
    const cacheDir = path.join(dir, "cache");
    const progress: string[] = [];
    const open = async () => {
      const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
      const pictures = await loadPictures(samples, 8, { cacheDir, onProgress });
      cleanUps.push(() => pictures.close());
      return pictures;
    };
    const direct = await (await loadPictures(samples, 8)).read([0, 1, 2, 1]);
    expect(await (await open()).read([0, 1, 2, 1])).toEqual(direct);
    expect(progress).toEqual(["1/3", "2/3", "3/3"]);
    expect(await (await open()).read([0, 1, 2, 1])).toEqual(direct);
    expect(progress).toHaveLength(3);
    await writeFile(samples[1].file!, await jpeg(24, 20));
    await open();
    expect(progress).toHaveLength(6);
    expect((await readdir(cacheDir)).every((name) => /^pictures-8-[0-9a-f]{16}\.rgb$/.test(name))).toBe(true);
  });

  it("leaves no half cache behind when a picture is broken", async () => {
    const { dir, samples } = await threePictures();
    await writeFile(samples[2].file!, "nonsense");
    const cacheDir = path.join(dir, "cache");
    await expect(loadPictures(samples, 8, { cacheDir })).rejects.toThrow(/3\.jpg is not a whole picture/);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it("refuses samples without pictures", async () => {
    const { samples } = await threePictures();
    await expect(loadPictures([{ ...samples[0], file: undefined }], 8)).rejects.toThrow(UserError);
  });
});

describe("decodeCentre", () => {
  it("refuses a truncated picture", async () => {
    const { dir } = await threePictures();
    const file = path.join(dir, "cut.jpg");
    const bytes = await jpeg(200, 200);
    await writeFile(file, bytes.subarray(0, bytes.length * 0.6));
    await expect(decodeCentre(file, 8)).rejects.toThrow(FormatError);
  });
});
