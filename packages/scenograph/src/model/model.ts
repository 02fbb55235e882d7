/**
 * A model: the four stages of the pipeline out of the weight files of a folder, each read when it is first needed. Runs in
 * browsers too; `load.node.ts` opens models from disk.
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { readSafetensors } from "@scenograph/graph/formats/safetensors";
import type { Weights } from "@scenograph/graph/nn/weights";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { createImageGenerator } from "../ours/image/index.ts";
import { createLayoutSampler } from "../ours/layouts/layouts.ts";
import { SizeTable } from "../ours/layouts/statistics.ts";
import type { LookPictures } from "../ours/looks/infer.ts";
import { createMaskGenerator } from "../ours/masks/index.ts";
import { openLooks, openPoses, pictureSizes } from "../ours/open.ts";
import type { PoseMasks } from "../ours/poses/infer.ts";
import { createTextEncoder } from "../ours/text/index.ts";
import type { BoxSampler } from "../paper/boxes/sampler.ts";
import type { ImageSampler } from "../paper/image/infer.ts";
import { embeddingSize } from "../paper/text/config.ts";
import { STAGES, type StageName, type Stages } from "../pipeline.ts";
import type { Categories } from "../scene/categories.ts";
import type { Scene } from "../scene/scene.ts";
import { categoriesOf, type ModelInfo, parseModelInfo, statisticsOf } from "./info.ts";

export interface ModelStages extends Stages {
  readonly boxes: BoxSampler;
  readonly image: ImageSampler;
  /** The likeliest poses of an object with their masks, where the model has pose codes. */
  readonly poses?: PoseMasks["alternatives"];
  /** The likeliest looks of an object with thumbnails, where the model has look codes. */
  readonly looks?: LookPictures["alternatives"];
}

export interface Model {
  readonly info: ModelInfo;
  /** What it can draw. */
  readonly categories: Categories;
  readonly stages: ModelStages;
  /** Read the weight files of these stages now, side by side. Default: all. */
  load(stages?: readonly StageName[]): Promise<void>;
  /**
   * Compile what a stage needs for this batch, without computing: the stage's first call is then as fast as any.
   */
  prepare(stage: StageName, scenes: readonly Scene[]): Promise<void>;
  /** Free what was compiled; the next call compiles again. */
  release(): Promise<void>;
}

export interface OpenOptions {
  /** Hex SHA-256 of bytes; files are compared with model.json where it is given. */
  readonly sha256?: (bytes: Uint8Array) => string | Promise<string>;
  /** How messages call the folder. */
  readonly where?: string;
  /** Where a stage runs that does not run where the others do. */
  readonly runtimes?: Partial<Record<StageName, Runtime>>;
}

/**
 * @param read bytes of a file by its path relative to the model's folder, first "model.json"
 * @throws FormatError for a damaged model.json; later, at the first use of a stage, for a damaged or foreign weight file
 */
