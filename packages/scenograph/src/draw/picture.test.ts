import { FormatError } from "@scenograph/graph/errors";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Picture } from "../scene/scene.ts";
import { decodePicture, encodePng, resizePicture } from "./picture.ts";

const picture: Picture = { width: 5, height: 3, data: Uint8Array.from({ length: 45 }, (_, i) => (i * 37) % 256) };

test("PNG keeps every byte", async () => {
  expect(await decodePicture(await encodePng(picture))).toEqual(picture);
  expect(await encodePng(picture)).toEqual(await encodePng(picture));
});

test("JPEG, grey, transparent and 16-bit pictures become RGB", async () => {
  const jpeg = await sharp({ create: { width: 9, height: 4, channels: 3, background: "#ff0000" } })
    .jpeg()
    .toBuffer();
  const red = await decodePicture(jpeg);
  expect([red.width, red.height, red.data.length]).toEqual([9, 4, 108]);
  expect(red.data[0]).toBeGreaterThan(245);
  const grey = await sharp(Uint8Array.of(7, 200), { raw: { width: 2, height: 1, channels: 1 } })
    .png()
    .toBuffer();
  expect([...(await decodePicture(grey)).data]).toEqual([7, 7, 7, 200, 200, 200]);
  const clear = await sharp(Uint8Array.of(9, 9, 9, 0), { raw: { width: 1, height: 1, channels: 4 } })
    .png()
    .toBuffer();
  expect([...(await decodePicture(clear)).data]).toEqual([255, 255, 255]);
  const deep = await sharp(Uint8Array.of(255, 0, 0), { raw: { width: 1, height: 1, channels: 3 } })
    .toColourspace("rgb16")
    .png()
    .toBuffer();
  expect([...(await decodePicture(deep)).data]).toEqual([255, 0, 0]);
});

test("resizing", async () => {
  const large = await resizePicture(picture, 10, 6, "nearest");
  expect([...large.data.subarray(0, 6)]).toEqual([...picture.data.subarray(0, 3), ...picture.data.subarray(0, 3)]);
  expect(await resizePicture(picture, 5, 3)).toBe(picture);
});

describe("refusals", () => {
  test("other formats, damage, bombs: one FormatError each", async () => {
    const png = await encodePng(picture);
    const bomb = png.slice();
    new DataView(bomb.buffer).setUint32(16, 0x7fffffff);
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>');
    const bmp = Uint8Array.of(0x42, 0x4d, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0);
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), Uint8Array.of(0xff, 0xd8), svg, bmp, bomb])
      await expect(decodePicture(bytes)).rejects.toThrow(FormatError);
    await expect(decodePicture(bmp)).rejects.toThrow(/pictures are JPEG, PNG, WebP, GIF, TIFF or AVIF/);
    await expect(decodePicture(bomb)).rejects.toThrow(/cannot be decoded/);
    await expect(encodePng({ ...picture, width: 6 })).rejects.toThrow(/6 x 3 has 54 bytes, got 45/);
  });

  test("every truncation of a file", async () => {
    const png = await encodePng(picture);
    const jpeg = new Uint8Array(await sharp(png).jpeg().toBuffer());
    for (let n = 0; n < png.length - 12; n += 3)
      await expect(decodePicture(png.subarray(0, n))).rejects.toThrow(FormatError);
    for (let n = 0; n < jpeg.length - 2; n += 25) {
      const result = await decodePicture(jpeg.subarray(0, n)).catch((e: unknown) => e);
      expect(result).toBeInstanceOf(FormatError);
    }
  });
});
