/**
 * What lies where in a COCO folder, and in the folders that annotation tools export:
 *
 *     DIR/annotations/instances_<split>.json    boxes and masks (COCO, CVAT); lvis_v1_<split>.json, <split>.json
 *     DIR/annotations/captions_<split>.json     captions
 *     DIR/<split>/_annotations.coco.json        Roboflow, pictures beside it
 *     DIR/result.json, labels.json, annotations.json, ...   Label Studio, FiftyOne, labelme2coco: the only split, called by its file
 *     DIR/images, data, JPEGImages, <split>     pictures (optional: boxes need no pixels)
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { FormatError, nearest, UserError } from "@scenograph/graph/errors";
import { type Categories, type Category, COCO } from "scenograph/scene/categories";
import {
  type CaptionRecord,
  type ImageRecord,
  type ObjectRecord,
  type OnProblem,
  readCaptionRecords,
  readCategories,
  readImages,
  readObjects,
} from "scenograph/scene/cocoRecords";
import type { JsonLists } from "scenograph/scene/jsonLists";
import { openJsonLists } from "./json-file.ts";

/** The records of one split, before they are joined. */
export interface SplitRecords {
  readonly split: string;
  /** Relative to the folder; undefined where there is none. */
  readonly instancesFile?: string;
  readonly captionsFile?: string;
  readonly images: readonly ImageRecord[];
  readonly objects: readonly ObjectRecord[];
  readonly captions: readonly CaptionRecord[];
  /** The captions were written for a larger split, so some may belong to none of the images. */
  readonly captionsBorrowed: boolean;
}

/** Files of a folder by the name of their split, relative to it. */
export interface FolderFiles {
  readonly instances: ReadonlyMap<string, string>;
  readonly captions: ReadonlyMap<string, string>;
}

/** Files of annotations/ that hold something else. */
const OTHER_FILES = /^(person_keypoints|keypoints|panoptic|stuff|image_info|captions|instances|lvis_v[\d.]+)_/;
/** What tools call the one file that they put into the folder itself. */
const SINGLE =
  /^(result|result_coco|labels|annotations|_annotations\.coco|coco|coco_annotations|instances|instances_default|dataset)\.json$/;

