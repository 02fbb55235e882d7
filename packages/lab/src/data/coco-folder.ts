/**
 * What lies where in a COCO folder:
 *
 *     DIR/annotations/instances_<split>.json   boxes and masks
 *     DIR/annotations/captions_<split>.json    captions
 *     DIR/images/<file_name>                   pictures (optional: boxes need no pixels)
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { FormatError, nearest, UserError } from "@scenograph/graph/errors";
import { readJson } from "./coco-json.ts";
import {
  type CaptionRecord,
  type ImageRecord,
  type ObjectRecord,
  type OnProblem,
  readCaptionRecords,
  readImages,
  readObjects,
} from "./coco-records.ts";

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

/** Names of the splits that have an instances file, and of those that have a captions file. */
export async function listSplits(dir: string): Promise<{ instances: string[]; captions: string[] }> {
  const folder = path.join(dir, "annotations");
  let names: string[];
  try {
    names = (await readdir(folder)).sort();
  } catch {
    throw new UserError(
      `listSplits(): a COCO folder holds annotations/instances_<split>.json, but ${folder} cannot be read; check the path`,
    );
  }
  const of = (kind: string) =>
    names.flatMap((name) => new RegExp(`^${kind}_(.+)\\.json$`).exec(name)?.[1] ?? []) as string[];
  return { instances: of("instances"), captions: of("captions") };
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
export async function readSplit(dir: string, split: string, report: OnProblem): Promise<SplitRecords> {
  const available = await listSplits(dir);
  if (!available.instances.includes(split)) throw missingSplit("instances", dir, split, available);
  const instancesFile = `annotations/instances_${split}.json`;
  const instances = await readOrReport(dir, instancesFile, report);
  const images = instances === undefined ? [] : readImages(instances, instancesFile, true, report);
  const objects = instances === undefined ? [] : readObjects(instances, instancesFile, report);

  const captionsSplit = captionsSplitOf(split, available.captions);
  if (!captionsSplit) return { split, instancesFile, images, objects, captions: [], captionsBorrowed: false };
  const captionsFile = `annotations/captions_${captionsSplit}.json`;
  const json = await readOrReport(dir, captionsFile, report);
  const captions = json === undefined ? [] : readCaptionRecords(json, captionsFile, report);
  const captionsBorrowed = captionsSplit !== split;
  return { split, instancesFile, captionsFile, images, objects, captions, captionsBorrowed };
}

/** Read a captions file alone. */
export async function readCaptionsSplit(dir: string, split: string, report: OnProblem): Promise<SplitRecords> {
  const available = await listSplits(dir);
  if (!available.captions.includes(split)) throw missingSplit("captions", dir, split, available);
  const captionsFile = `annotations/captions_${split}.json`;
  const json = await readOrReport(dir, captionsFile, report);
  const images = json === undefined ? [] : readImages(json, captionsFile, false, report);
  const captions = json === undefined ? [] : readCaptionRecords(json, captionsFile, report);
  return { split, captionsFile, images, objects: [], captions, captionsBorrowed: false };
}

/** The content of a file, undefined after a report that it is not JSON. */
async function readOrReport(dir: string, file: string, report: OnProblem): Promise<unknown> {
  try {
    return await readJson(path.join(dir, file));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    report({ kind: "json", severity: "error", file, message: error.message });
    return undefined;
  }
}

function missingSplit(
  kind: "instances" | "captions",
  dir: string,
  split: string,
  available: { instances: string[]; captions: string[] },
): UserError {
  const splits = available[kind];
  const near = nearest(split, splits);
  const have = splits.length > 0 ? `has the splits ${splits.join(", ")}` : `has no ${kind}_<split>.json at all`;
  const textOnly = kind === "instances" && available.captions.includes(split);
  const advice = textOnly
    ? `"${split}" holds captions alone, without boxes; name a split that has boxes`
    : near
      ? `did you mean "${near}"?`
      : "name one that is there";
  return new UserError(`no annotations/${kind}_${split}.json: ${dir} ${have}; ${advice}`);
}

/** Finds the file of a picture; undefined where there is none. */
export type PictureFinder = (image: ImageRecord, split: string) => string | undefined;

/**
 * Lists DIR/images once. A picture is images/<file_name> or images/<split>/<file_name>. Only listed names are ever
 * opened, so a file_name cannot lead out of the folder. Undefined when there is no such folder.
 */
export async function pictureFinder(dir: string): Promise<PictureFinder | undefined> {
  const folder = path.join(dir, "images");
  let entries: string[];
  try {
    entries = await readdir(folder, { recursive: true });
  } catch {
    return undefined;
  }
  const names = new Set(path.sep === "/" ? entries : entries.map((e) => e.split(path.sep).join("/")));
  return ({ fileName }, split) => {
    if (!fileName) return undefined;
    const name = [fileName, `${split}/${fileName}`].find((n) => names.has(n));
    return name === undefined ? undefined : path.join(folder, name);
  };
}
