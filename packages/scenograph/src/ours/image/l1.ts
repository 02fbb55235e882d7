/**
 * The mean absolute difference of pixels as a further term of L_img, falling over the run: drawings repeat, and flat colours are learnt
 * by it; photographs do not, and it only blurs there. Not measured alone.
 * @module
 */
import { abs, add, div, maximum, minimum, mul, sub } from "@scenograph/graph/ops/elementwise";
import { mean } from "@scenograph/graph/ops/reduce";
import { z } from "zod";
import type { TermInputs, Terms } from "../../paper/image/seams.ts";

export const l1Settings = {
  /** Weight of mean |x - x'|; falls linearly to `l1Final` over the run. */
  l1: z.number().min(0).default(0),
  l1Final: z.number().min(0).default(0),
};

export function l1Term(from: number, until: number): (at: TermInputs) => Terms {
  return ({ fake, real, step, config }) => {
    const l1 = mean(abs(sub(fake, real)));
    const progress = minimum(maximum(div(step, config.train.steps), 0), 1);
    return { generator: mul(l1, add(from, mul(progress, until - from))), parts: { l1 } };
  };
}
