/**
 * L_shape = lambda_i L_inst + lambda_g L_global + lambda_r L_rec (paper section 4; 1, 1 and 10 [R]). Everything counts only
 * objects that have a real mask.
 * @module
 */
import { type Adversarial, standard } from "@scenograph/graph/nn/adversarial";
import { type Features, featureDistance, perceptualLoss } from "@scenograph/graph/nn/perceptual/index";
import { weightedSum } from "@scenograph/graph/nn/weighted";
import { add, clip, div, maximum, minimum, mul, sub } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { concat, reshape } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { PaperMasks } from "./config.ts";
import type { Judgement } from "./model.ts";

/** Scores of real and generated masks: D_inst's [N, T], or D_global's [N]. */
export interface Scores {
  readonly real: Tensor;
  readonly fake: Tensor;
}

/** What D minimises: -E log sigmoid(D(real)) - E log(1 - sigmoid(D(fake))). `share` [N, T] or [N] makes sums into means. */
export function discriminatorLoss({ real, fake }: Scores, share: Tensor, kind: Adversarial = standard): Tensor {
  return sum(mul(add(kind.real(real), kind.fake(fake)), share));
}

/** L_inst and L_global, what G minimises: -E log sigmoid(D(fake)). */
export function generatorLoss({ fake }: Pick<Scores, "fake">, share: Tensor, kind: Adversarial = standard): Tensor {
  return sum(mul(kind.generator(fake), share));
}

/** Weights that make sums into means. */
export interface Shares {
  /** [N, T]: weighted mean over the masked objects of a picture, then over the pictures that have any; sums to 1. */
  readonly objects: Tensor;
  /** [N]: mean over the pictures that have masked objects; sums to 1. */
  readonly pictures: Tensor;
}

/** masked [N, T], weights from 0 to 1. A batch without any mask gives zeros. */
export function shares(masked: Tensor): Shares {
  const n = masked.shape[0];
  const counts = sum(masked, 1, true);
  const some = minimum(counts, 1);
  const pictures = div(some, maximum(sum(some), 1e-3));
  const objects = mul(masked, div(pictures, maximum(counts, 1e-3)));
  return { objects, pictures: reshape(pictures, [n]) };
}

/** L_rec of merged masks [N, 1, 64, 64], shown to a network for pictures as grey ones; more than full counts as full. */
export function maskPerceptualLoss(features: Features, fake: Tensor, real: Tensor): Tensor {
  const picture = (x: Tensor) => {
    const grey = sub(mul(clip(x, 0, 1), 2), 1);
    return concat([grey, grey, grey], 1);
  };
  return perceptualLoss(features, picture(fake), picture(real));
}

/** Distance between D_global's features of generated and real masks (feature matching); the real ones are the target. */
export function featureMatching(fake: Judgement, real: Judgement): Tensor {
  return featureDistance(fake.features, real.features);
}

/** The parts of L_shape, unweighted scalars. */
export interface ShapeParts {
  readonly instance: Tensor;
  readonly global: Tensor;
  readonly perceptual: Tensor;
}

/** L_shape = lambda_i L_inst + lambda_g L_global + lambda_r L_rec. */
export function shapeLoss(lambda: PaperMasks["loss"], { instance, global, perceptual }: ShapeParts): Tensor {
  return weightedSum([lambda.instance, instance], [lambda.global, global], [lambda.perceptual, perceptual]);
}
