/** R1, a gradient penalty on real pictures (Mescheder et al. 2018). In no shipped model, not measured. @module */
import { gradients } from "@scenograph/graph/gradients";
import { mul, square } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import type { TermInputs, Terms } from "../../paper/image/seams.ts";

export const r1Settings = {
  /** Its weight. */
  r1: z.number().min(0).default(0),
};

export function r1Term(weight: number): (at: TermInputs) => Terms {
  return ({ onReal, seenReal }) => {
    const r1 = gradientPenalty(onReal.score, seenReal);
    return { discriminator: mul(r1, weight / 2), parts: { r1 } };
  };
}

/** Mean over pictures of |d D / d x|^2, differentiated again by the discriminator's step. */
export function gradientPenalty(score: Tensor, picture: Tensor): Tensor {
  const [g] = gradients(sum(score), [picture]);
  return mul(sum(square(g)), 1 / picture.shape[0]);
}
