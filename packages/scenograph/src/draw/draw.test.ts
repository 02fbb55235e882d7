import { ConfigError } from "@scenograph/graph/errors";
import { describe, expect, test } from "vitest";
import { boxToMask } from "../formats/polygon.ts";
import { classColor } from "../scene/colors.ts";
import type { Picture, Scene } from "../scene/scene.ts";
import { decodePicture, drawOverlay, drawPanels, grid } from "./draw.ts";

const flat = (width: number, height: number, rgb: readonly number[]): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3]),
});

const scene: Scene = {
  version: 2,
  caption: "a dog beside a traffic light",
  width: 64,
  height: 64,
  seed: 7,
  objects: [
    { id: "o1", label: "dog", box: [0.1, 0.3, 0.4, 0.5], mask: boxToMask([8, 20, 22, 30], 64, 64) },
    { id: "o2", label: "traffic light", box: [0.7, 0.1, 0.15, 0.6], mask: boxToMask([46, 8, 8, 36], 64, 64) },
  ],
};

/** How many pixels have a colour, within 3 a channel, optionally in columns [from, to) alone (fractions). */
function count(p: Picture, hex: string, from = 0, to = 1): number {
  const rgb = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  let n = 0;
  for (let y = 0; y < p.height; y++)
    for (let x = Math.floor(from * p.width); x < to * p.width; x++)
      if (rgb.every((v, k) => Math.abs(p.data[(y * p.width + x) * 3 + k] - v) <= 3)) n++;
  return n;
}

describe("drawPanels", () => {
  test("four panels; a class has one colour in boxes and masks; the picture is there", async () => {
    const png = await drawPanels(scene, flat(64, 64, [10, 200, 30]), { scale: 1 });
    const drawn = await decodePicture(png);
    expect([drawn.width, drawn.height]).toEqual([2 * 28 + 4 * 320 + 3 * 36, 56 + 320 + 28]);
    for (const { label } of scene.objects) {
      expect(count(drawn, classColor(label), 0, 0.25)).toBe(0);
      expect(count(drawn, classColor(label), 0.26, 0.5)).toBeGreaterThan(300);
      expect(count(drawn, classColor(label), 0.75)).toBe(0);
    }
    expect(count(drawn, "#0ac81e", 0.75)).toBeGreaterThan(0.97 * 320 * 320);
    // Text shows without any font of the machine: resvg is told to load none.
    expect(count(drawn, "#1f2328", 0, 0.25)).toBeGreaterThan(200);
    expect(await drawPanels(scene, flat(64, 64, [10, 200, 30]), { scale: 1 })).toEqual(png);
  });

  test("panels of what there is; other shapes of picture; odd captions", async () => {
    const boxes = { ...scene, objects: scene.objects.map(({ mask: _, ...o }) => o) };
    const widths = [];
    for (const s of [boxes, scene])
      widths.push((await decodePicture(await drawPanels(s, undefined, { scale: 1 }))).width);
    expect(widths).toEqual([2 * 28 + 2 * 320 + 36, 2 * 28 + 3 * 320 + 2 * 36]);
    for (const caption of ["", "<b>&\"'\u0000\ud800 🐎 马", "word ".repeat(400), "x".repeat(500)]) {
      const tall = await drawPanels({ ...scene, caption, width: 40, height: 120 }, flat(40, 120, [0, 0, 0]), {
        scale: 1,
      });
      expect((await decodePicture(tall)).height).toBeGreaterThan(400);
    }
  });

  test("hidden objects are among the boxes, not among the masks", async () => {
    const hidden = { ...scene, objects: [{ ...scene.objects[0], hidden: true }, scene.objects[1]] };
    const drawn = await decodePicture(await drawPanels(hidden, undefined, { scale: 1 }));
    expect(count(drawn, classColor("dog"), 0.34, 0.66)).toBeGreaterThan(100);
    expect(count(drawn, classColor("dog"), 0.67)).toBe(0);
  });
});

describe("drawOverlay", () => {
  test("draws what is asked for, on a picture or on paper", async () => {
    const base = flat(64, 64, [0, 0, 0]);
    const plain = await decodePicture(await drawOverlay(base, scene.objects, {}));
    expect([plain.width, plain.height, count(plain, "#000000")]).toEqual([640, 640, 640 * 640]);
    const half = await decodePicture(await drawOverlay(base, scene.objects, { masks: true, scale: 5 }));
    expect(half.width).toBe(320);
    const dark = classColor("dog").replace(/[0-9a-f]{2}/g, (h) =>
      Math.round(Number.parseInt(h, 16) / 2)
        .toString(16)
        .padStart(2, "0"),
    );
    expect(count(half, dark)).toBeGreaterThan(0.9 * 22 * 30 * 25);
    const boxes = await decodePicture(await drawOverlay(scene, scene.objects, { boxes: true, labels: true }));
    expect(count(boxes, classColor("dog"))).toBeGreaterThan(1000);
    expect(count(boxes, "#f6f7f8")).toBeGreaterThan(100_000);
  });
});

describe("grid", () => {
  test("places pictures in rows, pixel for pixel", async () => {
    const drawn = await decodePicture(
      await grid([flat(4, 4, [255, 0, 0]), flat(4, 4, [0, 255, 0]), flat(4, 2, [0, 0, 255])], 2, { scale: 3 }),
    );
    expect([drawn.width, drawn.height]).toEqual([2 + 2 * 14, 2 + 2 * 14]);
    expect([count(drawn, "#ff0000"), count(drawn, "#00ff00"), count(drawn, "#0000ff")]).toEqual([144, 144, 72]);
  });

  test("labels stand below", async () => {
    const drawn = await decodePicture(await grid([flat(64, 64, [255, 0, 0])], 8, { labels: ["a red square & more"] }));
    expect([drawn.width, drawn.height]).toEqual([12 + 192 + 12, 12 + 192 + 38 + 12]);
    expect(count(drawn, "#1f2328")).toBeGreaterThan(30);
  });

  test("refuses nothing in no columns", async () => {
    await expect(grid([], 3)).rejects.toThrow(ConfigError);
    await expect(grid([flat(1, 1, [0, 0, 0])], 0)).rejects.toThrow(ConfigError);
  });
});
