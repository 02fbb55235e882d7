/**
 * L_img = lambda_a L_adv + lambda_r L_rec (paper section 5; 1 and 10, recalled), L_adv matching-aware with three terms.
 * @module
 */
import { gradients } from "@scenograph/graph/gradients";
import { add, mul, neg, relu, softplus, square, sub } from "@scenograph/graph/ops/elementwise";
import { mean, sum } from "@scenograph/graph/ops/reduce";
import type { Tensor } from "@scenograph/graph/tensor";

export type AdversarialKind = "hinge" | "bce";

/** Loss of scores that should be "real": mean max(0, 1 - D) (hinge) or -log sigmoid(D) (cross-entropy). */
export function realLoss(score: Tensor, kind: AdversarialKind): Tensor {
  return mean(kind === "hinge" ? relu(sub(1, score)) : softplus(neg(score)));
}

/** Loss of scores that should be "fake": mean max(0, 1 + D) or -log(1 - sigmoid(D)). */
export function fakeLoss(score: Tensor, kind: AdversarialKind): Tensor {
  return mean(kind === "hinge" ? relu(add(score, 1)) : softplus(score));
}

/** The generator's adversarial loss: -mean D (hinge) or the non-saturating -log sigmoid(D). */
export function generatorLoss(score: Tensor, kind: AdversarialKind): Tensor {
  return kind === "hinge" ? neg(mean(score)) : realLoss(score, kind);
}

/**
 * Matching-aware loss of the discriminator, three terms: (M, s, X real) is real; (M, wrong s, X real) is fake;
 * (M, s, X generated) is fake. The two fake terms weigh 1/2 each, 1 when there is no wrong sentence.
 */
export function matchingAwareLoss(
  scores: { real: Tensor; mismatched?: Tensor; generated: Tensor },
  kind: AdversarialKind,
): Tensor {
  const real = realLoss(scores.real, kind);
  const generated = fakeLoss(scores.generated, kind);
  if (!scores.mismatched) return add(real, generated);
  return add(real, mul(add(generated, fakeLoss(scores.mismatched, kind)), 0.5));
}

/** R1 (Mescheder et al. 2018): mean over pictures of |d D / d x|^2, differentiated again by the discriminator's step. */
export function gradientPenalty(score: Tensor, picture: Tensor): Tensor {
  const [g] = gradients(sum(score), [picture]);
  return mul(sum(square(g)), 1 / picture.shape[0]);
}
