/**
 * Box generator, paper section 3: p(B_1:T | s) = prod_t p(l_t | B_1:t-1, s) p(b_t | l_t, B_1:t-1, s) by an LSTM; the box
 * density is split into two bivariate Gaussian mixtures, p(x, y | l) and p(w, h | x, y, l). The text enters at every
 * step. Boxes are standardised (centre x, centre y, log w, log h): see `codec.ts`.
 * @module
 */
import { embedding, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { lstm, type State } from "@scenograph/graph/nn/recurrent";
import { add } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { concat, reshape, split } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { PaperBoxes } from "./config.ts";
import type { MixtureHead } from "./seams.ts";

/** Class L + 1 of the paper: end of the sequence. */
export const endOf = (classes: number) => classes;
/** Label fed before the first object. */
export const startOf = (classes: number) => classes + 1;
const labelsOf = (classes: number) => classes + 2;

/** Where dropout applies; identity when generating. */
export interface Drops {
  readonly input: Drop;
  /** Sentence before the LSTM. */
  readonly context: Drop;
  /** State and sentence before the labels. */
  readonly output: Drop;
  /** The same before the mixtures. */
  readonly box: Drop;
  readonly head: Drop;
}
export type Drop = (name: string, x: Tensor) => Tensor;
const keep: Drop = (_, x) => x;
export const NO_DROPS: Drops = { input: keep, context: keep, output: keep, box: keep, head: keep };

/**
 * LSTM over T steps. labels [T, N] int64 and boxes [T, N, 4] are those of the step before (START and zeros first), text
 * [N, D]. -> hidden states [T N, hidden] and the last state.
 */
export function trunk(
  p: Params,
  config: PaperBoxes,
  labels: Tensor,
  boxes: Tensor,
  text: Tensor,
  initial?: State,
  drops: Drops = NO_DROPS,
): { hidden: Tensor; last: State } {
  const e = config.embedding;
  const label = embedding(p.scope("label"), labels, labelsOf(config.classes), e, { kind: "normal", std: 0.5 });
  const [xy, wh] = split(boxes, 2, 2);
  const inputs = concat(
    [
      drops.input("label", label),
      drops.input("xy", linear(p.scope("xy"), xy, e)),
      drops.input("wh", linear(p.scope("wh"), wh, e)),
    ],
    2,
  );
  const { outputs, last } = lstm(p.scope("lstm"), inputs, config.hidden, {
    context: drops.context("context", text),
    initial,
  });
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

export function features(hidden: Tensor, text: Tensor, drop: Drop = keep, name = ""): Features {
  return {
    hidden: drop(`${name}hidden`, hidden),
    text: drop(`${name}text`, text),
    steps: hidden.shape[0] / text.shape[0],
  };
}

/** Affine function of [hidden, text, ...more], the text part multiplied once a caption. -> [T N, out] */
export function affine(p: Params, f: Features, more: readonly Tensor[], out: number): Tensor {
  const [n] = f.text.shape;
  const own = linear(p, more.length > 0 ? concat([f.hidden, ...more], 1) : f.hidden, out);
  const shared = linear(p.scope("text"), f.text, out, { bias: false });
  const sum = add(reshape(own, [f.steps, n, out]), reshape(shared, [1, n, out]));
  return reshape(sum, [f.steps * n, out]);
}

/** e_t of p(l_t | .) = softmax(e_t): logits [T N, L + 1]. */
export function labelLogits(p: Params, config: PaperBoxes, f: Features): Tensor {
  return affine(p.scope("labels"), f, [], config.classes + 1);
}

/** The paper's head: the parameters of a mixture are an affine function of [h_t, l_t] (and of x, y for a size). */
export const affineHead: MixtureHead = (p, f, more, { out }) => affine(p, f, more, out);

/** Raw parameters of p(x, y | l_t, .), [T N, 6 K]. labels [T, N] or [T N] int64: the label of this step. */
export function xyMixture(
  p: Params,
  config: PaperBoxes,
  f: Features,
  labels: Tensor,
  head: MixtureHead = affineHead,
  drops = NO_DROPS,
): Tensor {
  const label = oneHot(reshape(labels, [-1]), labelsOf(config.classes));
  const drop = (x: Tensor) => drops.head("xyHead", x);
  return head(p.scope("xyMixture"), f, [label], { out: 6 * config.mixtures, drop, root: p });
}

/** Raw parameters of p(w, h | x, y, l_t, .), [T N, 6 K]. xy [T N, 2]: this step's centre, standardised. */
export function whMixture(
  p: Params,
  config: PaperBoxes,
  f: Features,
  labels: Tensor,
  xy: Tensor,
  head: MixtureHead = affineHead,
  drops = NO_DROPS,
): Tensor {
  // no dropout here: a size follows its place to the pixel
  const place = linear(p.scope("place"), xy, config.embedding);
  const label = oneHot(reshape(labels, [-1]), labelsOf(config.classes));
  const drop = (x: Tensor) => drops.head("whHead", x);
  return head(p.scope("whMixture"), f, [label, place], { out: 6 * config.mixtures, drop, centre: xy, root: p });
}

/** Name of the data's statistics [2, 4], mean and standard deviation of the coordinates: given, never trained. */
export const STATISTICS = "boxes.statistics";
