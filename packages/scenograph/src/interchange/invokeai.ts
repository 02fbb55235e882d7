/**
 * InvokeAI canvas projects (.invk), out: a zip. invoke-ai/InvokeAI features/controlLayers/util/canvasProjectFile.ts (2a396b5b),
 * hooks/useCanvasProjectSave.ts (acd4157b) and useCanvasProjectLoad.ts (1569058e), store/types.ts.
 *
 * A regional guidance layer a thing: `positivePrompt` its phrase, `objects` its shape: `polygon {points: [x1, y1, x2, y2 ...]}`
 * (holes with "destination-out"), or `rect {rect: {x, y, width, height}}` without a mask. Coordinates: pixels of the canvas, origin
 * top left, `bbox.rect` is the canvas. Parameters are not written: the loader keeps the user's own. Entities: the last is on top.
 * @module
 */
import { writePng } from "../formats/pngWrite.ts";
import { maskArea } from "../formats/rle.ts";
import { writeZip, type ZipEntry } from "../formats/zip.ts";
import { classColor } from "../scene/colors.ts";
import type { Point } from "../scene/contours.ts";
import type { Scene } from "../scene/scene.ts";
import { pixelBox, sizeOf } from "./geometry.ts";
import { outlinesOf } from "./outline.ts";
import { resizeTo } from "./raster.ts";
import type { ExportOptions, Format, Size } from "./types.ts";
import { captionOf, type Phrased, phrased, rgbOf } from "./words.ts";

async function write(scene: Scene, options: ExportOptions, notes: string[]): Promise<Uint8Array> {
  const size = sizeOf(scene, options, { side: 1024, multiple: 8 }, notes);
  const name = captionOf(scene).slice(0, 60) || "scene";
  const image = options.picture && (await writePng(resizeTo(options.picture, size)));
  const imageName = "scenograph.png";
  const entity = { isEnabled: true, isLocked: false };
  const state = {
    rasterLayers: image
      ? [
          {
            id: "raster_layer:scenograph",
            name: "picture",
            ...entity,
            type: "raster_layer",
            position: { x: 0, y: 0 },
            opacity: 1,
            objects: [
              {
                id: "image:scenograph",
                type: "image",
                image: { image_name: imageName, width: size.width, height: size.height },
              },
            ],
          },
        ]
      : [],
    controlLayers: [],
    vectorLayers: [],
    inpaintMasks: [],
    regionalGuidance: phrased(scene).map((o, i) => region(o, i + 1, size)),
    bbox: {
      rect: { x: 0, y: 0, ...size },
      aspectRatio: { value: size.width / size.height, id: "Free", isLocked: false },
      scaledSize: { ...size },
      scaleMethod: "auto",
      modelBase: "sd-1",
    },
    selectedEntityIdentifier: null,
    bookmarkedEntityIdentifier: null,
  };
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const manifest = { version: 1, appVersion: "scenograph", createdAt: "1980-01-01T00:00:00.000Z", name };
  const entries: ZipEntry[] = [
    { name: "manifest.json", bytes: text(manifest) },
    { name: "canvas_state.json", bytes: text(state) },
    { name: "ref_images.json", bytes: text([]) },
    { name: "loras.json", bytes: text([]) },
  ];
  if (image) entries.push({ name: `images/${imageName}`, bytes: image, store: true });
  notes.push("InvokeAI's file has no place for the sentence: paste it as the positive prompt");
  return writeZip(entries);
}

function region(o: Phrased, n: number, size: Size) {
  const [r, g, b] = rgbOf(classColor(o.label ?? "")) ?? [128, 128, 128];
  const fill = { style: "solid", color: { r, g, b } };
  const paint = { color: { r, g, b, a: 1 } };
  const id = `regional_guidance:scenograph-${n}`;
  const loops = o.mask && maskArea(o.mask) > 0 ? outlinesOf(o.mask, size) : [];
  const shapes =
    loops.length > 0
      ? // outlines first: a hole takes away from what is there
        [...loops]
          .sort((x, y) => Number(isHole(x)) - Number(isHole(y)))
          .map((loop, k) => ({
            id: `polygon:scenograph-${n}-${k + 1}`,
            type: "polygon",
            points: loop.flatMap(([x, y]) => [pixel(x), pixel(y)]),
            ...paint,
            compositeOperation: isHole(loop) ? "destination-out" : "source-over",
          }))
      : [
          {
            id: `rect:scenograph-${n}`,
            type: "rect",
            rect: pixelBox(o.box, size),
            ...paint,
            compositeOperation: "source-over",
          },
        ];
  return {
    id,
    name: o.words.slice(0, 100),
    isEnabled: true,
    isLocked: o.locked === true,
    type: "regional_guidance",
    position: { x: 0, y: 0 },
    opacity: 0.5,
    objects: shapes,
    fill,
    positivePrompt: o.words,
    negativePrompt: null,
    referenceImages: [],
    autoNegative: false,
  };
}

function pixel(v: number): number {
  return Math.round(v * 10) / 10;
}

/** Outlines run the other way round than holes: with y down their signed area is positive. */
function isHole(loop: readonly Point[]): boolean {
  let area = 0;
  for (let i = 0; i < loop.length; i++) {
    const [ax, ay] = loop[i];
    const [bx, by] = loop[(i + 1) % loop.length];
    area += ax * by - bx * ay;
  }
  return area < 0;
}

export const invokeai: Format = {
  name: "invokeai",
  title: "InvokeAI canvas project",
  extension: "invk",
  mime: "application/zip",
  binary: true,
  wants: "masks",
  use: "in InvokeAI's canvas: project menu, Load",
  write,
};
