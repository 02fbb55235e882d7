/** One picture of an illustrated set: captions, plan, pixels, COCO records. @module */

import { stream } from "@scenograph/graph/random";
import { bitmapToMask, encodeCounts } from "scenograph/formats/rle";
import { backgroundOf } from "scenograph/ours/text/background";
import { CATEGORIES } from "scenograph/scene/categories";
import sharp from "sharp";
import { describe } from "./describe.ts";
import { agrees, type LayoutObject, planScene } from "./plan.ts";
import { type Bitmap, type RenderedObject, renderPlan } from "./render.ts";
import { PAINTABLE, sayColours, sayTime } from "./say.ts";
import { appearanceOf } from "./words.ts";

/** A layout to draw; what a worker is sent. */
export interface PictureTask {
  /** Position in the whole set; the image id is one more. */
  readonly index: number;
  readonly cocoImageId: number;
  /** Odd variants are mirrored. */
  readonly variant: number;
  readonly captions: readonly string[];
  readonly objects: readonly LayoutObject[];
  /** "coco" or "grammar". */
  readonly source: string;
}

export interface PictureOptions {
  /** Height in pixels. */
  readonly size: number;
  /** Width / height; default 1. */
  readonly aspect?: number;
  readonly seed: number;
  /** Share of the pictures whose caption is made to say colours (`sayColours`). */
  readonly colours: number;
  /** Share of the outdoor pictures whose caption is made to say a time or a weather (`sayTime`); default 0. */
  readonly times?: number;
}

/** Records as in the annotation files; annotations and captions get their ids when shards are joined. */
export interface PictureRecords {
  readonly image: Record<string, unknown> & { readonly id: number; readonly file_name: string };
  readonly annotations: readonly Record<string, unknown>[];
  readonly captions: readonly string[];
}

/** Draw a task. Undefined when nothing of the layout can be seen. The PNG and the records depend on task and options alone. */
export async function drawPicture(
  task: PictureTask,
  { size, aspect = 1, seed, colours, times = 0 }: PictureOptions,
): Promise<{ records: PictureRecords; png: Buffer } | undefined> {
  const mirrored = task.variant % 2 === 1;
  const objects = mirrored ? task.objects.map(mirrorObject) : task.objects;
  const captions = mirrored ? task.captions.map(swapSides) : task.captions;
  if (captions.length === 0) return undefined;
  const spoken = stream(seed, "colours", task.cocoImageId, task.variant);
  const told = telling(captions)[task.variant % captions.length];
  const timed = spoken.uniform() < times ? sayTime(told, spoken) : told;
  const chosen = spoken.uniform() < colours ? sayColours(timed, paintable(objects), spoken) : timed;
  const plan = (caption: string) =>
    planScene(caption, objects, stream(seed, "illustrate", task.cocoImageId, task.variant), aspect);
  const planned = plan(chosen);
  const rendered = renderPlan(planned, size);
  if (rendered.objects.length === 0) return undefined;

  // A caption that asks for another picture (another place, another colour) would be a wrong one for this.
  const described = [describe(planned, spoken), describe(planned, spoken)];
  const others = [...new Set([...captions, ...described])].filter((c) => c !== chosen && agrees(planned, plan(c)));
  const id = task.index + 1;
  const { width, height, data } = rendered.picture;
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 8 })
    .toBuffer();
  const image = {
    id,
    width,
    height,
    file_name: `${String(id).padStart(6, "0")}.png`,
    coco_image_id: task.cocoImageId,
    attributes: {
      background: planned.background,
      time: planned.time,
      weather: planned.weather,
      horizon: planned.horizon / 128,
      variant: task.variant,
      source: task.source,
    },
  };
  const annotations = rendered.objects.map((o) => annotationOf(o, id, width, height));
  return { records: { image, annotations, captions: [chosen, ...others] }, png };
}

/** What the generator of drawings knows of an object; documented in docs/drawings.md. */
function annotationOf(
  { object, box, visible, silhouette }: RenderedObject,
  image: number,
  width: number,
  height: number,
) {
  const { look, kind, colour, hex, facing } = object;
  const { outfit } = look;
  return {
    image_id: image,
    category_id: CATEGORIES[object.classIndex].id,
    bbox: [...box],
    area: visible.reduce((n, bit) => n + bit, 0),
    iscrowd: 0,
    segmentation: runs(visible, width, height),
    amodal_segmentation: runs(silhouette, width, height),
    attributes: {
      view: look.view.name,
      pose: look.view.pose,
      style: look.view.style,
      facing,
      colour,
      hex,
      said: object.said.colour !== undefined || Object.keys(object.said.clothes ?? {}).length > 0,
      ...(kind && { kind }),
      ...(object.with && { with: object.with }),
      ...(outfit && { outfit }),
    },
  };
}

/** Captions that say most first: a place, then people and colours; equals in file order. */
function telling(captions: readonly string[]): string[] {
  const worth = (caption: string) => {
    const { people, colours } = appearanceOf(caption);
    return (backgroundOf(caption) ? 4 : 0) + Math.min(2, people.length) + 2 * Math.min(2, colours.size);
  };
  return [...captions].sort((a, b) => worth(b) - worth(a));
}

function paintable(objects: readonly LayoutObject[]): Set<string> {
  return new Set(objects.map((o) => CATEGORIES[o.classIndex].name).filter((label) => PAINTABLE.has(label)));
}

function runs(mask: Bitmap, width: number, height: number) {
  return { size: [height, width], counts: encodeCounts(bitmapToMask(mask, width, height).counts) };
}

function mirrorObject({ classIndex, box: [x, y, w, h] }: LayoutObject): LayoutObject {
  return { classIndex, box: [1 - x - w, y, w, h] };
}

/** "left" and "right" exchanged, where they are directions and not verbs or "right next to". */
export function swapSides(caption: string): string {
  return caption.replace(/\b(left|right)\b(?! (?:next|now|away|after|before|in front|by|up))/gi, (word) => {
    const other = word.toLowerCase() === "left" ? "right" : "left";
    return word[0] === word[0].toUpperCase() ? other[0].toUpperCase() + other.slice(1) : other;
  });
}
