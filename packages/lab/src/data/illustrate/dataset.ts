/**
 * Layouts and captions of a COCO folder -> an ordinary COCO folder of flat drawings with exact masks.
 *
 * Each annotation has `segmentation` (what is seen), `amodal_segmentation` (the whole silhouette inside the picture) and `bbox`
 * (tight box of the silhouette); each image record has `coco_image_id` of its layout, so that drawings stay on their layout's
 * side of the training / validation rule, and `attributes`. docs/drawings.md lists what annotations and images carry.
 * @module
 */
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { hash32, stream } from "@scenograph/graph/random";
import { makeFolder } from "scenograph/formats/folders.node";
import { CATEGORIES } from "scenograph/scene/categories";
import { loadCoco, type Sample } from "../coco.ts";
import { drawScene } from "../grammar/grammar.ts";
import { drawAction } from "./actions.ts";
import type { PictureRecords, PictureTask } from "./picture.ts";
import { paintersOrder } from "./plan.ts";
import { drawShards, readShard, SHARD_PICTURES, type ShardJob, writeAtomic } from "./shards.ts";

export interface IllustrateOptions {
  /** COCO folder with layouts and captions. */
  readonly dir: string;
  /** Split or splits, joined by commas. */
  readonly split: string;
  readonly out: string;
  /** Height of the pictures in pixels. */
  readonly size: number;
  /** Width / height of the pictures; default 1. */
  readonly aspect?: number;
  /** Pictures a layout; every second one mirrored. */
  readonly variants: number;
  readonly seed: number;
  /** At most this many layouts. */
  readonly count?: number;
  /** Worker threads. */
  readonly jobs: number;
  /**
   * Made-up layouts are added until every category has about this many instances, or as many as the folder's categories
   * have on average, if that is less; 0 adds none.
   */
  readonly minimum: number;
  /** Share of the pictures whose caption is made to say the colours of things, in [0, 1]. */
  readonly colours: number;
  /** Share of the outdoor pictures whose caption is made to say a time of day or a weather, in [0, 1]; default 0. */
  readonly times?: number;
  /** Made-up layouts of people and animals that do something (`actions.ts`); default 0. */
  readonly actions?: number;
  /** Draw only every n-th picture of the set, with the same ids, captions and looks (a part of it at another size); default 1. */
  readonly every?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Draws the shards; default: on this machine's threads. Who takes its place leaves the same files. */
  readonly draw?: typeof drawShards;
}

export interface Illustrated {
  /** Name of the split that was written. */
  readonly split: string;
  readonly pictures: number;
  readonly objects: number;
  readonly captions: number;
  /** Instances by category name. */
  readonly perCategory: Readonly<Record<string, number>>;
  readonly perBackground: Readonly<Record<string, number>>;
}

/** Ids of made-up layouts start here, above every id of MS-COCO. */
export const GRAMMAR_ID = 10_000_000;
/** Ids of layouts of actions. */
export const ACTION_ID = 5_000_000;

/** @throws UserError when `out` holds another set, or the input has no layouts with captions. */
export async function illustrate(options: IllustrateOptions): Promise<Illustrated> {
  const {
    dir,
    out,
    size,
    aspect = 1,
    variants,
    seed,
    jobs,
    minimum,
    colours,
    times = 0,
    every = 1,
    actions = 0,
  } = options;
  const { samples } = await loadCoco(dir, options.split, { need: ["captions", "objects"] });
  const layouts = samples
    .slice(0, options.count)
    .map(layoutOf)
    .filter((l) => paintersOrder(l.objects).length > 0);
  const made = madeUpLayouts(layouts, variants, minimum, seed);
  const acted = Array.from({ length: actions }, (_, i): Layout => {
    const { caption, objects } = drawAction(stream(seed, "actions", i));
    return { cocoImageId: ACTION_ID + i, captions: [caption], objects, source: "actions" };
  });
  const tasks = [...layouts, ...made, ...acted]
    .flatMap((layout) => Array.from({ length: variants }, (_, variant) => ({ ...layout, variant })))
    .map((task, index): PictureTask => ({ ...task, index }))
    .filter((_, i) => i % every === 0);

  const split = options.split.includes(",") ? "train" : options.split;
  const key = fingerprint(tasks, [size, aspect, seed, colours, times]);
  await claim(out, key);
  const shards: ShardJob[] = [];
  for (let i = 0; i < tasks.length; i += SHARD_PICTURES)
    shards.push({ shard: shards.length, tasks: tasks.slice(i, i + SHARD_PICTURES) });
  let done = 0;
  const progress = (n: number) => {
    done += n;
    options.onProgress?.(done, tasks.length);
  };
  await (options.draw ?? drawShards)(
    shards,
    { out, options: { size, aspect, seed, colours, times } },
    jobs,
    progress,
    options.signal,
  );

  const records: PictureRecords[] = [];
  for (const { shard } of shards) records.push(...(await readShard(out, shard)));
  await writeAnnotations(out, split, key, records);
  await rm(path.join(out, ".shards"), { recursive: true, force: true });
  return summary(split, records);
}