export async function openModel(
  read: (path: string) => Promise<Uint8Array>,
  runtime: Runtime,
  options: OpenOptions = {},
): Promise<Model> {
  const { info, weightsOf } = await openFiles(read, options);
  const where = options.where ?? "model";
  const { config } = info;
  const categories = categoriesOf(info, `${where}/model.json`);
  const textSize = embeddingSize(config.text);
  const on = (stage: StageName) => options.runtimes?.[stage] ?? runtime;
  const text = lazy(async () => createTextEncoder(on("text"), config.text, await weightsOf("text"), categories));
  const layouts = { categories, table: new SizeTable(statisticsOf(info, categories, `${where}/model.json`)) };
  const boxes = lazy(async () =>
    createLayoutSampler(on("boxes"), config.boxes, textSize, await weightsOf("boxes"), layouts),
  );
  const masks = lazy(async () =>
    createMaskGenerator(on("masks"), config.masks, await weightsOf("masks"), { categories }),
  );
  const image = lazy(async () =>
    createImageGenerator(on("image"), config.image, textSize, await weightsOf("image"), categories),
  );
  const makers = { text, boxes, masks, image };
  // ours, beside the paper: pose codes draw the masks, look codes the objects of the picture
  const { ours } = config;
  const posed = ours && ours.poses.codes > 0 ? ours : undefined;
  const looked = ours && ours.looks.codes > 0 ? ours : undefined;
  const poses = lazy(async () => openPoses(on("masks"), posed!, config.masks, await weightsOf("masks"), categories));
  const looks = lazy(async () =>
    openLooks(
      on("image"),
      looked!,
      config.image.size,
      await weightsOf("image"),
      await weightsOf("masks"),
      await image(),
      categories,
    ),
  );
  const named = async <T>(stage: StageName, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof FormatError && error.message.startsWith("weights:"))
        throw new FormatError(`${where}/${info.files[stage]}: ${error.message}; assemble the model again`);
      throw error;
    }
  };

  const stages: ModelStages = {
    text: { encode: (captions) => named("text", async () => (await text()).encode(captions)) },
    boxes: {
      infer: (requests, o) => named("boxes", async () => (await boxes()).infer(requests, o)),
      next: (...args) => named("boxes", async () => (await boxes()).next(...args)),
    },
    masks: {
      infer: (requests) => named("masks", async () => (await (posed ? poses() : masks())).infer(requests)),
      ...(posed && { choose: (requests) => named("masks", async () => (await poses()).choose(requests)) }),
    },
    image: {
      sizes: looked ? pictureSizes(config.image.size) : [config.image.size],
      gate: (...args) => named("image", async () => (await image()).gate(...args)),
      infer: (requests) => named("image", async () => (await (looked ? looks() : image())).infer(requests)),
      ...(looked && { choose: (requests) => named("image", async () => (await looks()).choose(requests)) }),
    },
    ...(posed && {
      poses: (request, id, count) => named("masks", async () => (await poses()).alternatives(request, id, count)),
    }),
    ...(looked && {
      looks: (request, id, count, side) =>
        named("image", async () => (await looks()).alternatives(request, id, count, side)),
    }),
  };
  const prepare: Record<StageName, (scenes: readonly Scene[]) => Promise<void>> = {
    text: async (scenes) => (await text()).prepare(scenes.map((s) => s.caption)),
    boxes: async (scenes) => (await boxes()).prepare(scenes.length),
    masks: async (scenes) => (await (posed ? poses() : masks())).prepare(scenes),
    image: async (scenes) => (await (looked ? looks() : image())).prepare(scenes.length),
  };

  return {
    info,
    categories,
    stages,
    async load(wanted = STAGES) {
      const own: Partial<Record<StageName, () => Promise<unknown>>> = {
        ...(posed && { masks: poses }),
        ...(looked && { image: looks }),
      };
      await Promise.all(wanted.map((stage) => named(stage, own[stage] ?? (makers[stage] as () => Promise<unknown>))));
    },
    prepare: (stage, scenes) => named(stage, () => prepare[stage](scenes)),
    async release() {
      await Promise.all(STAGES.map(async (stage) => (await makers[stage].made())?.release()));
      await Promise.all([poses, looks].map(async (one) => (await one.made())?.release()));
    },
  };
}

export interface ModelFiles {
  readonly info: ModelInfo;
  /** The weights of a stage, read once; a file that could not be read is tried again. */
  weightsOf(stage: StageName): Promise<Weights>;
}

/** A model's folder without a runtime. Parameters and errors as of `openModel`. */
export async function openFiles(
  read: (path: string) => Promise<Uint8Array>,
  options: OpenOptions = {},
): Promise<ModelFiles> {
  const where = options.where ?? "model";
  const info = parseModelInfo(new TextDecoder().decode(await read("model.json")), `${where}/model.json`);
  const files = new Map<string, Promise<Weights>>();
  const weightsOf = (stage: StageName): Promise<Weights> => {
    const path = info.files[stage];
    let ready = files.get(path);
    if (!ready) {
      ready = readWeights(read, path, info.sha256[stage], options);
      ready.catch(() => files.delete(path));
      files.set(path, ready);
    }
    return ready;
  };
  return { info, weightsOf };
}

async function readWeights(
  read: (path: string) => Promise<Uint8Array>,
  path: string,
  expected: string,
  { sha256, where = "model" }: OpenOptions,
): Promise<Weights> {
  const bytes = await read(path);
  let tensors: Weights;
  try {
    tensors = readSafetensors(bytes, { lazy: true }).tensors;
  } catch (error) {
    throw new FormatError(`${where}/${path}: ${(error as Error).message}; restore it, or assemble the model again`);
  }
  const actual = await sha256?.(bytes);
  if (actual !== undefined && actual !== expected)
    throw new FormatError(
      `${where}/${path}: sha256 is ${expected.slice(0, 12)}... in model.json, got ${actual.slice(0, 12)}...; restore the file, or assemble the model again`,
    );
  return tensors;
}

interface Lazy<T> {
  (): Promise<T>;
  /** What was made, if it was. */
  made(): Promise<T | undefined>;
}

/** Made once, at the first call; after a failure the next call tries again. */
function lazy<T>(make: () => Promise<T>): Lazy<T> {
  let ready: Promise<T> | undefined;
  const get = () => {
    ready ??= make();
    ready.catch(() => {
      ready = undefined;
    });
    return ready;
  };
  return Object.assign(get, { made: async () => ready?.catch(() => undefined) });
}
