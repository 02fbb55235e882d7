/**
 * Scene <-> the COCO JSON of one picture: boxes `[x, y, w, h]` in pixels, category ids, masks as compressed run lengths
 * at picture size (cocodataset.org, "Data format"). What COCO has no field for lies under "scenograph".
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { z } from "zod";
import { polygonsToMask } from "../formats/polygon.ts";
import { checkMaskSize, encodeCounts, maskArea, resizeMask } from "../formats/rle.ts";
import { Categories, type Category, COCO } from "./categories.ts";
import { isPolygons, readRuns, type Segmentation } from "./cocoMasks.ts";
import { judgeObject } from "./cocoObjects.ts";
import { type Problem, readImages, readObjects } from "./cocoRecords.ts";
import { freshId, paintOrder } from "./ops.ts";
import { restoreScene } from "./restore.ts";
import { type Box, isLabelled, type Mask, type Scene, type SceneObject } from "./scene.ts";
import { SCENE_LIMITS } from "./schema.ts";

export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [number, number, number, number];
  readonly area: number;
  readonly iscrowd: 0 | 1;
  /** An empty list where there is no mask. */
  readonly segmentation: Segmentation;
  readonly score?: number;
  readonly scenograph: { readonly id: string; readonly locked?: boolean; readonly hidden?: boolean };
}

