/**
 * What the sentence tells and the layout has so far: the label distribution of the next object knows which named
 * categories are still missing and how many objects of a told number ("three sheep") are owed. Ours; the paper's LSTM has
 * to remember both. One small network is shared by all classes, so that a rare class counts as well as a frequent one.
 * @module
 */
import { zeros } from "../graph/init.ts";
import { full } from "../graph/leaves.ts";
import {
  add,
  exp,
  log,
  minimum,
  mul,
  relu,
  sigmoid,
  softplus,
  square,
  stopGradient,
  sub,
} from "../graph/ops/elementwise.ts";
import { oneHot } from "../graph/ops/gather.ts";
import { mean, sum } from "../graph/ops/reduce.ts";
import { broadcastTo, concat, reshape, split } from "../graph/ops/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { linear } from "../nn/layers.ts";
import type { Params } from "../nn/params.ts";
import { CLASS_COUNT } from "../scene/categories.ts";

/** Read from a sentence, [N, L] each. */
export interface Told {
  /** Logit: does the sentence name the category? */
  readonly named: Tensor;
  /** log(1 + n) of the number that it tells of a category, 0 where it tells none. */
  readonly numbers: Tensor;
}

/** Affine heads on sentence embeddings [N, D], fitted to what rules read from the caption. */
export function toldHeads(p: Params, text: Tensor): Told {
  return {
    named: linear(p.scope("named"), text, CLASS_COUNT),
    numbers: linear(p.scope("numbers"), text, CLASS_COUNT),
  };
}

/** Cross-entropy of the named categories and squared error of the numbers, sums over classes, means over captions. */
export function toldLoss(told: Told, named: Tensor, numbers: Tensor): Tensor {
  const missed = sub(softplus(told.named), mul(told.named, named));
  return add(mean(sum(missed, 1)), mean(sum(square(sub(told.numbers, numbers)), 1)));
}

/**
 * Objects of each class before every step. labels [T, N] int64 are those of the step before; `before` [N, L]: objects
 * earlier than these. -> counts [T, N, L] and, with the last label, `last` [N, L].
 */
export function emittedCounts(labels: Tensor, before?: Tensor): { counts: Tensor; last: Tensor } {
  const [steps, n] = labels.shape;
  let total = before ?? full([n, CLASS_COUNT], 0);
  // START and END lie beyond the depth: all zeros
  const each = split(oneHot(labels, CLASS_COUNT), steps, 0);
  const counts = each.map((one) => {
    total = add(total, reshape(one, [n, CLASS_COUNT]));
    return reshape(total, [1, n, CLASS_COUNT]);
  });
  return { counts: concat(counts, 0), last: total };
}

/** Told numbers above count as this many. */
const MOST = 12;

/** Addend to the label logits, [T N, L + 1]. The heads learn from their own loss alone: no gradient reaches `told`. */
export function coverageLogits(p: Params, units: number, told: Told, counts: Tensor): Tensor {
  const [steps, n] = counts.shape;
  const named = sigmoid(stopGradient(told.named));
  const numbers = mul(named, minimum(relu(stopGradient(told.numbers)), Math.log1p(MOST)));
  const seen = minimum(counts, 1);
  const logCount = log(add(counts, 1));

  const one = (x: Tensor) => reshape(x, [...x.shape, 1]);
  const asked = linear(p.scope("asked"), concat([one(named), one(numbers)], 2), units);
  const had = linear(p.scope("had"), concat([one(seen), one(logCount)], 3), units, { bias: false });
  const inner = relu(add(reshape(asked, [1, n, CLASS_COUNT, units]), had));
  const classes = reshape(linear(p.scope("class"), inner, 1, { init: zeros }), [steps * n, CLASS_COUNT]);

  // the end: named and missing, told and missing, so far, named at all
  const missing = sum(mul(named, sub(1, seen)), 2, true);
  const owed = sum(relu(sub(sub(exp(numbers), 1), counts)), 2, true);
  const total = log(add(sum(counts, 2, true), 1));
  const all = broadcastTo(sum(named, 1, true), [steps, n, 1]);
  const ending = relu(linear(p.scope("ending"), concat([missing, owed, total, all], 2), units));
  const end = reshape(linear(p.scope("end"), ending, 1, { init: zeros }), [steps * n, 1]);
  return concat([classes, end], 1);
}
