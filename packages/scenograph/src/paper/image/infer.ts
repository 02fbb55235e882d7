/** Pictures from masks and sentences with trained weights. @module */

import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { maskToBitmap, resizeMask } from "../../formats/rle.ts";
import type { ImageGenerator, Sentence } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import { extentOf, type Size } from "../../scene/geometry.ts";
import { isLabelled, type Mask, type Picture, type Scene } from "../../scene/scene.ts";
import type { PaperImage } from "./config.ts";
import { composeLayout, fromPlanes, type Layout, layoutFeeds, noiseFeeds, resizeBitmap } from "./data.ts";
import { createGateReader, type TextGate } from "./gate.ts";
import type { ImageSeams } from "./seams.ts";
import { imageProgram } from "./step.ts";

export interface ImageSampler extends ImageGenerator {
  /** What the sentence does to the layout of this scene before a picture is drawn. */
  gate(scene: Pick<Scene, "objects">, sentence: Sentence): Promise<TextGate>;
}

export interface LoadedImageSampler extends ImageSampler {
  /** Load what `infer` needs for so many pictures. */
  prepare(count: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Pictures a run. One, so that a picture's bytes cannot depend on those beside it (the engine divides the sums of a larger run
 * otherwise among its threads); and it is faster: 8 pictures of 128 pixels took 885 ms in one run, 438 ms in eight (one thread).
 */
const LARGEST_BATCH = 1;

/** The layout of a scene: visible objects with a mask, in drawing order. */
export function sceneLayout(scene: Pick<Scene, "objects">, size: Size, categories: Categories = COCO): Layout {
  const drawn = scene.objects.flatMap((o) => {
    if (o.hidden || !o.mask || !isLabelled(o)) return [];
    return [{ classIndex: categories.indexOf(o.label), box: o.box, bitmap: maskBitmap(o.mask, size) }];
  });
  return composeLayout(drawn, size);
}

function maskBitmap(mask: Mask, size: Size): Uint8Array {
  const { width, height } = extentOf(size);
  if (mask.width * height === mask.height * width)
    return resizeBitmap(maskToBitmap(mask), [mask.width, mask.height], size);
  const filter = width * height < mask.width * mask.height ? "area" : "nearest";
  return maskToBitmap(resizeMask(mask, width, height, filter));
}

/** Generator from weights "image.*"; `textSize` is the width of the sentence embedding. */
export function createImageGenerator(
  runtime: Runtime,
  config: PaperImage,
  textSize: number,
  weights: Weights,
  categories: Categories = COCO,
  seams: ImageSeams = {},
): LoadedImageSampler {
  const { size } = config;
  const gateReader = createGateReader(runtime, config, textSize, weights, categories, seams);
  const programs = new ProgramCache(runtime, weights);
  const executable = (n: number) => programs.get(n, () => imageProgram(config, textSize, n, seams));

  const inferChunk = async (requests: readonly { scene: Scene; sentence: Sentence }[]): Promise<Picture[]> => {
    const n = bucket(requests.length);
    const { width, height } = extentOf(size);
    const area = width * height;
    const described = requests.map(({ scene, sentence }) => ({
      layout: sceneLayout(scene, size, categories),
      sentence,
    }));
    const text = new Float32Array(n * textSize);
    requests.forEach(({ sentence }, i) => {
      text.set(sentence.embedding, i * textSize);
    });
    const chance = requests.map(({ scene }) => stream(scene.seed, "image"));
    const feeds = { ...layoutFeeds(described, n, config, seams), text, ...noiseFeeds(chance, n, config, seams) };
    const { picture } = await (await executable(n)).run(feeds);
    return requests.map((_, i) => ({
      width,
      height,
      data: fromPlanes((picture as Float32Array).subarray(i * 3 * area, (i + 1) * 3 * area)),
    }));
  };

  return {
    sizes: [size],
    gate: (scene, sentence) => gateReader.read(sceneLayout(scene, size, categories), sentence),
    async infer(requests) {
      const all: Picture[] = [];
      for (const chunk of chunks(requests, LARGEST_BATCH)) all.push(...(await inferChunk(chunk)));
      return all;
    },
    async prepare(count) {
      const sizes = chunks(Array.from({ length: count }), LARGEST_BATCH).map((c) => bucket(c.length));
      for (const n of new Set(sizes)) await executable(n);
    },
    async release() {
      await Promise.all([programs.release(), gateReader.release()]);
    },
  };
}