export interface CocoFile {
  readonly images: readonly {
    readonly id: number;
    readonly file_name: string;
    readonly width: number;
    readonly height: number;
    readonly caption: string;
    readonly scenograph: { readonly seed: number; readonly model?: string };
  }[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly Category[];
}

/** The mask of a COCO segmentation. @throws FormatError when it is none, or its size is not width x height. */
export function segmentationToMask(segmentation: Segmentation, width: number, height: number): Mask {
  if (isPolygons(segmentation)) return polygonsToMask(segmentation, width, height);
  const { size } = segmentation;
  if (size[0] !== height || size[1] !== width)
    throw new FormatError(
      `segmentationToMask(): the mask of a ${width} x ${height} picture has its size, got ${size[1]} x ${size[0]}`,
    );
  checkMaskSize(width, height, "segmentationToMask");
  return readRuns(segmentation);
}

/** COCO's categories, or where a label is none of them the scene's own labels, numbered from 1. */
function labelsOf({ objects }: Scene): Categories {
  const labels = [...new Set(objects.filter(isLabelled).map((o) => o.label))];
  if (labels.every((label) => COCO.indexOf(label) >= 0)) return COCO;
  return new Categories(labels.map((name, i) => ({ id: i + 1, name })));
}

/** The scene as a COCO file of one picture; things without a category have no place in it. Boxes are rounded to 1/1000 pixel; masks take the picture's size. */
export function sceneToCoco(
  scene: Scene,
  fileName: string,
  imageId = 1,
  categories: Categories = labelsOf(scene),
): CocoFile {
  const { width, height } = scene;
  const used = new Set(scene.objects.map((o) => categories.indexOf(o.label)));
  return {
    images: [
      {
        id: imageId,
        file_name: fileName,
        width,
        height,
        caption: scene.caption,
        scenograph: { seed: scene.seed, ...(scene.model !== undefined && { model: scene.model }) },
      },
    ],
    annotations: scene.objects.filter(isLabelled).map((o, i) => annotationOf(o, i + 1, imageId, scene, categories)),
    categories: categories.categories.flatMap(({ id, name, supercategory }, i) =>
      used.has(i) ? [{ id, name, ...(supercategory !== undefined && { supercategory }) }] : [],
    ),
  };
}

function annotationOf(
  o: SceneObject,
  id: number,
  imageId: number,
  { width, height }: Scene,
  categories: Categories,
): CocoAnnotation {
  const round = (v: number) => Math.round(v * 1000) / 1000;
  const [x, y, w, h] = o.box;
  const bbox = [round(x * width), round(y * height), round(w * width), round(h * height)] as const;
  const mask = o.mask && resizeMask(o.mask, width, height, "nearest");
  return {
    id,
    image_id: imageId,
    category_id: categories.categories[categories.indexOf(o.label)].id,
    bbox,
    area: mask ? maskArea(mask) : round(bbox[2] * bbox[3]),
    iscrowd: 0,
    segmentation: mask ? { size: [height, width], counts: encodeCounts(mask.counts) } : [],
    ...(o.score !== undefined && { score: o.score }),
    scenograph: {
      id: o.id,
      ...(o.locked !== undefined && { locked: o.locked }),
      ...(o.hidden !== undefined && { hidden: o.hidden }),
    },
  };
}

/** Records that are named one by one. */
const MAX_NOTES = 50;

/** What stands in a record besides COCO's fields; anything else in these places is left out. */
const imageExtras = z.object({
  caption: z.string().max(SCENE_LIMITS.captionCharacters).catch(""),
  scenograph: z.object({ seed: z.number().optional(), model: z.string().optional() }).optional().catch(undefined),
});
const objectExtras = z.object({
  score: z.number().optional().catch(undefined),
  scenograph: z
    .object({ id: z.string(), locked: z.boolean().optional(), hidden: z.boolean().optional() })
    .optional()
    .catch(undefined),
});

/**
 * The scene of one picture of a COCO file, the first unless `imageId` says which. Records are read as `data check` and training
 * read them; what is left out (crowd regions, unknown categories, boxes without extent, broken masks) is said, a note each. Without a
 * drawing order of our own, larger objects come first.
 * @throws FormatError when the value is no COCO file or has no such picture.
 */
export function cocoToScene(
  value: unknown,
  options: { imageId?: number; notes?: string[]; categories?: Categories } = {},
): Scene {
  const { notes = [], categories: known = COCO } = options;
  const problems: Problem[] = [];
  const images = readImages(value, "the file", true, (problem) => problems.push(problem));
  const image = options.imageId === undefined ? images[0] : images.find((i) => i.id === options.imageId);
  if (!image && (images.length === 0 || options.imageId === undefined))
    throw new FormatError(
      `cocoToScene(): ${problems[0]?.message ?? "the file lists no picture"}; see the COCO data format`,
    );
  if (!image) throw new FormatError(`cocoToScene(): the file has no picture of id ${options.imageId}; see its images`);
  const { width, height } = image;
  const { annotations, images: rawImages } = value as { annotations?: unknown; images: { id?: unknown }[] };
  // an image alone is a scene without objects
  const records =
    annotations === undefined || annotations === null
      ? []
      : readObjects(value, "the file", (problem) => problems.push(problem), known);
  for (const { message } of problems.slice(0, MAX_NOTES)) notes.push(`${message}: left out`);
  if (problems.length > MAX_NOTES) notes.push(`${problems.length - MAX_NOTES} more records were left out`);
  const raw = new Map<unknown, unknown>();
  if (Array.isArray(annotations)) for (const a of annotations) if (a && !raw.has(a.id)) raw.set(a.id, a);

  const objects: SceneObject[] = [];
  let ordered = true;
  for (const record of records) {
    if (record.imageId !== image.id) continue;
    const where = `annotation ${record.id}`;
    if (record.crowd) {
      notes.push(`${where} is a crowd region: left out`);
      continue;
    }
    const { box, segmentation, mistakes } = judgeObject(record, image);
    for (const { severity, kind, message } of mistakes)
      if (severity === "error" || kind === "polygon" || !box)
        notes.push(`${where}: ${message}${box ? (kind === "box-outside" ? ": clipped" : ": dropped") : ": left out"}`);
    if (!box) continue;
    if (objects.length === SCENE_LIMITS.objects)
      throw new FormatError(
        `cocoToScene(): a scene has at most ${SCENE_LIMITS.objects} objects, picture ${image.id} has more; leave some out`,
      );
    const { score, scenograph } = objectExtras.parse(raw.get(record.id));
    ordered &&= scenograph !== undefined;
    const { id = freshId(objects), ...flags } = scenograph ?? {};
    const mask = segmentation && maskOf(segmentation, width, height, where, notes);
    objects.push({
      id,
      label: known.categories[record.classIndex].name,
      box: exact(record.bbox, box, width, height),
      mask,
      score,
      ...flags,
    });
  }
  const { caption, scenograph } = imageExtras.parse(rawImages.find((i) => i?.id === image.id));
  return restoreScene(
    {
      version: 2,
      caption,
      width,
      height,
      seed: scenograph?.seed ?? 0,
      model: scenograph?.model,
      objects: ordered ? objects : paintOrder(objects),
    },
    notes,
    known,
  );
}

/** The fractions of a box inside the picture, without the rounding of the clipping. */
function exact([x, y, w, h]: readonly number[], clipped: Box, width: number, height: number): Box {
  const inside = x >= 0 && y >= 0 && x + w <= width && y + h <= height;
  return inside ? [x / width, y / height, w / width, h / height] : clipped;
}

function maskOf(segmentation: Segmentation, width: number, height: number, where: string, notes: string[]) {
  try {
    return segmentationToMask(segmentation, width, height);
  } catch (e) {
    if (!(e instanceof FormatError)) throw e;
    notes.push(`${where}: its mask was dropped: ${e.message}`);
    return undefined;
  }
}
