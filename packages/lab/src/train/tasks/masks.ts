/** Training of the shape generator on the masks of a COCO folder: visible pixels, the kind that the picture stage sees. @module */

import { UserError } from "@scenograph/graph/errors";
import { loadPerceptual } from "@scenograph/graph/nn/perceptual/load.node";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { sizeOf } from "@scenograph/graph/tensor";
import { grid } from "scenograph/draw/draw";
import { bitmapToMask, maskArea, maskToBitmap } from "scenograph/formats/rle";
import { batchFeeds, createMaskGenerator, type MasksConfig, maskExtent, maskStep } from "scenograph/ours/masks/index";
import { maskRank } from "scenograph/ours/masks/maskedFirst";
import { mirrored } from "scenograph/ours/masks/mirror";
import type { WeighedObject } from "scenograph/ours/masks/pixels";
import { chooseObjects, hasPixels, readingOrder, stepNoise } from "scenograph/paper/masks/data";
import { type Categories, COCO } from "scenograph/scene/categories";
import { classColor } from "scenograph/scene/colors";
import { boxPixels, mirrorBox, mirrorMap } from "scenograph/scene/geometry";
import type { Box, Mask, Picture, SceneObject } from "scenograph/scene/scene";
import { classBalance, Order } from "../../data/batches.ts";
import { type CocoObject, loadCoco, objectMask, type Sample } from "../../data/coco.ts";
import { MASK_METRICS, type MaskSample, maskContributions, stretchMask } from "../../evaluate/masks.ts";
import { averagedWeights, type Task, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";

/** Pictures of the fixed validation set, and noises an object in it. */
const VALIDATION_PICTURES = 64;
const VALIDATION_NOISES = 5;
const SAMPLE_PICTURES = 16;

export async function createMasksTask(context: TaskContext): Promise<Task> {
  const config = context.config.masks;
  const training = await readPictures(context, "training");
  const validation = spread(await readPictures(context, "validation"), VALIDATION_PICTURES);
  context.log(`${training.length} pictures with masks to train on, ${validation.length} to validate`);
  const features =
    config.loss.perceptualFeatures === "cocossd" ? (await loadPerceptual("cocossd")).features : undefined;
  const { batch, steps } = config.train;
  const extent = maskExtent(config);
  const { flip, maskedFirst } = config.ours;
  const program = maskStep(config, { pictures: batch, objects: config.maxObjects, features });
  const order = new Order(training.length, context.seed, pictureWeights(training, config));
  const read = pictureCache(training, config);

  return {
    stage: "masks",
    program,
    batchSize: batch,
    sampleCount: training.length,
    totalSteps: steps,
    losses: program.outputs.map((o) => o.name),
    async batch(step) {
      const random = stream(context.seed, "masks", "batch", step);
      const pictures = order.at(step, batch).map((i) => {
        const objects = read(i);
        const seen = flip && random.bool() ? mirrored(objects, extent.width) : objects;
        return chooseObjects(seen, config.maxObjects, config.order, random, maskedFirst ? maskRank : undefined);
      });
      const noise = stepNoise(context.seed, step, sizeOf(program.inputs.find(({ name }) => name === "noise")!.shape));
      return batchFeeds(config, pictures, config.maxObjects, noise);
    },
    validate: (weights, runtime) =>
      validateMasks(config, validation, weights, runtime, context.seed, context.categories ?? COCO),
    sample: (weights, runtime) =>
      sampleGrid(
        config,
        spread(validation, SAMPLE_PICTURES),
        weights,
        runtime,
        context.seed,
        context.categories ?? COCO,
      ),
    exportWeights: (state) => averagedWeights(program, state),
    metadata: { stage: "masks", config: JSON.stringify({ masks: config }) },
  };
}

/** Pictures of which at least one object has a mask, the part of them that the picture stage sees. */
async function readPictures(context: TaskContext, part: "training" | "validation"): Promise<Sample[]> {
  const { whole, inferred } = context.config.masks.ours;
  const { samples } = await loadCoco(context.data, context.split, {
    categories: context.categories,
    part,
    need: ["objects"],
    crop: context.config.image.size,
    amodal: whole,
    inferred: part === "training" && inferred > 0,
    log: context.log,
  });
  const wanted = samples.filter((s) => s.objects.some((o) => o.segmentation));
  if (wanted.length === 0)
    throw new UserError(
      `train masks: split ${context.split} of ${context.data} has no mask in its ${part} part; choose another split`,
    );
  return wanted;
}

/** How often each picture is drawn; undefined: all alike. */
function pictureWeights(samples: readonly Sample[], { ours }: MasksConfig): number[] | undefined {
  const real = (s: Sample) => s.objects.some((o) => o.segmentation && !o.inferred);
  if (!ours.balance && samples.every(real)) return undefined;
  const balance = ours.balance ? classBalance(samples) : samples.map(() => 1);
  return samples.map((s, i) => balance[i] * (real(s) ? 1 : ours.inferred));
}

/** At most n of the items, evenly spaced. */
function spread<T>(items: readonly T[], n: number): T[] {
  if (items.length <= n) return [...items];
  return Array.from({ length: n }, (_, i) => items[Math.floor((i * items.length) / n)]);
}

/** The objects of picture i with masks of `maskExtent`; drawn once, then kept as runs. */
function pictureCache(samples: readonly Sample[], config: MasksConfig): (i: number) => WeighedObject[] {
  const kept = new Map<number, (Mask | undefined)[]>();
  const inBox = config.ours.frame === "box";
  const { width, height } = maskExtent(config);
  return (i) => {
    const sample = samples[i];
    let masks = kept.get(i);
    if (!masks) {
      masks = sample.objects.map((o) => {
        const bitmap = inBox ? shapeOf(sample, o) : objectMask(sample, o, width, height);
        const all: Box = inBox ? [0, 0, 1, 1] : o.box;
        return bitmap && hasPixels(bitmap, all, [width, height]) ? bitmapToMask(bitmap, width, height) : undefined;
      });
      kept.set(i, masks);
    }
    const objects = sample.objects.map(({ classIndex, box, inferred }, k) => {
      const mask = masks[k];
      return {
        classIndex,
        box,
        mask: mask && maskToBitmap(mask),
        ...(inferred && { inferred: config.ours.inferred }),
      };
    });
    return isMirrored(sample, config) ? mirrored(objects, width) : objects;
  };
}

/** The object's mask, as fine as the picture, stretched to 64 x 64 in its box. */
function shapeOf(sample: Sample, object: CocoObject): Uint8Array | undefined {
  const { width, height } = sample;
  const bitmap = objectMask(sample, object, width, height);
  return bitmap && stretchMask(bitmapToMask(bitmap, width, height), object.box);
}

/** `data illustrate` mirrors odd variants, and notes the variant. */
function isMirrored({ attributes }: Sample, { ours }: MasksConfig): boolean {
  return ours.unmirror && Number(attributes?.variant ?? 0) % 2 === 1;
}

/** The sample as a scene's objects, in drawing order, with their real masks. */
function sceneObjects(sample: Sample, config: MasksConfig, categories: Categories): SceneObject[] {
  const turn = isMirrored(sample, config);
  return readingOrder(sample.objects, config.order).map((i) => {
    const object = sample.objects[i];
    const { width, height } = sample;
    const bitmap = objectMask(sample, object, width, height);
    const mask = bitmap && bitmapToMask(bitmap, width, height);
    return {
      id: String(object.id),
      label: categories.nameOf(object.classIndex),
      box: turn ? mirrorBox(object.box) : object.box,
      mask: mask && turn ? mirrorMask(mask) : mask,
    };
  });
}

function mirrorMask(mask: Mask): Mask {
  const { width, height } = mask;
  return bitmapToMask(mirrorMap(maskToBitmap(mask), width), width, height);
}

/** The same objects without masks: what the generator is asked for. */
function bare(objects: readonly SceneObject[]): SceneObject[] {
  return objects.map(({ id, label, box }) => ({ id, label, box }));
}

/**
 * Metrics of evaluate/masks.ts; `best` is of 5. score = 1 - iou + |edge / true-edge - 1| / 2: overlap alone prefers blobs
 * [ours].
 */
async function validateMasks(
  config: MasksConfig,
  samples: readonly Sample[],
  weights: Weights,
  runtime: Runtime,
  seed: number,
  categories: Categories,
): Promise<{ metrics: Record<string, number>; score: number }> {
  // in the direction of the real masks
  const generator = createMaskGenerator(runtime, { ...config, ours: { ...config.ours, mirror: false } }, weights, {
    categories,
  });
  try {
    const scenes = samples.map((s) => sceneObjects(s, config, categories));
    const found: Mask[][][] = [];
    for (let z = 0; z < VALIDATION_NOISES; z++)
      found.push(await generator.infer(scenes.map((objects) => ({ objects: bare(objects), seed: seed + z }))));
    const items: MaskSample[] = scenes.flatMap((objects, i) =>
      objects.flatMap(({ mask, box }, k) =>
        mask && maskArea(mask) > 0
          ? {
              image: samples[i].imageId,
              areaShare: maskArea(mask) / (mask.width * mask.height),
              truth: stretchMask(mask, box),
              generated: found.map((one) => stretchMask(one[i][k], box)),
            }
          : [],
      ),
    );
    const parts = items.map(maskContributions);
    const metrics: Record<string, number> = {};
    for (const name of MASK_METRICS) {
      const [a, b] = parts.reduce(([n, d], p) => [n + p[name].numerator, d + p[name].denominator], [0, 0]);
      if (b > 0) metrics[name] = a / b;
    }
    // where every mask is without an outline there is no edge ratio
    const edge = Math.abs((metrics.edge ?? 0) / (metrics["true-edge"] || 1) - 1);
    return { metrics, score: 1 - metrics.iou + edge / 2 };
  } finally {
    await generator.release();
  }
}

/** A PNG: four panels a picture (boxes, masks of two noises, real masks), three pictures a row. */
async function sampleGrid(
  config: MasksConfig,
  samples: readonly Sample[],
  weights: Weights,
  runtime: Runtime,
  seed: number,
  categories: Categories,
): Promise<Uint8Array> {
  const generator = createMaskGenerator(runtime, config, weights, { categories });
  try {
    const scenes = samples.map((s) => sceneObjects(s, config, categories));
    const [first, second] = [
      await generator.infer(scenes.map((objects) => ({ objects: bare(objects), seed }))),
      await generator.infer(scenes.map((objects) => ({ objects: bare(objects), seed: seed + 1 }))),
    ];
    const panels = scenes.flatMap((objects, i) => [
      panel(objects, []),
      panel(objects, first[i]),
      panel(objects, second[i]),
      panel(
        objects,
        objects.map((o) => o.mask),
      ),
    ]);
    return await grid(panels, 8);
  } finally {
    await generator.release();
  }
}

const PANEL = 128;

/** Masks in the colours of their classes, the largest box first, on light paper; then the outlines of all boxes. */
function panel(objects: readonly SceneObject[], masks: readonly (Mask | undefined)[]): Picture {
  const data = new Uint8Array(PANEL * PANEL * 3).fill(244);
  const paint = (x: number, y: number, color: string, share: number) => {
    for (let c = 0; c < 3; c++) {
      const at = (y * PANEL + x) * 3 + c;
      const value = Number.parseInt(color.slice(1 + 2 * c, 3 + 2 * c), 16);
      data[at] = Math.round(data[at] * (1 - share) + value * share);
    }
  };
  const largestFirst = readingOrder(objects, "largest-first");
  for (const k of largestFirst) {
    const mask = masks[k];
    if (!mask) continue;
    const bitmap = maskToBitmap(mask);
    for (let y = 0; y < PANEL; y++)
      for (let x = 0; x < PANEL; x++) {
        const [column, row] = [x, y].map((v, axis) =>
          Math.floor(((v + 0.5) * (axis === 0 ? mask.width : mask.height)) / PANEL),
        );
        if (bitmap[row * mask.width + column]) paint(x, y, classColor(objects[k].label), 0.85);
      }
  }
  const share = masks.length === 0 ? 1 : 0.35;
  for (const k of largestFirst) {
    const color = classColor(objects[k].label);
    const [left, top, right, bottom] = boxPixels(objects[k].box, PANEL);
    for (let x = left; x < right; x++) for (const y of [top, bottom - 1]) paint(x, y, color, share);
    for (let y = top + 1; y < bottom - 1; y++) for (const x of [left, right - 1]) paint(x, y, color, share);
  }
  return { width: PANEL, height: PANEL, data };
}
