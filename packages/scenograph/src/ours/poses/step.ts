/** One training step of the pose codes' decoder, and of D_inst where it weighs anything. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input, parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { isSpectralVector, SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import {
  add,
  addAll,
  cast,
  div,
  greater,
  mul,
  sigmoid,
  softplus,
  stopGradient,
  sub,
} from "@scenograph/graph/ops/elementwise";
import { mean, sum } from "@scenograph/graph/ops/reduce";
import { adam, movingAverage, scheduled, stepCounter, type Updates } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import { fakeLoss, generatorLoss, realLoss } from "../adversarial.ts";
import { vectorsOf } from "../codes/codebook.ts";
import { WAVES } from "../codes/waves.ts";
import type { PosesConfig } from "./config.ts";
import { decodePose, judgePose, type PoseObjects } from "./model.ts";

/** Inputs "labels" int64 [M] and "boxes" [M, 4]. */
export function poseInputs(m: number): PoseObjects {
  return { labels: input("labels", [m], "int64"), boxes: input("boxes", [m, 4]) };
}

/** Mean pixelwise cross-entropy and mean 1 - Dice of logits against silhouettes of 0 and 1, [M, 1, S, S] each. */
export function silhouetteLosses(logits: Tensor, truth: Tensor): { bce: Tensor; dice: Tensor } {
  const bce = mean(sub(softplus(logits), mul(logits, truth)));
  const p = sigmoid(logits);
  const over = (x: Tensor) => sum(x, [1, 2, 3]);
  const dice = div(add(mul(over(mul(p, truth)), 2), 1), add(add(over(p), over(truth)), 1));
  return { bce, dice: mean(sub(1, dice)) };
}

/**
 * Inputs labels, boxes, codes int64 [M], silhouettes [M, 1, S, S] uint8. Outputs: loss, bce, dice (instance, instanceD). Parameters
 * "poses.*" and "critic.*"; "poses.codebook" stays as it was given.
 */
export function poseStep(config: PosesConfig): Program {
  const { batch: m, steps, rate, rateD, emaDecay, adversarialFrom } = config.train;
  const objects = poseInputs(m);
  const real = cast(input("silhouettes", [m, 1, config.side, config.side], "uint8"));
  const p = new Params("poses");
  const d = new Params("critic");
  const { step, update } = stepCounter("step");

  const logits = decodePose(p.scope("decoder"), config, objects, codeVectors(config, objects, m));
  const { bce, dice } = silhouetteLosses(logits, real);
  const terms = [mul(bce, config.loss.bce), mul(dice, config.loss.dice)];
  const updates: Updates = [update];
  const adversarial: Record<string, Tensor> = {};

  if (config.loss.instance > 0) {
    const norms = new SpectralNorms();
    const soft = sigmoid(logits);
    // the critic sees 0 and 1, with the gradient of the probabilities
    const fake = add(soft, stopGradient(sub(cast(greater(soft, 0.5)), soft)));
    const [onReal, onFake] = [real, fake].map((x) => judgePose(d, config, objects, x, norms.wrap).score);
    const lossD = add(realLoss(onReal, "hinge"), fakeLoss(onFake, "hinge"));
    const started = cast(greater(step, adversarialFrom));
    const lossG = generatorLoss(onFake, "hinge");
    terms.push(mul(mul(lossG, started), config.loss.instance));
    const ofD = d.all().filter((one) => !isSpectralVector(parameterOf(one).name));
    updates.push(...adam("adamD", ofD, gradients(lossD, ofD), step, { learningRate: rateD, beta1: 0.5 }).updates);
    updates.push(...norms.updates);
    Object.assign(adversarial, { instance: lossG, instanceD: lossD });
  }

  const loss = addAll(terms);
  const own = p.all();
  const learningRate = scheduled(
    { base: rate, warmup: 50, decay: "linear", from: Math.round(steps * 0.4), until: steps, final: rate * 0.02 },
    step,
  );
  const g = adam("adam", own, gradients(loss, own), step, { learningRate, beta2: 0.99, clipNorm: 5 });
  updates.push(...g.updates, ...movingAverage(g.updates, own, emaDecay, step));
  return compile({ outputs: { loss, bce, dice, ...adversarial }, updates });
}

/** Vectors [M, WAVES] of the input "codes"; a set of parameters of its own, so that no optimiser moves them. */
function codeVectors({ classes, codes }: PosesConfig, { labels }: PoseObjects, m: number): Tensor {
  const size = { classes, codes, width: WAVES };
  return vectorsOf(new Params("poses"), size, labels, input("codes", [m], "int64"));
}

/** Inputs labels, boxes, codes int64 [M]; output masks [M, 1, S, S], probabilities. */
export function decodeProgram(config: PosesConfig, m: number): Program {
  const objects = poseInputs(m);
  const vectors = codeVectors(config, objects, m);
  return compile({
    outputs: { masks: sigmoid(decodePose(new Params("poses").scope("decoder"), config, objects, vectors)) },
  });
}
