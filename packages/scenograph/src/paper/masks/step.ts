/** One GAN step of the shape generator as one program: both discriminators and the generator, an optimiser each. @module */
import { ConfigError } from "@scenograph/graph/errors";
import { gradients } from "@scenograph/graph/gradients";
import { full, input, parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import type { Features } from "@scenograph/graph/nn/perceptual/index";
import { isSpectralVector, SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import { add, cast, clip, div, greater, greaterEqual, mul, stopGradient, sub } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { reshape, split } from "@scenograph/graph/ops/shape";
import { adam, movingAverage, type Schedule, scheduled, stepCounter, type Updates } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import { boxMasks, layoutInputs, SIZE } from "./boxes.ts";
import type { MasksConfig } from "./config.ts";
import {
  discriminatorLoss,
  featureMatching,
  generatorLoss,
  maskPerceptualLoss,
  pixelLosses,
  type ShapeParts,
  shapeLoss,
  shares,
} from "./loss.ts";
import { generator, globalDiscriminator, instanceDiscriminator, mergeMasks, pictured, sceneContext } from "./model.ts";

/** Scalars that a step reports. */
export const STEP_LOSSES = [
  "loss",
  "instance",
  "global",
  "perceptual",
  "bce",
  "dice",
  "lossD",
  "instanceD",
  "globalD",
  "normG",
  "normD",
] as const;

export interface StepOptions {
  readonly pictures: number;
  /** Objects a picture, padding included. */
  readonly objects: number;
  /** Network of the perceptual loss; needed for `perceptualFeatures: "cocossd"`. */
  readonly features?: Features;
  /** Which networks the step changes. Default both. */
  readonly train?: "both" | "generator" | "discriminators";
}

export interface Losses {
  /** L_shape without the weights. */
  readonly parts: ShapeParts;
  /** What either discriminator minimises. */
  readonly discriminators: { readonly instance: Tensor; readonly global: Tensor };
  /** Holds the next values of the power iterations; absent without spectral norm. */
  readonly spectral?: SpectralNorms;
}

/** Both networks' losses on the inputs boxes, labels, valid, masked, masks (uint8) and noise [samples, N, T, Z]; see data.ts. */
export function buildLosses(config: MasksConfig, options: StepOptions, params: Params): Losses {
  const { pictures: n, objects: t } = options;
  const layout = layoutInputs(n, t);
  const { samples } = config.loss;
  const noise = input("noise", [samples, n, t, config.noise]);
  const masked = input("masked", [n, t]);
  const share = shares(masked);
  // inferred masks, whose weight is less than 1, have smoother outlines: no discriminator is to take them for real
  const judged = shares(cast(greaterEqual(masked, 1)));
  const inside =
    config.frame === "picture" ? reshape(boxMasks(layout.boxes), [n, t, SIZE, SIZE]) : full([n, t, SIZE, SIZE], 1);
  const real = mul(cast(input("masks", [n, t, SIZE, SIZE], "uint8")), inside);
  const g = params.scope("masks.generator");
  const context = sceneContext(g, config, layout);
  const drawn = split(noise, samples, 0).map((z) =>
    generator(g, config, layout, reshape(z, [n, t, config.noise]), context),
  );
  // any of them is as good as another to the discriminators
  const fake = config.loss.hard ? straightThrough(drawn[0].masks, config.threshold) : drawn[0].masks;

  const spectral = config.spectralNorm ? new SpectralNorms() : undefined;
  const own = params.scope("masks.discriminator");
  const merged = (masks: Tensor) => mergeMasks(config, pictured(config, layout, masks), judged.masked);
  const instance = (masks: Tensor) =>
    instanceDiscriminator(own.scope("instance"), config, layout, masks, spectral?.wrap);
  const global = (masks: Tensor) =>
    globalDiscriminator(own.scope("global"), config, layout, judged.masked, merged(masks), spectral?.wrap);
  const meanOfObjects = (scores: Tensor) => sum(mul(scores, judged.objects));
  const meanOfPictures = (scores: Tensor) => sum(mul(scores, judged.pictures));

  const { kind, perceptualFeatures } = config.loss;
  const [instanceReal, instanceFake] = [instance(real), instance(fake)];
  const [globalReal, globalFake] = [global(real), global(fake)];
  // the same values as instanceFake and globalFake, and computed once with them, but no gradient reaches G
  const fixed = stopGradient(fake);
  const perceptual =
    perceptualFeatures === "discriminator"
      ? featureMatching(globalFake, globalReal)
      : maskPerceptualLoss(network(options), merged(fake), merged(real));
  return {
    parts: {
      instance: meanOfObjects(generatorLoss(kind, instanceFake.score)),
      global: meanOfPictures(generatorLoss(kind, globalFake.score)),
      perceptual,
      ...pixelLosses(drawn, real, inside, share, config.loss),
    },
    discriminators: {
      instance: meanOfObjects(discriminatorLoss(kind, instanceReal.score, instance(fixed).score)),
      global: meanOfPictures(discriminatorLoss(kind, globalReal.score, global(fixed).score)),
    },
    spectral,
  };
}

/** 1 where the masks exceed the threshold, else 0; the gradient is that of the masks (Bengio et al. 2013). */
export function straightThrough(masks: Tensor, threshold: number): Tensor {
  return add(masks, stopGradient(sub(cast(greater(masks, threshold)), masks)));
}

function network({ features }: StepOptions): Features {
  if (!features)
    throw new ConfigError('masks: perceptualFeatures "cocossd" needs that network; pass it, or set "discriminator"');
  return features;
}

/**
 * The training step: D_inst and D_global descend their losses, G descends L_shape against the discriminators as they were
 * before the step. State: masks.generator.*, masks.discriminator.*, ema/masks.generator.*, Adam's moments, "step".
 */
export function buildStep(config: MasksConfig, options: StepOptions): Program {
  const params = new Params();
  const { parts, discriminators, spectral } = buildLosses(config, options, params);
  const { step, update } = stepCounter("step");
  const [from, until] = config.loss.ramp;
  const ramp = clip(div(sub(step, from), Math.max(1, until - from)), 0, 1);
  const loss = shapeLoss(config.loss, parts, ramp);
  const lossD = add(discriminators.instance, discriminators.global);

  const generatorParams = params.scope("masks.generator").all();
  const discriminatorParams = params
    .scope("masks.discriminator")
    .all()
    .filter((p) => !isSpectralVector(parameterOf(p).name));
  const { beta1, beta2, clipNorm, emaDecay } = config.train;
  const optimise = (scope: string, ps: Tensor[], objective: Tensor, rate: number) =>
    adam(scope, ps, gradients(objective, ps), step, {
      learningRate: scheduled(schedule(config, rate), step),
      beta1,
      beta2,
      clipNorm,
    });
  const g = optimise("adamG", generatorParams, loss, config.train.learningRateG);
  const d = optimise("adamD", discriminatorParams, lossD, config.train.learningRateD);

  const which = options.train ?? "both";
  const updates: Updates = [update];
  if (which !== "discriminators")
    updates.push(...g.updates, ...movingAverage(g.updates, generatorParams, emaDecay, step));
  if (which !== "generator") updates.push(...d.updates, ...(spectral?.updates ?? []));
  const outputs: Record<(typeof STEP_LOSSES)[number], Tensor> = {
    loss,
    ...parts,
    lossD,
    instanceD: discriminators.instance,
    globalD: discriminators.global,
    normG: g.norm,
    normD: d.norm,
  };
  return compile({ outputs, updates });
}

/** Falls to a twentieth over the second half of the run. */
function schedule({ train }: MasksConfig, base: number): Schedule {
  const { warmup, decay, steps } = train;
  return { base, warmup, decay, from: Math.floor(steps / 2), until: steps, final: base / 20 };
}
