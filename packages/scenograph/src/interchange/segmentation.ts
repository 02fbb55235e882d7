/**
 * Pictures for ControlNet's segmentation models, out: RGB PNG without antialiasing, a class a colour, rows from the top.
 *
 * controlnet-ade20k: the 150 colours of ADE20K (ade20k.ts). controlnet-coco: those of COCO panoptic (cocoColours.ts).
 * ControlNet 1.1's control_v11p_sd15_seg reads both; no preprocessor must run on them. The place of the sentence gives the
 * areas behind the things; what is not known stays black.
 * @module
 */
import { type Pixels, writePng } from "../formats/pngWrite.ts";
import type { Scene, SceneObject } from "../scene/scene.ts";
import { ADE_CLASSES, ADE_OF_CATEGORY, adeColour } from "./ade20k.ts";
import { COCO_STUFF, COCO_THINGS } from "./cocoColours.ts";
import { sizeOf } from "./geometry.ts";
import { areasOf } from "./places.ts";
import { type Cover, hardMask } from "./raster.ts";
import type { ExportOptions, Format, Size } from "./types.ts";
import { phrased, phraseOf } from "./words.ts";

type Rgb = readonly [number, number, number];
export type SegmentationPalette = "ade20k" | "coco";

/** What the network sees, as pixels. */
export function segmentationPixels(
  scene: Scene,
  palette: SegmentationPalette,
  options: ExportOptions,
  notes: string[],
): Pixels {
  const size = sizeOf(scene, options, { side: 512, multiple: 8 }, notes);
  const data = new Uint8Array(size.width * size.height * 3);
  for (const { from, to, ade, coco } of areasOf(scene, options, notes)) {
    const colour = palette === "ade20k" ? adeColour(ade) : COCO_STUFF[coco];
    if (colour) fillRows(data, size, Math.round(from * size.height), Math.round(to * size.height), colour);
  }
  const objects = phrased(scene);
  if (objects.some((o) => !o.mask)) notes.push("things without a mask have their whole box");
  for (const object of objects) {
    const colour = palette === "ade20k" ? adeOf(object) : cocoOf(object);
    if (!colour) {
      notes.push(`${JSON.stringify(object.words.slice(0, 60))} has no class in this palette: left out`);
      continue;
    }
    paint(data, size, hardMask(object, size), colour);
  }
  return { ...size, channels: 3, data };
}

/** The colour on an RGB canvas wherever the cover is not 0. */
function paint(canvas: Uint8Array, { width }: Size, cover: Cover, [r, g, b]: Rgb): void {
  for (let y = 0, i = 0; y < cover.height; y++)
    for (let x = 0, at = ((cover.top + y) * width + cover.left) * 3; x < cover.width; x++, i++, at += 3)
      if (cover.data[i]) {
        canvas[at] = r;
        canvas[at + 1] = g;
        canvas[at + 2] = b;
      }
}

function fillRows(canvas: Uint8Array, size: Size, top: number, bottom: number, colour: Rgb): void {
  const [width, height] = [size.width, bottom - top];
  paint(canvas, size, { left: 0, top, width, height, data: new Uint8Array(width * height).fill(1) }, colour);
}

/** By category, else by a word of the phrase that is a class: "a lamp". */
function adeOf(object: SceneObject): Rgb | undefined {
  return adeColour(own(ADE_OF_CATEGORY, object.label) ?? lastWord(object, ADE_CLASSES) ?? "");
}

function cocoOf(object: SceneObject): Rgb | undefined {
  const thing = own(COCO_THINGS, object.label);
  if (thing) return thing;
  const plain = Object.keys(COCO_STUFF).map((name) => name.replace(/-(?:merged|stuff|other-merged)$/, ""));
  const word = lastWord(object, plain);
  return word === undefined ? undefined : COCO_STUFF[Object.keys(COCO_STUFF)[plain.indexOf(word)]];
}

/** Categories are the user's words: "constructor" is one like others. */
function own<T>(table: Readonly<Record<string, T>>, key: string | null): T | undefined {
  return key !== null && Object.hasOwn(table, key) ? table[key] : undefined;
}

function lastWord(object: SceneObject, names: readonly string[]): string | undefined {
  const words =
    phraseOf(object)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  return words.reverse().flatMap((w) => names.find((n) => n === w || `${n}s` === w) ?? [])[0];
}

function format(palette: SegmentationPalette, title: string): Format {
  return {
    name: `controlnet-${palette}`,
    title,
    extension: "seg.png",
    mime: "image/png",
    binary: true,
    wants: "masks",
    use: "the control image of control_v11p_sd15_seg, preprocessor none",
    write: (scene, options, notes) => writePng(segmentationPixels(scene, palette, options, notes)),
  };
}

export const controlnetAde20k = format("ade20k", "ControlNet segmentation, ADE20K's colours");
export const controlnetCoco = format("coco", "ControlNet segmentation, COCO's colours");
