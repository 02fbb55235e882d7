/**
 * p(pose | class, box, words, neighbours), p(look | ..., pose), p(colour | ..., pose, look) [ours]. "Riding" makes a rider sit, "a red bus"
 * is red, because these priors say so and not because something leaks.
 * @module
 */
import { constant, input } from "@scenograph/graph/leaves";
import { embedding, linear } from "@scenograph/graph/nn/layers";
import { Params } from "@scenograph/graph/nn/params";
import { add, div, leakyRelu, log, maximum, mul, sub } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { matmul } from "@scenograph/graph/ops/matmul";
import { max, sum } from "@scenograph/graph/ops/reduce";
import { broadcastTo, concat, reshape, slice } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { ownCodes } from "../codes/codebook.ts";
import { WAVES } from "../codes/waves.ts";
import { objectCodes } from "../image/objects.ts";
import { WORD_DIM, WORDS } from "../image/slots.ts";
import { boxFeatures } from "../masks/frame.ts";
import type { PriorsConfig } from "./config.ts";

/** The objects of N pictures, padded to T, and their sentences. */
export interface PriorInputs {
  /** int64 [N, T]. */
  readonly labels: Tensor;
  readonly ranks: Tensor;
  /** [N, T, 4], unmirrored. */
  readonly boxes: Tensor;
  /** [N, T]. */
  readonly valid: Tensor;
  /** [N, T, WORDS] of 0 and 1: the noun that names the object. */
  readonly said: Tensor;
  /** [N, WORDS, 100] and [N, WORDS]. */
  readonly words: Tensor;
  readonly wordsValid: Tensor;
}

export function priorInputs(n: number, t: number): PriorInputs {
  return {
    labels: input("labels", [n, t], "int64"),
    ranks: input("ranks", [n, t], "int64"),
    boxes: input("boxes", [n, t, 4]),
    valid: input("valid", [n, t]),
    said: input("said", [n, t, WORDS]),
    words: input("words.vectors", [n, WORDS, WORD_DIM]),
    wordsValid: input("words.valid", [n, WORDS]),
  };
}

/** What there is to know of each object: [N, T, F]. */
export function describe(p: Params, config: PriorsConfig, inputs: PriorInputs): Tensor {
  const [n, t] = inputs.labels.shape;
  const label = embedding(p.scope("class"), inputs.labels, config.classes, config.classWidth);
  const box = reshape(boxFeatures(inputs.boxes), [n, t, 9]);
  const { codes } = objectCodes(
    p.scope("words"),
    { classes: inputs.labels, ranks: inputs.ranks, words: inputs.words, valid: inputs.wordsValid, said: inputs.said },
    config.width,
    config.classes,
  );
  return concat([label, box, codes, neighbours(p.scope("neighbours"), config, inputs, label)], 2);
}

/** Mean and maximum over the other objects of features of (their class, where they lie seen from this one). */
function neighbours(p: Params, config: PriorsConfig, { boxes, valid }: PriorInputs, label: Tensor): Tensor {
  const [n, t, c] = label.shape;
  const part = (k: number) => maximum(slice(boxes, 2, k, k + 1), k < 2 ? 0 : 1 / 256);
  const [x, y, w, h] = [part(0), part(1), part(2), part(3)];
  const own = (v: Tensor) => reshape(v, [n, t, 1]);
  const other = (v: Tensor) => reshape(v, [n, 1, t]);
  const [cx, cy] = [add(x, mul(w, 0.5)), add(y, mul(h, 0.5))];
  const pairs = [
    div(sub(other(cx), own(cx)), own(w)),
    div(sub(other(cy), own(cy)), own(h)),
    sub(log(other(w)), log(own(w))),
    sub(log(other(h)), log(own(h))),
    // feet over feet, and head over head
    div(sub(add(other(y), other(h)), add(own(y), own(h))), own(h)),
    div(sub(other(y), own(y)), own(h)),
  ].map((v) => reshape(v, [n, t, t, 1]));
  const classes = broadcastTo(reshape(label, [n, 1, t, c]), [n, t, t, c]);
  const hidden = leakyRelu(linear(p.scope("pair"), concat([classes, ...pairs], 3), config.width));
  const apart = sub(1, identity(t));
  const there = mul(reshape(valid, [n, 1, t, 1]), reshape(apart, [1, t, t, 1]));
  const counted = mul(hidden, there);
  const mean = div(sum(counted, 2), add(sum(there, 2), 1));
  // features are zero where nobody is
  return concat([mean, max(counted, 2)], 2);
}

