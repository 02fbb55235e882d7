/** One training step of the image generator and its discriminator: one graph, two optimisers. @module */
import { gradients } from "../graph/gradients.ts";
import { input, parameterOf } from "../graph/leaves.ts";
import { abs, add, cast, div, greater, maximum, minimum, mul, stopGradient, sub } from "../graph/ops/elementwise.ts";
import { mean } from "../graph/ops/reduce.ts";
import { adam, movingAverage, type Schedule, scheduled, stepCounter } from "../graph/optimizers.ts";
import { compile, type Program } from "../graph/program.ts";
import type { Tensor } from "../graph/tensor.ts";
import { Params } from "../nn/params.ts";
import { type Features, featureDistance } from "../nn/perceptual/loss.ts";
import { isSpectralVector, SpectralNorms } from "../nn/spectralNorm.ts";
import type { ImageConfig } from "./config.ts";
import { SLOTS, WORD_DIM, WORDS } from "./data.ts";
import { generatorLoss, gradientPenalty, matchingAwareLoss } from "./loss.ts";
import { discriminator, generator, type LayoutInputs, objectColours } from "./model.ts";
import { colourLoss } from "./objects.ts";

/**
 * Inputs "layout.classes", "layout.boundary": [N, 1, S, S] uint8; where the configuration looks at objects also
 * "layout.owner", "layout.u", "layout.v" (255 = the right or lower edge of the box) of the same form, "objects.classes",
 * "objects.ranks" [N, SLOTS] int64, "objects.said" [N, SLOTS, WORDS], "words.vectors" [N, WORDS, 100] and "words.valid" [N, WORDS].
 */
export function layoutInputs(n: number, config: ImageConfig): LayoutInputs {
  const map = (name: string) => cast(input(name, [n, 1, config.size, config.size], "uint8"));
  const maps = { classes: map("layout.classes"), boundary: map("layout.boundary") };
  if (config.objects.width === 0) return maps;
  const objects = {
    owner: map("layout.owner"),
    u: mul(map("layout.u"), 1 / 255),
    v: mul(map("layout.v"), 1 / 255),
    classes: input("objects.classes", [n, SLOTS], "int64"),
    ranks: input("objects.ranks", [n, SLOTS], "int64"),
    said: input("objects.said", [n, SLOTS, WORDS]),
    words: input("words.vectors", [n, WORDS, WORD_DIM]),
    valid: input("words.valid", [n, WORDS]),
  };
  return { ...maps, objects };
}

/** Input "picture", [N, 3, S, S] uint8, in [-1, 1]. */
export function pictureInput(n: number, size: number): Tensor {
  return sub(mul(cast(input("picture", [n, 3, size, size], "uint8")), 1 / 127.5), 1);
}

/**
 * Inputs: picture [N, 3, S, S] uint8, layout.*, text and wrong [N, D], noise [N, Z]. Outputs: discriminator, generator,
 * adversarial, perceptual, l1, normG, normD (and colour, r1). Parameters "image.*" and "critic.*".
 * `features` is the perceptual network; undefined takes the discriminator's own features (feature matching).
 */
export function imageStep(config: ImageConfig, textSize: number, features?: Features): Program {
  const t = config.train;
  const n = t.batch;
  const layout = layoutInputs(n, config);
  const real = pictureInput(n, config.size);
  const text = input("text", [n, textSize]);
  const wrong = input("wrong", [n, textSize]);
  const noise = input("noise", [n, config.noise]);
  const { step, update } = stepCounter("step");

  const g = new Params("image");
  const d = new Params("critic");
  const norms = new SpectralNorms();
  const judge = (picture: Tensor, said: Tensor) => discriminator(d, config, norms, layout, said, picture);

  const fake = generator(g, config, layout, text, noise);
  const onReal = judge(real, text);
  const mismatched = t.mismatched ? judge(real, wrong).score : undefined;
  const detached = judge(stopGradient(fake), text).score;
  const onFake = judge(fake, text);
  const discriminatorLoss = matchingAwareLoss({ real: onReal.score, mismatched, generated: detached }, t.loss);
  const penalty = t.r1 > 0 ? gradientPenalty(onReal.score, real) : undefined;
  const totalD = penalty ? add(discriminatorLoss, mul(penalty, t.r1 / 2)) : discriminatorLoss;

  const adversarial = generatorLoss(onFake.score, t.loss);
  const perceptual = features
    ? featureDistance(features(fake), features(stopGradient(real)))
    : featureDistance(onFake.features, onReal.features);
  const l1 = mean(abs(sub(fake, real)));
  const started = cast(greater(step, t.adversarialFrom));
  const progress = minimum(maximum(div(step, t.steps), 0), 1);
  const l1Weight = add(t.l1, mul(progress, t.l1Final - t.l1));
  const colour = layout.objects && colourLoss(objectColours(g, config, layout.objects), layout.objects.owner, real);
  const pixels = add(mul(perceptual, t.perceptual), mul(l1, l1Weight));
  const reconstruction = colour ? add(pixels, mul(colour, config.objects.colour)) : pixels;
  const totalG = add(mul(mul(adversarial, t.adversarial), started), reconstruction);

  const rate = (base: number): Schedule => ({
    base,
    warmup: 100,
    decay: "linear",
    from: Math.round(t.decayFrom * t.steps),
    until: t.steps,
    final: base * t.final,
  });
  const betas = { beta1: 0.5, beta2: 0.999 };
  const ofG = g.all();
  const ofD = d.all().filter((p) => !isSpectralVector(parameterOf(p).name));
  const stepG = adam("adamG", ofG, gradients(totalG, ofG), step, {
    learningRate: scheduled(rate(t.rateG), step),
    ...betas,
  });
  const stepD = adam("adamD", ofD, gradients(totalD, ofD), step, {
    learningRate: mul(scheduled(rate(t.rateD), step), started),
    ...betas,
  });
  return compile({
    outputs: {
      generator: totalG,
      discriminator: totalD,
      adversarial,
      perceptual,
      l1,
      ...(colour ? { colour } : {}),
      normG: stepG.norm,
      normD: stepD.norm,
      ...(penalty ? { r1: penalty } : {}),
    },
    updates: [
      update,
      ...stepG.updates,
      ...stepD.updates,
      ...norms.updates,
      ...movingAverage(stepG.updates, ofG, t.emaDecay, step),
    ],
  });
}

/** Generation for a batch of n: inputs layout.*, text, noise; output picture [N, 3, S, S] in [-1, 1]. */
export function imageProgram(config: ImageConfig, textSize: number, n: number): Program {
  const picture = generator(
    new Params("image"),
    config,
    layoutInputs(n, config),
    input("text", [n, textSize]),
    input("noise", [n, config.noise]),
  );
  return compile({ outputs: { picture } });
}
