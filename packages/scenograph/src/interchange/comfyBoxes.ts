/**
 * Lists of boxes for ComfyUI, both conventions, out and in.
 *
 * comfyui-boxes: the core node CreateBoundingBoxes (comfy_extras/nodes_bounding_boxes.py, cff62dd3; PR 14537): a flat list
 * `[{x, y, width, height, metadata: {type, text, desc, palette}}]`, whole pixels of the canvas, origin top left, background
 * first and foreground last. comfyui-boxes-kj: KJNodes and whatever takes BOUNDING_BOX (SAM3, crops; nodes/ideogram4_nodes.py,
 * 0a648b50): a list a frame, `[[{x, y, width, height}]]`, without words.
 *
 * In: either nesting, one bare box, or elements with a `bbox` of four bare numbers, whose order must then be named: that it
 * was guessed is the recurring fault of this field (KJNodes issue 758).
 * @module
 */
import type { Scene } from "../scene/scene.ts";
import { type Found, sceneOf } from "./found.ts";
import { askedOrder, boxFrom, canvasOf, fourNumbers, pixelBox, sizeOf } from "./geometry.ts";
import { isRecord, textOf } from "./json.ts";
import type { ExportOptions, Format, ImportOptions } from "./types.ts";
import { phrased, rgbOf } from "./words.ts";

/** Canvases of the node have 64 pixels a side and more, in steps of 16. */
const CANVAS = { side: 1024, multiple: 16, least: 64 };

function write(scene: Scene, options: ExportOptions, notes: string[]): string {
  const size = sizeOf(scene, options, CANVAS, notes);
  return JSON.stringify(
    phrased(scene).map((o) => ({
      ...pixelBox(o.box, size),
      metadata: { type: "obj", text: "", desc: o.words, palette: rgbOf(o.colour) ? [o.colour] : [] },
    })),
    null,
    1,
  );
}

function writeKj(scene: Scene, options: ExportOptions, notes: string[]): string {
  const size = sizeOf(scene, options, CANVAS, notes);
  if (scene.objects.length > 0) notes.push("words and colours are left out: this list has boxes alone");
  return JSON.stringify([phrased(scene).map((o) => pixelBox(o.box, size))]);
}

function read(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  // named, a list may be empty
  const fits = (v: unknown): v is Item[] => isBoxes(v) || (Array.isArray(v) && v.length === 0);
  const { value } = textOf(input, fits, "a list of boxes {x, y, width, height} or of elements {bbox}", notes);
  const canvas = { ...(options.width && { width: options.width }), ...(options.height && { height: options.height }) };
  const found = boxesIn(value).map((item): Found => {
    const meta = isRecord(item.metadata) ? item.metadata : item;
    const words = meta.desc || meta.text || meta.label || meta.name || "";
    const [colour] = Array.isArray(meta.palette) ? meta.palette : [];
    const facts = {
      words: String(words) || "thing",
      ...(typeof colour === "string" && rgbOf(colour) && { colour: colour.toLowerCase() }),
      ...(typeof item.score === "number" && { score: item.score }),
    };
    const numbers = fourNumbers(item.bbox ?? item.box ?? item.bounding_box);
    if (numbers) {
      const order = askedOrder(options, numbers);
      const unit = options.units ?? "pixels";
      return {
        ...facts,
        box: boxFrom(numbers, order, unit, unit === "pixels" ? canvasOf(canvas, "this list") : undefined),
      };
    }
    const own = [item.x, item.y, item.width, item.height].map(Number);
    const unit = options.units ?? "pixels";
    return { ...facts, box: boxFrom(own, "xywh", unit, unit === "pixels" ? canvasOf(canvas, "this list") : undefined) };
  });
  return sceneOf(found, {}, options, notes);
}

type Item = Record<string, unknown>;

function isBox(value: unknown): value is Item {
  if (!isRecord(value)) return false;
  if (fourNumbers(value.bbox ?? value.box ?? value.bounding_box)) return true;
  return fourNumbers([value.x, value.y, value.width, value.height]) !== undefined;
}

function isBoxes(value: unknown): value is Item | Item[] | Item[][] {
  if (isBox(value)) return true;
  if (isRecord(value)) return isBoxes(value.elements ?? value.boxes ?? value.bboxes ?? value.objects);
  if (!Array.isArray(value) || value.length === 0) return false;
  const [first] = value;
  return isBox(first) || (Array.isArray(first) && first.every(isBox) && value.length >= 1);
}

/** Boxes of the first frame. */
function boxesIn(value: unknown): Item[] {
  if (isBox(value)) return [value];
  if (isRecord(value)) return boxesIn(value.elements ?? value.boxes ?? value.bboxes ?? value.objects);
  const list = value as unknown[];
  return (Array.isArray(list[0]) ? (list[0] as unknown[]) : list).filter(isBox);
}

export const comfyBoxes: Format = {
  name: "comfyui-boxes",
  title: "ComfyUI boxes (Create Bounding Boxes)",
  extension: "json",
  mime: "application/json",
  binary: false,
  wants: "boxes",
  use: "wire it as a string into `bboxes` of Create Bounding Boxes, of the same width and height",
  write,
  read,
  detect: ({ values }) => values.some(isBoxes),
};

export const comfyBoxesKj: Format = {
  name: "comfyui-boxes-kj",
  title: "ComfyUI boxes (KJNodes, one list a frame)",
  extension: "json",
  mime: "application/json",
  binary: false,
  wants: "boxes",
  use: "the value of a BOUNDING_BOX input: KJNodes' Ideogram 4 builder, SAM3, crops",
  write: writeKj,
  read,
};