type Layout = Omit<PictureTask, "index" | "variant">;

function layoutOf(sample: Sample): Layout {
  return {
    cocoImageId: sample.cocoImageId,
    captions: sample.captions,
    objects: sample.objects.map(({ classIndex, box }) => ({ classIndex, box })),
    source: "coco",
  };
}

/** Layouts from the grammar for the categories that the real ones hold too few of. */
function madeUpLayouts(layouts: readonly Layout[], variants: number, minimum: number, seed: number): Layout[] {
  const counts = new Array<number>(CATEGORIES.length).fill(0);
  const add = (objects: Layout["objects"]) => {
    for (const { classIndex } of paintersOrder(objects)) counts[classIndex] += variants;
  };
  for (const { objects } of layouts) add(objects);
  // A small folder does not become a large one.
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  // A little more than asked for: some objects end up hidden.
  const wanted = Math.min(minimum * 1.1, mean);
  const made: Layout[] = [];
  for (const [index, { name }] of CATEGORIES.entries()) {
    for (let n = 0; counts[index] < wanted; n++) {
      const { caption, paraphrases, objects } = drawScene(stream(seed, "made-up", name, n), name);
      add(objects);
      made.push({
        cocoImageId: GRAMMAR_ID + made.length,
        captions: [caption, ...paraphrases],
        objects,
        source: "grammar",
      });
    }
  }
  return made;
}

/** Bumped when the drawings change, so that a set begun with the old ones is not gone on with. */
const DRAWINGS_VERSION = 2;

/** Names a set: the same tasks, size, aspect, seed and shares give the same pictures. */
function fingerprint(tasks: readonly PictureTask[], numbers: readonly number[]): string {
  let h = hash32(`${DRAWINGS_VERSION} ${numbers.join(" ")} ${tasks.length}`);
  for (const task of tasks) h = hash32(JSON.stringify(task), h);
  return h.toString(16).padStart(8, "0");
}

/** Make sure that what lies in the folder is an unfinished run of the same set, or nothing. */
async function claim(out: string, key: string): Promise<void> {
  const annotated = await readFile(path.join(out, "annotations", "set.txt"), "utf8").catch(() => undefined);
  const file = path.join(out, ".shards", "set.txt");
  const begun = await readFile(file, "utf8").catch(() => undefined);
  const other = annotated ?? begun;
  if (other !== undefined && other !== key)
    throw new UserError(
      `illustrate(): --out is empty or holds the same set, but ${out} holds another; choose another folder or delete it`,
    );
  await makeFolder(path.dirname(file));
  await writeAtomic(file, key);
}

async function writeAnnotations(
  out: string,
  split: string,
  key: string,
  records: readonly PictureRecords[],
): Promise<void> {
  const images = records.map((r) => r.image);
  const annotations = records.flatMap((r) => r.annotations).map((a, i) => ({ id: i + 1, ...a }));
  const captions = records
    .flatMap((r) => r.captions.map((caption) => ({ image_id: r.image.id, caption })))
    .map((c, i) => ({ id: i + 1, ...c }));
  const categories = CATEGORIES.map(({ id, name, supercategory }) => ({ id, name, supercategory }));
  const info = { description: "Flat drawings of COCO layouts, with exact masks", version: "1.0" };
  const folder = path.join(out, "annotations");
  await makeFolder(folder);
  await writeAtomic(
    path.join(folder, `captions_${split}.json`),
    JSON.stringify({ info, images, annotations: captions }),
  );
  await writeAtomic(
    path.join(folder, `instances_${split}.json`),
    JSON.stringify({ info, images, annotations, categories }),
  );
  await writeAtomic(path.join(folder, "set.txt"), key);
}

function summary(split: string, records: readonly PictureRecords[]): Illustrated {
  const perCategory = Object.fromEntries(CATEGORIES.map((c) => [c.name, 0]));
  const perBackground: Record<string, number> = {};
  const names = new Map(CATEGORIES.map((c) => [c.id, c.name]));
  for (const { image, annotations } of records) {
    const { background } = image.attributes as { background: string };
    perBackground[background] = (perBackground[background] ?? 0) + 1;
    for (const a of annotations) perCategory[names.get(a.category_id as number) as string]++;
  }
  return {
    split,
    pictures: records.length,
    objects: records.reduce((n, r) => n + r.annotations.length, 0),
    captions: records.reduce((n, r) => n + r.captions.length, 0),
    perCategory,
    perBackground,
  };
}
