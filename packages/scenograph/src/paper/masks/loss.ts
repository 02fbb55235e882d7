/**
 * Losses of the shape generator (paper section 4): L_shape = lambda_i L_inst + lambda_g L_global + lambda_r L_rec, and two
 * pixelwise terms of ours. Everything counts only objects that have a real mask.
 * @module
 */
import { scalar } from "@scenograph/graph/leaves";
import { type Features, featureDistance, perceptualLoss } from "@scenograph/graph/nn/perceptual/index";
import {
  add,
  addAll,
  cast,
  clip,
  div,
  lessEqual,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  softplus,
  sub,
} from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { concat, reshape } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { MasksConfig } from "./config.ts";
import type { Generated, Judgement } from "./model.ts";

export type AdversarialKind = MasksConfig["loss"]["kind"];

/**
 * What D minimises, a score at a time. hinge: relu(1 - D(real)) + relu(1 + D(fake)); bce: -log sigmoid(D(real)) -
 * log(1 - sigmoid(D(fake))).
 */
export function discriminatorLoss(kind: AdversarialKind, real: Tensor, fake: Tensor): Tensor {
  return kind === "hinge" ? add(relu(sub(1, real)), relu(add(fake, 1))) : add(softplus(neg(real)), softplus(fake));
}

/** What G minimises, a score at a time. hinge: -D(fake); bce: -log sigmoid(D(fake)) (non-saturating, Goodfellow et al. 2014). */
export function generatorLoss(kind: AdversarialKind, fake: Tensor): Tensor {
  return kind === "hinge" ? neg(fake) : softplus(neg(fake));
}

/** Weights that make sums into means. */
export interface Shares {
  /** [N, T]: the weight of an object's mask, 0 for none. */
  readonly masked: Tensor;
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
  return { masked, objects, pictures: reshape(pictures, [n]) };
}

/** Pixelwise terms an object, [N, T]. */
interface PixelTerms {
  readonly bce: Tensor;
  readonly dice: Tensor;
}

/**
 * bce: cross-entropy of the logits, mean over the pixels of the box; dice: 1 - 2 <m, m*> / (|m| + |m*|) with sums over the box.
 * real [N, T, 64, 64], zero where `inside`, the pixels of the boxes, is.
 */
function pixelTerms({ logits, masks }: Generated, real: Tensor, inside: Tensor): PixelTerms {
  const [n, t, h, w] = logits.shape;
  const flat = (x: Tensor) => reshape(x, [n, t, h * w]);
  const box = flat(inside);
  const area = maximum(sum(box, 2), 1);
  const entropy = sub(softplus(flat(logits)), mul(flat(logits), flat(real)));
  const both = sum(mul(flat(masks), flat(real)), 2);
  return {
    bce: div(sum(mul(entropy, box), 2), area),
    dice: sub(1, div(mul(both, 2), maximum(add(sum(flat(masks), 2), sum(flat(real), 2)), 1e-3))),
  };
}

/**
 * Pixelwise terms, mean over the objects. Of several samples an object (other noise) the better one counts, by the weighted
 * sum of both terms: the variety loss of Social GAN (Gupta et al. 2018), without which one true mask an object teaches the
 * generator to leave its noise alone.
 */
export function pixelLosses(
  samples: readonly Generated[],
  real: Tensor,
  inside: Tensor,
  share: Shares,
  weights: Pick<MasksConfig["loss"], "bce" | "dice">,
): PixelTerms {
  const worth = ({ bce, dice }: PixelTerms) => add(mul(bce, weights.bce), mul(dice, weights.dice));
  const best = samples
    .map((sample) => pixelTerms(sample, real, inside))
    .reduce((a, b) => {
      const first = cast(lessEqual(worth(a), worth(b)));
      const pick = (x: Tensor, y: Tensor) => add(y, mul(first, sub(x, y)));
      return { bce: pick(a.bce, b.bce), dice: pick(a.dice, b.dice) };
    });
  return { bce: sum(mul(best.bce, share.objects)), dice: sum(mul(best.dice, share.objects)) };
}

/** Features of merged masks [N, 1, 64, 64], shown to a network for pictures as grey ones; more than full counts as full. */
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
  readonly bce: Tensor;
  readonly dice: Tensor;
}

/** L_shape. `ramp` (scalar in [0, 1]) scales the two adversarial terms. */
export function shapeLoss(weights: MasksConfig["loss"], parts: ShapeParts, ramp: Tensor): Tensor {
  const terms: [Tensor, number][] = [
    [mul(parts.instance, ramp), weights.instance],
    [mul(parts.global, ramp), weights.global],
    [parts.perceptual, weights.perceptual],
    [parts.bce, weights.bce],
    [parts.dice, weights.dice],
  ];
  // a term of weight 0 costs nothing
  const used = terms.filter(([, weight]) => weight > 0).map(([term, weight]) => mul(term, weight));
  return used.length === 0 ? scalar(0) : addAll(used);
}
