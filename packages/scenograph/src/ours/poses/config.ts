/** Pose codes [ours]: one discrete code an object says which silhouette of its class it has. Off unless `codes` is positive. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

const width = z.int().min(1).max(1024);
const weight = z.number().min(0);

export const posesConfig = z.strictObject({
  /** L: categories of the vocabulary. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Number of codes of each category; 0 = off: masks are drawn by the paper's generator. */
  codes: z.int().min(0).max(4096).default(0),
  /** Numbers that stand for a class. */
  classWidth: width.default(48),
  /** Side of a silhouette in its box's frame. */
  side: z.union([z.literal(64), z.literal(128)]).default(128),
  /** Channels of the decoder at 4, 8, 16, 32 and 64 pixels. */
  decoder: z.tuple([width, width, width, width, width]).default([96, 64, 48, 32, 12]),
  loss: z
    .strictObject({
      bce: weight.default(10),
      dice: weight.default(2),
      /** D_inst on silhouettes in their boxes' frames, from the step `adversarialFrom` on. */
      instance: weight.default(0),
    })
    .prefault({}),
  discriminator: z.tuple([width, width, width, width]).default([16, 32, 48, 64]),
  train: z
    .strictObject({
      steps: z.int().min(1).default(8000),
      /** Objects a step. */
      batch: z.int().min(1).default(32),
      rate: z.number().positive().default(2e-3),
      rateD: z.number().positive().default(4e-4),
      adversarialFrom: z.int().min(0).default(0),
      emaDecay: z.number().min(0).lt(1).default(0.995),
    })
    .prefault({}),
});

export type PosesConfig = z.infer<typeof posesConfig>;