function identity(t: number): Tensor {
  return constant(
    Float32Array.from({ length: t * t }, (_, i) => (i % t === Math.floor(i / t) ? 1 : 0)),
    [t, t],
  );
}

/** Numbers of codes, and of a look code's vector; without looks (0) poses alone are foretold. */
export interface CodeCounts {
  readonly poses: number;
  readonly looks: number;
  readonly lookWidth: number;
}

/** Numbers that a query and a code's key share. */
const KEY = 32;
const KEY_HIDDEN = 64;

/**
 * Logits [N, T, K] of an object's codes: how well the code's key, made of its vector, answers the query that is made of `about`,
 * and how often the category has it. Code k of one category has nothing to do with code k of another, so nothing else may use k.
 * @param codes [N T, K, Z]
 */
function matched(p: Params, config: PriorsConfig, about: Tensor, codes: Tensor, labels: Tensor): Tensor {
  const [n, t] = labels.shape;
  const k = codes.shape[1];
  const keys = linear(p.scope("key"), leakyRelu(linear(p.scope("vector"), codes, KEY_HIDDEN)), KEY);
  const query = linear(p.scope("query"), leakyRelu(linear(p.scope("hidden"), about, config.hidden)), KEY);
  const scores = mul(matmul(keys, reshape(query, [n * t, KEY, 1])), 1 / Math.sqrt(KEY));
  return add(reshape(scores, [n, t, k]), often(p, config, labels, k));
}

/** Log of how often each category has a code, begun with its counts. */
function often(p: Params, { classes }: PriorsConfig, labels: Tensor, count: number): Tensor {
  return embedding(p.scope("often"), labels, classes, count, { kind: "constant", value: 0 });
}

/** Code vectors of objects' own categories, [N T, K, Z]; they stay as they are. */
export function codesOf(
  stage: "poses" | "looks",
  { classes }: PriorsConfig,
  counts: CodeCounts,
  labels: Tensor,
): Tensor {
  const size = { classes, codes: counts[stage], width: stage === "poses" ? WAVES : counts.lookWidth };
  return ownCodes(new Params(stage), size, reshape(labels, [labels.shape[0] * labels.shape[1]]));
}

/** Vectors [N, T, Z] of codes int64 [N, T]; zeros where a code is not one of them. */
function vectorOf(codes: Tensor, chosen: Tensor): Tensor {
  const [n, t] = chosen.shape;
  const [m, k, z] = codes.shape;
  return reshape(sum(mul(codes, reshape(oneHot(chosen, k), [m, k, 1])), 1), [n, t, z]);
}

/** Logits [N, T, K] of the pose codes. */
export function poseLogits(p: Params, config: PriorsConfig, about: Tensor, labels: Tensor, poses: Tensor): Tensor {
  return matched(p.scope("pose"), config, about, poses, labels);
}

/** Logits [N, T, L] of the look codes given the poses' codes, int64 [N, T]; a number that is none stands for an unknown pose. */
export function lookLogits(
  p: Params,
  config: PriorsConfig,
  about: Tensor,
  labels: Tensor,
  { poses, looks }: { readonly poses: Tensor; readonly looks: Tensor },
  pose: Tensor,
): Tensor {
  return matched(p.scope("look"), config, concat([about, vectorOf(poses, pose)], 2), looks, labels);
}

/** Logits [N, T, palette] of the colours given the looks' codes, int64 [N, T]. */
export function colourLogits(
  p: Params,
  config: PriorsConfig,
  about: Tensor,
  labels: Tensor,
  looks: Tensor,
  look: Tensor,
): Tensor {
  const own = p.scope("colour");
  const hidden = leakyRelu(linear(own.scope("hidden"), concat([about, vectorOf(looks, look)], 2), config.hidden));
  return add(linear(own.scope("out"), hidden, config.palette), often(own, config, labels, config.palette));
}

/** The colours of the palette [palette, 3] in [-1, 1]; fitted before training, not by it. */
export function palette(p: Params, config: PriorsConfig): Tensor {
  return p.get("palette", [config.palette, 3], { kind: "constant", value: 0 });
}
