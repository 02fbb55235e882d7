/** Training of the segmenter on the real masks of a COCO folder with pixels. @module */

import { UserError } from "@scenograph/graph/errors";
import { loadWeights } from "@scenograph/graph/nn/perceptual/cache.node";
import { cocoSsdFeatures } from "@scenograph/graph/nn/perceptual/index";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { bitmapToMask, maskArea } from "scenograph/formats/rle";
import type { Picture } from "scenograph/scene/scene";
import { Order } from "../../data/batches.ts";
import { loadCoco, objectMask, type Sample } from "../../data/coco.ts";
import { centreSample } from "../../data/coco-crop.ts";
import { pictureReader } from "../../data/coco-pictures.ts";
import { MASK_METRICS, type MaskSample, maskContributions, stretchMask } from "../../evaluate/masks.ts";
import type { SegmenterConfig } from "../../segmenter/config.ts";
import { cropOf, type Example, jittered, randomTint, segmenterFeeds } from "../../segmenter/data.ts";
import { createSegmenter } from "../../segmenter/infer.ts";
import type { Encoder } from "../../segmenter/model.ts";
import { SEGMENTER_LOSSES, segmenterStep } from "../../segmenter/step.ts";
import { averagedWeights, type Task, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";

const VALIDATION_OBJECTS = 1000;

export async function createSegmenterTask(context: TaskContext): Promise<Task> {
  const config = context.config.segmenter;
  const training = await readMasked(context, "training");
  const validation = await readMasked(context, "validation");
  const places = training.flatMap((sample, i) =>
    sample.objects.flatMap((_, k) => (hasMask(sample, k) ? [[i, k] as const] : [])),
  );
  context.log(
    `${places.length} objects with masks in ${training.length} pictures to train on, ${validation.length} pictures to validate`,
  );
  const encoder = await segmenterEncoder();
  const program = segmenterStep(config, encoder);
  const order = new Order(places.length, context.seed);
  const read = pictureReader();
  const { batch, steps, colour } = config.train;

  return {
    stage: "segmenter",
    program,
    batchSize: batch,
    sampleCount: places.length,
    totalSteps: steps,
    losses: SEGMENTER_LOSSES,
    async batch(step) {
      const random = stream(context.seed, "segmenter", "batch", step);
      const examples: Example[] = [];
      for (const place of order.at(step, batch)) {
        const [i, k] = places[place];
        const sample = training[i];
        const object = sample.objects[k];
        const picture = await read(sample);
        const crop = jittered(cropOf(object.box, picture.width, picture.height, config), config.train, random);
        const mask = objectMask(sample, object, picture.width, picture.height);
        examples.push({ picture, object, others: sample.objects, crop, mask, tint: randomTint(colour, random) });
      }
      return segmenterFeeds(examples, batch, config.crop);
    },
    validate: (weights, runtime) => validateSegmenter(config, encoder, validation, read, weights, runtime),
    exportWeights: (state) => averagedWeights(program, state),
    metadata: { stage: "segmenter", config: JSON.stringify({ segmenter: config }) },
  };
}

/** The fixed network's taps up to stride 16. @throws ConfigError when it is not installed. */
export async function segmenterEncoder(): Promise<Encoder> {
  const features = cocoSsdFeatures((await loadWeights("coco-ssd")).weights);
  return (x) => features(x, 13);
}

/** Whole pictures (not their centre squares) with pixels and at least one real mask. */
async function readMasked(context: TaskContext, part: "training" | "validation"): Promise<Sample[]> {
  const { samples } = await loadCoco(context.data, context.split, {
    categories: context.categories,
    part,
    need: ["objects", "pixels"],
    inferred: false,
    log: context.log,
  });
  const wanted = samples.filter((s) => s.objects.some((o) => o.segmentation));
  if (wanted.length === 0)
    throw new UserError(
      `train segmenter: split ${context.split} of ${context.data} has no mask in its ${part} part; choose another split`,
    );
  return wanted;
}

function hasMask(sample: Sample, k: number): boolean {
  return objectMask(sample, sample.objects[k], sample.width, sample.height)?.includes(1) ?? false;
}

/**
 * Objects with real masks in the pictures' centre squares, as the mask generator is judged on them: the inferred mask of the whole
 * object, cut to the square, against the real one, both stretched in the box.
 */
export async function inferredAndReal(
  config: SegmenterConfig,
  encoder: Encoder,
  samples: readonly Sample[],
  read: (sample: Sample) => Promise<Picture>,
  weights: Weights,
  runtime: Runtime,
): Promise<(MaskSample & { readonly object: number; readonly confidence: number })[]> {
  const segmenter = createSegmenter(runtime, config, encoder, weights);
  try {
    const items: (MaskSample & { object: number; confidence: number })[] = [];
    for (const sample of samples) {
      const square = centreSample(sample, 1);
      const { width, height } = square;
      const real = square.objects.flatMap((object) => {
        const bitmap = objectMask(square, object, width, height);
        const mask = bitmap?.includes(1) ? bitmapToMask(bitmap, width, height) : undefined;
        return mask ? [{ object, mask, at: sample.objects.findIndex((o) => o.id === object.id) }] : [];
      });
      const wanted = real.map((r) => r.at);
      const [found] = await segmenter.infer([{ picture: await read(sample), objects: sample.objects, wanted }]);
      real.forEach(({ object, mask }, i) => {
        const { mask: inferred, confidence } = found[i];
        const segmentation = { size: [inferred.height, inferred.width] as const, counts: inferred.counts };
        const cut = objectMask(square, { id: object.id, segmentation }, width, height)!;
        items.push({
          image: sample.imageId,
          object: object.id,
          areaShare: maskArea(mask) / (width * height),
          truth: stretchMask(mask, object.box),
          generated: [stretchMask(bitmapToMask(cut, width, height), object.box)],
          confidence,
        });
      });
    }
    return items;
  } finally {
    await segmenter.release();
  }
}

/** Metrics of evaluate/masks.ts over the first `VALIDATION_OBJECTS` or so; score = 1 - iou. */
async function validateSegmenter(
  config: SegmenterConfig,
  encoder: Encoder,
  samples: readonly Sample[],
  read: (sample: Sample) => Promise<Picture>,
  weights: Weights,
  runtime: Runtime,
): Promise<{ metrics: Record<string, number>; score: number }> {
  let count = 0;
  const few = samples.filter((s) => {
    const take = count < VALIDATION_OBJECTS;
    count += s.objects.filter((o) => o.segmentation).length;
    return take;
  });
  const items = await inferredAndReal(config, encoder, few, read, weights, runtime);
  const parts = items.map(maskContributions);
  const metrics: Record<string, number> = {};
  for (const name of MASK_METRICS) {
    const [a, b] = parts.reduce(([n, d], p) => [n + p[name].numerator, d + p[name].denominator], [0, 0]);
    if (b > 0 && name !== "best") metrics[name] = a / b;
  }
  return { metrics, score: 1 - metrics.iou };
}
