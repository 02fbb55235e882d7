/** Pre-training loss of the text encoder (ours): the sentence must tell what its picture holds, how many, and in which words. @module */

import { add, div, maximum, mul, softplus, square, sub } from "@scenograph/graph/ops/elementwise";
import { mean, sum } from "@scenograph/graph/ops/reduce";
import type { Tensor } from "@scenograph/graph/tensor";
import type { PaperText } from "./config.ts";
import type { TextHeads } from "./model.ts";
import type { TextTask } from "./seams.ts";

/** Targets, 0/1 unless said otherwise. */
export interface TextTargets {
  /** [N, L] */
  readonly present: Tensor;
  /** [N, L] log(1 + n) */
  readonly counts: Tensor;
  /** [N, 1]: 1 where the categories of the caption's picture are known, */
  readonly annotated: Tensor;
  /** and where their numbers are. */
  readonly counted: Tensor;
  /** [N, W] */
  readonly words: Tensor;
  /** Of further tasks, by their names, [N, width]. */
  readonly further: Readonly<Record<string, Tensor>>;
}

/** Binary cross-entropy of logits, elementwise, without overflow: log(1 + e^x) - x t. */
export function bceWithLogits(x: Tensor, target: Tensor): Tensor {
  return sub(softplus(x), mul(x, target));
}

/** -> weighted total and its parts (sums over classes, means over captions). */
export function textLoss(
  heads: TextHeads,
  targets: TextTargets,
  weights: Pick<PaperText["train"], "present" | "counts" | "words">,
  tasks: readonly TextTask[] = [],
): { total: Tensor; parts: Record<string, Tensor> } {
  const meanOf = (known: Tensor, x: Tensor) => div(sum(mul(x, known)), maximum(sum(known), 1));
  const own = {
    present: meanOf(targets.annotated, bceWithLogits(heads.present, targets.present)),
    counts: meanOf(targets.counted, square(sub(heads.counts, targets.counts))),
    words: mean(sum(bceWithLogits(heads.words, targets.words), 1)),
  };
  const further = tasks.map(({ name, weight, loss }) => ({
    name,
    weight,
    value: loss(heads.further[name], targets.further[name]),
  }));
  const total = [
    ...Object.entries(own).map(([name, value]) => mul(value, weights[name as keyof typeof own])),
    ...further.map(({ value, weight }) => mul(value, weight)),
  ].reduce((a, b) => add(a, b));
  return { total, parts: { ...own, ...Object.fromEntries(further.map(({ name, value }) => [name, value])) } };
}
