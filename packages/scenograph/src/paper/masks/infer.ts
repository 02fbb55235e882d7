/**
 * Sampling masks: `MaskGenerator` of the pipeline from a runtime and weights. A program is compiled once for each number of
 * objects, rounded up, and kept.
 * @module
 */
import { ConfigError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import { compile, type Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { bitmapToMask } from "../../formats/rle.ts";
import type { MaskGenerator } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import { extentOf, inscribedEllipse } from "../../scene/geometry.ts";
import type { Box, Mask, SceneObject } from "../../scene/scene.ts";
import { layoutInputs } from "./boxes.ts";
import type { PaperMasks } from "./config.ts";
import { layoutFeeds, readingOrder, snapBox } from "./data.ts";
import { generator } from "./model.ts";
import type { DrawShapes, MaskSeams } from "./seams.ts";

/** Inputs boxes, labels, valid, noise; output masks [N, T, H, W], probabilities. State: masks.generator.*. */
export function maskProgram(config: PaperMasks, pictures: number, objects: number, seams: MaskSeams = {}): Program {
  const noise = input("noise", [pictures, objects, config.noise]);
  const layout = layoutInputs(pictures, objects, config.size);
  const { masks } = generator(new Params("masks.generator"), config, layout, noise, seams);
  return compile({ outputs: { masks } });
}

export interface MaskGeneratorOptions {
  /** Told when a mask came out empty and the ellipse inscribed in the box was taken for it. */
  readonly onEmpty?: (object: SceneObject) => void;
  /** What the class indices of the weights mean. Default: COCO. */
  readonly categories?: Categories;
}

export interface LoadedMaskGenerator extends MaskGenerator {
  /** Probabilities [H * W] of each object, row-major, 0 outside its box: what `infer` thresholds. */
  probabilities(requests: readonly MaskRequest[]): Promise<Float32Array[][]>;
  /** Load what `infer` needs for requests of these numbers of objects. */
  prepare(requests: readonly MaskRequest[]): Promise<void>;
  release(): Promise<void>;
}

export interface MaskRequest {
  readonly objects: readonly SceneObject[];
  readonly seed: number;
}

/**
 * Masks of `config.size` (or that of `seams.frame`), zero outside the box and never empty: where no pixel passes the
 * threshold, the ellipse inscribed in the box. A locked object that has a mask keeps it. z_t is drawn from
 * stream(seed, "mask", object id). A picture a run: masks cannot depend on the pictures beside theirs, and it is as fast.
 * @throws ConfigError for a label that is no category of the vocabulary.
 */
export function createMaskGenerator(
  runtime: Runtime,
  config: PaperMasks,
  weights: Weights,
  { onEmpty, categories = COCO }: MaskGeneratorOptions = {},
  seams: MaskSeams = {},
): LoadedMaskGenerator {
  const { frame } = seams;
  const place = (box: Box) => (frame ? box : snapBox(box, config.size));
  const { width, height } = extentOf(frame?.size ?? config.size);
  const programs = new ProgramCache(runtime, weights);
  const executable = (count: number) => {
    const t = objectBucket(count);
    return programs.get(t, () => maskProgram(config, 1, t, seams));
  };

  const drawOnce: DrawShapes = async ({ objects, noise }) => {
    const t = objectBucket(objects.length);
    const order = readingOrder(objects, config.order);
    const z = new Float32Array(t * config.noise);
    order.forEach((k, at) => {
      z.set(noise[k], at * config.noise);
    });
    const feeds = layoutFeeds([order.map((k) => objects[k])], t, place);
    const masks = (await (await executable(t)).run({ ...feeds, noise: z })).masks as Float32Array;
    const shapes = new Array<Float32Array>(objects.length);
    const pixels = masks.length / t;
    order.forEach((k, at) => {
      shapes[k] = masks.slice(at * pixels, (at + 1) * pixels);
    });
    return shapes;
  };
  const draw = seams.sampling?.(drawOnce) ?? drawOnce;

  const probabilitiesOf = async ({ objects, seed }: MaskRequest): Promise<Float32Array[]> => {
    if (objects.length === 0) return [];
    const shapes = await draw({
      objects: objects.map((o) => ({ classIndex: classOf(o, categories), box: place(o.box) })),
      ids: objects.map((o) => o.id),
      noise: objects.map((o) => stream(seed, "mask", o.id).normals(config.noise)),
      seed,
    });
    return frame ? shapes.map((shape, k) => frame.paste(shape, objects[k].box)) : shapes;
  };

  const maskOf = (object: SceneObject, probabilities: Float32Array): Mask => {
    if (object.locked && object.mask) return object.mask;
    const found = new Uint8Array(probabilities.length);
    for (let i = 0; i < found.length; i++) found[i] = probabilities[i] > config.threshold ? 1 : 0;
    if (found.includes(1)) return bitmapToMask(found, width, height);
    onEmpty?.(object);
    return inscribedEllipse(object.box, [width, height]);
  };

  return {
    async probabilities(requests) {
      const all: Float32Array[][] = [];
      for (const request of requests) all.push(await probabilitiesOf(request));
      return all;
    },
    async infer(requests) {
      const all = await this.probabilities(requests);
      return requests.map(({ objects }, i) => objects.map((object, k) => maskOf(object, all[i][k])));
    },
    async prepare(requests) {
      for (const { objects } of requests) if (objects.length > 0) await executable(objects.length);
    },
    release: () => programs.release(),
  };
}

/** Objects a picture that are compiled: 1 to 12 as they are, for an object costs as much as another; then 16, 24, 32, 48 ... */
export function objectBucket(count: number): number {
  if (count <= 12) return count;
  let size = 16;
  while (size < count) size *= 2;
  return count <= size * 0.75 ? size * 0.75 : size;
}

function classOf(object: SceneObject, categories: Categories): number {
  const index = categories.indexOf(object.label);
  if (index < 0)
    throw new ConfigError(`infer(): a label is ${categories.described}, got "${object.label}"; correct the scene`);
  return index;
}
