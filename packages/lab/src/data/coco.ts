/**
 * COCO folders -> samples: pictures joined with their objects and captions. See coco-folder.ts for the layout of a folder.
 * Boxes leave this file as fractions of the picture; segmentations stay in pixels, as read, until `objectMask` draws them.
 * @module
 */
import path from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import type { Categories } from "scenograph/scene/categories";
import { judgeObject } from "scenograph/scene/cocoObjects";
import type { ObjectRecord, Problem, ProblemKind, Segmentation } from "scenograph/scene/cocoRecords";
import type { Size } from "scenograph/scene/geometry";
import type { Box } from "scenograph/scene/scene";
import { centreSample } from "./coco-crop.ts";
import { parseSplits, readCaptionsSplit, readSplit, type SplitRecords } from "./coco-folder.ts";
import { judgePictures } from "./coco-verify.ts";
import { pictureFinder } from "./picture-finder.ts";
import { inPart, type Part } from "./split.ts";

export { clipBox, MIN_SIDE } from "scenograph/scene/cocoObjects";
export type { Segmentation } from "scenograph/scene/cocoRecords";
export { listSplits } from "./coco-folder.ts";
export { objectMask } from "./coco-masks.ts";

export interface CocoObject {
  /** Annotation id. */
  readonly id: number;
  /** Position in `LoadOptions.categories`. */
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

/** How much was left out while loading; `CocoDataset.problems` and `data check` name each. */
export interface Dropped {
  /** Crowd regions. */
  crowd: number;
  /** Boxes without extent in the picture. */
  degenerate: number;
  /** Objects and captions whose image is not in the file. */
  orphans: number;
  /** Segmentations that cannot be drawn: the object is kept without a mask. */
  segmentations: number;
  /** Single polygons of a mask that is kept. */
  polygons: number;
  emptyCaptions: number;
  /** Pictures that an earlier one of the joined splits holds already. */
  repeated: number;
  /** Images, annotations and captions that are no such record, or repeat an id. */
  records: number;
  /** Objects of a category that is not known. */
  categories: number;
  /** Picture files that are missing, broken or of another shape; looked for with `need: ["pixels"]` alone. */
  pictures: number;
}

export interface CocoDataset {
  readonly dir: string;
  readonly splits: readonly string[];
  readonly part: Part;
  /** In file order, split by split; every imageId once. */
  readonly samples: readonly Sample[];
  readonly dropped: Readonly<Dropped>;
  /** What was left out, with file and id, as `data check` lists it; the first `MAX_PROBLEMS`. */
  readonly problems: readonly Problem[];
}

/** Problems that a data set remembers by name. */
export const MAX_PROBLEMS = 1000;

export interface LoadOptions {
  /** Default "all". */
  readonly part?: Part;
  /** What class indices mean; objects of other categories are left out. Default: COCO's. */
  readonly categories?: Categories;
  /** Keep crowd regions. Default false. */
  readonly crowd?: boolean;
  /** Keep only samples that have all of these; "masks": at least one object, and each with a mask. */
  readonly need?: readonly ("pixels" | "captions" | "objects" | "masks")[];
  /** Take whole silhouettes (`amodal_segmentation`, as illustrated scenes have them) for masks where there are any. Default false. */
  readonly amodal?: boolean;
  /** Keep masks that a segmenter inferred: for training, never for judging. Default true. */
  readonly inferred?: boolean;
  /** Crop every sample to its centre in the aspect of this size (`centreSample`), the part that `loadPictures` shows. Default: whole. */
  readonly crop?: Size;
  /** Told what was left out (`describeLosses`), if anything was. */
  readonly log?: (line: string) => void;
}

/**
 * Load a split, or several joined by commas ("train,layoutllm_val2014"; a picture in two of them is taken from the first). Records
 * that are broken are left out, counted and named; the rest is loaded.
 * @throws UserError for a missing folder or split, or when no sample is left; FormatError for broken JSON.
 */
export async function loadCoco(dir: string, split: string, options: LoadOptions = {}): Promise<CocoDataset> {
  const { part = "all", need = [], crop } = options;
  const splits = parseSplits(split);
  const losses = new Losses();
  const { dropped } = losses;
  const finder = await pictureFinder(dir, splits);
  const samples = new Map<number, Sample>();
  for (const name of splits) {
    const records = await readSplit(dir, name, losses.report, options.categories);
    const { objects, captions } = joinById(records, options, losses);
    for (const image of records.images) {
      if (samples.has(image.id)) dropped.repeated++;
      else
        samples.set(image.id, {
          imageId: image.id,
          cocoImageId: image.cocoImageId,
          split: name,
          width: image.width,
          height: image.height,
          file: finder?.find(image, name),
          captions: captions.get(image.id) ?? [],
          objects: objects.get(image.id) ?? [],
          partial: image.partial,
          attributes: image.attributes,
        });
    }
  }
  if (need.includes("pixels")) await leaveBrokenPictures(dir, samples, part, losses);
  const wanted = [...samples.values()]
    .filter((s) => inPart(s.cocoImageId, part, s.split))
    .map((s) => (crop === undefined ? s : centreSample(s, crop)))
    .filter((s) => need.every((n) => HAS[n](s)));
  if (wanted.length === 0) {
    const first = losses.problems[0];
    const why = first ? `; ${losses.problems.length} records were left out, first ${first.file}: ${first.message}` : "";
    const condition = [part === "all" ? "" : `in the ${part} part`, ...need.map((n) => `with ${n}`)].filter(Boolean);
    throw new UserError(
      `loadCoco(): ${dir}, split ${split} has no picture ${condition.join(" ")} (${samples.size} in all)${why}; ` +
        "choose another split or folder",
    );
  }
  const dataset = { dir, splits, part, samples: wanted, dropped, problems: losses.problems };
  if (options.log) for (const line of describeLosses(dataset)) options.log(line);
  return dataset;
}

const HAS = {
  pixels: (s: Sample) => s.file !== undefined,
  captions: (s: Sample) => s.captions.length > 0,
  objects: (s: Sample) => s.objects.length > 0,
  masks: (s: Sample) => s.objects.length > 0 && s.objects.every((o) => o.segmentation !== undefined),
};

/** Takes the file from samples whose picture cannot be used, as `data check` judges it. */
async function leaveBrokenPictures(
  dir: string,
  samples: Map<number, Sample>,
  part: Part,
  losses: Losses,
): Promise<void> {
  const wanted = [...samples.values()].filter((s) => s.file !== undefined && inPart(s.cocoImageId, part, s.split));
  const verdicts = await judgePictures(
    wanted.map((s) => [s.file!, { id: s.imageId, width: s.width, height: s.height }] as const),
  );
  for (const [i, sample] of wanted.entries()) {
    const error = verdicts[i].find((v) => v.severity === "error");
    if (!error) continue;
    losses.dropped.pictures++;
    losses.add({ ...error, file: path.relative(dir, sample.file!).split(path.sep).join("/"), id: sample.imageId });
    samples.set(sample.imageId, { ...sample, file: undefined });
  }
}

/** A caption and its picture. */
export interface Caption {
  readonly id: number;
  readonly imageId: number;
  readonly cocoImageId: number;
  readonly caption: string;
}

/** The captions of one or more captions files, whether or not there are boxes for them (a text corpus). */
export async function loadCaptions(dir: string, split: string, options: { part?: Part } = {}): Promise<Caption[]> {
  const losses = new Losses();
  const all: Caption[] = [];
  for (const name of parseSplits(split)) {
    const { images, captions } = await readCaptionsSplit(dir, name, losses.report);
    const cocoIds = new Map(images.map((i) => [i.id, i.cocoImageId]));
    for (const { id, imageId, caption } of captions) {
      const cocoImageId = cocoIds.get(imageId) ?? imageId;
      if (inPart(cocoImageId, options.part ?? "all", name)) all.push({ id, imageId, cocoImageId, caption });
    }
  }
  return all;
}

const COUNTED: Readonly<Partial<Record<ProblemKind, keyof Dropped>>> = {
  "empty-caption": "emptyCaptions",
  segmentation: "segmentations",
  polygon: "polygons",
  record: "records",
  "duplicate-id": "records",
  "unknown-category": "categories",
};

/** What is left out while loading, counted and, up to a limit, named. */
class Losses {
  readonly dropped: Dropped = {
    crowd: 0,
    degenerate: 0,
    orphans: 0,
    segmentations: 0,
    polygons: 0,
    emptyCaptions: 0,
    repeated: 0,
    records: 0,
    categories: 0,
    pictures: 0,
  };
  readonly problems: Problem[] = [];

