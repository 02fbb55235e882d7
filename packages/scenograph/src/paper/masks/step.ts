/** One GAN step of the shape generator as one program: both discriminators and the generator, an optimiser each. @module */
import { ConfigError } from "@scenograph/graph/errors";
import { gradients } from "@scenograph/graph/gradients";
import { full, input, parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import type { Features } from "@scenograph/graph/nn/perceptual/index";
import { isSpectralVector, type SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import { add, cast, mul, stopGradient } from "@scenograph/graph/ops/elementwise";
import { reshape, split } from "@scenograph/graph/ops/shape";
import { adam, movingAverage, type Schedule, scheduled, stepCounter, type Updates } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import { boxMasks, layoutInputs } from "./boxes.ts";
import type { PaperMasks } from "./config.ts";
import {
  discriminatorLoss,
  featureMatching,
  generatorLoss,
  maskPerceptualLoss,
  type ShapeParts,
  shapeLoss,
  shares,
} from "./loss.ts";
import { generator, globalDiscriminator, instanceDiscriminator, mergeMasks, sceneContext } from "./model.ts";
import type { MaskSeams, MaskTerms } from "./seams.ts";

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
  /** What ideas add to L_shape. */
  readonly further?: ReturnType<MaskTerms["build"]>;
  /** What either discriminator minimises. */
  readonly discriminators: { readonly instance: Tensor; readonly global: Tensor };
  /** Holds the next values of the power iterations, where weights are normalised. */
  readonly norms?: SpectralNorms;
}

/** Both networks' losses on the inputs boxes, labels, valid, masked, masks (uint8) and noise [samples, N, T, Z]; see data.ts. */
export function maskLosses(config: PaperMasks, options: StepOptions, params: Params, seams: MaskSeams = {}): Losses {
  const { pictures: n, objects: t } = options;
  const { frame, terms, shown, adversarial } = seams;
  const layout = layoutInputs(n, t, config.size);
  const { width, height } = frame?.shape ?? layout.grid;
  const samples = terms?.samples ?? 1;
  const noise = input("noise", [samples, n, t, config.noise]);
  const masked = input("masked", [n, t]);
  const { objects, pictures } = shares(masked);
  const inside = frame ? full([n, t, height, width], 1) : reshape(boxMasks(layout), [n, t, height, width]);
  const real = mul(cast(input("masks", [n, t, height, width], "uint8")), inside);
  const g = params.scope("masks.generator");
  const context = sceneContext(g, config, layout, seams);
  const drawn = split(noise, samples, 0).map((z) =>
    generator(g, config, layout, reshape(z, [n, t, config.noise]), seams, context),
  );
  const [{ masks }] = drawn;
  const fake = shown?.(masks) ?? masks;

  const norms = seams.norms?.();
  const d = params.scope("masks.discriminator");
  const dInst = frame?.judge ?? instanceDiscriminator;
  const instance = (masks: Tensor) => dInst(d.scope("instance"), config, layout, masks, norms?.wrap);
  const merged = (masks: Tensor) => mergeMasks(config, frame?.pictured(layout, masks) ?? masks, masked);
  const global = (masks: Tensor) =>
    globalDiscriminator(d.scope("global"), config, layout, masked, merged(masks), norms?.wrap);

  const [instanceReal, instanceFake] = [instance(real), instance(fake)];
  const [globalReal, globalFake] = [global(real), global(fake)];
  // the same values as instanceFake and globalFake, and computed once with them, but no gradient reaches G
  const fixed = stopGradient(fake);
  const perceptual =
    config.loss.perceptualFeatures === "discriminator"
      ? featureMatching(globalFake, globalReal)
      : maskPerceptualLoss(network(options), merged(fake), merged(real));
  const scores = (real: { score: Tensor }, fake: { score: Tensor }) => ({ real: real.score, fake: fake.score });
  return {
    parts: {
      instance: generatorLoss({ fake: instanceFake.score }, objects, adversarial),
      global: generatorLoss({ fake: globalFake.score }, pictures, adversarial),
      perceptual,
    },
    further: terms?.build(drawn, real, inside),
    discriminators: {
      instance: discriminatorLoss(scores(instanceReal, instance(fixed)), objects, adversarial),
      global: discriminatorLoss(scores(globalReal, global(fixed)), pictures, adversarial),
    },
    norms,
  };
}

function network({ features }: StepOptions): Features {
  if (!features)
    throw new ConfigError('masks: perceptualFeatures "cocossd" needs that network; pass it, or set "discriminator"');
  return features;
}

/**
 * The training step: D_inst and D_global descend their losses, G descends L_shape against the discriminators as they were
 * before the step. State: masks.generator.*, masks.discriminator.*, ema/masks.generator.*, Adam's moments, "step".
 * Outputs: loss, instance, global, perceptual (and the parts of `seams.terms`), lossD, instanceD, globalD, normG, normD.
 */
export function maskStep(config: PaperMasks, options: StepOptions, seams: MaskSeams = {}): Program {
  const params = new Params();
  const { parts, further, discriminators, norms } = maskLosses(config, options, params, seams);
  const { step, update } = stepCounter("step");
  const ramp = seams.ramp?.(step);
  const scaled = ramp ? { ...parts, instance: mul(parts.instance, ramp), global: mul(parts.global, ramp) } : parts;
  const paper = shapeLoss(config.loss, scaled);
  const loss = further?.total ? add(paper, further.total) : paper;
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
  if (which !== "generator") updates.push(...d.updates, ...(norms?.updates ?? []));
  const outputs = {
    loss,
    ...parts,
    ...further?.parts,
    lossD,
    instanceD: discriminators.instance,
    globalD: discriminators.global,
    normG: g.norm,
    normD: d.norm,
  };
  return compile({ outputs, updates });
}

/** Falls to a twentieth over the second half of the run. */
function schedule({ train }: PaperMasks, base: number): Schedule {
  const { warmup, decay, steps } = train;
  return { base, warmup, decay, from: Math.floor(steps / 2), until: steps, final: base / 20 };
}