/** @throws UserError when the folder cannot be read */
export async function findFiles(dir: string): Promise<FolderFiles> {
  const instances = new Map<string, string>();
  const captions = new Map<string, string>();
  const add = (files: Map<string, string>, split: string | undefined, file: string) => {
    if (split !== undefined && !files.has(split)) files.set(split, file);
  };
  const top = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const inside = await readdir(path.join(dir, "annotations")).catch(() => undefined);
  for (const name of inside?.sort() ?? []) {
    add(instances, /^instances_(.+)\.json$/.exec(name)?.[1], `annotations/${name}`);
    add(captions, /^captions_(.+)\.json$/.exec(name)?.[1], `annotations/${name}`);
  }
  for (const name of inside ?? []) {
    add(instances, /^lvis_v[\d.]+_(.+)\.json$/.exec(name)?.[1], `annotations/${name}`);
    if (!OTHER_FILES.test(name)) add(instances, /^([\w.-]+)\.json$/.exec(name)?.[1], `annotations/${name}`);
  }
  for (const entry of top.sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (entry.isDirectory() && (await readdir(path.join(dir, entry.name)).catch((): string[] => [])).includes(ROBOFLOW))
      add(instances, entry.name, `${entry.name}/${ROBOFLOW}`);
    else if (inside === undefined && SINGLE.test(entry.name))
      add(instances, entry.name === ROBOFLOW ? "annotations" : entry.name.slice(0, -5), entry.name);
  if (inside === undefined && instances.size === 0)
    throw new UserError(
      `listSplits(): a COCO folder holds annotations/instances_<split>.json, but ${path.join(dir, "annotations")} cannot be read; check the path`,
    );
  return { instances, captions };
}

const ROBOFLOW = "_annotations.coco.json";

/** Names of the splits that have an instances file, and of those that have a captions file. */
export async function listSplits(dir: string): Promise<{ instances: string[]; captions: string[] }> {
  const { instances, captions } = await findFiles(dir);
  return { instances: [...instances.keys()], captions: [...captions.keys()] };
}

/** The split where none is named: "train", or the only one. */
export async function splitOf(dir: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const { instances } = await listSplits(dir);
  return instances.length === 1 ? instances[0] : "train";
}

/** "train,val" -> ["train", "val"]. */
export function parseSplits(split: string): string[] {
  const splits = split.split(",").map((s) => s.trim());
  for (const s of splits)
    if (!/^[\w.-]+$/.test(s))
      throw new UserError(
        `parseSplits(): a split is a name such as "train", several are joined by commas, got "${split}"`,
      );
  return [...new Set(splits)];
}

/**
 * The captions file of a split: captions_<split>.json; where there is none, that of the longest prefix that ends at an
 * underscore (a subset such as train_fullmask has its captions in captions_train.json).
 */
export function captionsSplitOf(split: string, available: readonly string[]): string | undefined {
  for (let name = split; name; name = name.slice(0, Math.max(0, name.lastIndexOf("_"))))
    if (available.includes(name)) return name;
  return undefined;
}

/**
 * Read the files of one split.
 * @param report what is wrong inside the files.
 * @throws UserError when the split has no instances file (it lists those that are there).
 */
export async function readSplit(
  dir: string,
  split: string,
  report: OnProblem,
  categories: Categories = COCO,
): Promise<SplitRecords> {
  const files = await findFiles(dir);
  const instancesFile = files.instances.get(split);
  if (instancesFile === undefined) throw missingSplit("instances", dir, split, files);
  const [images, objects] = await readOrReport(
    dir,
    instancesFile,
    report,
    (lists) =>
      [readImages(lists, instancesFile, true, report), readObjects(lists, instancesFile, report, categories)] as const,
    [[], []],
  );

  const captionsSplit = captionsSplitOf(split, [...files.captions.keys()]);
  if (!captionsSplit) return { split, instancesFile, images, objects, captions: [], captionsBorrowed: false };
  const captionsFile = files.captions.get(captionsSplit)!;
  const captions = await readOrReport(
    dir,
    captionsFile,
    report,
    (lists) => readCaptionRecords(lists, captionsFile, report),
    [],
  );
  const captionsBorrowed = captionsSplit !== split;
  return { split, instancesFile, captionsFile, images, objects, captions, captionsBorrowed };
}

/** The `categories` of a split's instances file, in file order; none where it has no annotated file. @throws as `readSplit` */
export async function readCategoryLists(dir: string, split: string): Promise<Category[]> {
  const file = (await findFiles(dir)).instances.get(split);
  if (file === undefined) return [];
  return readOrReport(
    dir,
    file,
    () => {},
    (lists) => readCategories(lists),
    [],
  );
}

/** Read a captions file alone. */
export async function readCaptionsSplit(dir: string, split: string, report: OnProblem): Promise<SplitRecords> {
  const files = await findFiles(dir);
  const captionsFile = files.captions.get(split);
  if (captionsFile === undefined) throw missingSplit("captions", dir, split, files);
  const [images, captions] = await readOrReport(
    dir,
    captionsFile,
    report,
    (lists) =>
      [readImages(lists, captionsFile, false, report), readCaptionRecords(lists, captionsFile, report)] as const,
    [[], []],
  );
  return { split, captionsFile, images, objects: [], captions, captionsBorrowed: false };
}

/** What `read` makes of a file; `otherwise` after a report that it is not JSON. */
async function readOrReport<T>(
  dir: string,
  file: string,
  report: OnProblem,
  read: (lists: JsonLists) => T,
  otherwise: T,
): Promise<T> {
  try {
    return read(await openJsonLists(path.join(dir, file)));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    report({ kind: "json", severity: "error", file, message: error.message });
    return otherwise;
  }
}

function missingSplit(kind: "instances" | "captions", dir: string, split: string, files: FolderFiles): UserError {
  const splits = [...files[kind].keys()];
  const near = nearest(split, splits);
  const have = splits.length > 0 ? `has the splits ${splits.join(", ")}` : `has no ${kind}_<split>.json at all`;
  const textOnly = kind === "instances" && files.captions.has(split);
  const advice = textOnly
    ? `"${split}" holds captions alone, without boxes; name a split that has boxes`
    : near
      ? `did you mean "${near}"?`
      : "name one that is there";
  return new UserError(`no annotations/${kind}_${split}.json: ${dir} ${have}; ${advice}`);
}
