/**
 * What the sentence tells and the layout has so far: the label distribution of the next object knows which named
 * categories are still missing and how many objects of a told number ("three sheep") are owed. Ours; the paper's LSTM has
 * to remember both. One small network is shared by all classes, so that a rare class counts as well as a frequent one.
 * @module
 */
import { zeros } from "@scenograph/graph/init";
import { full, input } from "@scenograph/graph/leaves";
import { linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { add, clip, exp, log, maximum, minimum, mul, neg, relu, sub } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { sum } from "@scenograph/graph/ops/reduce";
import { broadcastTo, concat, reshape, split } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import type { LabelMemory } from "../../paper/boxes/seams.ts";
import type { Mention } from "../../pipeline.ts";

export const coverageSettings = {
  /** Hidden units of the network that tells the labels what the sentence names and the layout lacks; 0 = none. */
  coverage: z.int().min(0).default(0),
  /** With `coverage`: added, when sampling, to the logits of what the sentence names and the layout lacks; 0 = none. */
  guidance: z.number().min(0).default(0),
  /** With it, against more of one class than was told, or than three: a logit for each; 0 = off. */
  crowding: z.number().min(0).default(0),
};

/** Objects of each class so far, and what the sentence names, as the labels' memory. */
export function coverageMemory(
  settings: { coverage: number; guidance: number; crowding: number },
  classes: number,
): LabelMemory {
  return {
    size: classes,
    inputs(n) {
      const { named, numbers } = toldInputs(n, classes);
      return { "boxes.named": named, "boxes.numbers": numbers };
    },
    feeds: (mentions, n) => toldFeeds(mentions, classes, n),
    addends(p, given, labels, before, purpose = "likelihood") {
      const told: Told = { named: given["boxes.named"], numbers: given["boxes.numbers"] };
      const { counts, last } = emittedCounts(labels, classes, before);
      const learnt = coverageLogits(p.scope("coverage"), settings.coverage, told, counts);
      if (purpose === "likelihood") return { logits: [learnt], last };
      const steering = [
        ...(settings.guidance > 0 ? [guidance(settings.guidance, told, counts)] : []),
        ...(settings.crowding > 0 ? [crowding(settings.crowding, told, counts)] : []),
      ];
      return { logits: [learnt, ...steering], last };
    },
  };
}

/** What the rules read from a sentence (`Sentence.mentions`), [N, L] each. */
export interface Told {
  /** 1 for categories that it names, else 0. */
  readonly named: Tensor;
  /** log(1 + n) of the number that it tells of a category, 0 where it tells none. */
  readonly numbers: Tensor;
}

/** Inputs "boxes.named" and "boxes.numbers": see `toldFeeds`. */
export function toldInputs(n: number, classes: number): Told {
  return { named: input("boxes.named", [n, classes]), numbers: input("boxes.numbers", [n, classes]) };
}

/** Numbers above count as this many. */
const MOST = 12;

/** Feeds of `toldInputs` for N rows; the mentions of one category add up ("a man and two girls": 3 persons). */
export function toldFeeds(
  sentences: readonly (readonly Mention[])[],
  classes: number,
  n = sentences.length,
): { "boxes.named": Float32Array; "boxes.numbers": Float32Array } {
  const named = new Float32Array(n * classes);
  const numbers = new Float32Array(n * classes);
  sentences.forEach((mentions, i) => {
    for (const { classIndex, count = 0 } of mentions) {
      named[i * classes + classIndex] = 1;
      numbers[i * classes + classIndex] += count;
    }
  });
  return { "boxes.named": named, "boxes.numbers": numbers.map((v) => Math.log1p(Math.min(v, MOST))) };
}

/**
 * Objects of each of `depth` classes before every step. labels [T, N] int64 are those of the step before; `before` [N, L]: objects
 * earlier than these. -> counts [T, N, L] and, with the last label, `last` [N, L].
 */
export function emittedCounts(labels: Tensor, depth: number, before?: Tensor): { counts: Tensor; last: Tensor } {
  const [steps, n] = labels.shape;
  let total = before ?? full([n, depth], 0);
  // START and END lie beyond the depth: all zeros
  const each = split(oneHot(labels, depth), steps, 0);
  const counts = each.map((one) => {
    total = add(total, reshape(one, [n, depth]));
    return reshape(total, [1, n, depth]);
  });
  return { counts: concat(counts, 0), last: total };
}

/** Addend to the label logits, [T N, L + 1]. */
export function coverageLogits(p: Params, units: number, told: Told, counts: Tensor): Tensor {
  const [steps, n, depth] = counts.shape;
  const { named, numbers } = told;
  const seen = minimum(counts, 1);
  const logCount = log(add(counts, 1));

  const one = (x: Tensor) => reshape(x, [...x.shape, 1]);
  const asked = linear(p.scope("asked"), concat([one(named), one(numbers)], 2), units);
  const had = linear(p.scope("had"), concat([one(seen), one(logCount)], 3), units, { bias: false });
  const inner = relu(add(reshape(asked, [1, n, depth, units]), had));
  const classes = reshape(linear(p.scope("class"), inner, 1, { init: zeros }), [steps * n, depth]);

  // the end: named and missing, told and missing, so far, named at all
  const missing = sum(mul(named, sub(1, seen)), 2, true);
  const owed = sum(relu(sub(sub(exp(numbers), 1), counts)), 2, true);
  const total = log(add(sum(counts, 2, true), 1));
  const all = broadcastTo(sum(named, 1, true), [steps, n, 1]);
  const ending = relu(linear(p.scope("ending"), concat([missing, owed, total, all], 2), units));
  const end = reshape(linear(p.scope("end"), ending, 1, { init: zeros }), [steps * n, 1]);
  return concat([classes, end], 1);
}

/** As many of a class may come without a word of the sentence before `crowding` sets in. */
const FEW = 3;

/**
 * Addend to the label logits when sampling, [T N, L + 1], against layouts that run on in one class: minus `strength` for each
 * object that the class already has beyond the told number, or beyond three where none is told. Ours; no part of the likelihood.
 */
export function crowding(strength: number, told: Told, counts: Tensor): Tensor {
  const [steps, n, depth] = counts.shape;
  const number = sub(exp(told.numbers), 1);
  const enough = add(number, mul(sub(1, clip(number, 0, 1)), FEW));
  const excess = reshape(relu(sub(counts, enough)), [steps * n, depth]);
  return mul(concat([excess, full([steps * n, 1], 0)], 1), -strength);
}

/**
 * Addend to the label logits when sampling, [T N, L + 1]: `strength` for what is named and missing or told and owed, minus
 * it for one object more than was told, from two on, minus it for the end while anything is owed. Guidance towards the sentence, ours;
 * it is no part of the likelihood.
 */
export function guidance(strength: number, told: Told, counts: Tensor): Tensor {
  const [steps, n, depth] = counts.shape;
  const { named, numbers } = told;
  const number = sub(exp(numbers), 1);
  const within = (x: Tensor) => clip(x, 0, 1);
  const lack = mul(named, within(sub(maximum(number, 1), counts)));
  // "a man" does not say that nobody else is there
  const surplus = mul(within(sub(number, 1)), within(sub(add(counts, 1), number)));
  const classes = reshape(sub(lack, surplus), [steps * n, depth]);
  const end = reshape(neg(within(sum(lack, 2, true))), [steps * n, 1]);
  return mul(concat([classes, end], 1), strength);
}
