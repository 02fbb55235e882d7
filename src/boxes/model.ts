/**
 * Box generator, paper section 3: p(B_1:T | s) = prod_t p(l_t | B_1:t-1, s) p(b_t | l_t, B_1:t-1, s) by an LSTM; the box
 * density is split into two bivariate Gaussian mixtures, p(x, y | l) and p(w, h | x, y, l). The text enters at every
 * step. Boxes are standardised (centre x, centre y, log w, log h): see `codec.ts`.
 * @module
 */
import { add, relu } from "../graph/ops/elementwise.ts";
import { oneHot } from "../graph/ops/gather.ts";
import { concat, reshape, split } from "../graph/ops/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { embedding, linear } from "../nn/layers.ts";
import type { Params } from "../nn/params.ts";
import { lstm, type State } from "../nn/recurrent.ts";
import { CLASS_COUNT } from "../scene/categories.ts";
import type { BoxesConfig } from "./config.ts";

/** Class L + 1 of the paper: end of the sequence. */
export const END = CLASS_COUNT;
/** Label fed before the first object. */
export const START = CLASS_COUNT + 1;
const LABELS = CLASS_COUNT + 2;

/** Where dropout applies; identity when generating. */
export interface Drops {
  readonly input: (name: string, x: Tensor) => Tensor;
  readonly output: (name: string, x: Tensor) => Tensor;
  readonly head: (name: string, x: Tensor) => Tensor;
}
export const NO_DROPS: Drops = { input: (_, x) => x, output: (_, x) => x, head: (_, x) => x };

/**
 * LSTM over T steps. labels [T, N] int64 and boxes [T, N, 4] are those of the step before (START and zeros first), text
 * [N, D]. -> hidden states [T N, hidden] and the last state.
 */
export function trunk(
  p: Params,
  config: BoxesConfig,
  labels: Tensor,
  boxes: Tensor,
  text: Tensor,
  initial?: State,
  drops: Drops = NO_DROPS,
): { hidden: Tensor; last: State } {
  const [steps, n] = labels.shape;
  const e = config.embedding;
  const label = embedding(p.scope("label"), labels, LABELS, e, { kind: "normal", std: 0.5 });
  const [xy, wh] = split(boxes, 2, 2);
  const inputs = concat(
    [
      drops.input("label", label),
      drops.input("xy", linear(p.scope("xy"), xy, e)),
      drops.input("wh", linear(p.scope("wh"), wh, e)),
    ],
    2,
  );
  const xs = split(inputs, steps, 0).map((x) => reshape(x, [n, 3 * e]));
  const { outputs, last } = lstm(p.scope("lstm"), xs, config.hidden, { context: text, initial });
  return { hidden: concat(outputs, 0), last };
}

/** State and text as the heads see them. */
export interface Features {
  /** [T N, hidden] */
  readonly hidden: Tensor;
  /** [N, D] */
  readonly text: Tensor;
  readonly steps: number;
}

export function features(hidden: Tensor, text: Tensor, drops: Drops = NO_DROPS): Features {
  return {
    hidden: drops.output("hidden", hidden),
    text: drops.output("text", text),
    steps: hidden.shape[0] / text.shape[0],
  };
}

/** Affine function of [hidden, text, ...more], the text part multiplied once a caption. -> [T N, out] */
function affine(p: Params, f: Features, more: readonly Tensor[], out: number): Tensor {
  const [n] = f.text.shape;
  const own = linear(p, more.length > 0 ? concat([f.hidden, ...more], 1) : f.hidden, out);
  const shared = linear(p.scope("text"), f.text, out, { bias: false });
  const sum = add(reshape(own, [f.steps, n, out]), reshape(shared, [1, n, out]));
  return reshape(sum, [f.steps * n, out]);
}

/** e_t of p(l_t | .) = softmax(e_t): logits [T N, L + 1]. */
export function labelLogits(p: Params, f: Features): Tensor {
  return affine(p.scope("labels"), f, [], CLASS_COUNT + 1);
}

/** Raw parameters of p(x, y | l_t, .), [T N, 6 K]. labels [T, N] or [T N] int64: the label of this step. */
export function xyMixture(p: Params, config: BoxesConfig, f: Features, labels: Tensor, drops = NO_DROPS): Tensor {
  return mixtureHead(p.scope("xyMixture"), config, f, [oneHot(reshape(labels, [-1]), LABELS)], drops, "xyHead");
}

/** Raw parameters of p(w, h | x, y, l_t, .), [T N, 6 K]. xy [T N, 2]: this step's centre, standardised. */
export function whMixture(
  p: Params,
  config: BoxesConfig,
  f: Features,
  labels: Tensor,
  xy: Tensor,
  drops = NO_DROPS,
): Tensor {
  const place = drops.input("place", linear(p.scope("place"), xy, config.embedding));
  return mixtureHead(p.scope("whMixture"), config, f, [oneHot(reshape(labels, [-1]), LABELS), place], drops, "whHead");
}

function mixtureHead(
  p: Params,
  config: BoxesConfig,
  f: Features,
  more: readonly Tensor[],
  drops: Drops,
  name: string,
): Tensor {
  const out = 6 * config.mixtures;
  if (config.head === 0) return affine(p, f, more, out);
  const inner = drops.head(name, relu(affine(p.scope("inner"), f, more, config.head)));
  return linear(p.scope("outer"), inner, out);
}
