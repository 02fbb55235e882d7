/** Sums of losses. @module */
import { scalar } from "../leaves.ts";
import { addAll, mul } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor.ts";

/** w_1 x_1 + w_2 x_2 + ...; a term of weight 0 is left out and costs nothing. */
export function weightedSum(...terms: readonly (readonly [weight: number, term: Tensor])[]): Tensor {
  const used = terms.filter(([weight]) => weight > 0).map(([weight, term]) => mul(term, weight));
  return used.length === 0 ? scalar(0) : addAll(used);
}
