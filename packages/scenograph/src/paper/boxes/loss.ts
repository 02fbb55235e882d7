/**
 * L_box = -lambda_l (1/T) sum_t l*_t . log l_t - lambda_b (1/T) sum_t log p(b*_t), paper section 3, lambda_l = 4,
 * lambda_b = 1. The label sum includes the end label, the box sum does not.
 * @module
 */

import { mixtureLogLikelihood, mixtureParameters } from "@scenograph/graph/nn/mixture";
import type { Params } from "@scenograph/graph/nn/params";
import { add, div, maximum, mul, neg } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { logSoftmax, mean, sum } from "@scenograph/graph/ops/reduce";
import { reshape, split } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { PaperBoxes } from "./config.ts";
import { type Drops, features, labelLogits, NO_DROPS, trunk, whMixture, xyMixture } from "./model.ts";
import type { Average, BoxSeams } from "./seams.ts";

/** A batch of layouts, time first. */
export interface BoxInputs {
  /** [T, N] int64: label of the step before; START first. */
  readonly previousLabels: Tensor;
  /** [T, N, 4] standardised box of the step before; zeros first. */
  readonly previousBoxes: Tensor;
  /** [T, N] int64: this step's label, END after the last object. */
  readonly labels: Tensor;
  /** [T, N, 4] standardised. */
  readonly boxes: Tensor;
  /** [T, N] of 0/1: steps with a label (objects and the end). */
  readonly labelled: Tensor;
  /** [T, N] of 0/1: steps with a box. */
  readonly boxed: Tensor;
  /** What `LabelMemory` reads of the sentences. */
  readonly given?: Readonly<Record<string, Tensor>>;
}

/** Negative log-likelihoods of every step, [T, N], zero where not valid: labels in nats, boxes as standardised densities. */
export function stepLosses(
  p: Params,
  config: PaperBoxes,
  b: BoxInputs,
  text: Tensor,
  { memory, head }: Pick<BoxSeams, "memory" | "head"> = {},
  drops: Drops = NO_DROPS,
): { label: Tensor; box: Tensor } {
  const [steps, n] = b.labels.shape;
  const { hidden } = trunk(p, config, b.previousLabels, b.previousBoxes, text, undefined, drops);
  const own = labelLogits(p, config, features(hidden, text, drops.output));
  const addends = memory?.addends(p, b.given ?? {}, b.previousLabels).logits ?? [];
  const logits = addends.reduce(add, own);
  const label = neg(sum(mul(logSoftmax(logits), oneHot(reshape(b.labels, [-1]), config.classes + 1)), 1));

  const f = features(hidden, text, drops.box, "box.");
  const [xy, wh] = split(reshape(b.boxes, [steps * n, 4]), 2, 1);
  const logP = (raw: Tensor, x: Tensor) => mixtureLogLikelihood(mixtureParameters(raw, config), x);
  const box = neg(
    add(
      logP(xyMixture(p, config, f, b.labels, head, drops), xy),
      logP(whMixture(p, config, f, b.labels, xy, head, drops), wh),
    ),
  );
  return {
    label: mul(reshape(label, [steps, n]), b.labelled),
    box: mul(reshape(box, [steps, n]), b.boxed),
  };
}

/** (1/T) sum_t of each caption, then the mean over captions. */
export const perCaption: Average = (losses, valid) => mean(div(sum(losses, 0), maximum(sum(valid, 0), 1)));

/** L_box of the losses of every step: -lambda_l (1/T) sum_t l* . log l - lambda_b (1/T) sum_t log p(b*). */
export function boxLoss(
  steps: { label: Tensor; box: Tensor },
  b: Pick<BoxInputs, "labelled" | "boxed">,
  lambda: { labelWeight: number; boxWeight: number },
  average: Average = perCaption,
): { total: Tensor; parts: Record<string, Tensor> } {
  const label = average(steps.label, b.labelled);
  const box = average(steps.box, b.boxed);
  return { total: add(mul(label, lambda.labelWeight), mul(box, lambda.boxWeight)), parts: { label, box } };
}
