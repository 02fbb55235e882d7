/** One picture of an illustrated set: captions, plan, pixels, COCO records. @module */

import { stream } from "@scenograph/graph/random";
import { bitmapToMask, encodeCounts } from "scenograph/formats/rle";
import { backgroundOf } from "scenograph/paper/text/background";
import { CATEGORIES } from "scenograph/scene/categories";
import sharp from "sharp";
import { type LayoutObject, planKey, planScene } from "./plan.ts";
import { type Bitmap, renderPlan } from "./render.ts";
import { VIEWS } from "./sprites.ts";
import { appearanceOf, sayColours } from "./words.ts";

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
  readonly size: number;
  readonly seed: number;
  /** Share of the pictures whose caption is made to say colours (`sayColours`). */
  readonly colours: number;
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
  { size, seed, colours }: PictureOptions,
): Promise<{ records: PictureRecords; png: Buffer } | undefined> {
  const mirrored = task.variant % 2 === 1;
  const objects = mirrored ? task.objects.map(mirrorObject) : task.objects;
  const captions = mirrored ? task.captions.map(swapSides) : task.captions;
  if (captions.length === 0) return undefined;
  const spoken = stream(seed, "colours", task.cocoImageId, task.variant);
  const told = telling(captions)[task.variant % captions.length];
  const chosen = spoken.uniform() < colours ? sayColours(told, paintable(objects), spoken) : told;
  const plan = (caption: string) =>
    planScene(caption, objects, mirrored, stream(seed, "illustrate", task.cocoImageId, task.variant));
  const planned = plan(chosen);
  const rendered = renderPlan(planned, size, stream(seed, "backdrop", task.cocoImageId, task.variant));
  if (rendered.objects.length === 0) return undefined;

  // A caption that asks for another picture (another place, another colour) would be a wrong one for this.
  const key = planKey(planned);
  const fitting = [chosen, ...captions.filter((c) => c !== chosen && planKey(plan(c)) === key)];
  const id = task.index + 1;
  const png = await sharp(rendered.picture.data, { raw: { width: size, height: size, channels: 3 } })
    .png({ compressionLevel: 8 })
    .toBuffer();
  const annotations = rendered.objects.map(({ object, box, visible, silhouette }) => ({
    image_id: id,
    category_id: CATEGORIES[object.classIndex].id,
    bbox: [...box],
    area: visible.reduce((n, bit) => n + bit, 0),
    iscrowd: 0,
    segmentation: runs(visible, size),
    amodal_segmentation: runs(silhouette, size),
    attributes: { view: object.view.name, ...(object.colour && { colour: object.colour }) },
  }));
  const image = {
    id,
    width: size,
    height: size,
    file_name: `${String(id).padStart(6, "0")}.png`,
    coco_image_id: task.cocoImageId,
    attributes: { background: planned.background, time: planned.time, variant: task.variant, source: task.source },
  };
  return { records: { image, annotations, captions: fitting }, png };
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
  return new Set(objects.map((o) => CATEGORIES[o.classIndex].name).filter((label) => VIEWS[label][0].paint !== "none"));
}

function runs(mask: Bitmap, size: number) {
  return { size: [size, size], counts: encodeCounts(bitmapToMask(mask, size, size).counts) };
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
