/** A mixture of standardised centres in the picture's own units, for looking at. @module */
import type { Mixture } from "@scenograph/graph/nn/mixture";
import type { BoxStatistics } from "./codec.ts";

/** One Gaussian of the next box's centre. */
export interface CentreComponent {
  /** Its weight; all sum to 1. */
  readonly weight: number;
  /** Mean of the centre, fractions of the picture. */
  readonly x: number;
  readonly y: number;
  /** Standard deviations, fractions of the picture. */
  readonly sigmaX: number;
  readonly sigmaY: number;
  /** Correlation of x and y. */
  readonly rho: number;
}

/** The heaviest first. */
export function centreComponents(m: Mixture, { mean, std }: BoxStatistics): CentreComponent[] {
  return Array.from(m.pi, (weight, k) => ({
    weight,
    x: m.muX[k] * std[0] + mean[0],
    y: m.muY[k] * std[1] + mean[1],
    sigmaX: m.sigmaX[k] * std[0],
    sigmaY: m.sigmaY[k] * std[1],
    rho: m.rho[k],
  })).sort((a, b) => b.weight - a.weight);
}
