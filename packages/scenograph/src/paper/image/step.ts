/** One training step of the image generator and its discriminator: one graph, two optimisers. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input, parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { featureDistance } from "@scenograph/graph/nn/perceptual/loss";
import type { Perceptual } from "@scenograph/graph/nn/perceptual/setting";
import { isSpectralVector, SpectralNorms } from "@scenograph/graph/nn/spectralNorm";
import { abs, add, addAll, cast, div, greater, maximum, minimum, mul, sub } from "@scenograph/graph/ops/elementwise";
import { mean } from "@scenograph/graph/ops/reduce";
import { adam, movingAverage, type Schedule, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { DType, Tensor } from "@scenograph/graph/tensor";
import { augmentation } from "./augment.ts";
import type { ImageConfig } from "./config.ts";
import { classDtype, SLOTS, WORD_DIM, WORDS } from "./data.ts";
import { featureHeads, projectMaps } from "./featureHeads.ts";
import { generatorLoss, gradientPenalty, matchingAwareLoss } from "./loss.ts";
import { discriminator, embedLayout, generator, type LayoutInputs, type NoiseInputs, objectColours } from "./model.ts";
import { colourLoss } from "./objects.ts";

/**
 * Inputs "layout.classes", "layout.boundary": [N, 1, S, S] uint8; where the configuration looks at objects also
 * "layout.owner", "layout.u", "layout.v" (255 = the right or lower edge of the box) of the same form, "objects.classes",
 * "objects.ranks" [N, SLOTS] int64, "objects.said" [N, SLOTS, WORDS], "words.vectors" [N, WORDS, 100] and "words.valid" [N, WORDS].
 */
