/** One training step of the look codes, and the programs that draw and read looks. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input, parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { isSpectralVector, SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import {
  abs,
  add,
  addAll,
  cast,
  div,
  greater,
  log,
  maximum,
  mul,
  neg,
  square,
  sub,
} from "@scenograph/graph/ops/elementwise";
import { avgPool2d } from "@scenograph/graph/ops/pooling";
import { argMax, mean, sum } from "@scenograph/graph/ops/reduce";
import { concat, reshape, slice } from "@scenograph/graph/ops/shape";
import { adam, movingAverage, scheduled, stepCounter, type Updates } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import { fakeLoss, generatorLoss, realLoss } from "../adversarial.ts";
import { ownCodes, vectorsOf } from "../codes/codebook.ts";
import type { LooksConfig } from "./config.ts";
import { lossSides } from "./data.ts";
import { decodeLook, encodeLook, judgeLook, type LookObjects } from "./model.ts";

/** A uint8 input as numbers from 0 to `scale`. */
const bytes = (name: string, shape: readonly number[], scale: number) =>
  mul(cast(input(name, [...shape], "uint8")), scale);

function objectInputs(m: number, { side }: LooksConfig): LookObjects & { colours: Tensor } {
  return {
    labels: input("labels", [m], "int64"),
    silhouettes: bytes("silhouettes", [m, 1, side, side], 1 / 255),
    aspects: reshape(input("aspects", [m]), [m, 1]),
    colours: input("colours", [m, 3]),
  };
}

/** RGB in [-1, 1], the visible part and the silhouette in [0, 1]. */
function seenInput(m: number): Tensor {
  const all = bytes("seen", [m, 5, 64, 64], 1 / 255);
  return concat([sub(mul(slice(all, 1, 0, 3), 2), 1), slice(all, 1, 3, 5)], 1);
}

/**
 * Errors of looks y against pixels x [M, 3, S, S] where `visible` [M, 1, S, S], at each of the sides with a weight an object
 * [M, sides]: means over the visible pixels, so that a thin object counts as much as a broad one.
 */
export function pixelErrors(
  y: Tensor,
  x: Tensor,
  visible: Tensor,
  weights: Tensor,
  sides: readonly number[],
): { l1: Tensor; detail: Tensor } {
  const [m, , full] = y.shape;
  const difference = mul(sub(y, x), visible);
  const parts = sides.map((side, k) => {
    const at = (t: Tensor) => (side === full ? t : avgPool2d(t, full / side));
    const [d, v] = [at(difference), at(visible)];
    const weight = reshape(slice(weights, 1, k, k + 1), [m]);
    const area = maximum(sum(v, [1, 2, 3]), 0.02 * side * side);
    const over = (t: Tensor) => mean(mul(div(sum(t, [1, 2, 3]), mul(area, 3)), weight));
    // a mean of 3 x 3 of the difference is the difference of the means
    const high = sub(d, avgPool2d(d, 3, { stride: 1, padding: 1 }));
    return { l1: over(abs(d)), detail: over(mul(abs(high), v)) };
  });
  return { l1: addAll(parts.map((p) => p.l1)), detail: addAll(parts.map((p) => p.detail)) };
}

/**
 * Inputs: those of `trainingFeeds`. Outputs: loss, l1, detail, paint (spread; adversarial, discriminator). Parameters "looks.*" and
 * "critic.*". Without `train.encoder` the encoder is trained along, and encodings reach the decoder with noise; with it the decoder
 * gets code vectors that stay as they are.
 */
