/**
 * The discriminators see masks of 0 and 1, with the probabilities' gradient passed straight through: else they tell generated masks by
 * their soft outlines, and the generator answers with a dither. Measured on photographs: D_inst's loss stays at 1.6 instead of .15, and
 * edges fall from 8.2 to 4.4 to 4.9 (real ones 5.8); with a blur of logits and new discriminators, not alone.
 * @module
 */
import { add, cast, greater, stopGradient, sub } from "@scenograph/graph/ops/elementwise";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";

export const hardSettings = {
  hard: z.boolean().default(false),
};

/** 1 where the masks exceed the threshold, else 0; the gradient is that of the masks (Bengio et al. 2013). */
export function straightThrough(masks: Tensor, threshold: number): Tensor {
  return add(masks, stopGradient(sub(cast(greater(masks, threshold)), masks)));
}
