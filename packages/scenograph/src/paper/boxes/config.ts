/** Settings of the box generator (paper section 3). [K] known, [R] recalled, [P] a peer's, [free] ours. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

export const boxesConfig = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80 [K]. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** LSTM units [free]; Obj-GAN has 256 [P]. */
  hidden: z.int().min(1).default(512),
  /** Mixture components of each of p(x, y | l) and p(w, h | x, y, l) [free]. */
  mixtures: z.int().min(1).default(20),
  /** Units of the layer between state and mixture parameters; 0 gives the paper's affine function [K]. Ours: 128. */
  head: z.int().min(0).default(128),
  /** Hidden units of the network that tells the labels what the sentence names and the layout lacks; 0 = none [K]; ours. */
  coverage: z.int().min(0).default(0),
  /** The sizes' mixture is given the logarithms of the centre's distances from the picture's edges; ours. */
  edges: z.boolean().default(false),
  /** Width of the embeddings of the last label and box [free]. */
  embedding: z.int().min(1).default(64),
  /** At most this many objects [P]. */
  maxObjects: z.int().min(1).max(30).default(10),
  /** "left-to-right" [R] or "largest-first" [P]. */
  order: z.enum(["left-to-right", "largest-first"]).default("largest-first"),
  /** Added to every sigma, in standard deviations of the data; ours. */
  sigmaFloor: z.number().min(0).default(0.03),
  /** |rho| stays below; ours. */
  rhoLimit: z.number().min(0).max(0.999).default(0.95),
  /** Temperatures of sampling: labels, boxes; Obj-GAN 0.4 [P]. */
  labelTemperature: z.number().min(0).max(2).default(0.4),
  boxTemperature: z.number().min(0).max(2).default(0.1),
  /** Draws of each box, of which the one that agrees best with the others is taken; 1 = plain sampling [K]; ours. */
  candidates: z.int().min(1).max(64).default(1),
  /** How draws agree: by mean IoU at 0, else by the share within IoU 1/2, blurred with this width; ours. */
  agreement: z.number().min(0).default(0),
  /**
   * A sampled box that covers one of its own class by more than this IoU is drawn again, warmer each time, and left out
   * when nothing fits; ours, 1 = never.
   */
  maxOverlap: z.number().min(0).max(1).default(0.6),
  /** Added to the logit of the end label when sampling, chosen on validation so that counts are right; ours. */
  endBias: z.number().default(0),
  /**
   * The number of objects is drawn by itself: a quantile of its distribution within this spread about the median, 1 = any;
   * ours. null: the end label is drawn like the others [K], at a low temperature too seldom where it is likelier to go on.
   */
  endSpread: z.number().min(0).max(1).nullable().default(null),
  /** Boxes are drawn again until relations hold that the sentence tells ("to the left of", "under"); ours. */
  relations: z.boolean().default(false),
  /** With `coverage`: added, when sampling, to the logits of what the sentence names and the layout lacks; ours, 0 = none. */
  guidance: z.number().min(0).default(0),
  /** Against more of one class than was told, or than three: a logit for each (`crowding`); ours, 0 = off. */
  crowding: z.number().min(0).default(0),
  train: z
    .strictObject({
      batch: z.int().min(1).default(64),
      steps: z.int().min(1).default(2400),
      learningRate: z.number().positive().default(1e-3),
      finalRate: z.number().min(0).default(5e-5),
      /** lambda_l and lambda_b [K]. */
      labelWeight: z.number().min(0).default(4),
      boxWeight: z.number().min(0).default(1),
      /** What the losses are means over: the steps of each caption, then captions [K], or all steps of the batch; ours. */
      average: z.enum(["captions", "objects"]).default("captions"),
      /** Of state and sentence as the labels see them, */
      dropout: z.number().min(0).max(0.9).default(0.4),
      /** and as the boxes' mixtures see them. */
      boxDropout: z.number().min(0).max(0.9).default(0.4),
      /** Of the units before the mixture parameters. */
      headDropout: z.number().min(0).max(0.9).default(0.2),
      inputDropout: z.number().min(0).max(0.9).default(0.2),
      /** Of the sentence before the LSTM; ours. */
      contextDropout: z.number().min(0).max(0.9).default(0),
      /** Standard deviation of the noise on the boxes that are fed back, in standard deviations of the data; ours. */
      boxNoise: z.number().min(0).default(0),
      /** Pictures mirrored with probability 1/2, "left" and "right" of the caption exchanged; ours. */
      flip: z.boolean().default(true),
      /** Half of the layouts are seen through a window that cuts up to this share off each side; ours. */
      window: z.number().min(0).max(0.4).default(0),
      clipNorm: z.number().positive().default(5),
      emaDecay: z.number().min(0).max(1).default(0.998),
      /** Train the text encoder along, keeping its pre-training loss times this weight; 0 freezes it. */
      text: z.number().min(0).default(0.3),
      /** Learning rate of the text encoder relative to the rest. */
      textRate: z.number().min(0).default(0.5),
    })
    .prefault({}),
});

export type BoxesConfig = z.infer<typeof boxesConfig>;
