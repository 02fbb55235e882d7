/** Settings of the image generator (paper section 5). [K] known, [R] recalled, [P] a peer's, [free] ours. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

const widths = z.array(z.int().min(1)).min(1);

export const imageConfig = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80 [K]. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Side of the picture in pixels; 128 [R]. */
  size: z.union([z.literal(16), z.literal(32), z.literal(64), z.literal(128), z.literal(256)]).default(64),
  /** Channels of the layout after its 1x1 convolution [free]. */
  layout: z.int().min(1).default(24),
  /** One more layout channel: the boundaries between objects, so that neighbours of one class stay apart; ours. */
  boundary: z.boolean().default(true),
  /**
   * Stride-2 convolutions of the layout encoder [free]. Fewer than the decoder's levels: it reads the layout at a
   * smaller size, so that a 64-pixel generator becomes a 128-pixel one by one more decoder level.
   */
  encoder: widths.default([32, 64, 128]),
  /** Second, separate projection of the text for the background [K]; its width [free]. */
  background: z.int().min(0).default(64),
  /** Tiled noise [K]; its width [free]. */
  noise: z.int().min(0).default(32),
  /**
   * One number of noise a pixel, averaged for the coarser levels, enters the decoder at each of them (as in Karras et al.
   * 2019); ours. Without it a region of one class has only the map of the position to make a texture of.
   */
  grain: z.boolean().default(false),
  /** Channels of a learned map of the position; ours, 0 = none. */
  position: z.int().min(0).default(16),
  /** Width and number of the residual blocks [free]. */
  fused: z.int().min(1).default(128),
  residualBlocks: z.int().min(0).default(2),
  /** Cascaded refinement [K]: one entry an up-sampling level, coarsest first; widths [free]. */
  decoder: widths.default([96, 48, 24]),
  /**
   * Objects that follow their words, ours: width of the word attention, channels of the texture that each object's code
   * paints in its own coordinates, and terms a side of its cosine series (packages/scenograph/src/paper/image/objects.ts). A width of 0 = off, the paper's.
   */
  objects: z
    .strictObject({
      width: z.int().min(0).default(0),
      texture: z.int().min(1).default(8),
      waves: z.int().min(1).max(8).default(4),
      /** Weight of the error of the objects' mean colours as their codes foretell them. */
      colour: z.number().min(0).default(2),
      /** Steps of 32 pictures in which the codes learn these colours alone, before the first whole step. */
      warmup: z.int().min(0).default(5000),
    })
    .prefault({}),
  /** Parts that an ablation can switch off. */
  gate: z.boolean().default(true),
  layoutInDecoder: z.boolean().default(true),
  norm: z.enum(["group", "instance", "none"]).default("group"),
  /** Normalisation in the decoder; ours: none, which keeps flat colours exact. */
  decoderNorm: z.enum(["group", "instance", "none"]).default("none"),
  discriminator: z
    .strictObject({
      layout: z.int().min(1).default(16),
      channels: widths.default([32, 64, 128]),
      text: z.int().min(1).default(64),
      /** Spectral norm [ours]. */
      spectral: z.boolean().default(true),
      /**
       * Discriminators on feature maps of the fixed perceptual network (Sauer et al. 2021): channels that each map is
       * projected to, 0 = none [ours], and the weight of each of their losses beside the one of the pixels.
       */
      features: z
        .strictObject({ channels: z.int().min(0).default(0), weight: z.number().positive().default(1) })
        .prefault({}),
    })
    .prefault({}),
  train: z
    .strictObject({
      batch: z.int().min(1).default(8),
      steps: z.int().min(1).default(30000),
      rateG: z.number().positive().default(1e-3),
      rateD: z.number().positive().default(5e-4),
      /** Longest gradient of either network, over all its weights; none = any [free]. */
      clipNorm: z.number().positive().optional(),
      /** Linear decay of both rates to `final` of them over the last part of the run. */
      decayFrom: z.number().min(0).max(1).default(0.5),
      final: z.number().min(0).max(1).default(0.03),
      /** Hinge [ours] or binary cross-entropy (the paper's "standard" losses). */
      loss: z.enum(["hinge", "bce"]).default("hinge"),
      /** lambda_a and lambda_r [R]. */
      adversarial: z.number().min(0).default(1),
      perceptual: z.number().min(0).default(10),
      /** "cocossd", "discriminator" (feature matching), "none" or the path of an ONNX file. */
      network: z.string().default("cocossd"),
      /** Weight of mean |x - x'|; ours, 0 = the paper's loss. Falls linearly to `l1Final` over the run. */
      l1: z.number().min(0).default(10),
      l1Final: z.number().min(0).default(4),
      /** Weight of the third term, (M, wrong s, X real) is fake [K]; shares 1/2 each with the generated term. */
      mismatched: z.boolean().default(true),
      /** The adversarial terms begin at this step; ours. */
      adversarialFrom: z.int().min(0).default(400),
      /** Zero-centred gradient penalty on real pictures (R1); ours, 0 = off. */
      r1: z.number().min(0).default(0),
      /**
       * What discriminators and perceptual network see, generated or real, is changed alike in brightness, saturation and
       * contrast, and a square of it is cut out (Zhao et al. 2020, differentiable augmentation); ours.
       */
      augment: z.boolean().default(false),
      emaDecay: z.number().min(0).max(1).default(0.998),
      flip: z.boolean().default(true),
      /** Objects without a mask: leave their pictures out, or take the inscribed ellipse of the box; ours. */
      missingMasks: z.enum(["skip", "ellipse"]).default("skip"),
      /** Pictures of rare classes come more often; ours. */
      balanced: z.boolean().default(true),
    })
    .prefault({}),
});

export type ImageConfig = z.infer<typeof imageConfig>;
