/**
 * Box generator, paper section 3: p(B_1:T | s) = prod_t p(l_t | B_1:t-1, s) p(b_t | l_t, B_1:t-1, s) by an LSTM; the box
 * density is split into two bivariate Gaussian mixtures, p(x, y | l) and p(w, h | x, y, l). The text enters at every
 * step. Boxes are standardised (centre x, centre y, log w, log h): see `codec.ts`.
 * @module
 */
import { zeros } from "@scenograph/graph/init";
import { embedding, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { lstm, type State } from "@scenograph/graph/nn/recurrent";
import { add, clip, log, mul, relu, stopGradient, sub } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { concat, reshape, slice, split } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { BoxesConfig } from "./config.ts";
import { coverageLogits, type Told } from "./coverage.ts";

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
type Drop = (name: string, x: Tensor) => Tensor;
const keep: Drop = (_, x) => x;
export const NO_DROPS: Drops = { input: keep, context: keep, output: keep, box: keep, head: keep };

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
  const xs = split(inputs, steps, 0).map((x) => reshape(x, [n, 3 * e]));
  const { outputs, last } = lstm(p.scope("lstm"), xs, config.hidden, {
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
function affine(p: Params, f: Features, more: readonly Tensor[], out: number): Tensor {
  const [n] = f.text.shape;
  const own = linear(p, more.length > 0 ? concat([f.hidden, ...more], 1) : f.hidden, out);
  const shared = linear(p.scope("text"), f.text, out, { bias: false });
  const sum = add(reshape(own, [f.steps, n, out]), reshape(shared, [1, n, out]));
  return reshape(sum, [f.steps * n, out]);
}

/** What `coverage` knows: what the sentence tells, and the objects before each step [T, N, L]. */
export interface Known {
  readonly told: Told;
  readonly counts: Tensor;
}

/** e_t of p(l_t | .) = softmax(e_t): logits [T N, L + 1]. `known` exists where the configuration has `coverage`. */
export function labelLogits(p: Params, config: BoxesConfig, f: Features, known?: Known): Tensor {
  const own = affine(p.scope("labels"), f, [], config.classes + 1);
  return known ? add(own, coverageLogits(p.scope("coverage"), config.coverage, known.told, known.counts)) : own;
}

/** Raw parameters of p(x, y | l_t, .), [T N, 6 K]. labels [T, N] or [T N] int64: the label of this step. */
export function xyMixture(p: Params, config: BoxesConfig, f: Features, labels: Tensor, drops = NO_DROPS): Tensor {
  return mixtureHead(
    p.scope("xyMixture"),
    config,
    f,
    [oneHot(reshape(labels, [-1]), labelsOf(config.classes))],
    drops,
    "xyHead",
  );
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
  // no dropout here: a size follows its place to the pixel
  const place = linear(p.scope("place"), xy, config.embedding);
  const more = [oneHot(reshape(labels, [-1]), labelsOf(config.classes)), place];
  return mixtureHead(
    p.scope("whMixture"),
    config,
    f,
    more,
    drops,
    "whHead",
    config.edges ? edgeDistances(p, xy) : undefined,
  );
}

/** Name of the data's statistics [2, 4], mean and standard deviation of the coordinates: given, never trained. */
export const STATISTICS = "boxes.statistics";

/** Closer to an edge than this is at it. */
const AT_EDGE = 0.005;

/**
 * log of twice the centre's distances from the left, right, top and bottom edge, [T N, 4]: the log width or height of a box
 * that touches it, as every ninth side pair of COCO does.
 */
function edgeDistances(p: Params, xy: Tensor): Tensor {
  const [mean, std] = split(p.get("statistics", [2, 4], zeros), 2, 0).map((row) => slice(row, 1, 0, 2));
  const centre = stopGradient(add(mul(xy, std), mean));
  return log(mul(clip(concat([centre, sub(1, centre)], 1), AT_EDGE, 1), 2));
}

function mixtureHead(
  p: Params,
  config: BoxesConfig,
  f: Features,
  more: readonly Tensor[],
  drops: Drops,
  name: string,
  direct?: Tensor,
): Tensor {
  const out = 6 * config.mixtures;
  // straight to the means, and to the hidden units
  const straight = (x: Tensor, scope: string, size: number) =>
    direct ? add(x, linear(p.scope(scope), direct, size, { bias: false, init: zeros })) : x;
  if (config.head === 0) return straight(affine(p, f, more, out), "direct", out);
  const units = straight(affine(p.scope("inner"), f, more, config.head), "directInner", config.head);
  return straight(linear(p.scope("outer"), drops.head(name, relu(units)), out), "direct", out);
}
