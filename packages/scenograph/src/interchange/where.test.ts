/**
 * Every format puts the things where they are: the files are read here anew, without our own readers, and an off-centre layout on
 * a canvas that is not square has to be found in them within 2 % of a side. A layout 5 % to the side, or with x and y exchanged,
 * has to be missed by more, in each of them.
 */
import { inflateRawSync } from "node:zlib";
import { readPsd } from "ag-psd";
import sharp from "sharp";
import { expect, test } from "vitest";
import { readPngHeader } from "../formats/png.ts";
import { sceneFromPng } from "../scene/png.ts";
import type { Box, Scene } from "../scene/scene.ts";
import { adeColour } from "./ade20k.ts";
import { COCO_THINGS } from "./cocoColours.ts";
import { type ExportedFile, exportScene, FORMATS } from "./index.ts";
import { regionColour } from "./regionalPrompter.ts";
import { ellipse, offCentre, ramp } from "./scene.fixture.ts";

const [W, H] = [768, 384];

/** Left, top, right, bottom as fractions, in the order of the things; without the lamp where the format has no class for it. */
type Corners = readonly [x0: number, y0: number, x1: number, y1: number];
type Find = (files: readonly ExportedFile[]) => Corners[] | Promise<Corners[]>;

const text = ([file]: readonly ExportedFile[]) => new TextDecoder().decode(file.bytes);
const json = (files: readonly ExportedFile[]) => JSON.parse(text(files));
const sized = (x: number, y: number, w: number, h: number, width = 1, height = width): Corners => [
  x / width,
  y / height,
  (x + w) / width,
  (y + h) / height,
];
interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const inPixels = ({ x, y, width, height }: Rectangle) => sized(x, y, width, height, W, H);
const around = (points: readonly (readonly number[])[], width: number, height: number): Corners => {
  const [xs, ys] = [0, 1].map((k) => points.map((p) => p[k]));
  return [Math.min(...xs) / width, Math.min(...ys) / height, Math.max(...xs) / width, Math.max(...ys) / height];
};
const nodes = (files: readonly ExportedFile[], type: string) =>
  Object.values(json(files) as Record<string, { class_type: string; inputs: Rectangle }>).flatMap((n) =>
    n.class_type === type ? [n.inputs] : [],
  );

/** Around the pixels of a PNG that are wanted. */
async function pixelsOf(png: Uint8Array, wanted: (p: Uint8Array) => boolean): Promise<Corners> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const points: number[][] = [];
  for (let y = 0, at = 0; y < info.height; y++)
    for (let x = 0; x < info.width; x++, at += info.channels)
      if (wanted(data.subarray(at, at + info.channels))) points.push([x, y]);
  const [x0, y0, x1, y1] = points.reduce(
    ([a, b, c, d], [x, y]) => [Math.min(a, x), Math.min(b, y), Math.max(c, x + 1), Math.max(d, y + 1)],
    [1e9, 1e9, -1, -1],
  );
  return [x0 / info.width, y0 / info.height, x1 / info.width, y1 / info.height];
}
const colours =
  (list: readonly (readonly number[] | undefined)[], file = 0): Find =>
  (files) =>
    Promise.all(list.map((c) => pixelsOf(files[file].bytes, (p) => c?.every((v, k) => p[k] === v) ?? false)));

/** A file of a zip, by its directory. */
function unzipped(bytes: Uint8Array, wanted: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = view.getUint32(bytes.length - 6, true);
  for (;;) {
    const [packed, name] = [view.getUint32(at + 20, true), view.getUint16(at + 28, true)];
    const local = view.getUint32(at + 42, true);
    if (new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)) === wanted) {
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const body = bytes.subarray(start, start + packed);
      return view.getUint16(at + 10, true) === 0 ? body : inflateRawSync(body);
    }
    at += 46 + name;
  }
}

const locations: Find = (files) => {
  const { locations, gligen_boxes } = json(files);
  return locations ?? gligen_boxes;
};

