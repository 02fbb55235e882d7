/** L(X, S) = -sum_t log p_t(S_t), Show and Tell section 3.1, the end word included. @module */
import { div, mul, neg } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { sum } from "@scenograph/graph/ops/reduce";
import { reshape } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";

/**
 * Mean nats a word. logP [T N, words]; targets int64 [T, N]; valid [T, N] of 0/1, not all of them 0.
 */
export function captionLoss(logP: Tensor, targets: Tensor, valid: Tensor): Tensor {
  const flat = (x: Tensor) => reshape(x, [-1]);
  const own = sum(mul(logP, oneHot(flat(targets), logP.shape[1])), 1);
  return neg(div(sum(mul(own, flat(valid))), sum(valid)));
}
