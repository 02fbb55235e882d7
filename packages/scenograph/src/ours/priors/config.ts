/** Priors of pose, look and colour [ours]: what the sentence, the box and the neighbours say of the codes. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

const width = z.int().min(1).max(1024);

export const priorsConfig = z.strictObject({
  /** L: categories of the vocabulary. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** Width of the word attention and of the neighbours' features; 0 = off. */
  width: z.int().min(0).max(1024).default(0),
  classWidth: width.default(32),
  hidden: width.default(128),
  /** Colours that a look may be painted in: the centres of the training objects' colours. */
  palette: z.int().min(2).max(256).default(48),
  /** Logits are divided by this when codes are drawn: under 1 likely poses and looks come more often. */
  temperature: z.number().positive().default(1),
  /** Infer half of the seeds in a mirror: what was learnt facing one way then faces both. */
  mirror: z.boolean().default(true),
  train: z
    .strictObject({
      /** weights.safetensors of the pose codes and of the look codes, whose encoders name the codes to foretell. */
      poses: z.string().default(""),
      looks: z.string().default(""),
      steps: z.int().min(1).default(3000),
      /** Pictures a step. */
      batch: z.int().min(1).default(16),
      rate: z.number().positive().default(1e-3),
      /** Share of the words that are left out at random. */
      wordDropout: z.number().min(0).lt(1).default(0.1),
      emaDecay: z.number().min(0).lt(1).default(0.99),
    })
    .prefault({}),
});

export type PriorsConfig = z.infer<typeof priorsConfig>;
