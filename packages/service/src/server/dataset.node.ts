/**
 * A COCO folder to look at, read only: its splits, pages of pictures with boxes and masks, single pictures. The annotations
 * are read once, when a split is first asked for; pictures are found by their id alone, so no address leads out of the folder.
 * @module
 */
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import {
  type CocoDataset,
  type CocoObject,
  listSplits,
  loadCoco,
  objectMask,
  type Sample,
} from "@scenograph/lab/data/coco";
import { centreSample } from "@scenograph/lab/data/coco-crop";
import { dataCategories } from "@scenograph/lab/data/dataCategories";
import { isPng } from "scenograph/formats/png";
import { bitmapToMask } from "scenograph/formats/rle";
import type { Categories } from "scenograph/scene/categories";
import type { DatasetIndex, DatasetItem, DatasetPage, DatasetQuestion, DatasetSplit } from "scenograph/scene/dataset";
import type { Scene } from "scenograph/scene/scene";

/** Pictures a page. */
export const PAGE_SIZE = 24;
/** Longest side of masks on a page, in a picture's details, and of a scene to edit. */
const MASK_SIDES = { page: 96, item: 320, scene: 128 } as const;

export interface Dataset {
  readonly index: () => Promise<DatasetIndex>;
  readonly split: (name: string) => Promise<DatasetSplit>;
  readonly page: (split: string, question: DatasetQuestion) => Promise<DatasetPage>;
  readonly item: (split: string, id: number) => Promise<DatasetItem>;
  /** The middle square, as models are trained on it, with masks where the folder has them. */
  readonly scene: (split: string, id: number, caption: number) => Promise<Scene>;
  /** The picture's file. */
  readonly picture: (split: string, id: number) => Promise<{ readonly type: string; readonly bytes: Uint8Array }>;
}

interface Loaded {
  readonly categories: Categories;
  readonly data: CocoDataset;
  readonly byId: ReadonlyMap<number, Sample>;
  /** Words of each caption of each sample, in lower case. */
  readonly words: ReadonlyMap<Sample, readonly (readonly string[])[]>;
}

/** @throws UserError, in every answer, for splits and pictures that are not there */
export function openDataset(dir: string): Dataset {
  const splits = new Map<string, Promise<Loaded>>();
  const names = async () => (await listSplits(dir)).instances;
  const load = async (name: string): Promise<Loaded> => {
    if (!(await names()).includes(name)) throw new UserError(`dataset: there is no split ${JSON.stringify(name)}`);
    let loaded = splits.get(name);
    if (!loaded) {
      loaded = read(dir, name);
      // mended files may be read the next time
      loaded.catch(() => splits.delete(name));
      splits.set(name, loaded);
    }
    return loaded;
  };
  const sampleOf = async (split: string, id: number): Promise<Sample> => {
    const sample = (await load(split)).byId.get(id);
    if (!sample) throw new UserError(`dataset: split ${split} has no picture ${id}`);
    return sample;
  };

  return {
    index: async () => ({ name: basename(resolve(dir)), splits: await names() }),
    split: async (name) => {
      const { data, categories } = await load(name);
      return summary(name, data.samples, categories);
    },
    async page(split, question) {
      const loaded = await load(split);
      const found = select(loaded, question);
      const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
      const page = Math.min(Math.max(0, question.page ?? 0), pages - 1);
      const shown = found.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
      return {
        total: found.length,
        page,
        pages,
        items: shown.map((sample) => itemOf(sample, MASK_SIDES.page, loaded.categories)),
      };
    },
    item: async (split, id) => itemOf(await sampleOf(split, id), MASK_SIDES.item, (await load(split)).categories),
    async scene(split, id, caption) {
      const sample = centreSample(await sampleOf(split, id), 1);
      const { captions, objects } = itemOf(sample, MASK_SIDES.scene, (await load(split)).categories);
      return {
        version: 2,
        caption: captions[caption] ?? captions[0] ?? "",
        width: MASK_SIDES.scene,
        height: MASK_SIDES.scene,
        seed: 1,
        objects: objects.map((o) => ({ ...o, id: String(o.id) })),
      };
    },
    async picture(split, id) {
      const { file } = await sampleOf(split, id);
      if (file === undefined) throw new UserError(`dataset: the folder has no pixels of picture ${id}`);
      const bytes = new Uint8Array(await readFile(file));
      const type = isPng(bytes) ? "image/png" : bytes[0] === 0xff && bytes[1] === 0xd8 ? "image/jpeg" : undefined;
      if (type === undefined) throw new UserError(`dataset: picture ${id} is neither PNG nor JPEG`);
      return { type, bytes };
    },
  };
}

async function read(dir: string, name: string): Promise<Loaded> {
  const categories = await dataCategories(dir, name);
  const data = await loadCoco(dir, name, { categories });
  return {
    data,
    categories,
    byId: new Map(data.samples.map((s) => [s.imageId, s])),
    words: new Map(data.samples.map((s) => [s, s.captions.map(wordsOf)])),
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function select({ data, words, categories }: Loaded, question: DatasetQuestion): readonly Sample[] {
  let found = data.samples;
  if (question.category !== undefined) {
    const index = categories.indexOf(question.category);
    if (index < 0)
      throw new UserError(
        `dataset: a category is one of the folder's ${categories.count}, got ${JSON.stringify(question.category)}`,
      );
    found = found.filter((s) => s.objects.some((o) => o.classIndex === index));
  }
  const wanted = wordsOf(question.words ?? "");
  if (wanted.length === 0) return found;
  return found.filter((s) =>
    words.get(s)?.some((caption) => wanted.every((begin) => caption.some((word) => word.startsWith(begin)))),
  );
}

function summary(name: string, samples: readonly Sample[], categories: Categories): DatasetSplit {
  const counts = new Map<number, number>();
  for (const { objects } of samples)
    for (const index of new Set(objects.map((o) => o.classIndex))) counts.set(index, (counts.get(index) ?? 0) + 1);
  return {
    name,
    pictures: samples.length,
    objects: samples.reduce((n, s) => n + s.objects.length, 0),
    captions: samples.reduce((n, s) => n + s.captions.length, 0),
    categories: [...counts]
      .map(([index, pictures]) => ({ name: categories.nameOf(index), pictures }))
      .sort((a, b) => b.pictures - a.pictures || a.name.localeCompare(b.name)),
  };
}

/** A damaged mask is left out; `data check` names it. */
function maskOf(sample: Sample, object: CocoObject, width: number, height: number): Uint8Array | undefined {
  try {
    return objectMask(sample, object, width, height);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** Masks are drawn at the picture's shape, its longer side `side`. */
function itemOf(sample: Sample, side: number, categories: Categories): DatasetItem {
  const scale = side / Math.max(sample.width, sample.height);
  const [width, height] = [sample.width, sample.height].map((v) => Math.max(1, Math.round(v * scale)));
  return {
    id: sample.imageId,
    width: sample.width,
    height: sample.height,
    captions: sample.captions,
    objects: sample.objects.map((object) => {
      const bitmap = maskOf(sample, object, width, height);
      return {
        id: object.id,
        label: categories.nameOf(object.classIndex),
        box: object.box,
        ...(bitmap && { mask: bitmapToMask(bitmap, width, height) }),
      };
    }),
    picture: sample.file !== undefined,
    partial: sample.partial,
    ...(sample.attributes && { attributes: sample.attributes }),
  };
}
