import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { fits, openPicture } from "./openPicture.ts";
import { decodePicture } from "./picture.ts";

/** 4 x 2: the left half red, the right half blue, the lower left pixel green. */
const pixels = Uint8Array.from(
  [
    [200, 0, 0],
    [200, 0, 0],
    [0, 0, 200],
    [0, 0, 200],
    [0, 200, 0],
    [200, 0, 0],
    [0, 0, 200],
    [0, 0, 200],
  ].flat(),
);
const base = () => sharp(pixels, { raw: { width: 4, height: 2, channels: 3 } });
/** Each pixel 16 times, so that lossy formats keep its colour in the middle. */
const large = () => base().resize(64, 32, { kernel: "nearest" });
const at = ({ data, width }: { data: Uint8Array; width: number }, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe("formats", () => {
  test.each<[string, (image: Sharp) => Sharp]>([
    ["PNG", (i) => i.png()],
    ["PNG of 16 bits", (i) => i.toColourspace("rgb16").png()],
    ["PNG with a palette", (i) => i.png({ palette: true })],
    ["PNG with alpha", (i) => i.ensureAlpha().png()],
    ["JPEG", (i) => i.jpeg({ quality: 95, chromaSubsampling: "4:4:4" })],
    ["JPEG in CMYK", (i) => i.toColourspace("cmyk").jpeg({ quality: 95, chromaSubsampling: "4:4:4" })],
    ["WebP", (i) => i.webp({ lossless: true })],
    ["GIF", (i) => i.gif()],
    ["TIFF", (i) => i.tiff()],
    ["AVIF", (i) => i.avif({ lossless: true })],
  ])("%s", async (name, as) => {
    const picture = await decodePicture(await as(large()).toBuffer());
    expect([picture.width, picture.height]).toEqual([64, 32]);
    const near = name.includes("CMYK") ? 140 : 14;
    for (const [x, y, expected] of [
      [8, 8, [200, 0, 0]],
      [56, 24, [0, 0, 200]],
      [8, 24, [0, 200, 0]],
    ] as const)
      for (const [c, v] of at(picture, x, y).entries()) expect(Math.abs(v - expected[c])).toBeLessThan(near);
  });

  test("grey becomes RGB, transparency white, 16 bits 8", async () => {
    const grey = await sharp(Uint8Array.of(7, 200), { raw: { width: 2, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await decodePicture(grey)).data]).toEqual([7, 7, 7, 200, 200, 200]);
    const clear = await sharp(Uint8Array.of(9, 9, 9, 0), { raw: { width: 1, height: 1, channels: 4 } })
      .webp({ lossless: true })
      .toBuffer();
    expect([...(await decodePicture(clear)).data]).toEqual([255, 255, 255]);
    const deep = await sharp(Uint16Array.of(0x1234, 0xabcd), { raw: { width: 2, height: 1, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    const [dark, , , light] = (await decodePicture(deep)).data;
    expect([Math.abs(dark - 0x12) <= 1, Math.abs(light - 0xab) <= 1]).toEqual([true, true]);
  });

  test("of an animation the first frame", async () => {
    const frames = ["#ff0000", "#0000ff"].map((background) => ({
      create: { width: 8, height: 8, channels: 3 as const, background },
    }));
    const bytes = await sharp(await Promise.all(frames.map((f) => sharp(f).png().toBuffer())), {
      join: { animated: true },
    })
      .gif()
      .toBuffer();
    expect((await openPicture(bytes)).frames).toBe(2);
    const picture = await decodePicture(bytes);
    expect([picture.height, ...at(picture, 4, 4)]).toEqual([8, 255, 0, 0]);
  });
});

describe("EXIF orientation", () => {
  // where the green corner is shown, by orientation: what a browser draws (EXIF 2.3, tag 274)
  test.each([
    [1, 4, 2, 0, 1],
    [2, 4, 2, 3, 1],
    [3, 4, 2, 3, 0],
    [4, 4, 2, 0, 0],
    [5, 2, 4, 1, 0],
    [6, 2, 4, 0, 0],
    [7, 2, 4, 0, 3],
    [8, 2, 4, 1, 3],
  ])("%i is applied as browsers do", async (orientation, width, height, x, y) => {
    const bytes = await base().withMetadata({ orientation }).png().toBuffer();
    const picture = await decodePicture(bytes, { declared: { width, height } });
    expect([picture.width, picture.height]).toEqual([width, height]);
    expect(at(picture, x, y)).toEqual([0, 200, 0]);
    expect((await openPicture(bytes)).turned).toBe(orientation);
  });

  test("where the annotations have the stored size, the stored pixels", async () => {
    const bytes = await base().withMetadata({ orientation: 6 }).png().toBuffer();
    const opened = await openPicture(bytes, { width: 8, height: 4 });
    expect([opened.width, opened.height, opened.turned, opened.ignored]).toEqual([4, 2, 1, 6]);
    expect(at(await decodePicture(bytes, { declared: { width: 8, height: 4 } }), 0, 1)).toEqual([0, 200, 0]);
    expect((await openPicture(bytes, { width: 4, height: 8 })).turned).toBe(6);
  });
});

test("shapes fit but for rounding", () => {
  expect(fits({ width: 640, height: 427 }, 216, 144)).toBe(true);
  expect(fits({ width: 640, height: 427 }, 427, 640)).toBe(false);
  expect(fits({ width: 100, height: 80 }, 100, 75)).toBe(false);
  expect(fits({ width: 1000, height: 800 }, 1000, 800)).toBe(true);
});

test("a picture is shrunk to what is asked for, not enlarged", async () => {
  const bytes = await large().png().toBuffer();
  expect((await decodePicture(bytes, { within: 16 })).width).toBe(16);
  expect((await decodePicture(bytes, { within: 999 })).width).toBe(64);
});
