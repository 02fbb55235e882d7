/**
 * The records of COCO annotation files, checked one by one. What is wrong goes to a callback: the loader throws on
 * what it cannot mend, `checkCoco` collects everything.
 * @module
 */
import { nearest, shown } from "@scenograph/graph/errors";
import { CATEGORIES, COCO, classIndex } from "scenograph/scene/categories";

/** Uncompressed runs or the compressed string, as read. `size` is [height, width] in pixels. */
export interface RleSegmentation {
  readonly size: readonly [height: number, width: number];
  readonly counts: string | readonly number[];
}

/** Polygons ([x0, y0, x1, y1, ...] in pixels each) or runs. */
export type Segmentation = readonly (readonly number[])[] | RleSegmentation;

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
  /** Left, top, width, height in pixels, as read. */
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
  | "area"
  | "missing-picture"
  | "broken-picture"
  | "picture-size";

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
  const list = isFields(json) ? json[key] : undefined;
  if (!Array.isArray(list)) {
    const got = isFields(json) ? shown(list) : shown(json);
    report({ kind: "record", severity: "error", file, message: `needs a list "${key}", got ${got}` });
    return;
  }
  const seen = new Set<number>();
  for (let i = 0; i < list.length; i++) {
    const record: unknown = list[i];
    const where = `${key}[${i}]`;
    if (!isFields(record)) {
      report({ kind: "record", severity: "error", file, message: `${where} is an object, got ${shown(record)}` });
      continue;
    }
    const id = record.id;
    if (!isInteger(id)) {
      report({
        kind: "record",
        severity: "error",
        file,
        message: `${where}.id is a whole number, got ${shown(id)}`,
      });
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

/** `images`, in file order. `sized` demands width and height (an instances file). */
export function readImages(json: unknown, file: string, sized: boolean, report: OnProblem): ImageRecord[] {
  const images: ImageRecord[] = [];
  for (const [record, id, where] of records(json, "images", file, report)) {
    const { width, height, file_name, coco_image_id, partial_boxes, attributes } = record;
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
      fileName: typeof file_name === "string" ? file_name : "",
      partial: partial_boxes === true,
      ...(isFields(attributes) && { attributes }),
    });
  }
  return images;
}

/**
 * `annotations` of an instances file, in file order. Categories go by the names of the file's own `categories`, by
 * MS-COCO's ids where it has none. Boxes are not clipped here and segmentations not decoded, only their form is checked.
 */
export function readObjects(json: unknown, file: string, report: OnProblem): ObjectRecord[] {
  const classOf = categoryReader(json, file, report);
  const objects: ObjectRecord[] = [];
  for (const [record, id, where] of records(json, "annotations", file, report)) {
    const { image_id, category_id, bbox, area, iscrowd, mask_source, attributes } = record;
    const wrong = (message: string) => report({ kind: "record", severity: "error", file, id, message });
    if (!isInteger(image_id)) {
      wrong(`${where}.image_id is a whole number, got ${shown(image_id)}`);
      continue;
    }
    const label = classOf(category_id, id, where);
    if (label < 0) continue;
    if (!isNumbers(bbox) || bbox.length !== 4) {
      wrong(`${where}.bbox is [x, y, width, height], got ${shown(bbox)}`);
      continue;
    }
    const readMask = (key: "segmentation" | "amodal_segmentation") => {
      const mask = segmentationForm(record[key]);
      if (typeof mask !== "string") return mask;
      report({ kind: "segmentation", severity: "error", file, id, message: `${where}.${key}: ${mask}` });
      return undefined;
    };
    const mask = readMask("segmentation");
    const amodal = readMask("amodal_segmentation");
    objects.push({
      id,
      imageId: image_id,
      classIndex: label,
      bbox: bbox as unknown as ObjectRecord["bbox"],
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
      const got = `${shown(image_id)} and ${shown(caption)}`;
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

/** category_id -> class index, or -1 after a report. */
function categoryReader(json: unknown, file: string, report: OnProblem) {
  const list = isFields(json) && Array.isArray(json.categories) ? (json.categories as unknown[]).filter(isFields) : [];
  const names = new Map(list.map((c) => [c.id, c.name]));
  return (id: unknown, annotation: number, where: string): number => {
    const name = names.get(id);
    const index = names.size === 0 ? COCO.indexOfId(id as number) : typeof name === "string" ? classIndex(name) : -1;
    if (index >= 0) return index;
    const message = `${where}: ${categoryMistake(id, name, names)}`;
    report({ kind: "unknown-category", severity: "error", file, id: annotation, message });
    return -1;
  };
}

function categoryMistake(id: unknown, name: unknown, names: ReadonlyMap<unknown, unknown>): string {
  if (typeof name === "string") {
    const near = nearest(
      name,
      CATEGORIES.map((c) => c.name),
    );
    return `category "${name}" (id ${shown(id)}) is not one of COCO's 80${near ? `; did you mean "${near}"?` : ""}`;
  }
  const listed: (readonly [unknown, unknown])[] =
    names.size > 0 ? [...names] : CATEGORIES.map((c) => [c.id, c.name] as const);
  const known = listed.filter((c): c is readonly [number, unknown] => isInteger(c[0]));
  const distance = (other: number) => Math.abs(other - Number(id));
  const near =
    isInteger(id) && known.length > 0 ? known.reduce((a, b) => (distance(b[0]) < distance(a[0]) ? b : a)) : undefined;
  const hint = near ? `; the nearest id is ${near[0]} (${typeof near[1] === "string" ? near[1] : shown(near[1])})` : "";
  return `category_id ${shown(id)} is not in the file's categories${hint}`;
}

/** The segmentation, undefined where there is none (absent, null, []), or what is wrong with its form. */
function segmentationForm(value: unknown): Segmentation | string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    for (let i = 0; i < value.length; i++) {
      const polygon: unknown = value[i];
      if (!isNumbers(polygon)) return `polygon ${i} is a list of numbers, got ${shown(polygon)}`;
      if (polygon.length < 6 || polygon.length % 2 === 1)
        return `polygon ${i} needs at least 3 points as x, y pairs, got ${polygon.length} numbers`;
    }
    return value as number[][];
  }
  if (!isFields(value)) return `polygons or runs, got ${shown(value)}`;
  const { size, counts } = value;
  if (!isNumbers(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n > 0))
    return `size is [height, width] in pixels, got ${shown(size)}`;
  if (typeof counts !== "string" && !(isNumbers(counts) && counts.every((n) => Number.isInteger(n) && n >= 0)))
    return `counts are a string or whole numbers from 0, got ${shown(counts)}`;
  return { size: [size[0], size[1]], counts };
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
