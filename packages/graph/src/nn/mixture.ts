/**
 * Bivariate Gaussian mixtures (paper section 3, in the form of sketch-rnn, Ha & Eck 2018): softmax weights, exp sigmas,
 * tanh correlation. As a layer for training, and as plain numbers for sampling and for drawing the density.
 * @module
 */
import { add, clip, div, exp, log, mul, square, sub, tanh } from "../ops/elementwise.ts";
import { logSoftmax, logSumExp } from "../ops/reduce.ts";
import { reshape, split } from "../ops/shape.ts";
import type { Random } from "../random.ts";
import { check, type Tensor } from "../tensor.ts";

/** Limits that keep the density finite; ours. */
export interface MixtureLimits {
  /** Added to every sigma, in units of the data. */
  readonly sigmaFloor: number;
  /** |rho| stays below this. */
  readonly rhoLimit: number;
}

export const DEFAULT_LIMITS: MixtureLimits = { sigmaFloor: 0.03, rhoLimit: 0.95 };
const LOG_SIGMA: readonly [number, number] = [-6, 3];
const LOG_2PI = Math.log(2 * Math.PI);

/** All [..., K]. */
export interface MixtureTensors {
  readonly logPi: Tensor;
  readonly muX: Tensor;
  readonly muY: Tensor;
  readonly sigmaX: Tensor;
  readonly sigmaY: Tensor;
  readonly rho: Tensor;
}

/** Raw network outputs [..., 6 K] (weights, mu x, mu y, log sigma x, log sigma y, raw rho) -> mixture parameters. */
export function mixtureParameters(raw: Tensor, limits: MixtureLimits = DEFAULT_LIMITS): MixtureTensors {
  const k = raw.shape.at(-1)! / 6;
  check(Number.isInteger(k), "mixtureParameters()", `${raw.shape.at(-1)} outputs are not 6 a component`);
  const [pi, muX, muY, sx, sy, r] = split(raw, 6, -1);
  const sigma = (s: Tensor) => add(exp(clip(s, ...LOG_SIGMA)), limits.sigmaFloor);
  return { logPi: logSoftmax(pi), muX, muY, sigmaX: sigma(sx), sigmaY: sigma(sy), rho: mul(tanh(r), limits.rhoLimit) };
}

/**
 * log p(x, y) = log sum_k pi_k N(x, y | mu_k, Sigma_k), by log-sum-exp. points [..., 2] -> [...].
 * log N = -z / (2 (1 - rho^2)) - log(2 pi sx sy sqrt(1 - rho^2)), z = dx^2 + dy^2 - 2 rho dx dy, d = (x - mu) / sigma.
 */
export function mixtureLogLikelihood(m: MixtureTensors, points: Tensor): Tensor {
  const lead = points.shape.slice(0, -1);
  const [x, y] = split(points, 2, -1).map((t) => reshape(t, [...lead, 1]));
  const dx = div(sub(x, m.muX), m.sigmaX);
  const dy = div(sub(y, m.muY), m.sigmaY);
  const z = sub(add(square(dx), square(dy)), mul(mul(m.rho, 2), mul(dx, dy)));
  const oneMinus = sub(1, square(m.rho));
  const logNorm = add(add(log(m.sigmaX), log(m.sigmaY)), add(mul(log(oneMinus), 0.5), LOG_2PI));
  return logSumExp(sub(m.logPi, add(div(z, mul(oneMinus, 2)), logNorm)), -1);
}

/** A mixture as plain numbers, K entries each. */
export interface Mixture {
  readonly pi: Float64Array;
  readonly muX: Float64Array;
  readonly muY: Float64Array;
  readonly sigmaX: Float64Array;
  readonly sigmaY: Float64Array;
  readonly rho: Float64Array;
}

