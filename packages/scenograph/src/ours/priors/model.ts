/**
 * p(pose | class, box, words, neighbours), p(look | ..., pose), p(colour | ..., pose, look) [ours]. "Riding" makes a rider sit, "a red bus"
 * is red, because these priors say so and not because something leaks.
 * @module
 */
import { constant, input } from "@scenograph/graph/leaves";
import { embedding, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { add, div, leakyRelu, log, maximum, mul, sub } from "@scenograph/graph/ops/elementwise";
import { max, sum } from "@scenograph/graph/ops/reduce";
import { broadcastTo, concat, reshape, slice } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
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

function head(p: Params, config: PriorsConfig, x: Tensor, out: number): Tensor {
  return linear(p.scope("out"), leakyRelu(linear(p.scope("hidden"), x, config.hidden)), out);
}

/** Logits [N, T, K] of the pose codes. */
export function poseLogits(p: Params, config: PriorsConfig, about: Tensor, poses: number): Tensor {
  return head(p.scope("pose"), config, about, poses);
}

/** Logits [N, T, L] of the look codes given the poses' codes, int64 [N, T]; the code `poses` stands for an unknown pose. */
export function lookLogits(
  p: Params,
  config: PriorsConfig,
  about: Tensor,
  pose: Tensor,
  counts: { poses: number; looks: number },
): Tensor {
  const known = embedding(p.scope("ofPose"), pose, counts.poses + 1, config.classWidth);
  return head(p.scope("look"), config, concat([about, known], 2), counts.looks);
}

/** Logits [N, T, palette] of the colours given poses and looks. */
export function colourLogits(
  p: Params,
  config: PriorsConfig,
  about: Tensor,
  look: Tensor,
  counts: { looks: number },
): Tensor {
  const known = embedding(p.scope("ofLook"), look, counts.looks, config.classWidth);
  return head(p.scope("colour"), config, concat([about, known], 2), config.palette);
}

/** The colours of the palette [palette, 3] in [-1, 1]; fitted before training, not by it. */
export function palette(p: Params, config: PriorsConfig): Tensor {
  return p.get("palette", [config.palette, 3], { kind: "constant", value: 0 });
}
