/** Settings of the shape generator (paper section 4). [K] known, [R] recalled, [P] a peer's, [free] the paper leaves it open. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

const width = z.int().min(1).max(1024);
const weight = z.number().min(0);
/** The discriminators halve it four times, down to four at least. */
const side = z.int().min(64).max(256).multipleOf(16);

export const paperMasks = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80 [K]. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Pixels of box tensors and masks over the picture, of any aspect: H = W = 64 [K]; [width, height] where they differ. */
  size: z.union([side, z.tuple([side, side])]).default(64),
  /** Objects of a training picture; of a picture with more, so many are drawn anew each time [free]. Inference takes any number. */
  maxObjects: z.int().min(1).max(64).default(6),
  /** Order in which the bidirectional Conv-LSTM meets the objects; the box generator's. */
  order: z.enum(["left-to-right", "largest-first"]).default("left-to-right"),
  /** Channels after the two strided convolutions [free]; 160, 320 [P]. */
  encoder: z.tuple([width, width]).default([24, 32]),
  /** Channels of the Conv-LSTM in each direction [free]; 160 [P]. */
  lstm: width.default(16),
  /** Length of z_t [free]; 320 [P]. */
  noise: width.default(16),
  /** Channels of the convolution after the noise, and of the residual blocks [free]. */
  trunk: width.default(32),
  residualBlocks: z.int().min(1).max(8).default(1),
  /** Channels at 32 x 32 [free]. */
  decoder: width.default(16),
  /** Channels of the four 4x4 stride-2 convolutions of either discriminator [P]; widths [free]. */
  discriminator: z.tuple([width, width, width, width]).default([16, 32, 48, 64]),
  /** How D_global sees the masks of a picture: their sum [R] or maximum [P]. */
  mergeMasks: z.enum(["sum", "max"]).default("sum"),
  loss: z
    .strictObject({
      /** lambda_i, D_inst [R]. */
      instance: weight.default(1),
      /** lambda_g, D_global [R]. */
      global: weight.default(1),
      /** lambda_r, perceptual [R]. */
      perceptual: weight.default(10),
      /** A pre-trained CNN [K], here the pinned COCO-SSD network; or, where none is at hand, D_global's own features (feature matching). */
      perceptualFeatures: z.enum(["cocossd", "discriminator"]).default("cocossd"),
    })
    .prefault({}),
  /** Probability above which a pixel belongs to the mask. */
  threshold: z.number().gt(0).lt(1).default(0.5),
  train: z
    .strictObject({
      steps: z.int().min(1).default(4000),
      /** Pictures a step [free]; 40 [P]. */
      batch: z.int().min(1).default(10),
      /** 2e-4 both [P]. */
      learningRateG: z.number().positive().default(1.5e-3),
      learningRateD: z.number().positive().default(2e-4),
      /** Adam's [P]. */
      beta1: z.number().min(0).lt(1).default(0.5),
      beta2: z.number().min(0).lt(1).default(0.999),
      /** The rates stay, or fall to a twentieth over the second half [free]. */
      decay: z.enum(["constant", "linear", "cosine"]).default("linear"),
      warmup: z.int().min(0).default(100),
      clipNorm: z.number().positive().default(5),
      /** Moving average of G's weights; inference uses it. .999 [P]. */
      emaDecay: z.number().min(0).lt(1).default(0.99),
    })
    .prefault({}),
});

export type PaperMasks = z.infer<typeof paperMasks>;
