/** Every choice of the shape generator in one schema. Values marked [K], [R], [P] are the paper's or a peer's (docs/paper.md); the rest are ours. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

const width = z.int().min(1).max(1024);
const weight = z.number().min(0);

export const masksConfig = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80 [K]. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Objects of a training picture; of a picture with more, so many are drawn anew each time. Inference takes any number. */
  maxObjects: z.int().min(1).max(64).default(6),
  /** Order in which the bidirectional Conv-LSTM meets the objects; the box generator's. */
  order: z.enum(["largest-first", "left-to-right"]).default("largest-first"),
  /** Channels after the two strided convolutions. [P] 160, 320. */
  encoder: z.tuple([width, width]).default([24, 32]),
  /** Channels of the Conv-LSTM in each direction. [P] 160. */
  lstm: width.default(16),
  /** Length of z_t. [P] 320. */
  noise: width.default(16),
  /** Channels of the convolution after the noise, and of the residual blocks. */
  trunk: width.default(32),
  residualBlocks: z.int().min(1).max(8).default(1),
  /** Channels at 32 x 32. */
  decoder: width.default(16),
  /**
   * What a class's channels of the box tensor hold: "box" [K]; "position": beside the box the position inside it; "waves": that, and
   * its sine and cosine [ours].
   */
  boxTensor: z.enum(["box", "position", "waves"]).default("waves"),
  /**
   * Where the decoder draws. "picture" [K]: on the picture's 64 x 64. "box" [ours]: at 64 x 64 in the box, from the features cut out
   * by it, the class and the box's numbers (frame.ts); `decoder` and `boxesInDecoder` are not used then.
   */
  frame: z.enum(["picture", "box"]).default("picture"),
  /**
   * Learn, and be judged by, whole silhouettes where the data has them (`amodal_segmentation`): what hides what is the drawing
   * order's business [ours]. Else a mask is what is seen, with a guess cut out of it at everything that might lie in front.
   */
  whole: z.boolean().default(false),
  /** Channels at 4, 8, 16 and 32 pixels of the decoder in the box's frame. */
  head: z.tuple([width, width, width, width]).default([96, 48, 32, 12]),
  /** Length of a class's code in that decoder. */
  classWidth: width.default(48),
  /** Taps of the binomial blur of that decoder's logits. */
  blur: z.literal([3, 5]).default(5),
  /** Pixels a side of inferred masks over the whole picture; more than 64 shows only with `frame: "box"`. */
  resolution: z.int().min(16).max(512).default(64),
  /** The box tensors enter once more at 32 x 32, as the layout does at every level of the paper's image decoder [ours]. */
  boxesInDecoder: z.boolean().default(true),
  /** Channels of the four 4x4 stride-2 convolutions of either discriminator. */
  discriminator: z.tuple([width, width, width, width]).default([16, 32, 48, 64]),
  /** Spectral norm in the discriminators [ours]. */
  spectralNorm: z.boolean().default(true),
  /** How D_global sees the masks of a picture: their sum [R] or maximum [P]. */
  mergeMasks: z.enum(["sum", "max"]).default("sum"),
  loss: z
    .strictObject({
      /** "bce": the standard GAN loss [K], G in its non-saturating form; "hinge" [ours]. */
      kind: z.enum(["hinge", "bce"]).default("hinge"),
      /** lambda_i, D_inst [R]. */
      instance: weight.default(1),
      /** lambda_g, D_global [R]. */
      global: weight.default(1),
      /** lambda_r, perceptual [R]. */
      perceptual: weight.default(10),
      /** Where the perceptual loss looks: features of D_global (feature matching), or of the pinned COCO-SSD network. */
      perceptualFeatures: z.enum(["discriminator", "cocossd"]).default("discriminator"),
      /** Pixelwise cross-entropy inside the box, mean over its pixels [ours]. */
      bce: weight.default(2),
      /** 1 - Dice coefficient [ours]. */
      dice: weight.default(2),
      /** Samples an object of which the better one counts in the two terms above [ours]; 1 costs least, 2 keeps the noise alive. */
      samples: z.int().min(1).max(4).default(1),
      /**
       * The discriminators see masks of 0 and 1, with the probabilities' gradient passed straight through [ours]: else they tell
       * generated masks by their soft outlines, and the generator answers with a dither.
       */
      hard: z.boolean().default(false),
      /** The adversarial weights rise linearly from 0 at the first of these steps to full at the second [ours]. */
      ramp: z.tuple([z.int().min(0), z.int().min(0)]).default([500, 2000]),
    })
    .prefault({}),
  /** Probability above which a pixel belongs to the mask. */
  threshold: z.number().gt(0).lt(1).default(0.5),
  /** Inference multiplies the noise by this [ours]: under 1 masks are more alike and nearer to the likely shape (truncation, Brock et al. 2019). */
  noiseScale: z.number().min(0).max(2).default(1),
  /**
   * Inference draws so many masks an object and takes the one that overlaps the others most, their medoid [ours]: a likely shape with
   * the outline of a sample, where a lower threshold or less noise would smooth it.
   */
  candidates: z.int().min(1).max(16).default(1),
  /** Infer half of the seeds in a mirror [ours]: a generator that was taught one way of facing then has both. */
  mirror: z.boolean().default(true),
  train: z
    .strictObject({
      steps: z.int().min(1).default(6000),
      /** Pictures a step. [P] 40. */
      batch: z.int().min(1).default(10),
      learningRateG: z.number().positive().default(1.5e-3),
      learningRateD: z.number().positive().default(4e-4),
      /** [P] .5 and .999. */
      beta1: z.number().min(0).lt(1).default(0.5),
      beta2: z.number().min(0).lt(1).default(0.999),
      /** [P] both 2e-4. They stay, or fall to a twentieth over the second half. */
      decay: z.enum(["constant", "linear", "cosine"]).default("linear"),
      warmup: z.int().min(0).default(100),
      clipNorm: z.number().positive().default(5),
      /** Moving average of G's weights; inference uses it. [P] .999. */
      emaDecay: z.number().min(0).lt(1).default(0.99),
      /** Mirror half of the pictures: for photographs. */
      flip: z.boolean().default(false),
      /** Turn back the pictures that `data illustrate` has mirrored, so that all animals and vehicles face one way. */
      unmirror: z.boolean().default(true),
      /**
       * Weight of masks that a segmenter inferred (`data fill-masks`) in the pixelwise terms, and of pictures that have no others; the
       * discriminators see annotators' masks alone. 0 leaves them out.
       */
      inferred: z.number().min(0).max(1).default(0.5),
      /** Of a picture with too many objects, draw those that have a mask first (an annotator's before a segmenter's): the others only give context. */
      maskedFirst: z.boolean().default(false),
      /** Draw pictures with rare classes more often. */
      balance: z.boolean().default(true),
    })
    .prefault({}),
});

export type MasksConfig = z.infer<typeof masksConfig>;