  add(problem: Problem): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  /** @throws FormatError for a file that is no JSON: nothing of it can be used */
  readonly report = (problem: Problem): void => {
    if (problem.kind === "json") throw new FormatError(problem.message);
    const counter = COUNTED[problem.kind];
    if (!counter) return;
    this.dropped[counter]++;
    this.add(problem);
  };
}

/** Objects and captions by image id, in one pass. */
function joinById(records: SplitRecords, { crowd, amodal, inferred = true }: LoadOptions, losses: Losses) {
  const { dropped } = losses;
  const images = new Map(records.images.map((i) => [i.id, i]));
  const objects = new Map<number, CocoObject[]>();
  const captions = new Map<number, string[]>();
  for (const record of records.objects) {
    const image = images.get(record.imageId);
    if (!image) dropped.orphans++;
    else if (record.crowd && !crowd) dropped.crowd++;
    else {
      const judged = judgeObject(record, image);
      const file = records.instancesFile!;
      for (const { kind, severity, message } of judged.mistakes)
        if (kind !== "box-outside" && kind !== "box-empty")
          losses.report({ kind, severity, file, id: record.id, message: `annotation ${record.id}: ${message}` });
      const shown = record.inferred && !inferred ? undefined : judged.segmentation;
      const segmentation = (amodal && judged.amodal) || shown;
      if (judged.box) push(objects, image.id, cocoObject(record, judged.box, segmentation, image));
      else {
        dropped.degenerate++;
        const mistake = judged.mistakes.find((m) => m.kind === "box-empty" || m.kind === "box-outside");
        if (mistake) losses.add({ ...mistake, file, id: record.id });
      }
    }
  }
  for (const { imageId, caption } of records.captions) {
    if (images.has(imageId)) push(captions, imageId, caption);
    else if (!records.captionsBorrowed) dropped.orphans++;
  }
  return { objects, captions };
}

function cocoObject(
  record: ObjectRecord,
  box: Box,
  segmentation: Segmentation | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): CocoObject {
  const { id, classIndex, crowd, inferred, attributes } = record;
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

const LOST: Readonly<Record<keyof Dropped, string>> = {
  crowd: "crowd regions",
  degenerate: "boxes without extent in their picture",
  orphans: "annotations of images that are not listed",
  segmentations: "masks that cannot be drawn",
  polygons: "single polygons",
  emptyCaptions: "empty captions",
  repeated: "pictures of an earlier split",
  records: "broken or repeated records",
  categories: "objects of unknown categories",
  pictures: "broken pictures",
};

/** What loading left out, for people: one line of counts and the first few by name; empty when nothing was lost but crowd regions. */
export function describeLosses(
  { dropped, problems, splits }: Pick<CocoDataset, "dropped" | "problems" | "splits">,
  most = 3,
): string[] {
  const counts = (Object.keys(LOST) as (keyof Dropped)[])
    .filter((key) => dropped[key] > 0 && key !== "crowd" && key !== "repeated")
    .map((key) => `${dropped[key]} ${LOST[key]}`);
  if (counts.length === 0) return [];
  return [
    `left out of ${splits.join(",")}: ${counts.join(", ")}; \`data check\` lists all`,
    ...problems.slice(0, most).map((p) => `  ${p.file}: ${p.message}`),
  ];
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
