import { readFileSync } from "node:fs";
import sharp from "sharp";
import { expect, test } from "vitest";
import { classColor } from "../scene/colors.ts";
import { adeColour } from "./ade20k.ts";
import { COCO_STUFF, COCO_THINGS } from "./cocoColours.ts";
import { exportedText, exportScene, FORMATS, formatOf } from "./index.ts";
import { regionColour } from "./regionalPrompter.ts";
import { masked, offCentre } from "./scene.fixture.ts";

/** Written by hand from each format's specification: golden/NAME. */
function golden(file: string): string {
  return readFileSync(new URL(`golden/${file}`, import.meta.url), "utf8");
}
const size = { width: 800, height: 400 };
const big = { width: 1600, height: 800 };

test.each([
  ["comfyui-boxes", big],
  ["comfyui-boxes-kj", big],
  ["comfyui-gligen", size],
  ["comfyui-area", size],
  ["gligen", size],
  ["diffusers", size],
  ["omost", size],
  ["labelme", size],
] as const)("%s is what its specification says", async (format, options) => {
  const text = exportedText(await exportScene(offCentre, format, options));
  expect(JSON.parse(text)).toEqual(JSON.parse(golden(`${format}.json`)));
});

test.each([
  ["ideogram", "txt"],
  ["lmd", "txt"],
  ["layoutgpt", "txt"],
  ["csv", "csv"],
  ["svg", "svg"],
] as const)("%s is what its specification says, to the letter", async (format, ending) => {
  const text = exportedText(await exportScene(offCentre, format, size));
  expect(text).toBe(golden(`${format}.${ending}`).replaceAll("CAT", classColor("cat")));
});

test("coco is what its specification says", async () => {
  // 6 columns of 4 pixels from column 2, row 2: the runs 22, 4, (6, 4) x 5, 124, written by rleToString of maskApi.c by hand
  const mask = { width: 20, height: 10, counts: [22, 4, 6, 4, 6, 4, 6, 4, 6, 4, 6, 4, 124] };
  const objects = offCentre.objects.map((o) => (o.label === "cat" ? { ...o, mask } : o));
  const { files, notes } = await exportScene({ ...offCentre, objects }, "coco", { width: 20, height: 10 });
  expect(JSON.parse(new TextDecoder().decode(files[0].bytes))).toEqual(JSON.parse(golden("coco.json")));
  expect(notes).toEqual(['COCO has categories alone, left out: "a lamp"']);
});

test("Ideogram's style has one of photo and art_style, keys in its order, colours in capitals", async () => {
  const styleOf = async (style: object) =>
    JSON.stringify(JSON.parse(exportedText(await exportScene(offCentre, "ideogram", { style }))).style_description);
  expect(await styleOf({ photo: "35mm", lighting: "soft", medium: "photograph", palette: ["#aabbcc", "red"] })).toBe(
    '{"aesthetics":"","lighting":"soft","photo":"35mm","medium":"photograph","color_palette":["#AABBCC"]}',
  );
  expect(await styleOf({ artStyle: "flat" })).toBe('{"aesthetics":"","lighting":"","medium":"","art_style":"flat"}');
  await expect(exportScene(offCentre, "ideogram", { style: {} })).rejects.toThrow(
    /one of photo and artStyle, got none/,
  );
});

/** RGB at fractions of a PNG. */
async function pixelsOf(png: Uint8Array) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return (x: number, y: number) => {
    const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
    return [...data.subarray(at, at + 3)];
  };
}

test.each([
  [
    "controlnet-ade20k",
    adeColour("sofa"),
    adeColour("animal"),
    adeColour("lamp"),
    adeColour("sand"),
    adeColour("sea"),
    adeColour("sky"),
  ],
  [
    "controlnet-coco",
    COCO_THINGS.couch,
    COCO_THINGS.cat,
    undefined,
    COCO_STUFF.sand,
    COCO_STUFF.sea,
    COCO_STUFF["sky-other-merged"],
  ],
])(
  "%s has its colours where the things are, and the place behind them",
  async (format, couch, cat, lamp, sand, sea, sky) => {
    const { files, notes } = await exportScene(masked, format, { width: 512, height: 256, place: "beach" });
    const at = await pixelsOf(files[0].bytes);
    expect(at(0.625, 0.7)).toEqual(couch);
    expect(at(0.25, 0.4)).toEqual(cat);
    expect(at(0.85, 0.28)).toEqual(lamp ?? sky);
    expect([at(0.45, 0.05), at(0.45, 0.5), at(0.45, 0.95)]).toEqual([sky, sea, sand]);
    // no colour in between, however the masks were enlarged
    const allowed = [couch, cat, lamp, sand, sea, sky].flatMap((c) => (c ? [c.join()] : []));
    const { data } = await sharp(files[0].bytes).raw().toBuffer({ resolveWithObject: true });
    const seen = new Set<string>();
    for (let i = 0; i < data.length; i += 3) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    expect([...seen].filter((c) => !allowed.includes(c))).toEqual([]);
    expect(notes.join()).toMatch(lamp ? /^$/ : /"a lamp" has no class in this palette/);
  },
);

