import { FormatError } from "@scenograph/graph/errors";
import sharp from "sharp";
import { expect, test } from "vitest";
import { drawnBy, sceneFromPng, sceneToPng } from "./png.ts";
import type { Scene } from "./scene.ts";

const scene: Scene = {
  version: 2,
  caption: "ein Hund 🐕",
  width: 64,
  height: 64,
  seed: 3,
  objects: [{ id: "o1", label: "dog", box: [0, 0, 0.5, 0.5], mask: { width: 1, height: 2, counts: [1, 1] } }],
};

test("a scene travels in a PNG, whose pixels another decoder still reads", async () => {
  const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => i);
  const png = await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toBuffer();
  expect(sceneFromPng(png)).toBeUndefined();
  const carrying = sceneToPng(sceneToPng(png, { ...scene, caption: "old" }), scene);
  const notes: string[] = [];
  expect(sceneFromPng(carrying, notes)).toEqual(scene);
  expect(notes).toEqual([]);
  // whose picture it is
  expect(drawnBy(carrying)).toBeUndefined();
  const foreign = sceneToPng(png, scene, "ComfyUI");
  expect([drawnBy(foreign), sceneFromPng(foreign)]).toEqual(["ComfyUI", scene]);
  expect(new Uint8Array(await sharp(carrying).raw().toBuffer())).toEqual(pixels);
});

test("what it carries is restored like any other scene", async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  const later = { ...scene, version: 3 } as unknown as Scene;
  expect(() => sceneFromPng(sceneToPng(png, later))).toThrow(/newer Scenograph/);
  expect(() => sceneFromPng(png.subarray(0, 50))).toThrow(FormatError);
});
