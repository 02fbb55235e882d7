/**
 * Adversarial training beside the paper's, for masks and pictures alike: the hinge loss, and spectral norm in the discriminators. Not
 * measured alone; with both a discriminator does not win in the few hundred steps that a CPU affords.
 * @module
 */
import { type Adversarial, hinge, standard } from "@scenograph/graph/nn/adversarial";
import { SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import { mean } from "@scenograph/graph/ops/reduce";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";

export const adversarialSettings = {
  /** "standard", the paper's cross-entropy, or "hinge". */
  adversarial: z.enum(["standard", "hinge"]).default("standard"),
  /** Spectral norm in the discriminators. */
  spectralNorm: z.boolean().default(false),
};

/** The seams `adversarial` and `norms` of either stage. */
export function adversarialSeams(ours: { adversarial: "standard" | "hinge"; spectralNorm: boolean }): {
  adversarial?: Adversarial;
  norms?: () => SpectralNorms;
} {
  return {
    ...(ours.adversarial === "hinge" && { adversarial: hinge }),
    ...(ours.spectralNorm && { norms: () => new SpectralNorms() }),
  };
}

const KINDS = { standard, hinge };

/** Means of the losses of scores that should be "real" and "fake", and of the generator's. */
export const realLoss = (score: Tensor, kind: keyof typeof KINDS) => mean(KINDS[kind].real(score));
export const fakeLoss = (score: Tensor, kind: keyof typeof KINDS) => mean(KINDS[kind].fake(score));
export const generatorLoss = (score: Tensor, kind: keyof typeof KINDS) => mean(KINDS[kind].generator(score));
