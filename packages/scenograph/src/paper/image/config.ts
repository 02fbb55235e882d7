/** Settings of the image generator (paper section 5). [K] known, [R] recalled, [P] a peer's, [free] the paper leaves it open. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

const widths = z.array(z.int().min(1)).min(1);
/** The decoder doubles it at every level. */
const side = z.int().min(16).max(512).multipleOf(16);

export const paperImage = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80 [K]. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Pixels of the picture: the side of a square, 128 [R], or [width, height]. */
  size: z.union([side, z.tuple([side, side])]).default(128),
  /** Channels of the layout after its 1x1 convolution [free]. */
  layout: z.int().min(1).default(24),
  /**
   * Stride-2 convolutions of the layout encoder [free]. Where they are fewer than the decoder's levels it reads the layout at a
   * smaller size, so that a 64-pixel generator becomes a 128-pixel one by one more decoder level.
   */
  encoder: widths.default([24, 32, 64, 128]),
  /** Second, separate projection of the text for the background [K]; its width [free]. */
  background: z.int().min(0).default(64),
  /** Tiled noise [K]; its width [free]. */
  noise: z.int().min(0).default(32),
  /** Width and number of the residual blocks [free]. */
  fused: z.int().min(1).default(128),
  residualBlocks: z.int().min(0).default(2),
  /** Cascaded refinement [K]: one entry an up-sampling level, coarsest first; widths [free]. */
  decoder: widths.default([96, 48, 24, 16]),
  /** Parts [K] that an ablation can switch off. */
  gate: z.boolean().default(true),
  layoutInDecoder: z.boolean().default(true),
  norm: z.enum(["group", "instance", "none"]).default("group"),
  discriminator: z
    .strictObject({
      layout: z.int().min(1).default(16),
      channels: widths.default([16, 32, 64, 128]),
      text: z.int().min(1).default(64),
    })
    .prefault({}),
  train: z
    .strictObject({
      batch: z.int().min(1).default(8),
      steps: z.int().min(1).default(6000),
      rateG: z.number().positive().default(1e-3),
      rateD: z.number().positive().default(5e-4),
      /** Longest gradient of either network, over all its weights; none = any [free]. */
      clipNorm: z.number().positive().optional(),
      /** Linear decay of both rates to `final` of them over the last part of the run [free]. */
      decayFrom: z.number().min(0).max(1).default(0.5),
      final: z.number().min(0).max(1).default(0.03),
      /** lambda_a and lambda_r [R]. */
      adversarial: z.number().min(0).default(1),
      perceptual: z.number().min(0).default(10),
      /** The pre-trained CNN [K] of L_rec: "cocossd", the path of an ONNX file, "none", or "discriminator" (feature matching). */
      network: z.string().default("cocossd"),
      /** The third term of L_adv, (M, wrong s, X real) is fake [K]; shares 1/2 each with the generated term. */
      mismatched: z.boolean().default(true),
      emaDecay: z.number().min(0).max(1).default(0.998),
    })
    .prefault({}),
});

export type PaperImage = z.infer<typeof paperImage>;
