/**
 * Scene <-> the COCO JSON of one picture: boxes `[x, y, w, h]` in pixels, category ids, masks as compressed run lengths
 * at picture size (cocodataset.org, "Data format"). What COCO has no field for lies under "scenograph".
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { z } from "zod";
import { polygonsToMask } from "../formats/polygon.ts";
import { checkMask, checkMaskSize, decodeCounts, encodeCounts, maskArea, resizeMask } from "../formats/rle.ts";
import { type Categories, type Category, COCO } from "./categories.ts";
import { freshId, paintOrder } from "./ops.ts";
import { restoreScene } from "./restore.ts";
import { type Box, isLabelled, type Mask, type Scene, type SceneObject } from "./scene.ts";
import { SCENE_LIMITS } from "./schema.ts";

/** Compressed (text) or plain run lengths; `size` is `[height, width]`. */
export interface CocoRle {
  readonly size: readonly [number, number];
  readonly counts: string | readonly number[];
}

/** Polygons `[[x, y, x, y, ...], ...]` in pixels, or run lengths. */
export type CocoSegmentation = readonly (readonly number[])[] | CocoRle;

export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [number, number, number, number];
  readonly area: number;
  readonly iscrowd: 0 | 1;
  /** An empty list where there is no mask. */
  readonly segmentation: CocoSegmentation;
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
export function segmentationToMask(segmentation: CocoSegmentation, width: number, height: number): Mask {
  if (Array.isArray(segmentation)) return polygonsToMask(segmentation, width, height);
  const { size, counts } = segmentation as CocoRle;
  if (size[0] !== height || size[1] !== width)
    throw new FormatError(
      `segmentationToMask(): the mask of a ${width} x ${height} picture has its size, got ${size[1]} x ${size[0]}`,
    );
  checkMaskSize(width, height, "segmentationToMask");
  return checkMask({ width, height, counts: typeof counts === "string" ? decodeCounts(counts) : counts });
}

/** The scene as a COCO file of one picture; things without a category have no place in it. Boxes are rounded to 1/1000 pixel; masks take the picture's size. */
export function sceneToCoco(scene: Scene, fileName: string, imageId = 1, categories: Categories = COCO): CocoFile {
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

const rle = z.object({
  size: z.tuple([z.number(), z.number()]),
  counts: z.union([z.string(), z.array(z.number())]),
});
const cocoSchema = z.object({
  images: z
    .array(
      z.object({
        id: z.number(),
        width: z.number(),
        height: z.number(),
        caption: z.string().optional(),
        scenograph: z.object({ seed: z.number().optional(), model: z.string().optional() }).optional(),
      }),
    )
    .min(1),
  annotations: z.array(
    z.object({
      image_id: z.number(),
      category_id: z.number(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      iscrowd: z.number().optional(),
      segmentation: z.union([z.array(z.array(z.number())), rle]).optional(),
      score: z.number().optional(),
      scenograph: z
        .object({ id: z.string(), locked: z.boolean().optional(), hidden: z.boolean().optional() })
        .optional(),
    }),
  ),
  categories: z.array(z.object({ id: z.number(), name: z.string() })).optional(),
});

/**
 * The scene of one picture of a COCO file, the first unless `imageId` says which. Crowd regions and categories that are
 * not in the vocabulary are left out, broken masks dropped, with a note each. Without a drawing order of our own, larger
 * objects come first. @throws FormatError when the value is no COCO file or has no such picture.
 */
export function cocoToScene(
  value: unknown,
  options: { imageId?: number; notes?: string[]; categories?: Categories } = {},
): Scene {
  const { notes = [], categories: known = COCO } = options;
  const parsed = cocoSchema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new FormatError(`cocoToScene(): ${path.join(".") || "a COCO file"}: ${message}; see the COCO data format`);
  }
  const { images, annotations, categories } = parsed.data;
  const image = options.imageId === undefined ? images[0] : images.find((i) => i.id === options.imageId);
  if (!image) throw new FormatError(`cocoToScene(): the file has no picture of id ${options.imageId}; see its images`);
  const { width, height } = image;
  const names = new Map(categories?.map((c) => [c.id, c.name]));

  const objects: SceneObject[] = [];
  let ordered = true;
  annotations.forEach((a, i) => {
    if (a.image_id !== image.id) return;
    const label = names.get(a.category_id) ?? known.categories[known.indexOfId(a.category_id)]?.name ?? "";
    if (known.indexOf(label) < 0) {
      notes.push(`annotations[${i}] has the unknown category ${a.category_id}: left out`);
      return;
    }
    if (a.iscrowd) {
      notes.push(`annotations[${i}] is a crowd region: left out`);
      return;
    }
    const [x, y, w, h] = a.bbox;
    const box: Box = [x / width, y / height, w / width, h / height];
    let mask: Mask | undefined;
    if (a.segmentation && !(Array.isArray(a.segmentation) && a.segmentation.length === 0))
      try {
        mask = segmentationToMask(a.segmentation, width, height);
      } catch (e) {
        if (!(e instanceof FormatError)) throw e;
        notes.push(`annotations[${i}].segmentation was dropped: ${e.message}`);
      }
    if (objects.length === SCENE_LIMITS.objects)
      throw new FormatError(
        `cocoToScene(): a scene has at most ${SCENE_LIMITS.objects} objects, picture ${image.id} has more; leave some out`,
      );
    ordered &&= a.scenograph !== undefined;
    const { id = freshId(objects), ...flags } = a.scenograph ?? {};
    objects.push({ id, label, box, mask, score: a.score, ...flags });
  });
  return restoreScene(
    {
      version: 2,
      caption: image.caption ?? "",
      width,
      height,
      seed: image.scenograph?.seed ?? 0,
      model: image.scenograph?.model,
      objects: ordered ? objects : paintOrder(objects),
    },
    notes,
    known,
  );
}