test("the palettes are those of the annotators", () => {
  expect([adeColour("wall"), adeColour("tree"), adeColour("grass"), adeColour("person"), adeColour("flag")]).toEqual([
    [120, 120, 120],
    [4, 200, 3],
    [4, 250, 7],
    [150, 5, 61],
    [92, 0, 255],
  ]);
  expect([
    COCO_THINGS.person,
    COCO_THINGS.dog,
    Object.keys(COCO_THINGS).length,
    Object.keys(COCO_STUFF).length,
  ]).toEqual([[220, 20, 60], [0, 226, 252], 80, 53]);
});

test("Regional Prompter: region n has the n-th colour; one that is covered would shift the others and is left out", async () => {
  // deterministic_colours(8) of its regions.py, computed there by hand: HSV(h, 1/2, 1/2) times 256, cut off
  expect([0, 1, 2, 3, 4, 5].map(regionColour)).toEqual([
    [128, 64, 64],
    [64, 128, 128],
    [96, 128, 64],
    [96, 64, 128],
    [128, 112, 64],
    [64, 128, 80],
  ]);
  const { files } = await exportScene(masked, "regional-prompter", { width: 400, height: 200 });
  expect(new TextDecoder().decode(files[0].bytes)).toBe(golden("regional-prompter.txt"));
  const at = await pixelsOf(files[1].bytes);
  expect([at(0.625, 0.7), at(0.25, 0.4), at(0.85, 0.28), at(0.01, 0.01)]).toEqual([
    [128, 64, 64],
    [64, 128, 128],
    [96, 128, 64],
    [255, 255, 255],
  ]);
  const covered = {
    ...offCentre,
    objects: [{ ...offCentre.objects[0], box: offCentre.objects[1].box }, ...offCentre.objects.slice(1)],
  };
  const without = await exportScene(covered, "regional-prompter");
  expect(new TextDecoder().decode(without.files[0].bytes)).toBe(
    "a cat left of a red couch under a lamp ADDBASE\na cat BREAK\na lamp\n",
  );
  expect(without.notes.join()).toMatch(/"a red couch" is covered by nearer things: left out/);
});

test("InvokeAI's project has what its loader reads", async () => {
  const { files } = await exportScene(masked, "invokeai", { width: 800, height: 400 });
  const entries = await unzip(files[0].bytes);
  const value = (name: string) => JSON.parse(new TextDecoder().decode(entries.get(name)));
  expect(value("manifest.json")).toEqual({
    version: 1,
    appVersion: "scenograph",
    createdAt: "1980-01-01T00:00:00.000Z",
    name: masked.caption,
  });
  const state = value("canvas_state.json");
  for (const key of ["rasterLayers", "controlLayers", "inpaintMasks"]) expect(state[key]).toEqual([]);
  expect(state.bbox.rect).toEqual({ x: 0, y: 0, width: 800, height: 400 });
  expect(state.selectedEntityIdentifier).toBeNull();
  const [couch, cat] = state.regionalGuidance;
  expect(couch).toMatchObject({
    type: "regional_guidance",
    positivePrompt: "a red couch",
    negativePrompt: null,
    autoNegative: false,
    position: { x: 0, y: 0 },
  });
  const [polygon] = cat.objects;
  expect(polygon).toMatchObject({ type: "polygon", compositeOperation: "source-over" });
  const xs = polygon.points.filter((_: number, i: number) => i % 2 === 0);
  const ys = polygon.points.filter((_: number, i: number) => i % 2 === 1);
  // the box in pixels, within a cell of the mask (10 pixels)
  for (const [got, want] of [
    [Math.min(...xs), 80],
    [Math.max(...xs), 320],
    [Math.min(...ys), 80],
    [Math.max(...ys), 240],
  ])
    expect(Math.abs(got - want)).toBeLessThan(10);
  const boxes = await exportScene(offCentre, "invokeai", { width: 800, height: 400 });
  const plain = JSON.parse(new TextDecoder().decode((await unzip(boxes.files[0].bytes)).get("canvas_state.json")));
  expect(plain.regionalGuidance[2].objects[0]).toMatchObject({
    type: "rect",
    rect: { x: 640, y: 16, width: 80, height: 192 },
  });
});

/** Files of a zip, by Node's own inflate and the archive's directory. */
async function unzip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const { inflateRawSync } = await import("node:zlib");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Map<string, Uint8Array>();
  let at = view.getUint32(bytes.length - 6, true);
  for (let i = view.getUint16(bytes.length - 12, true); i > 0; i--) {
    const [method, packed, nameLength] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 20, true),
      view.getUint16(at + 28, true),
    ];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const body = bytes.subarray(start, start + packed);
    out.set(name, method === 0 ? body : new Uint8Array(inflateRawSync(body)));
    at += 46 + nameLength;
  }
  return out;
}

test("14 formats out, 8 in, each with a name, a title and where it goes", () => {
  expect(FORMATS.filter((f) => f.write).length).toBeGreaterThanOrEqual(14);
  expect(FORMATS.filter((f) => f.read).length).toBeGreaterThanOrEqual(8);
  expect(new Set(FORMATS.map((f) => f.name)).size).toBe(FORMATS.length);
  for (const f of FORMATS)
    expect(
      [f.title, f.use, f.mime].every((text) => text.length > 3),
      f.name,
    ).toBe(true);
  expect(() => formatOf("ideagram", "write")).toThrow(/no format "ideagram" to write; did you mean ideogram\?/);
  expect(() => formatOf("psd", "read")).toThrow(/no format "psd" to read/);
});