const FIND: Readonly<Record<string, Find>> = {
  ideogram: (files) =>
    json(files).compositional_deconstruction.elements.map(({ bbox: [y0, x0, y1, x1] }: { bbox: number[] }) =>
      [x0, y0, x1, y1].map((v) => v / 1000),
    ),
  "comfyui-boxes": (files) => json(files).map(inPixels),
  "comfyui-boxes-kj": (files) => json(files)[0].map(inPixels),
  "comfyui-gligen": (files) => nodes(files, "GLIGENTextBoxApply").map(inPixels),
  "comfyui-area": (files) =>
    nodes(files, "ConditioningSetAreaPercentage").map(({ x, y, width, height }) => sized(x, y, width, height)),
  "comfyui-mask": ([, ...masks]) => Promise.all(masks.map(({ bytes }) => pixelsOf(bytes, ([v]) => v >= 128))),
  gligen: locations,
  diffusers: locations,
  "controlnet-ade20k": colours([adeColour("sofa"), adeColour("animal"), adeColour("lamp")]),
  "controlnet-coco": colours([COCO_THINGS.couch, COCO_THINGS.cat]),
  omost: (files) =>
    json(files)
      .slice(1)
      .map(({ rect: [y0, y1, x0, x1] }: { rect: number[] }) => [x0, y0, x1, y1].map((v) => v / 90)),
  "regional-prompter": colours([0, 1, 2].map(regionColour), 1),
  invokeai: ([{ bytes }]) =>
    JSON.parse(new TextDecoder().decode(unzipped(bytes, "canvas_state.json"))).regionalGuidance.map(
      ({ objects: [{ points }] }: { objects: [{ points: number[] }] }) =>
        around(
          points.flatMap((x, i) => (i % 2 === 0 ? [[x, points[i + 1]]] : [])),
          W,
          H,
        ),
    ),
  lmd: (files) =>
    [...text(files).matchAll(/\[(\d+), (\d+), (\d+), (\d+)\]/g)].map((m) =>
      sized(Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4]), 512),
    ),
  layoutgpt: (files) =>
    [...text(files).matchAll(/height: (\d+)px; width: (\d+)px; top: (\d+)px; left: (\d+)px/g)].map((m) =>
      sized(Number(m[4]), Number(m[3]), Number(m[2]), Number(m[1]), 64),
    ),
  svg: (files) =>
    [...text(files).matchAll(/<path [^>]*stroke[^>]* d="([^"]+)"/g)].map(([, path]) =>
      around(
        [...path.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]),
        W,
        H,
      ),
    ),
  ora: ([{ bytes }]) =>
    [...new TextDecoder().decode(unzipped(bytes, "stack.xml")).matchAll(/src="([^"]+)" x="(\d+)" y="(\d+)"/g)]
      .reverse()
      .slice(1)
      .map(([, src, x, y]) => {
        const { width, height } = readPngHeader(unzipped(bytes, src));
        return sized(Number(x), Number(y), width, height, W, H);
      }),
  psd: ([{ bytes }]) =>
    (readPsd(bytes, { skipLayerImageData: true, skipCompositeImageData: true, skipThumbnail: true }).children ?? [])
      .slice(1)
      .map(({ left = 0, top = 0, right = 0, bottom = 0 }) => [left / W, top / H, right / W, bottom / H]),
  cutouts: (files) => Promise.all(files.map(({ bytes }) => pixelsOf(bytes, (p) => p[3] >= 128))),
  coco: (files) => json(files).annotations.map(({ bbox: [x, y, w, h] }: { bbox: number[] }) => sized(x, y, w, h, W, H)),
  labelme: (files) => json(files).shapes.map(({ points }: { points: number[][] }) => around(points, W, H)),
  scene: (files) => json(files).objects.map(({ box: [x, y, w, h] }: { box: Box }) => sized(x, y, w, h)),
  "scene-png": ([{ bytes }]) => (sceneFromPng(bytes)?.objects ?? []).map(({ box: [x, y, w, h] }) => sized(x, y, w, h)),
  csv: (files) =>
    text(files)
      .trim()
      .split("\r\n")
      .slice(1)
      .map((row) => {
        const [x, y, w, h] = row.split(",").slice(2, 6).map(Number);
        return sized(x, y, w, h, W, H);
      }),
};

function sceneOf(change: (box: Box) => Box): Scene {
  const objects = offCentre.objects.map((o) => {
    const box = change(o.box);
    return { ...o, box, mask: ellipse(box, 320, 160) };
  });
  return { ...offCentre, objects };
}

/** The largest distance of an edge from where it should be, in fractions of the side. */
async function misplaced(format: string, change: (box: Box) => Box): Promise<number> {
  const options = { width: W, height: H, picture: ramp(64, 32) };
  const { files } = await exportScene(sceneOf(change), format, options);
  const found = await FIND[format](files);
  const without = ["coco", "controlnet-coco"].includes(format) ? 1 : 0;
  expect(found).toHaveLength(offCentre.objects.length - without);
  const distances = found.flatMap((corners, i) => {
    const [x, y, w, h] = offCentre.objects[i].box;
    return sized(x, y, w, h).map((v, k) => Math.abs(v - corners[k]));
  });
  return Math.max(...distances);
}

test.each(FORMATS.filter((f) => f.write).map((f) => f.name))("%s", async (format) => {
  expect(await misplaced(format, (box) => box)).toBeLessThan(0.02);
  expect(await misplaced(format, ([x, y, w, h]) => [x + 0.05, y, w, h])).toBeGreaterThan(0.03);
  expect(await misplaced(format, ([x, y, w, h]) => [x, y + 0.05, w, h])).toBeGreaterThan(0.03);
  expect(await misplaced(format, ([x, y, w, h]) => [y, x, h, w])).toBeGreaterThan(0.1);
});
