/** Settings of the box generator (paper section 3). [K] known, [R] recalled, [P] a peer's, [free] the paper leaves it open. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

export const paperBoxes = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80 [K]. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** LSTM units [free]; Obj-GAN has 256 [P]. */
  hidden: z.int().min(1).default(512),
  /** Mixture components of each of p(x, y | l) and p(w, h | x, y, l) [free]. */
  mixtures: z.int().min(1).default(20),
  /** Width of the embeddings of the last label and box [free]. */
  embedding: z.int().min(1).default(64),
  /** At most this many objects [P]. */
  maxObjects: z.int().min(1).max(30).default(10),
  /** "left-to-right" [R] or "largest-first" [P]. */
  order: z.enum(["left-to-right", "largest-first"]).default("left-to-right"),
  /** Bounds that keep the densities finite [free]: added to every sigma, in standard deviations of the data; |rho| stays below. */
  sigmaFloor: z.number().min(0).default(0.03),
  rhoLimit: z.number().min(0).max(0.999).default(0.95),
  /** Temperatures of sampling: labels, boxes; Obj-GAN 0.4 [P]. */
  labelTemperature: z.number().min(0).max(2).default(0.4),
  boxTemperature: z.number().min(0).max(2).default(0.4),
  train: z
    .strictObject({
      batch: z.int().min(1).default(64),
      steps: z.int().min(1).default(2400),
      learningRate: z.number().positive().default(1e-3),
      finalRate: z.number().min(0).default(5e-5),
      /** lambda_l and lambda_b [K]. */
      labelWeight: z.number().min(0).default(4),
      boxWeight: z.number().min(0).default(1),
      /** Dropout [free]: of state and sentence as the labels see them, */
      dropout: z.number().min(0).max(0.9).default(0.4),
      /** as the boxes' mixtures see them, */
      boxDropout: z.number().min(0).max(0.9).default(0.4),
      /** and of the last label and box. */
      inputDropout: z.number().min(0).max(0.9).default(0.2),
      clipNorm: z.number().positive().default(5),
      emaDecay: z.number().min(0).max(1).default(0.998),
      /** Train the text encoder along, keeping its pre-training loss times this weight; 0 freezes it. */
      text: z.number().min(0).default(0.3),
      /** Learning rate of the text encoder relative to the rest. */
      textRate: z.number().min(0).default(0.5),
    })
    .prefault({}),
});

export type PaperBoxes = z.infer<typeof paperBoxes>;
