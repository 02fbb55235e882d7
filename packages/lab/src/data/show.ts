/**
 * Samples of a COCO folder as one sheet: boxes, masks and labels over each picture, its caption below.
 * @module
 */
import { readFile } from "node:fs/promises";
import { FormatError, nearest, UserError } from "@scenograph/graph/errors";
import { decodePicture, drawOverlay, grid } from "scenograph/draw/draw";
import { bitmapToMask } from "scenograph/formats/rle";
import { type Categories, COCO } from "scenograph/scene/categories";
import type { Picture, SceneObject } from "scenograph/scene/scene";
import { type CocoObject, objectMask, type Sample } from "./coco.ts";

export interface Selection {
  /** At most this many, in file order. Not with `ids`. */
  readonly count?: number;
  /** These image ids, in this order. */
  readonly ids?: readonly number[];
  /** Only samples that hold this category. */
  readonly category?: string;
}

/** @throws UserError for an unknown category, an id that is not there, or when nothing is left. */
export function selectSamples(
  samples: readonly Sample[],
  { count, ids, category }: Selection,
  categories: Categories = COCO,
): Sample[] {
  let chosen = [...samples];
  if (ids) {
    const byId = new Map(samples.map((s) => [s.imageId, s]));
    const missing = ids.filter((id) => !byId.has(id));
    if (missing.length > 0)
      throw new UserError(`selectSamples(): no image with id ${missing.join(", ")} in this split; check the ids`);
    chosen = ids.map((id) => byId.get(id)!);
  }
  if (category !== undefined) {
    const index = categories.indexOf(category);
    if (index < 0) {
      const near = nearest(category, categories.names);
      const hint = near ? `did you mean "${near}"?` : `e.g. "${categories.nameOf(0)}"`;
      const whose = categories === COCO ? "COCO's" : "the data's";
      throw new UserError(
        `selectSamples(): a category is one of ${whose} ${categories.count}, got "${category}"; ${hint}`,
      );
    }
    chosen = chosen.filter((s) => s.objects.some((o) => o.classIndex === index));
  }
  if (chosen.length === 0)
    throw new UserError(`selectSamples(): no image with category "${category}"; choose another split or category`);
  return ids ? chosen : chosen.slice(0, count);
}

export interface ShowOptions {
  /** Width of a place on the sheet, in pixels; its height follows the usual shape of the pictures. Default 320. */
  readonly size?: number;
  /** What class indices mean. Default: COCO's. */
  readonly categories?: Categories;
  /** Default: about as many columns as rows, a little more. */
  readonly columns?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The sheet as a PNG file.
 * @throws FormatError for a picture that cannot be decoded.
 */
export async function showSamples(samples: readonly Sample[], options: ShowOptions = {}): Promise<Uint8Array> {
  const { categories = COCO, size = 320, columns = Math.ceil(Math.sqrt(samples.length * 1.3)) } = options;
  const shapes = samples.map((s) => s.height / s.width).sort((a, b) => a - b);
  // the lower quartile: a few tall pictures shall not leave gaps below all the wide ones
  const cell = { width: size, height: size * Math.min(1, Math.max(0.5, shapes[Math.floor(shapes.length / 4)])) };
  const cells: Picture[] = [];
  for (const sample of samples) {
    const base = (await pictureOf(sample)) ?? { width: sample.width, height: sample.height };
    // masks at the size at which they are drawn, so that outlines are smooth
    const scale = Math.min(cell.width / base.width, cell.height / base.height);
    const [width, height] = [Math.round(base.width * scale), Math.round(base.height * scale)];
    const objects = sample.objects.map((o) => sceneObject(sample, o, width, height, categories));
    cells.push(
      await decodePicture(await drawOverlay(base, objects, { boxes: true, masks: true, labels: true, scale })),
    );
    options.onProgress?.(cells.length, samples.length);
  }
  const labels = samples.map((s) => [s.imageId, s.captions[0]].filter(Boolean).join("  "));
  return grid(cells, columns, { labels, scale: 1 });
}

function sceneObject(
  sample: Sample,
  object: CocoObject,
  width: number,
  height: number,
  categories: Categories,
): SceneObject {
  const { id, classIndex, box, crowd } = object;
  const bitmap = objectMask(sample, object, width, height);
  const mask = bitmap && bitmapToMask(bitmap, width, height);
  const label = categories.nameOf(classIndex);
  return { id: String(id), label, box, ...(mask && { mask }), ...(crowd && { hidden: true }) };
}

/** The pixels that belong to the sample: all of its picture, or its window; undefined where there are none. */
async function pictureOf({ file, window, width, height, imageId }: Sample): Promise<Picture | undefined> {
  if (!file) return undefined;
  let picture: Picture;
  try {
    picture = await decodePicture(await readFile(file), { declared: window ?? { width, height }, within: 4096 });
  } catch (error) {
    throw new FormatError(`showSamples(): image ${imageId}, ${file}: ${(error as Error).message}`);
  }
  if (!window) return picture;
  // the file may have another size than the annotations say
  const [sx, sy] = [picture.width / window.width, picture.height / window.height];
  const [x, y, w, h] = [window.left * sx, window.top * sy, width * sx, height * sy].map(Math.round);
  const data = new Uint8Array(w * h * 3);
  for (let row = 0; row < h; row++) {
    const from = ((y + row) * picture.width + x) * 3;
    data.set(picture.data.subarray(from, from + w * 3), row * w * 3);
  }
  return { width: w, height: h, data };
}
