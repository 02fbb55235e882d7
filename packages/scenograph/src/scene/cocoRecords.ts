/**
 * The records of COCO annotation files, checked one by one. What is wrong goes to a callback: the loader throws on
 * what it cannot mend, `checkCoco` collects everything.
 * @module
 */
import { nearest, shown } from "@scenograph/graph/errors";
import { type Categories, type Category, COCO } from "./categories.ts";
import { otherSetsName } from "./categoryAliases.ts";
import { readSegmentation, type Segmentation } from "./cocoMasks.ts";
import { JsonLists, ParsedLists, wideInteger } from "./jsonLists.ts";

export type { RleSegmentation, Segmentation } from "./cocoMasks.ts";

export interface ImageRecord {
  readonly id: number;
  /** The picture's id in MS-COCO where the file names one (`coco_image_id`), else `id`. */
  readonly cocoImageId: number;
  /** Pixels; 0 where the file has no size. */
  readonly width: number;
  readonly height: number;
  readonly fileName: string;
  /** The file says that only some of the objects are listed (`partial_boxes`). */
  readonly partial: boolean;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface ObjectRecord {
  readonly id: number;
  readonly imageId: number;
  readonly classIndex: number;
  /** Left, top, width, height in pixels, as read; of the polygons where the file has none. */
  readonly bbox: readonly [x: number, y: number, w: number, h: number];
  /** Square pixels, as read; undefined where the file has none. */
  readonly area?: number;
  readonly crowd: boolean;
  readonly segmentation?: Segmentation;
  /** The segmentation is a segmenter's (`"mask_source": "inferred"`, see `data fill-masks`), not an annotator's. */
  readonly inferred?: true;
  /** `amodal_segmentation` of illustrated scenes: the whole silhouette, hidden parts included. */
  readonly amodal?: Segmentation;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** `mask_source` of annotations whose mask was inferred. */
export const INFERRED = "inferred";

export interface CaptionRecord {
  readonly id: number;
  readonly imageId: number;
  /** White space at the ends and runs of it inside removed; never empty. */
  readonly caption: string;
}

export type ProblemKind =
  | "json"
  | "record"
  | "duplicate-id"
  | "unknown-category"
  | "missing-image-record"
  | "empty-caption"
  | "no-captions"
  | "box-outside"
  | "box-empty"
  | "segmentation"
  | "polygon"
  | "area"
  | "missing-picture"
  | "broken-picture"
  | "picture-size"
  | "picture-turned"
  | "picture-frames";

/** One thing that is wrong. */
export interface Problem {
  readonly kind: ProblemKind;
  /** A warning costs nothing in training or is mended without loss. */
  readonly severity: "error" | "warning";
  /** Path as given, relative to the folder. */
  readonly file: string;
  /** Id of the image, annotation or caption record, where it has one. */
  readonly id?: number;
  readonly message: string;
}

export type OnProblem = (problem: Problem) => void;
type Fields = Readonly<Record<string, unknown>>;

/** The list `key` of a file as objects with whole, unique ids; others are reported and left out. */
function* records(json: unknown, key: string, file: string, report: OnProblem): Generator<[Fields, number, string]> {
  const lists = json instanceof JsonLists ? json : new ParsedLists(json);
  const list = lists.list(key);
  const wrong = (message: string) => report({ kind: "record", severity: "error", file, message });
  if (!list) return wrong(`needs a list "${key}", got ${told(lists.instead(key))}`);
  const seen = new Set<number>();
  let i = -1;
  for (const record of list) {
    const where = `${key}[${++i}]`;
    if (!isFields(record)) {
      wrong(`${where} is an object, got ${shown(record)}`);
      continue;
    }
    const { id } = record;
    if (!isInteger(id)) {
      wrong(`${where}.id is a whole number${wideInteger(id) === undefined ? "" : " below 2^53"}, got ${told(id)}`);
      continue;
    }
    if (seen.has(id)) {
      report({ kind: "duplicate-id", severity: "error", file, id, message: `${where} repeats the id ${id}` });
      continue;
    }
    seen.add(id);
    yield [record, id, where];
  }
}

/** A value for a message; integers beyond 2^53 as the file has them. */
function told(value: unknown): string {
  return wideInteger(value) ?? shown(value);
}

/** `images`, in file order. `sized` demands width and height (an instances file). */
export function readImages(json: unknown, file: string, sized: boolean, report: OnProblem): ImageRecord[] {
  const images: ImageRecord[] = [];
  for (const [record, id, where] of records(json, "images", file, report)) {
    const { width, height, file_name, coco_url, coco_image_id, partial_boxes, attributes } = record;
    const isSize = (value: unknown) => isInteger(value) && value > 0;
    if (sized && !(isSize(width) && isSize(height))) {
      const got = `${shown(width)} x ${shown(height)}`;
      const message = `${where} needs width and height in whole pixels, got ${got}`;
      report({ kind: "record", severity: "error", file, id, message });
      continue;
    }
    images.push({
      id,
      cocoImageId: isInteger(coco_image_id) ? coco_image_id : id,
      width: isSize(width) ? (width as number) : 0,
      height: isSize(height) ? (height as number) : 0,
      fileName: fileNameOf(file_name, coco_url),
      partial: partial_boxes === true,
      ...(isFields(attributes) && { attributes }),
    });
  }
  return images;
}

/** LVIS names its pictures by their address alone: ".../train2017/000000391895.jpg". */
function fileNameOf(name: unknown, address: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  return typeof address === "string" ? address.split("/").slice(-2).join("/") : "";
}

/**
 * `annotations` of an instances file, in file order. Categories go by the names of the file's own `categories`, by
 * MS-COCO's ids where it has none. Boxes are not clipped here and segmentations not decoded, only their form is checked.
 */
export function readObjects(
  json: unknown,
  file: string,
  report: OnProblem,
  categories: Categories = COCO,
): ObjectRecord[] {
  const classOf = categoryReader(json, file, report, categories);
  const objects: ObjectRecord[] = [];
  for (const [record, id, where] of records(json, "annotations", file, report)) {
    const { image_id, category_id, bbox, area, iscrowd, mask_source, attributes } = record;
    const wrong = (message: string) => report({ kind: "record", severity: "error", file, id, message });
    if (!isInteger(image_id)) {
      wrong(
        `${where}.image_id is a whole number${wideInteger(image_id) === undefined ? "" : " below 2^53"}, got ${told(image_id)}`,
      );
      continue;
    }
    const label = classOf(category_id, id, where);
    if (label < 0) continue;
    const readMask = (key: "segmentation" | "amodal_segmentation") => {
      const read = readSegmentation(record[key]);
      if (read.lost !== undefined)
        report({ kind: "segmentation", severity: "error", file, id, message: `${where}.${key}: ${read.lost}` });
      for (const polygon of read.polygons)
        report({ kind: "polygon", severity: "warning", file, id, message: `${where}.${key}: ${polygon}` });
      return read.segmentation;
    };
    const mask = readMask("segmentation");
    const amodal = readMask("amodal_segmentation");
    const box = isNumbers(bbox) && bbox.length === 4 ? bbox : isAbsent(bbox) ? extentOf(mask) : undefined;
    if (!box) {
      wrong(`${where}.bbox is [x, y, width, height], got ${shown(bbox)}`);
      continue;
    }
    objects.push({
      id,
      imageId: image_id,
      classIndex: label,
      bbox: box as unknown as ObjectRecord["bbox"],
      ...(typeof area === "number" && Number.isFinite(area) && { area }),
      crowd: iscrowd === 1 || iscrowd === true,
      ...(mask && { segmentation: mask }),
      ...(mask && mask_source === INFERRED && { inferred: true }),
      ...(amodal && { amodal }),
      ...(isFields(attributes) && { attributes }),
    });
  }
  return objects;
}

/** `annotations` of a captions file, in file order; empty captions are reported and left out. */
export function readCaptionRecords(json: unknown, file: string, report: OnProblem): CaptionRecord[] {
  const captions: CaptionRecord[] = [];
  for (const [record, id, where] of records(json, "annotations", file, report)) {
    const { image_id, caption } = record;
    if (!isInteger(image_id) || typeof caption !== "string") {
      const got = `${told(image_id)} and ${shown(caption)}`;
      const message = `${where} needs a whole image_id and a caption, got ${got}`;
      report({ kind: "record", severity: "error", file, id, message });
      continue;
    }
    const clean = caption.replace(/\s+/g, " ").trim();
    if (clean) captions.push({ id, imageId: image_id, caption: clean });
    else report({ kind: "empty-caption", severity: "error", file, id, message: `${where}.caption has no words` });
  }
  return captions;
}

/** The file's own `categories`, in file order; entries without a whole id and a name are for `readObjects` to complain of. */
export function readCategories(json: unknown): Category[] {
  const lists = json instanceof JsonLists ? json : new ParsedLists(json);
  const found: Category[] = [];
  for (const category of lists.list("categories") ?? []) {
    if (!isFields(category) || !isInteger(category.id) || typeof category.name !== "string") continue;
    const { id, name, supercategory } = category;
    found.push({ id, name, ...(typeof supercategory === "string" && supercategory !== "" && { supercategory }) });
  }
  return found;
}

/** category_id -> class index, or -1 after a report. */
function categoryReader(json: unknown, file: string, report: OnProblem, known: Categories) {
  const lists = json instanceof JsonLists ? json : new ParsedLists(json);
  const names = new Map<unknown, unknown>();
  for (const category of lists.list("categories") ?? []) if (isFields(category)) names.set(category.id, category.name);
  return (id: unknown, annotation: number, where: string): number => {
    const name = names.get(id);
    const index =
      names.size === 0 ? known.indexOfId(id as number) : typeof name === "string" ? known.indexOf(name) : -1;
    if (index >= 0) return index;
    const message = `${where}: ${categoryMistake(id, name, names, known)}`;
    report({ kind: "unknown-category", severity: "error", file, id: annotation, message });
    return -1;
  };
}

function categoryMistake(id: unknown, name: unknown, names: ReadonlyMap<unknown, unknown>, of: Categories): string {
  if (typeof name === "string") {
    const near =
      (of === COCO ? otherSetsName(name) : undefined) ??
      nearest(
        name,
        of.categories.map((c) => c.name),
      );
    return `category "${name}" (id ${told(id)}) is not ${of === COCO ? "one of COCO's 80" : of.described}${near ? `; did you mean "${near}"?` : ""}`;
  }
  const listed: (readonly [unknown, unknown])[] =
    names.size > 0 ? [...names] : of.categories.map((c) => [c.id, c.name] as const);
  const known = listed.filter((c): c is readonly [number, unknown] => isInteger(c[0]));
  const distance = (other: number) => Math.abs(other - Number(id));
  const near =
    isInteger(id) && known.length > 0 ? known.reduce((a, b) => (distance(b[0]) < distance(a[0]) ? b : a)) : undefined;
  const hint = near ? `; the nearest id is ${near[0]} (${typeof near[1] === "string" ? near[1] : shown(near[1])})` : "";
  return `category_id ${told(id)} is not in the file's categories${hint}`;
}

function isAbsent(bbox: unknown): boolean {
  return bbox === undefined || bbox === null || (Array.isArray(bbox) && bbox.length === 0);
}

/** The box around polygons; undefined where there are none. */
function extentOf(mask: Segmentation | undefined): number[] | undefined {
  if (!Array.isArray(mask)) return undefined;
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const p of mask as readonly (readonly number[])[])
    for (let i = 0; i < p.length; i += 2) {
      x0 = Math.min(x0, p[i]);
      x1 = Math.max(x1, p[i]);
      y0 = Math.min(y0, p[i + 1]);
      y1 = Math.max(y1, p[i + 1]);
    }
  return [x0, y0, x1 - x0, y1 - y0];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isFinite(n));
}
