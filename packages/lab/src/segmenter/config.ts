/** Every choice of the segmenter, which infers the masks that a data set lacks from boxes and pixels. All ours. @module */
import { MOST_CATEGORIES } from "scenograph/scene/categories";
import { z } from "zod";

const width = z.int().min(1).max(1024);

export const segmenterConfig = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Side in pixels that an object's crop is resized to; masks are made at half of it. */
  crop: z.int().min(32).max(512).multipleOf(16, { error: "a multiple of 16" }).default(128),
  /** The crop is the box times this, so that a box is seen with its surroundings ... */
  context: z.number().min(1).max(3).default(1.3333),
  /** ... but its shorter side at least this share of the longer one, and this many pixels: thin boxes are not stretched out of shape. */
  minAspect: z.number().min(0).max(1).default(0.4),
  minPixels: z.number().min(1).default(12),
  /** Channels of the decoder at strides 16, 8, 4 and 2 of the crop. */
  decoder: z.tuple([width, width, width, width]).default([96, 64, 32, 16]),
  /** Channels that the fixed network's features are reduced to at these strides. */
  taps: z.tuple([width, width, width, width]).default([64, 48, 32, 16]),
  /** Length of a class's code, and of what is made of it and the box's size. */
  classWidth: width.default(32),
  condition: width.default(64),
  /** Probability above which a pixel belongs to the mask. */
  threshold: z.number().gt(0).lt(1).default(0.5),
  /** Infer the crop and its mirror image, and take the mean: twice the time. */
  mirror: z.boolean().default(false),
  /** Boxes with a side under this many pixels get the inscribed ellipse. */
  leastSide: z.number().min(0).default(0),
  /** Masks whose expected overlap (data.ts) is under this give way to the inscribed ellipse. */
  leastConfidence: z.number().min(0).max(1).default(0.5),
  loss: z
    .strictObject({
      /** Cross-entropy, mean over the pixels of the box. */
      bce: z.number().min(0).default(1),
      /** 1 - Dice coefficient. */
      dice: z.number().min(0).default(1),
    })
    .prefault({}),
  train: z
    .strictObject({
      steps: z.int().min(1).default(1500),
      /** Objects a step. */
      batch: z.int().min(1).default(16),
      learningRate: z.number().positive().default(2e-3),
      finalRate: z.number().min(0).default(5e-5),
      warmup: z.int().min(0).default(50),
      clipNorm: z.number().positive().default(5),
      emaDecay: z.number().min(0).lt(1).default(0.99),
      flip: z.boolean().default(true),
      /** The crop's size varies by this share, its place by as much of the box's size; the box stays where it is. */
      jitter: z.number().min(0).max(0.5).default(0.12),
      /** Brightness, contrast and saturation vary by this share. */
      colour: z.number().min(0).max(1).default(0.25),
    })
    .prefault({}),
});

export type SegmenterConfig = z.infer<typeof segmenterConfig>;
