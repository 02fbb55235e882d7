/**
 * Optimisers as part of the graph: parameters, gradients and a step counter in, updates out. One graph may hold several
 * (a GAN step). All running values are parameters named after what they belong to, so a checkpoint is just the state.
 * @module
 */
import { zeros } from "./init.ts";
import { parameter, parameterOf, scalar } from "./leaves.ts";
import {
  add,
  addAll,
  cos,
  div,
  exp,
  maximum,
  minimum,
  mul,
  type Operand,
  sqrt,
  square,
  sub,
} from "./ops/elementwise.ts";
import { sum } from "./ops/reduce.ts";
import type { Tensor } from "./tensor.ts";

export type Updates = [Tensor, Tensor][];

export interface Schedule {
  /** Learning rate after the warm-up. */
  readonly base: number;
  /** Linear warm-up from 0 over this many steps. */
  readonly warmup?: number;
  readonly decay?: "constant" | "cosine" | "linear";
  /** Step at which the decay begins (default: end of warm-up) and ends. */
  readonly from?: number;
  readonly until?: number;
  /** Learning rate at the end of the decay. */
  readonly final?: number;
}

/** Learning rate at `step` (a scalar tensor, 1 at the first step). */
export function scheduled(s: Schedule, step: Tensor): Tensor {
  const warmup = s.warmup ?? 0;
  let rate: Tensor = scalar(s.base);
  if (s.decay && s.decay !== "constant") {
    const from = s.from ?? warmup;
    const until = s.until ?? from + 1;
    const t = minimum(maximum(div(sub(step, from), Math.max(1, until - from)), 0), 1);
    const falling = s.decay === "linear" ? sub(1, t) : mul(add(cos(mul(t, Math.PI)), 1), 0.5);
    const final = s.final ?? 0;
    rate = add(mul(falling, s.base - final), final);
  }
  return warmup > 0 ? mul(rate, minimum(div(step, warmup), 1)) : rate;
}

/** A counter that is 1 in the first run of the program, 2 in the second ... (exact in float32 up to 2^24). */
export function stepCounter(name: string): { step: Tensor; update: [Tensor, Tensor] } {
  const old = parameter(name, [], zeros);
  const step = add(old, 1);
  return { step, update: [old, step] };
}

export interface AdamOptions {
  readonly learningRate: Operand;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled weight decay (AdamW), times the learning rate. */
  readonly weightDecay?: number;
  /** Upper limit of the gradients' global L2 norm. */
  readonly clipNorm?: number;
  /** Multiplies the learning rate of single parameters. */
  readonly rateOf?: (name: string) => number;
}

/** sqrt(sum of squares of all elements). */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  return sqrt(addAll(tensors.map((t) => sum(square(t)))));
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1, bias-corrected), AdamW when weightDecay > 0. `scope` names the moments;
 * `step` counts from 1. -> updates of parameters and moments, and the gradients' global norm before clipping.
 */
export function adam(
  scope: string,
  parameters: readonly Tensor[],
  grads: readonly Tensor[],
  step: Tensor,
  options: AdamOptions,
): { updates: Updates; norm: Tensor } {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm } = options;
  const norm = globalNorm(grads);
  // the clipping factor goes into the scalars: every pass over a weight counts
  const scale = clipNorm === undefined ? scalar(1) : minimum(div(clipNorm, add(norm, 1e-6)), 1);
  const share1 = mul(scale, 1 - beta1);
  const share2 = mul(square(scale), 1 - beta2);
  const correction1 = sub(1, powerOf(beta1, step));
  const correction2 = sqrt(sub(1, powerOf(beta2, step)));
  // lr m^ / (sqrt(v^) + eps) = (lr sqrt(c2) / c1) m / (sqrt(v) + eps sqrt(c2))
  const rate = div(mul(learningRate, correction2), correction1);
  const eps = mul(correction2, epsilon);

  const updates: Updates = [];
  parameters.forEach((p, i) => {
    const { name } = parameterOf(p);
    const own = options.rateOf?.(name) ?? 1;
    const g = grads[i];
    const m = parameter(`${scope}.m/${name}`, p.shape, zeros);
    const v = parameter(`${scope}.v/${name}`, p.shape, zeros);
    const m2 = add(mul(m, beta1), mul(g, share1));
    const v2 = add(mul(v, beta2), mul(square(g), share2));
    const move = div(mul(m2, own === 1 ? rate : mul(rate, own)), add(sqrt(v2), eps));
    const kept = weightDecay > 0 ? mul(p, sub(1, mul(learningRate, weightDecay * own))) : p;
    updates.push([p, sub(kept, move)], [m, m2], [v, v2]);
  });
  return { updates, norm };
}

/** base^step for a scalar tensor step. */
function powerOf(base: number, step: Tensor): Tensor {
  return exp(mul(step, Math.log(base)));
}

/**
 * Exponential moving average of the parameters' next values: ema += (1 - decay_t) (next - ema) with
 * decay_t = min(decay, (1 + step) / (10 + step)), so that the first steps do not hold on to the initial values.
 * The averages are parameters "ema/<name>".
 */
export function movingAverage(updates: Updates, parameters: readonly Tensor[], decay: number, step: Tensor): Updates {
  const next = new Map(updates);
  const rate = sub(1, minimum(div(add(step, 1), add(step, 10)), decay));
  return parameters.map((p) => {
    const { name, init } = parameterOf(p);
    // same initial values as the parameter: its own name seeds them
    const ema = parameter(emaName(name), p.shape, init);
    return [ema, add(ema, mul(sub(next.get(p)!, ema), rate))];
  });
}

export function emaName(name: string): string {
  return `ema/${name}`;
}
