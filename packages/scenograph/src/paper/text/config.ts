/** Settings of the text encoder. Everything here is [free] in the paper: ours. @module */
import { z } from "zod";
import { MOST_CATEGORIES } from "../../scene/categories.ts";

export const paperText = z.strictObject({
  /** L: categories of the vocabulary; COCO has 80 [K]. */
  classes: z.int().min(1).max(MOST_CATEGORIES).default(80),
  /** GRU units a direction; the sentence embedding has 4 times as many numbers (last and max, two directions). */
  hidden: z.int().min(1).default(128),
  /** Pre-training reads at most this many tokens of a caption. */
  maxTokens: z.int().min(4).max(64).default(24),
  train: z
    .strictObject({
      batch: z.int().min(1).default(128),
      steps: z.int().min(1).default(4000),
      learningRate: z.number().positive().default(2e-3),
      /** Share of token vectors' numbers that are dropped. */
      dropout: z.number().min(0).max(0.9).default(0.2),
      /** Share of words that are replaced by the unknown word. */
      wordDropout: z.number().min(0).max(0.9).default(0.05),
      clipNorm: z.number().positive().default(5),
      emaDecay: z.number().min(0).max(1).default(0.998),
      /** Weights of the pre-training tasks. */
      present: z.number().min(0).default(1),
      counts: z.number().min(0).default(1),
      words: z.number().min(0).default(0.25),
    })
    .prefault({}),
});

export type PaperText = z.infer<typeof paperText>;

/** Numbers in a sentence embedding. */
export function embeddingSize(config: Pick<PaperText, "hidden">): number {
  return 4 * config.hidden;
}