export function layoutInputs(n: number, config: ImageConfig): LayoutInputs {
  const map = (name: string, dtype: DType = "uint8") => cast(input(name, [n, 1, config.size, config.size], dtype));
  const maps = { classes: map("layout.classes", classDtype(config)), boundary: map("layout.boundary") };
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

/** Inputs "noise" [N, Z] and "grain" [N, 1, S, S], both standard normal, where the configuration has them. */
export function noiseInputs(n: number, config: ImageConfig): NoiseInputs {
  return {
    ...(config.noise > 0 ? { vector: input("noise", [n, config.noise]) } : {}),
    ...(config.grain ? { grain: input("grain", [n, 1, config.size, config.size]) } : {}),
  };
}

/** Input "picture", [N, 3, S, S] uint8, in [-1, 1]. */
export function pictureInput(n: number, size: number): Tensor {
  return sub(mul(cast(input("picture", [n, 3, size, size], "uint8")), 1 / 127.5), 1);
}

/**
 * Inputs: picture [N, 3, S, S] uint8, layout.*, text and wrong [N, D], noise [N, Z] (and grain, augment.*). Outputs: discriminator, generator,
 * adversarial, perceptual, l1, normG, normD (and colour, r1). Parameters "image.*" and "critic.*".
 * `network` is the perceptual network; undefined takes the discriminator's own features (feature matching).
 */
export function imageStep(
  config: ImageConfig,
  textSize: number,
  network?: Pick<Perceptual, "features" | "deep">,
): Program {
  const t = config.train;
  const n = t.batch;
  const layout = layoutInputs(n, config);
  const real = pictureInput(n, config.size);
  const text = input("text", [n, textSize]);
  const wrong = input("wrong", [n, textSize]);
  const noise = noiseInputs(n, config);
  const augment = t.augment ? augmentation(n, config.size) : (pictures: Tensor) => pictures;
  const { step, update } = stepCounter("step");

  const g = new Params("image");
  const d = new Params("critic");
  const norms = new SpectralNorms();
  const judge = (picture: Tensor, said: Tensor) => discriminator(d, config, norms, layout, said, picture);

  const fake = generator(g, config, layout, text, noise);
  const [seenReal, seenFake] = [augment(real), augment(fake)];
  const onReal = judge(seenReal, text);
  const mismatched = t.mismatched ? judge(seenReal, wrong).score : undefined;
  // no stopGradient: the discriminator's gradient is taken by its own weights alone
  const onFake = judge(seenFake, text);
  const pixelLoss = matchingAwareLoss({ real: onReal.score, mismatched, generated: onFake.score }, t.loss);
  const penalty = t.r1 > 0 ? gradientPenalty(onReal.score, seenReal) : undefined;

  const judgesMaps = config.discriminator.features.channels > 0;
  const look = (judgesMaps ? network?.deep : undefined) ?? network?.features;
  const [mapsReal, mapsFake] = look ? [look(seenReal), look(seenFake)] : [onReal.features, onFake.features];
  // the deep maps begin with those of the loss; these nodes are used for nothing else
  const taps = network?.features(real).length;
  const perceptual = featureDistance(mapsFake.slice(0, taps), mapsReal.slice(0, taps));
  const heads = network && judgesMaps ? headLosses() : undefined;
  const discriminatorLoss = heads ? add(pixelLoss, heads.discriminator) : pixelLoss;
  const totalD = penalty ? add(discriminatorLoss, mul(penalty, t.r1 / 2)) : discriminatorLoss;
  const pixelAdversarial = generatorLoss(onFake.score, t.loss);
  const adversarial = heads ? add(pixelAdversarial, heads.generator) : pixelAdversarial;
  const l1 = mean(abs(sub(fake, real)));
  const started = cast(greater(step, t.adversarialFrom));
  const progress = minimum(maximum(div(step, t.steps), 0), 1);
  const l1Weight = add(t.l1, mul(progress, t.l1Final - t.l1));
  const colour = layout.objects && colourLoss(objectColours(g, config, layout.objects), layout.objects.owner, real);
  const pixels = add(mul(perceptual, t.perceptual), mul(l1, l1Weight));
  const reconstruction = colour ? add(pixels, mul(colour, config.objects.colour)) : pixels;
  const totalG = add(mul(mul(adversarial, t.adversarial), started), reconstruction);

  /** Losses of the discriminators on feature maps, summed and weighted. */
  function headLosses(): { discriminator: Tensor; generator: Tensor } {
    const { weight } = config.discriminator.features;
    const p = d.scope("features");
    const embedded = embedLayout(p.scope("layout"), layout, config.discriminator.layout, {
      classes: config.classes,
      boundary: false,
    });
    const onMaps = (maps: readonly Tensor[]) => featureHeads(p, config, embedded, maps);
    const projected = projectMaps(mapsReal, mapsFake, config.discriminator.features.channels);
    const reals = onMaps(projected.real);
    const [scores, wrongs] = [reals(text), t.mismatched ? reals(wrong) : []];
    const generated = onMaps(projected.generated)(text);
    const lossesD = scores.map((score, i) =>
      matchingAwareLoss({ real: score, mismatched: wrongs[i], generated: generated[i] }, t.loss),
    );
    const lossesG = generated.map((score) => generatorLoss(score, t.loss));
    return { discriminator: mul(addAll(lossesD), weight), generator: mul(addAll(lossesG), weight) };
  }

  const rate = (base: number): Schedule => ({
    base,
    warmup: 100,
    decay: "linear",
    from: Math.round(t.decayFrom * t.steps),
    until: t.steps,
    final: base * t.final,
  });
  const options = { beta1: 0.5, beta2: 0.999, clipNorm: t.clipNorm };
  const ofG = g.all();
  const ofD = d.all().filter((p) => !isSpectralVector(parameterOf(p).name));
  const stepG = adam("adamG", ofG, gradients(totalG, ofG), step, {
    learningRate: scheduled(rate(t.rateG), step),
    ...options,
  });
  const stepD = adam("adamD", ofD, gradients(totalD, ofD), step, {
    learningRate: mul(scheduled(rate(t.rateD), step), started),
    ...options,
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

/** Generation for a batch of n: inputs layout.*, text, noise (and grain); output picture [N, 3, S, S] in [-1, 1]. */
export function imageProgram(config: ImageConfig, textSize: number, n: number): Program {
  const picture = generator(
    new Params("image"),
    config,
    layoutInputs(n, config),
    input("text", [n, textSize]),
    noiseInputs(n, config),
  );
  return compile({ outputs: { picture } });
}