export function lookStep(config: LooksConfig): Program {
  const t = config.train;
  const m = t.batch;
  const { side } = config;
  const { colours, ...objects } = objectInputs(m, config);
  const visible = bytes("visible", [m, 1, side, side], 1);
  const painted = bytes("painted", [m, 1, side, side], 1);
  const x = sub(bytes("pixels", [m, 3, side, side], 1 / 127.5), 1);
  const sides = lossSides(config);
  const weights = input("weights", [m, sides.length]);
  const p = new Params("looks");
  const d = new Params("critic");
  const { step, update } = stepCounter("step");

  const more: Record<string, Tensor> = {};
  let vectors: Tensor;
  if (t.encoder === "") {
    const h = encodeLook(p.scope("encoder"), config, objects.labels, seenInput(m));
    vectors = add(h, mul(input("noise", [m, config.width]), config.noise));
    more.spread = mul(mean(sum(square(h), 1)), 0.5);
  } else vectors = vectorsOf(new Params("looks"), config, objects.labels, input("codes", [m], "int64"));
  const look = decodeLook(p.scope("decoder"), config, objects, colours, vectors);
  const { l1, detail } = pixelErrors(look.picture, x, visible, weights, sides);
  const paint = div(sum(mul(crossEntropy(look.paint, painted), visible)), maximum(sum(visible), 1));
  const terms = [mul(l1, config.loss.l1), mul(detail, config.loss.detail), mul(paint, config.loss.paint)];
  if (more.spread) terms.push(mul(more.spread, config.loss.spread));
  const updates: Updates = [update];
  if (config.loss.adversarial > 0) {
    const norms = new SpectralNorms();
    const shown = (picture: Tensor) => concat([mul(picture, visible), objects.silhouettes], 1);
    const judge = (picture: Tensor) => judgeLook(d, config, objects.labels, shown(picture), norms.wrap);
    const [onReal, onFake] = [judge(x), judge(look.picture)];
    const started = cast(greater(step, t.adversarialFrom));
    const lossG = generatorLoss(onFake, "hinge");
    const lossD = add(realLoss(onReal, "hinge"), fakeLoss(onFake, "hinge"));
    terms.push(mul(mul(lossG, started), config.loss.adversarial));
    const ofD = d.all().filter((one) => !isSpectralVector(parameterOf(one).name));
    updates.push(...adam("adamD", ofD, gradients(lossD, ofD), step, { learningRate: t.rateD, beta1: 0.5 }).updates);
    updates.push(...norms.updates);
    Object.assign(more, { adversarial: lossG, discriminator: lossD });
  }
  const loss = addAll(terms);
  const own = p.all();
  const learningRate = scheduled(
    {
      base: t.rate,
      warmup: 50,
      decay: "linear",
      from: Math.round(t.steps * 0.4),
      until: t.steps,
      final: t.rate * 0.02,
    },
    step,
  );
  const g = adam("adam", own, gradients(loss, own), step, { learningRate, beta2: 0.99, clipNorm: 5 });
  updates.push(...g.updates, ...movingAverage(g.updates, own, t.emaDecay, step));
  return compile({ outputs: { loss, l1, detail, paint, ...more }, updates });
}

/** -t log p - (1 - t) log(1 - p), elementwise. */
function crossEntropy(p: Tensor, truth: Tensor): Tensor {
  const safe = add(mul(p, 0.998), 0.001);
  return neg(add(mul(truth, log(safe)), mul(sub(1, truth), log(sub(1, safe)))));
}

/** Inputs labels, silhouettes, aspects, colours, codes int64 [M]; outputs picture [M, 3, S, S] and paint. */
export function drawLookProgram(config: LooksConfig, m: number): Program {
  const p = new Params("looks");
  const { colours, ...objects } = objectInputs(m, config);
  const vectors = vectorsOf(p, config, objects.labels, input("codes", [m], "int64"));
  const { picture, paint } = decodeLook(p.scope("decoder"), config, objects, colours, vectors);
  return compile({ outputs: { picture, paint } });
}

/** Inputs labels, seen; output encodings [M, Z]. */
export function encodeLookProgram(config: LooksConfig, m: number): Program {
  const p = new Params("looks");
  const h = encodeLook(p.scope("encoder"), config, input("labels", [m], "int64"), seenInput(m));
  return compile({ outputs: { encodings: h } });
}

/** Inputs labels, silhouettes, aspects, colours, vectors [M, Z]; output picture [M, 3, S, S]: what encodings say before there are codes. */
export function drawVectorProgram(config: LooksConfig, m: number): Program {
  const { colours, ...objects } = objectInputs(m, config);
  const vectors = input("vectors", [m, config.width]);
  const { picture } = decodeLook(new Params("looks").scope("decoder"), config, objects, colours, vectors);
  return compile({ outputs: { picture } });
}

/** Inputs labels, seen; output codes int64 [M]: the nearest of the category's own. */
export function readLookProgram(config: LooksConfig, m: number): Program {
  const p = new Params("looks");
  const labels = input("labels", [m], "int64");
  const h = encodeLook(p.scope("encoder"), config, labels, seenInput(m));
  const far = sum(square(sub(ownCodes(p, config, labels), reshape(h, [m, 1, config.width]))), 2);
  return compile({ outputs: { codes: argMax(neg(far), 1) } });
}
