import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { sceneToCoco } from "./coco.ts";
import { openScene } from "./open.ts";
import { sceneToPng } from "./png.ts";
import { parseScene } from "./restore.ts";
import type { Scene } from "./scene.ts";

const scene: Scene = {
  version: 2,
  caption: "a dog on the beach — café ☕",
  width: 64,
  height: 64,
  seed: 3,
  objects: [{ id: "o1", label: "dog", box: [0, 0, 0.5, 0.5], mask: { width: 1, height: 2, counts: [1, 1] } }],
};
const utf8 = (text: string) => new TextEncoder().encode(text);
const json = JSON.stringify(scene);
const blank = () => sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } });
const open = (bytes: Uint8Array) => openScene(bytes, "f").scene;

test("JSON in UTF-8 and UTF-16, with and without a byte-order mark", () => {
  expect(open(utf8(json))).toEqual(scene);
  expect(open(utf8(`\ufeff${json}`))).toEqual(scene);
  const utf16 = Buffer.from(`\ufeff${json}`, "utf16le");
  expect(open(utf16)).toEqual(scene);
  expect(open(Buffer.from(utf16).swap16())).toEqual(scene);
});

test("integers beyond 2^53 are told as they are written", () => {
  const seed = '{"caption":"a dog","seed":18446744073709551615}';
  const message = /seed is a whole number below 2\^53, got 18446744073709551615; /;
  expect(() => open(utf8(seed))).toThrow(message);
  expect(() => parseScene(seed)).toThrow(message);
  const coco = '{"images":[{"id":9223372036854775801,"file_name":"a.png","width":10,"height":10}],"annotations":[]}';
  expect(() => open(utf8(coco))).toThrow(/images\[0\]\.id is a whole number below 2\^53, got 9223372036854775801; /);
});

test("our own COCO file gives the scene back", () => {
  const { kind, scene: opened, notes } = openScene(utf8(JSON.stringify(sceneToCoco(scene, "a.png"))), "f");
  expect(kind).toBe("coco");
  expect(notes).toEqual([]);
  expect({ ...opened, objects: [] }).toEqual({ ...scene, objects: [] });
  expect(opened.objects[0].box).toEqual(scene.objects[0].box);
});

describe("a picture that was saved again keeps its scene", () => {
  test.each<[string, (png: Uint8Array) => Promise<Uint8Array>]>([
    ["by sharp", (png) => sharp(png).keepMetadata().png().toBuffer()],
    [
      "by sharp, smaller, with a palette",
      (png) => sharp(png).keepMetadata().resize(4).png({ palette: true }).toBuffer(),
    ],
    [
      "twice",
      async (png) =>
        sharp(await sharp(png).keepMetadata().png().toBuffer())
          .keepMetadata()
          .png()
          .toBuffer(),
    ],
  ])("%s", async (_, again) => {
    const many = { ...scene, objects: Array.from({ length: 60 }, (_, i) => ({ ...scene.objects[0], id: `o${i}` })) };
    const png = await again(sceneToPng(await blank().png().toBuffer(), many));
    expect(openScene(png, "f")).toEqual({ scene: many, kind: "png", notes: [] });
  });

  test("by ImageMagick 6.9 (its bytes)", () => {
    const png = Buffer.from(MAGICK, "base64");
    expect(open(png)).toEqual(scene);
  });
});

test("what holds no scene is named", async () => {
  const refused = async (bytes: Uint8Array | Promise<Uint8Array>, message: RegExp) => {
    const given = await bytes;
    expect(() => openScene(given, "f")).toThrow(message);
  };
  const stripped = await sharp(sceneToPng(await blank().png().toBuffer(), scene))
    .png()
    .toBuffer();
  await refused(stripped, /8 x 8 pixels without a scene inside; chat programs, .* strip .* ask for the file/);
  await refused(blank().jpeg().toBuffer(), /a JPEG/);
  await refused(blank().webp().toBuffer(), /a WebP/);
  await refused(blank().gif().toBuffer(), /a GIF/);
  await refused(blank().tiff().toBuffer(), /a TIFF/);
  await refused(blank().avif().toBuffer(), /an AVIF/);
  await refused(utf8("version https://git-lfs.github.com/spec/v1\n"), /git lfs pull/);
  await refused(utf8("<!doctype html>"), /a web page/);
  await refused(Uint8Array.of(0x1f, 0x8b, 8), /gzip/);
  await refused(utf8("a cat"), /no JSON/);
  await refused(utf8("{"), /no valid JSON/);
  await refused(Uint8Array.of(0xc3, 0x28), /no text in UTF-8 or UTF-16/);
});

const MAGICK =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQMAAAD+wSzIAAAABGdBTUEAALGPC/xhBQAAACBjSFJNAAB6JgAAgIQAAPoAAACA6AAAdTAAAOpgAAA6mAAAF3CculE8AAAABlBMVEX/AAD///9BHTQRAAAAAWJLR0QB/wIt3gAAAAlwSFlzAAAD6AAAA+gBtXtSawAAAAd0SU1FB+oMAQIHIQbrStcAAAALSURBVAjXY2BABQAAEAABocUhwQAAACV0RVh0ZGF0ZTpjcmVhdGUAMjAyNi0xMi0wMVQwMjowNzozMyswMDowMPwxIxgAAAAldEVYdGRhdGU6bW9kaWZ5ADIwMjYtMTItMDFUMDI6MDc6MzMrMDA6MDCNbJukAAAAqXpUWHRzY2Vub2dyYXBoAAAImUWO4QrCMAyEX6Xc7yLt3AT7Km4/2i2u1bmK7VQYe3eziUgI3F3Il8x40iOFOMJoidbe86ZhRRd7EUeRPQlHtvWingqlS9Hacz0pRcc1OOgKEq/QZQ9zKCU8hd7nr05EHcxeIroLtTnBnGYEjhA1bw3W0cCGD7Fz8c1zJbl21dqNxM2mK8z84+s/vuBf4zRuTC11syzN8gF+jzzTm/pvLAAAAABJRU5ErkJggg==";
