/**
 * Sampling masks: `MaskGenerator` of the pipeline from a runtime and weights. A program is compiled once for each pair of sizes
 * (pictures, objects), rounded up, and kept.
 * @module
 */
import { ConfigError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { Params } from "@scenograph/graph/nn/params";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import type { Weights } from "@scenograph/graph/nn/weights";
import { compile, type Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { bitmapToMask } from "../../formats/rle.ts";
import type { MaskGenerator } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import type { Box, Mask, SceneObject } from "../../scene/scene.ts";
import { layoutInputs, SIZE } from "./boxes.ts";
import type { MasksConfig } from "./config.ts";
import { boxPixels, layoutFeeds, mirrored, mirrorRows, readingOrder, snapBox } from "./data.ts";
import { drawShape } from "./frame.ts";
import { generator } from "./model.ts";

/** Inputs boxes, labels, valid, noise; output masks [N, T, 64, 64] of `config.frame`, probabilities. State: masks.generator.*. */
export function buildInference(config: MasksConfig, pictures: number, objects: number): Program {
  const noise = input("noise", [pictures, objects, config.noise]);
  const { masks } = generator(new Params("masks.generator"), config, layoutInputs(pictures, objects), noise);
  return compile({ outputs: { masks } });
}

/** Pictures a run. One, so that masks cannot depend on the pictures beside theirs, and it is as fast. */
const LARGEST_BATCH = 1;

export interface MaskGeneratorOptions {
  /** Told when a mask came out empty and the ellipse inscribed in the box was taken for it. */
  readonly onEmpty?: (object: SceneObject) => void;
  /** What the class indices of the weights mean. Default: COCO. */
  readonly categories?: Categories;
}

export interface LoadedMaskGenerator extends MaskGenerator {
  /** Probabilities [resolution ^ 2] of each object, row-major, 0 outside its box: what `infer` thresholds. */
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
 * Masks of `config.resolution` pixels a side (64 where the frame is the picture), zero outside the box and never empty: where no pixel passes the threshold, the ellipse inscribed in the box.
 * A locked object that has a mask keeps it. With `config.mirror`, stream(seed, "mask", "mirror") decides whether the picture is
 * inferred in a mirror. z_t is drawn from stream(seed, "mask", object id), times
 * `config.noiseScale`. Of several candidates an object gets the medoid of its masks.
 * @throws ConfigError for a label that is no category of the vocabulary.
 */
export function createMaskGenerator(
  runtime: Runtime,
  config: MasksConfig,
  weights: Weights,
  options: MaskGeneratorOptions = {},
): LoadedMaskGenerator {
  const { categories = COCO } = options;
  const size = config.frame === "picture" ? SIZE : config.resolution;
  const programs = new ProgramCache(runtime, weights);
  const executable = (pictures: number, objects: number) =>
    programs.get(`${pictures}x${objects}`, () => buildInference(config, pictures, objects));
  const tries = (requests: readonly MaskRequest[]) =>
    requests.flatMap((r) => Array.from({ length: config.candidates }, (_, candidate) => ({ ...r, candidate })));
  const sizes = (requests: readonly MaskRequest[]) => ({
    pictures: bucket(requests.length),
    objects: objectBucket(Math.max(0, ...requests.map((r) => r.objects.length))),
  });

  /** Probabilities [64 * 64] of the network's frame. */
  const runChunk = async (
    requests: readonly (MaskRequest & { readonly candidate: number })[],
  ): Promise<Float32Array[][]> => {
    if (requests.every((r) => r.objects.length === 0)) return requests.map(() => []);
    const { pictures: n, objects: t } = sizes(requests);
    const turned = requests.map((r) => config.mirror && stream(r.seed, "mask", "mirror").bool());
    const pictures = requests.map(({ objects }, i) => {
      const own = objects.map((o) => ({
        classIndex: classOf(o, categories),
        box: config.frame === "picture" ? snapBox(o.box) : o.box,
      }));
      return turned[i] ? mirrored(own) : own;
    });
    const orders = pictures.map((objects) =>
      readingOrder(
        objects.map((o) => o.box),
        config.order,
      ),
    );
    const layouts = pictures.map((objects, i) => orders[i].map((k) => objects[k]));
    const noise = new Float32Array(n * t * config.noise);
    requests.forEach((r, i) => {
      orders[i].forEach((k, place) => {
        const name = ["mask", r.objects[k].id, ...(r.candidate > 0 ? [r.candidate] : [])];
        const z = stream(r.seed, ...name).normals(config.noise);
        noise.set(
          z.map((v) => v * config.noiseScale),
          (i * t + place) * config.noise,
        );
      });
    });
    while (layouts.length < n) layouts.push([]);
    const run = await executable(n, t);
    const masks = (await run.run({ ...layoutFeeds(layouts, t, config.frame), noise })).masks as Float32Array;
    return requests.map((r, i) => {
      const own = new Array<Float32Array>(r.objects.length);
      orders[i].forEach((k, place) => {
        const at = (i * t + place) * SIZE * SIZE;
        const one = masks.slice(at, at + SIZE * SIZE);
        own[k] = turned[i] ? mirrorRows(one) : one;
      });
      return own;
    });
  };

  const probabilities = async (requests: readonly MaskRequest[]): Promise<Float32Array[][]> => {
    const n = config.candidates;
    const all: Float32Array[][] = [];
    for (const chunk of chunks(tries(requests), LARGEST_BATCH)) all.push(...(await runChunk(chunk)));
    return requests.map(({ objects }, i) =>
      objects.map(({ box }, k) => {
        const found = medoid(
          all.slice(i * n, (i + 1) * n).map((one) => one[k]),
          config.threshold,
        );
        return config.frame === "picture" ? found : drawShape(found, box, size);
      }),
    );
  };

  return {
    probabilities,
    async infer(requests) {
      const all = await probabilities(requests);
      return requests.map((r, i) =>
        r.objects.map((object, k) => {
          if (object.locked && object.mask) return object.mask;
          const probability = all[i][k];
          const found = new Uint8Array(probability.length);
          let pixels = 0;
          for (let at = 0; at < found.length; at++) {
            found[at] = probability[at] > config.threshold ? 1 : 0;
            pixels += found[at];
          }
          if (pixels > 0) return bitmapToMask(found, size, size);
          options.onEmpty?.(object);
          return inscribedEllipse(object.box, size);
        }),
      );
    },
    async prepare(requests) {
      for (const chunk of chunks(tries(requests), LARGEST_BATCH)) {
        const { pictures, objects } = sizes(chunk);
        if (chunk.some((r) => r.objects.length > 0)) await executable(pictures, objects);
      }
    },
    release: () => programs.release(),
  };
}

/** Of several maps of probabilities the one whose mask has the largest mean IoU with the others'; the first of equals. */
export function medoid(maps: readonly Float32Array[], threshold: number): Float32Array {
  if (maps.length < 3) return maps[0];
  const overlap = (a: Float32Array, b: Float32Array) => {
    let [both, either] = [0, 0];
    for (let i = 0; i < a.length; i++) {
      const [p, q] = [a[i] > threshold, b[i] > threshold];
      if (p && q) both++;
      if (p || q) either++;
    }
    return either === 0 ? 1 : both / either;
  };
  const totals = maps.map((a) => maps.reduce((sum, b) => sum + (a === b ? 0 : overlap(a, b)), 0));
  return maps[totals.indexOf(Math.max(...totals))];
}

/** Objects a picture that are compiled: 1, 2, 4, 6, 8, 12, 16, 24, 32, 48 ...: few sizes, little padding. */
export function objectBucket(count: number): number {
  let size = 1;
  while (size < count) size *= 2;
  return size > 4 && count <= size * 0.75 ? size * 0.75 : size;
}

function classOf(object: SceneObject, categories: Categories): number {
  const index = categories.indexOf(object.label);
  if (index < 0)
    throw new ConfigError(`infer(): a label is ${categories.described}, got "${object.label}"; correct the scene`);
  return index;
}

/** The ellipse that touches the box's four sides, as a mask of size x size; at least one pixel. */
export function inscribedEllipse(box: Box, size = SIZE): Mask {
  const [left, top, right, bottom] = boxPixels(box, size);
  const bitmap = new Uint8Array(size * size);
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const u = (2 * (x + 0.5 - left)) / (right - left) - 1;
      const v = (2 * (y + 0.5 - top)) / (bottom - top) - 1;
      if (u * u + v * v <= 1) bitmap[y * size + x] = 1;
    }
  // a box of one pixel a side has its only centre in the middle
  return bitmapToMask(bitmap, size, size);
}
