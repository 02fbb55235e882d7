/** The segmenter as a tool: pictures and boxes -> masks over the picture. @module */

import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { Params } from "@scenograph/graph/nn/params";
import { loadWith, type Weights } from "@scenograph/graph/nn/weights";
import { sigmoid } from "@scenograph/graph/ops/elementwise";
import { compile } from "@scenograph/graph/program";
import type { Executable, Runtime } from "@scenograph/graph/runtime/runtime";
import { bitmapToMask, ellipseBitmap, type RunMask } from "scenograph/formats/rle";
import type { Box, Picture } from "scenograph/scene/scene";
import type { SegmenterConfig } from "./config.ts";
import { type BoxedObject, cropOf, type Example, expectedOverlap, segmenterFeeds, uncrop } from "./data.ts";
import { type Encoder, segment } from "./model.ts";
import { segmenterInputs } from "./step.ts";

/** Crops a run. */
const LARGEST_BATCH = 16;

export interface SegmenterRequest {
  readonly picture: Picture;
  /** All objects of the picture. */
  readonly objects: readonly BoxedObject[];
  /** Which of them to infer. */
  readonly wanted: readonly number[];
}

export interface InferredMask {
  /** Over the picture, at its size, inside the box, never empty. */
  readonly mask: RunMask;
  /** The overlap that the network expects of its mask, 0 to 1. */
  readonly confidence: number;
  /** "ellipse": the one inscribed in the box, since that is very small, or the network was not sure. */
  readonly kind: "network" | "ellipse";
}

export interface Segmenter {
  /** A mask for each wanted object of each request. */
  infer(requests: readonly SegmenterRequest[]): Promise<InferredMask[][]>;
  release(): Promise<void>;
}

/** Weights "segmenter.*" of the configuration that they were trained with. Programs are compiled once a batch size. */
export function createSegmenter(
  runtime: Runtime,
  config: SegmenterConfig,
  encoder: Encoder,
  weights: Weights,
): Segmenter {
  const loaded = new Map<number, Promise<Executable>>();
  const executable = (n: number): Promise<Executable> => {
    let one = loaded.get(n);
    if (!one) {
      const logits = segment(new Params("segmenter"), config, encoder, segmenterInputs(n, config.crop));
      one = loadWith(runtime, compile({ outputs: { masks: sigmoid(logits) } }), weights);
      one.catch(() => loaded.delete(n));
      loaded.set(n, one);
    }
    return one;
  };
  const half = config.crop / 2;
  const size = half * half;

  const run = async (examples: readonly Example[]): Promise<Float32Array> => {
    const n = bucket(examples.length);
    const program = await executable(n);
    return (await program.run(segmenterFeeds(examples, n, config.crop))).masks as Float32Array;
  };

  /** Probabilities over the picture. */
  const inferChunk = async (examples: readonly Example[]): Promise<Float32Array[]> => {
    const masks = await run(examples);
    const turned = config.mirror
      ? await run(examples.map((e) => ({ ...e, crop: { ...e.crop, turned: true } })))
      : undefined;
    return examples.map(({ crop, object, picture }, i) => {
      const own = masks.slice(i * size, (i + 1) * size);
      if (turned)
        for (let y = 0; y < half; y++)
          for (let x = 0; x < half; x++) {
            const at = y * half + x;
            own[at] = (own[at] + turned[i * size + y * half + half - 1 - x]) / 2;
          }
      return uncrop(own, crop, half, object.box, picture);
    });
  };

  const decide = ({ picture, object }: Example, probabilities: Float32Array): InferredMask => {
    const { width, height } = picture;
    const confidence = expectedOverlap(probabilities, config.threshold);
    const found = probabilities.map((p) => (p > config.threshold ? 1 : 0));
    const tiny = Math.min(object.box[2] * width, object.box[3] * height) < config.leastSide;
    const kind = tiny || confidence < config.leastConfidence || !found.some((v) => v > 0) ? "ellipse" : "network";
    const bitmap = kind === "network" ? found : ellipse(object.box, width, height);
    return { mask: bitmapToMask(bitmap, width, height), confidence, kind };
  };

  return {
    async infer(requests) {
      const examples = requests.flatMap(({ picture, objects, wanted }) =>
        wanted.map((k): Example => {
          const object = objects[k];
          return { picture, object, others: objects, crop: cropOf(object.box, picture.width, picture.height, config) };
        }),
      );
      const found: InferredMask[] = [];
      for (const chunk of chunks(examples, LARGEST_BATCH)) {
        const probabilities = await inferChunk(chunk);
        found.push(...chunk.map((e, i) => decide(e, probabilities[i])));
      }
      let at = 0;
      return requests.map(({ wanted }) => {
        at += wanted.length;
        return found.slice(at - wanted.length, at);
      });
    },
    async release() {
      const all = await Promise.allSettled(loaded.values());
      loaded.clear();
      for (const one of all) if (one.status === "fulfilled") await one.value.release();
    },
  };
}

/** The ellipse inscribed in the box on a width x height picture; at least one pixel. */
export function ellipse(box: Box, width: number, height: number): Uint8Array {
  const bitmap = ellipseBitmap(box, width, height);
  const [x, y, w, h] = box;
  const at = (start: number, length: number, pixels: number) =>
    Math.min(pixels - 1, Math.max(0, Math.floor((start + length / 2) * pixels)));
  if (!bitmap.includes(1)) bitmap[at(y, h, height) * width + at(x, w, width)] = 1;
  return bitmap;
}
