/**
 * L_img = lambda_a L_adv + lambda_r L_rec (paper section 5; 1 and 10 [R]), L_adv matching-aware with three terms, L_rec a distance of
 * features of a pre-trained CNN.
 * @module
 */
import { type Adversarial, standard } from "@scenograph/graph/nn/adversarial";
import { weightedSum } from "@scenograph/graph/nn/weighted";
import { add, mul } from "@scenograph/graph/ops/elementwise";
import { mean } from "@scenograph/graph/ops/reduce";
import type { Tensor } from "@scenograph/graph/tensor";

/**
 * L_adv of the discriminator, three terms: (M, s, X real) is real; (M, wrong s, X real) is fake; (M, s, X generated) is fake. The two
 * fake terms weigh 1/2 each, 1 when there is no wrong sentence.
 */
export function matchingAwareLoss(
  scores: { real: Tensor; mismatched?: Tensor; generated: Tensor },
  kind: Adversarial = standard,
): Tensor {
  const real = mean(kind.real(scores.real));
  const generated = mean(kind.fake(scores.generated));
  if (!scores.mismatched) return add(real, generated);
  return add(real, mul(add(generated, mean(kind.fake(scores.mismatched))), 0.5));
}

/** L_adv of the generator: -E log sigmoid(D(M, s, X generated)). */
export function generatorLoss(generated: Tensor, kind: Adversarial = standard): Tensor {
  return mean(kind.generator(generated));
}

/** L_img = lambda_a L_adv + lambda_r L_rec. */
export function imageLoss(
  lambda: { readonly adversarial: number; readonly perceptual: number },
  { adversarial, perceptual }: { readonly adversarial: Tensor; readonly perceptual: Tensor },
): Tensor {
  return weightedSum([lambda.adversarial, adversarial], [lambda.perceptual, perceptual]);
}
