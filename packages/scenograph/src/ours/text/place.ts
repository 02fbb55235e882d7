/**
 * Pre-training on the place that a sentence tells (`background.ts`): the picture's background comes from the embedding alone. Not
 * measured alone.
 * @module
 */
import { div, maximum, mul, neg } from "@scenograph/graph/ops/elementwise";
import { logSoftmax, sum } from "@scenograph/graph/ops/reduce";
import { z } from "zod";
import type { TextTask } from "../../paper/text/seams.ts";
import { BACKGROUND_KINDS, backgroundOf } from "./background.ts";

export const placeSettings = {
  /** Weight of the task; 0 = off. */
  place: z.number().min(0).default(0),
};

/** Cross-entropy of the kind of place, mean over the captions that tell one. */
export function place(weight: number): TextTask {
  return {
    name: "place",
    width: BACKGROUND_KINDS.length,
    weight,
    target(caption) {
      const kind = backgroundOf(caption);
      return kind ? [BACKGROUND_KINDS.indexOf(kind)] : [];
    },
    loss: (logits, target) => neg(div(sum(mul(logSoftmax(logits), target)), maximum(sum(target), 1))),
  };
}
