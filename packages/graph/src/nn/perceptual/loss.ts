/**
 * Perceptual loss: a distance between feature maps of a fixed network (paper section 5.2, L_perceptual; the idea is
 * Johnson et al. 2016). The paper names the term only; the distances below are ours.
 * @module
 */
import { scalar } from "../../leaves.ts";
import { abs, add, addAll, div, mul, square, stopGradient, sub } from "../../ops/elementwise.ts";
import { mean } from "../../ops/reduce.ts";
import { check, type Tensor } from "../../tensor.ts";

/** Pictures [N, 3, H, W] in [-1, 1] -> feature maps (taps), finest first. */
export type Features = (x: Tensor) => Tensor[];

/**
 * "relativeL1": mean |fa - fb| / (mean |fb| + 1e-6), free of the scale of a tap; "squaredL2": mean (fa - fb)^2.
 */
export type FeatureNorm = "relativeL1" | "squaredL2";

/** Mean over the taps of the distance between fa and fb; fb is the target and gets no gradient. No taps: 0. */
export function featureDistance(
  fa: readonly Tensor[],
  fb: readonly Tensor[],
  norm: FeatureNorm = "relativeL1",
): Tensor {
  check(fa.length === fb.length, "featureDistance()", `lists of ${fa.length} and ${fb.length} taps`);
  if (fa.length === 0) return scalar(0);
  const terms = fa.map((a, i) => {
    const b = stopGradient(fb[i]);
    if (norm === "squaredL2") return mean(square(sub(a, b)));
    return div(mean(abs(sub(a, b))), add(mean(abs(b)), 1e-6));
  });
  return mul(addAll(terms), 1 / terms.length);
}

/** featureDistance of pictures a (which gets gradients) and b (the target), both [N, 3, H, W] in [-1, 1]. A scalar. */
export function perceptualLoss(features: Features, a: Tensor, b: Tensor, norm: FeatureNorm = "relativeL1"): Tensor {
  return featureDistance(features(a), features(stopGradient(b)), norm);
}
