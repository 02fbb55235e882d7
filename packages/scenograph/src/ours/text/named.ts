/**
 * Pre-training on what a sentence names: the embedding must tell the categories that the rules of `categories.ts` find. It teaches
 * synonyms that the word vectors do not bring together. Not measured alone.
 * @module
 */

import { mean, sum } from "@scenograph/graph/ops/reduce";
import { z } from "zod";
import { bceWithLogits } from "../../paper/text/loss.ts";
import type { TextTask } from "../../paper/text/seams.ts";
import type { Categories } from "../../scene/categories.ts";
import { namedCategories } from "./categories.ts";

export const namedSettings = {
  /** Weight of the task; 0 = off. */
  named: z.number().min(0).default(0),
};

/** Cross-entropy of each category, summed, mean over the captions. */
export function named(weight: number, categories: Categories): TextTask {
  return {
    name: "named",
    width: categories.count,
    weight,
    target: (caption) => namedCategories(caption, categories),
    loss: (logits, target) => mean(sum(bceWithLogits(logits, target), 1)),
  };
}
