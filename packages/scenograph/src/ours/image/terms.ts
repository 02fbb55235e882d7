/** Further terms of L_img, and when its adversarial part begins. @module */
import { gradients } from "@scenograph/graph/gradients";
import { abs, add, cast, div, greater, maximum, minimum, mul, square, sub } from "@scenograph/graph/ops/elementwise";
import { mean, sum } from "@scenograph/graph/ops/reduce";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import type { ImageSeams, TermInputs, Terms } from "../../paper/image/seams.ts";

export const termSettings = {
  /** Weight of mean |x - x'|; falls linearly to `l1Final` over the run. Photographs do not repeat: there it only blurs. */
  l1: z.number().min(0).default(0),
  l1Final: z.number().min(0).default(0),
  /** Zero-centred gradient penalty on real pictures. In no shipped model. */
  r1: z.number().min(0).default(0),
  /** The adversarial terms begin at this step: before there is a picture they only scatter pixels. */
  adversarialFrom: z.int().min(0).default(0),
};

export function l1Term(from: number, until: number): (at: TermInputs) => Terms {
  return ({ fake, real, step, config }) => {
    const l1 = mean(abs(sub(fake, real)));
    const progress = minimum(maximum(div(step, config.train.steps), 0), 1);
    return { generator: mul(l1, add(from, mul(progress, until - from))), parts: { l1 } };
  };
}

export function r1Term(weight: number): (at: TermInputs) => Terms {
  return ({ onReal, seenReal }) => {
    const r1 = gradientPenalty(onReal.score, seenReal);
    return { discriminator: mul(r1, weight / 2), parts: { r1 } };
  };
}

/** R1 (Mescheder et al. 2018): mean over pictures of |d D / d x|^2, differentiated again by the discriminator's step. */
export function gradientPenalty(score: Tensor, picture: Tensor): Tensor {
  const [g] = gradients(sum(score), [picture]);
  return mul(sum(square(g)), 1 / picture.shape[0]);
}

export function startingAt(first: number): NonNullable<ImageSeams["started"]> {
  return (step) => cast(greater(step, first));
}