/** The same transformation on raw outputs (6 K numbers), with temperature T: weights pi^(1/T), sigma sqrt(T) [sketch-rnn]. */
export function mixtureOf(raw: ArrayLike<number>, temperature = 1, limits: MixtureLimits = DEFAULT_LIMITS): Mixture {
  const k = raw.length / 6;
  const part = (i: number, f: (v: number) => number) => Float64Array.from({ length: k }, (_, j) => f(raw[i * k + j]));
  const logits = part(0, (v) => v / Math.max(temperature, 1e-6));
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = logits.map((v) => Math.exp(v - top));
  const total = weights.reduce((a, b) => a + b, 0);
  const spread = Math.sqrt(temperature);
  const sigma = (v: number) =>
    (Math.exp(Math.min(Math.max(v, LOG_SIGMA[0]), LOG_SIGMA[1])) + limits.sigmaFloor) * spread;
  return {
    pi: weights.map((v) => v / total),
    muX: part(1, (v) => v),
    muY: part(2, (v) => v),
    sigmaX: part(3, sigma),
    sigmaY: part(4, sigma),
    rho: part(5, (v) => Math.tanh(v) * limits.rhoLimit),
  };
}

/** One draw. */
export function sampleMixture(m: Mixture, random: Random): [number, number] {
  const k = random.weighted(m.pi);
  const a = random.normal();
  const b = random.normal();
  const rho = m.rho[k];
  return [m.muX[k] + m.sigmaX[k] * a, m.muY[k] + m.sigmaY[k] * (rho * a + Math.sqrt(1 - rho * rho) * b)];
}

/**
 * One draw from `mixtureOf(raw[from .. from + width], temperature)`, the same numbers, for a mixture that is drawn from once: of
 * the K components only the chosen one is computed.
 */
export function sampleRaw(
  raw: ArrayLike<number>,
  from: number,
  width: number,
  temperature: number,
  limits: MixtureLimits,
  random: Random,
): [number, number] {
  const k = width / 6;
  const pi = new Float64Array(k);
  const warmth = Math.max(temperature, 1e-6);
  let top = -Infinity;
  for (let j = 0; j < k; j++) {
    pi[j] = raw[from + j] / warmth;
    if (pi[j] > top) top = pi[j];
  }
  let total = 0;
  for (let j = 0; j < k; j++) {
    pi[j] = Math.exp(pi[j] - top);
    total += pi[j];
  }
  for (let j = 0; j < k; j++) pi[j] /= total;
  const chosen = from + random.weighted(pi);
  const a = random.normal();
  const b = random.normal();
  const spread = Math.sqrt(temperature);
  const sigma = (v: number) =>
    (Math.exp(Math.min(Math.max(v, LOG_SIGMA[0]), LOG_SIGMA[1])) + limits.sigmaFloor) * spread;
  const rho = Math.tanh(raw[chosen + 5 * k]) * limits.rhoLimit;
  return [
    raw[chosen + k] + sigma(raw[chosen + 3 * k]) * a,
    raw[chosen + 2 * k] + sigma(raw[chosen + 4 * k]) * (rho * a + Math.sqrt(1 - rho * rho) * b),
  ];
}

/** log p(x, y) of a plain mixture. */
export function mixtureLogDensity(m: Mixture, x: number, y: number): number {
  let top = -Infinity;
  const terms = Array.from(m.pi, (pi, k) => {
    const dx = (x - m.muX[k]) / m.sigmaX[k];
    const dy = (y - m.muY[k]) / m.sigmaY[k];
    const one = 1 - m.rho[k] ** 2;
    const z = dx * dx + dy * dy - 2 * m.rho[k] * dx * dy;
    const t = Math.log(pi) - z / (2 * one) - Math.log(m.sigmaX[k] * m.sigmaY[k]) - 0.5 * Math.log(one) - LOG_2PI;
    top = Math.max(top, t);
    return t;
  });
  return top === -Infinity ? top : top + Math.log(terms.reduce((s, t) => s + Math.exp(t - top), 0));
}
