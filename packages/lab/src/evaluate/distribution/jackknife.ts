/**
 * Intervals for statistics of whole sets by the jackknife (Quenouille; Efron & Tibshirani 1993, chapter 11): leave out,
 * recompute. Used instead of drawing with replacement because repeated pictures shift the Frechet distance, KID and the
 * Inception score themselves (all three depend on how many different pictures there are).
 * @module
 */
import type { Interval } from "../bootstrap.ts";

/** 97.5 % quantile of the standard normal distribution. */
const Z95 = 1.959963984540054;

/** Jackknife variance from the statistic recomputed with each of the g parts left out: (g-1)/g sum (t_i - mean)^2. */
export function jackknifeVariance(leftOut: ArrayLike<number>): number {
  const g = leftOut.length;
  let average = 0;
  for (let i = 0; i < g; i++) average += leftOut[i] / g;
  let squares = 0;
  for (let i = 0; i < g; i++) squares += (leftOut[i] - average) ** 2;
  return ((g - 1) / g) * squares;
}

/** value +- 1.96 standard errors, a 95 % interval. */
export function normalInterval(value: number, variance: number, n: number): Interval {
  const margin = Z95 * Math.sqrt(variance);
  return { value, low: value - margin, high: value + margin, n };
}
