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
import type { BoxesConfig } from "./config.ts";
import { emittedCounts, type Told } from "./coverage.ts";
import { type Drops, features, labelLogits, trunk, whMixture, xyMixture } from "./model.ts";

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
  /** Where the configuration has `coverage`. */
  readonly told?: Told;
}

/** Negative log-likelihoods of every step, [T, N], zero where not valid: labels in nats, boxes as standardised densities. */
export function stepLosses(
  p: Params,
  config: BoxesConfig,
  b: BoxInputs,
  text: Tensor,
  drops?: Drops,
): { label: Tensor; box: Tensor } {
  const [steps, n] = b.labels.shape;
  const { hidden } = trunk(p, config, b.previousLabels, b.previousBoxes, text, undefined, drops);
  const known = b.told && { told: b.told, counts: emittedCounts(b.previousLabels, config.classes).counts };
  const logits = logSoftmax(labelLogits(p, config, features(hidden, text, drops?.output), known));
  const label = neg(sum(mul(logits, oneHot(reshape(b.labels, [-1]), config.classes + 1)), 1));

  const f = features(hidden, text, drops?.box, "box.");
  const [xy, wh] = split(reshape(b.boxes, [steps * n, 4]), 2, 1);
  const xyNll = mixtureLogLikelihood(mixtureParameters(xyMixture(p, config, f, b.labels, drops), config), xy);
  const whNll = mixtureLogLikelihood(mixtureParameters(whMixture(p, config, f, b.labels, xy, drops), config), wh);
  const box = neg(add(xyNll, whNll));
  return {
    label: mul(reshape(label, [steps, n]), b.labelled),
    box: mul(reshape(box, [steps, n]), b.boxed),
  };
}

/**
 * -> L_box and its unweighted parts: means over the steps of each caption, then over captions (the paper's 1/T), or, with
 * `average` "objects", over all steps of the batch. The paper's makes the ends of short layouts weigh more than others, and ends
 * come too early.
 */
export function boxLoss(
  losses: { label: Tensor; box: Tensor },
  b: BoxInputs,
  weights: { labelWeight: number; boxWeight: number; average?: "captions" | "objects" },
): { total: Tensor; parts: Record<string, Tensor> } {
  const each = (x: Tensor, valid: Tensor) =>
    weights.average === "objects"
      ? div(sum(x), maximum(sum(valid), 1))
      : mean(div(sum(x, 0), maximum(sum(valid, 0), 1)));
  const parts = { label: each(losses.label, b.labelled), box: each(losses.box, b.boxed) };
  return { total: add(mul(parts.label, weights.labelWeight), mul(parts.box, weights.boxWeight)), parts };
}
