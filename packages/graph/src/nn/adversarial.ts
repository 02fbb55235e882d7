/** Adversarial losses, an element of the scores each; positive scores mean real. @module */
import { add, neg, relu, softplus, sub } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor.ts";

export interface Adversarial {
  /** What a discriminator minimises where it should say "real", */
  real(score: Tensor): Tensor;
  /** and where it should say "fake". */
  fake(score: Tensor): Tensor;
  /** What the generator minimises. */
  generator(score: Tensor): Tensor;
}

/** -log sigmoid(D), -log(1 - sigmoid(D)); the generator's is the non-saturating -log sigmoid(D) (Goodfellow et al. 2014). */
export const standard: Adversarial = {
  real: (score) => softplus(neg(score)),
  fake: (score) => softplus(score),
  generator: (score) => softplus(neg(score)),
};

/** max(0, 1 - D), max(0, 1 + D); the generator's is -D (Lim & Ye 2017). */
export const hinge: Adversarial = {
  real: (score) => relu(sub(1, score)),
  fake: (score) => relu(add(score, 1)),
  generator: neg,
};
