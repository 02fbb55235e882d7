/** Pre-training loss of the text encoder (ours): the sentence must tell what it names, holds, counts, where, and in which words. @module */

import { add, div, maximum, mul, neg, softplus, square, sub } from "@scenograph/graph/ops/elementwise";
import { logSoftmax, mean, sum } from "@scenograph/graph/ops/reduce";
import type { Tensor } from "@scenograph/graph/tensor";
import type { TextConfig } from "./config.ts";
import type { TextHeads } from "./model.ts";

/** Targets, 0/1 unless said otherwise. */
export interface TextTargets {
  /** [N, L] */
  readonly named: Tensor;
  /** [N, L] */
  readonly present: Tensor;
  /** [N, L] log(1 + n) */
  readonly counts: Tensor;
  /** [N, 1]: 1 where the categories of the caption's picture are known, */
  readonly annotated: Tensor;
  /** and where their numbers are. */
  readonly counted: Tensor;
  /** [N, kinds], all zero when the caption tells no place. */
  readonly place: Tensor;
  /** [N, W] */
  readonly words: Tensor;
}

/** Binary cross-entropy of logits, elementwise, without overflow: log(1 + e^x) - x t. */
export function bceWithLogits(x: Tensor, target: Tensor): Tensor {
  return sub(softplus(x), mul(x, target));
}

/** -> weighted total and its parts (sums over classes, means over captions). */
export function textLoss(
  heads: TextHeads,
  targets: TextTargets,
  weights: TextConfig["train"],
): { total: Tensor; parts: Record<string, Tensor> } {
  const meanOf = (known: Tensor, x: Tensor) => div(sum(mul(x, known)), maximum(sum(known), 1));
  const placed = maximum(sum(targets.place), 1);
  const parts = {
    named: mean(sum(bceWithLogits(heads.named, targets.named), 1)),
    present: meanOf(targets.annotated, bceWithLogits(heads.present, targets.present)),
    counts: meanOf(targets.counted, square(sub(heads.counts, targets.counts))),
    place: neg(div(sum(mul(logSoftmax(heads.place), targets.place)), placed)),
    words: mean(sum(bceWithLogits(heads.words, targets.words), 1)),
  };
  const total = Object.entries(parts)
    .map(([name, value]) => mul(value, weights[name as keyof typeof parts]))
    .reduce((a, b) => add(a, b));
  return { total, parts };
}
