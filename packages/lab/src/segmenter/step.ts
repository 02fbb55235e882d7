/** One training step of the segmenter as a program. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { add, cast, div, maximum, mul, sigmoid, softplus, sub } from "@scenograph/graph/ops/elementwise";
import { mean, sum } from "@scenograph/graph/ops/reduce";
import { adam, movingAverage, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import type { SegmenterConfig } from "./config.ts";
import { boxShare, type Encoder, type SegmenterInputs, segment } from "./model.ts";

/** Scalars that a step reports. */
export const SEGMENTER_LOSSES = ["loss", "bce", "dice", "norm"] as const;

/** The inputs that `segmenterFeeds` feeds for n crops of S pixels. */
export function segmenterInputs(n: number, side: number): SegmenterInputs {
  return {
    pixels: input("pixels", [n, 3, side, side], "uint8"),
    guides: input("guides", [n, 2, side / 2, side / 2], "uint8"),
    places: input("places", [n, 4]),
    sizes: input("sizes", [n, 2]),
    labels: input("labels", [n], "int64"),
  };
}

/**
 * bce: cross-entropy, mean over the box's pixels; dice: 1 - 2 <m, m*> / (|m| + |m*|), sums over the box; both means over the
 * objects. logits and targets (0 to 1) [N, 1, H, W], `inside` [N, 1, H, W] the box's share of each pixel.
 */
export function maskLosses(logits: Tensor, targets: Tensor, inside: Tensor): { bce: Tensor; dice: Tensor } {
  const total = (x: Tensor) => sum(mul(x, inside), [1, 2, 3]);
  const entropy = sub(softplus(logits), mul(logits, targets));
  const p = sigmoid(logits);
  const overlap = div(mul(total(mul(p, targets)), 2), maximum(add(total(p), total(targets)), 1e-3));
  return { bce: mean(div(total(entropy), maximum(sum(inside, [1, 2, 3]), 1e-3))), dice: sub(1, mean(overlap)) };
}

/** State: segmenter.*, ema/segmenter.*, Adam's moments, "step". The encoder's weights are constants. */
export function segmenterStep(config: SegmenterConfig, encoder: Encoder): Program {
  const t = config.train;
  const p = new Params("segmenter");
  const half = config.crop / 2;
  const inputs = segmenterInputs(t.batch, config.crop);
  const targets = div(cast(input("targets", [t.batch, 1, half, half], "uint8")), 255);
  const { bce, dice } = maskLosses(segment(p, config, encoder, inputs), targets, boxShare(inputs.places, half));
  const loss = add(mul(bce, config.loss.bce), mul(dice, config.loss.dice));
  const { step, update } = stepCounter("step");
  const trained = p.all();
  const { updates, norm } = adam("adam", trained, gradients(loss, trained), step, {
    learningRate: scheduled(
      { base: t.learningRate, warmup: t.warmup, decay: "cosine", until: t.steps, final: t.finalRate },
      step,
    ),
    clipNorm: t.clipNorm,
  });
  return compile({
    outputs: { loss, bce, dice, norm },
    updates: [update, ...updates, ...movingAverage(updates, trained, t.emaDecay, step)],
  });
}
