/**
 * COCO folders -> samples: pictures joined with their objects and captions. See coco-folder.ts for the layout of a folder.
 * Boxes leave this file as fractions of the picture; segmentations stay in pixels, as read, until `objectMask` draws them.
 * @module
 */
import { FormatError, UserError } from "@scenograph/graph/errors";
import type { Box } from "scenograph/scene/scene";
import { squareSample } from "./coco-crop.ts";
import { parseSplits, pictureFinder, readCaptionsSplit, readSplit, type SplitRecords } from "./coco-folder.ts";
import type { ObjectRecord, Problem, ProblemKind, Segmentation } from "./coco-records.ts";
import { inPart, type Part } from "./split.ts";

export { listSplits } from "./coco-folder.ts";
export { objectMask } from "./coco-masks.ts";
export type { Segmentation } from "./coco-records.ts";

/** Boxes with a side under this fraction of the picture count as degenerate and are dropped. */
export const MIN_SIDE = 1e-3;

export interface CocoObject {
  /** Annotation id. */
  readonly id: number;
  /** 0-79, see `CATEGORIES`. */
  readonly classIndex: number;
  /** [x, y, w, h], top left, fractions; clipped to the picture, both sides at least `MIN_SIDE`. */
  readonly box: Box;
  /** A region of many objects; dropped unless asked for. */
  readonly crowd: boolean;
  /** As read, in pixels of the picture; absent where the object has no mask. */
  readonly segmentation?: Segmentation;
  /** The mask is a segmenter's (`data fill-masks`), not an annotator's. */
  readonly inferred?: true;
  /** Square pixels as read; the area of the box where the file has none. */
  readonly area: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface Sample {
  readonly imageId: number;
  /** Id of the picture in MS-COCO; it decides between training and validation. */
  readonly cocoImageId: number;
  readonly split: string;
  /** Size in pixels that the annotations refer to. */
  readonly width: number;
  readonly height: number;
  /** Path of the picture; absent where there are no pixels. */
  readonly file?: string;
  readonly captions: readonly string[];
  /** In file order. */
  readonly objects: readonly CocoObject[];
  /** Only some of the picture's objects are listed. */
  readonly partial: boolean;
  /**
   * Set on a sample that was cropped: where its top left corner lies in the annotated picture, and that picture's size, in
   * pixels. Segmentations refer to the annotated picture.
   */
  readonly window?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** `attributes` of the image record, e.g. the background of an illustrated scene. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** What was left out while loading; `checkCoco` names each one. */
export interface Dropped {
  /** Crowd regions. */
  crowd: number;
  /** Boxes without extent in the picture. */
  degenerate: number;
  /** Objects and captions whose image is not in the file. */
  orphans: number;
  /** Segmentations of the wrong form: the object is kept without a mask. */
  segmentations: number;
  emptyCaptions: number;
  /** Pictures that an earlier one of the joined splits holds already. */
  repeated: number;
}

export interface CocoDataset {
  readonly dir: string;
  readonly splits: readonly string[];
  readonly part: Part;
  /** In file order, split by split; every imageId once. */
  readonly samples: readonly Sample[];
  readonly dropped: Readonly<Dropped>;
}

export interface LoadOptions {
  /** Default "all". */
  readonly part?: Part;
  /** Keep crowd regions. Default false. */
  readonly crowd?: boolean;
  /** Keep only samples that have all of these; "masks": at least one object, and each with a mask. */
  readonly need?: readonly ("pixels" | "captions" | "objects" | "masks")[];
  /** Take whole silhouettes (`amodal_segmentation`, as illustrated scenes have them) for masks where there are any. Default false. */
  readonly amodal?: boolean;
  /** Keep masks that a segmenter inferred: for training, never for judging. Default true. */
  readonly inferred?: boolean;
  /** Crop every sample to its centre square (`squareSample`), the part that `loadPictures` shows. Default false. */
  readonly square?: boolean;
}

/**
 * Load a split, or several joined by commas ("train,layoutllm_val2014"; a picture in two of them is taken from the first).
 * @throws UserError for a missing folder or split, or when no sample is left; FormatError for broken JSON, malformed
 * records, duplicate ids and unknown categories.
 */
export async function loadCoco(dir: string, split: string, options: LoadOptions = {}): Promise<CocoDataset> {
  const { part = "all", need = [], square = false } = options;
  const splits = parseSplits(split);
  const dropped: Dropped = { crowd: 0, degenerate: 0, orphans: 0, segmentations: 0, emptyCaptions: 0, repeated: 0 };
  const find = await pictureFinder(dir);
  const samples = new Map<number, Sample>();
  for (const name of splits) {
    const records = await readSplit(dir, name, strict(dropped));
    const { objects, captions } = joinById(records, options, dropped);
    for (const image of records.images) {
      if (samples.has(image.id)) dropped.repeated++;
      else
        samples.set(image.id, {
          imageId: image.id,
          cocoImageId: image.cocoImageId,
          split: name,
          width: image.width,
          height: image.height,
          file: find?.(image, name),
          captions: captions.get(image.id) ?? [],
          objects: objects.get(image.id) ?? [],
          partial: image.partial,
          attributes: image.attributes,
        });
    }
  }
  const wanted = [...samples.values()]
    .filter((s) => inPart(s.cocoImageId, part))
    .map((s) => (square ? squareSample(s) : s))
    .filter((s) => need.every((n) => HAS[n](s)));
  if (wanted.length === 0) {
    const condition = [part === "all" ? "" : `in the ${part} part`, ...need.map((n) => `with ${n}`)].filter(Boolean);
    throw new UserError(
      `loadCoco(): ${dir}, split ${split} has no picture ${condition.join(" ")} (${samples.size} in all); ` +
        "choose another split or folder",
    );
  }
  return { dir, splits, part, samples: wanted, dropped };
}

const HAS = {
  pixels: (s: Sample) => s.file !== undefined,
  captions: (s: Sample) => s.captions.length > 0,
  objects: (s: Sample) => s.objects.length > 0,
  masks: (s: Sample) => s.objects.length > 0 && s.objects.every((o) => o.segmentation !== undefined),
};

/** A caption and its picture. */
export interface Caption {
  readonly id: number;
  readonly imageId: number;
  readonly cocoImageId: number;
  readonly caption: string;
}

/** The captions of one or more captions files, whether or not there are boxes for them (a text corpus). */
export async function loadCaptions(dir: string, split: string, options: { part?: Part } = {}): Promise<Caption[]> {
  const dropped: Dropped = { crowd: 0, degenerate: 0, orphans: 0, segmentations: 0, emptyCaptions: 0, repeated: 0 };
  const all: Caption[] = [];
  for (const name of parseSplits(split)) {
    const { images, captions } = await readCaptionsSplit(dir, name, strict(dropped));
    const cocoIds = new Map(images.map((i) => [i.id, i.cocoImageId]));
    for (const { id, imageId, caption } of captions) {
      const cocoImageId = cocoIds.get(imageId) ?? imageId;
      if (inPart(cocoImageId, options.part ?? "all")) all.push({ id, imageId, cocoImageId, caption });
    }
  }
  return all;
}

/**
 * A box in pixels as fractions of a width x height picture, clipped to it; undefined when a side is left under `MIN_SIDE`.
 */
export function clipBox([x, y, w, h]: Box, width: number, height: number): Box | undefined {
  const clamp = (v: number) => Math.min(1, Math.max(0, v));
  const left = clamp(x / width);
  const top = clamp(y / height);
  const boxWidth = clamp((x + w) / width) - left;
  const boxHeight = clamp((y + h) / height) - top;
  return boxWidth >= MIN_SIDE && boxHeight >= MIN_SIDE ? [left, top, boxWidth, boxHeight] : undefined;
}

const COUNTED: Partial<Record<ProblemKind, keyof Dropped>> = {
  "empty-caption": "emptyCaptions",
  segmentation: "segmentations",
};

/** Counts what can be left out, throws on the rest. */
function strict(dropped: Dropped) {
  return ({ kind, file, message }: Problem): void => {
    const counter = COUNTED[kind];
    if (kind === "json") throw new FormatError(message);
    if (!counter) throw new FormatError(`${file}: ${message}; \`data check\` lists everything that is wrong`);
    dropped[counter]++;
  };
}

/** Objects and captions by image id, in one pass. */
function joinById(records: SplitRecords, { crowd, amodal, inferred = true }: LoadOptions, dropped: Dropped) {
  const images = new Map(records.images.map((i) => [i.id, i]));
  const objects = new Map<number, CocoObject[]>();
  const captions = new Map<number, string[]>();
  for (const record of records.objects) {
    const image = images.get(record.imageId);
    if (!image) dropped.orphans++;
    else if (record.crowd && !crowd) dropped.crowd++;
    else {
      const shown = record.inferred && !inferred ? undefined : record.segmentation;
      const segmentation = (amodal && record.amodal) || shown;
      const object = cocoObject({ ...record, segmentation }, image.width, image.height);
      if (object) push(objects, image.id, object);
      else dropped.degenerate++;
    }
  }
  for (const { imageId, caption } of records.captions) {
    if (images.has(imageId)) push(captions, imageId, caption);
    else if (!records.captionsBorrowed) dropped.orphans++;
  }
  return { objects, captions };
}

function cocoObject(record: ObjectRecord, width: number, height: number): CocoObject | undefined {
  const { id, classIndex, bbox, crowd, segmentation, inferred, attributes } = record;
  const box = clipBox(bbox, width, height);
  if (!box) return undefined;
  const area = record.area ?? box[2] * width * box[3] * height;
  return {
    id,
    classIndex,
    box,
    crowd,
    area,
    ...(segmentation && { segmentation }),
    ...(segmentation && inferred && { inferred }),
    ...(attributes && { attributes }),
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
