/** One training step of the image generator and its discriminator: one graph, two optimisers. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input, parameterOf } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { featureDistance } from "@scenograph/graph/nn/perceptual/loss";
import type { Perceptual } from "@scenograph/graph/nn/perceptual/setting";
import { isSpectralVector } from "@scenograph/graph/nn/spectralNorm";
import { addAll, cast, mul, sub } from "@scenograph/graph/ops/elementwise";
import { adam, movingAverage, type Schedule, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import { extentOf, type Size } from "../../scene/geometry.ts";
import type { PaperImage } from "./config.ts";
import { classDtype } from "./data.ts";
import { generatorLoss, imageLoss, matchingAwareLoss } from "./loss.ts";
import { discriminator, generator, type LayoutInputs } from "./model.ts";
import type { ImageSeams } from "./seams.ts";

/** Input "layout.classes": [N, 1, H, W], uint8 where L fits a byte; and those of ideas. */
export function layoutInputs(n: number, config: PaperImage, { inputs }: ImageSeams = {}): LayoutInputs {
  const { width, height } = extentOf(config.size);
  const classes = cast(input("layout.classes", [n, 1, height, width], classDtype(config)));
  return { classes, given: inputs?.(n, config) ?? {} };
}

/** Input "noise" [N, Z], standard normal, where the configuration has it. */
export function noiseInput(n: number, { noise }: PaperImage): Tensor | undefined {
  return noise > 0 ? input("noise", [n, noise]) : undefined;
}

/** Input "picture", [N, 3, H, W] uint8, in [-1, 1]. */
export function pictureInput(n: number, size: Size): Tensor {
  const { width, height } = extentOf(size);
  return sub(mul(cast(input("picture", [n, 3, height, width], "uint8")), 1 / 127.5), 1);
}

/**
 * Inputs: picture [N, 3, H, W] uint8, layout.classes, text and wrong [N, D], noise [N, Z]. Outputs: discriminator, generator,
 * adversarial, perceptual, normG, normD (and the parts of `seams.terms`). Parameters "image.*" and "critic.*".
 * `network` is the perceptual network; undefined takes the discriminator's own features (feature matching).
 */
export function imageStep(
  config: PaperImage,
  textSize: number,
  network?: Pick<Perceptual, "features" | "deep">,
  seams: ImageSeams = {},
): Program {
  const t = config.train;
  const n = t.batch;
  const layout = layoutInputs(n, config, seams);
  const real = pictureInput(n, config.size);
  const text = input("text", [n, textSize]);
  const wrong = t.mismatched ? input("wrong", [n, textSize]) : undefined;
  const { step, update } = stepCounter("step");

  const g = new Params("image");
  const d = new Params("critic");
  const norms = seams.norms?.();
  const judge = (picture: Tensor, said: Tensor) => discriminator(d, config, layout, said, picture, norms?.wrap);

  const fake = generator(g, config, layout, text, noiseInput(n, config), seams);
  const see = seams.seen?.(n, config.size) ?? ((pictures: Tensor) => pictures);
  const [seenReal, seenFake] = [see(real), see(fake)];
  const onReal = judge(seenReal, text);
  const mismatched = wrong && judge(seenReal, wrong).score;
  // no stopGradient: the discriminator's gradient is taken by its own weights alone
  const onFake = judge(seenFake, text);
  const look = network?.features;
  const [mapsReal, mapsFake] = look ? [look(seenReal), look(seenFake)] : [onReal.features, onFake.features];
  const perceptual = featureDistance(mapsFake, mapsReal);

  const at = {
    config,
    generator: g,
    critic: d,
    layout,
    text,
    wrong,
    real,
    fake,
    seenReal,
    seenFake,
    onReal,
    step,
    network,
  };
  const further = (seams.terms ?? []).map((term) => term(at));
  const plus = (first: Tensor, name: "adversarial" | "generator" | "discriminator") =>
    addAll([first, ...further.flatMap((terms) => terms[name] ?? [])]);
  const scores = { real: onReal.score, mismatched, generated: onFake.score };
  const totalD = plus(matchingAwareLoss(scores, seams.adversarial), "discriminator");
  const adversarial = plus(generatorLoss(onFake.score, seams.adversarial), "adversarial");
  const started = seams.started?.(step);
  const share = (x: Tensor) => (started ? mul(x, started) : x);
  const totalG = plus(imageLoss(t, { adversarial: share(adversarial), perceptual }), "generator");

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
    learningRate: share(scheduled(rate(t.rateD), step)),
    ...options,
  });
  return compile({
    outputs: {
      generator: totalG,
      discriminator: totalD,
      adversarial,
      perceptual,
      ...Object.assign({}, ...further.map(({ parts }) => parts)),
      normG: stepG.norm,
      normD: stepD.norm,
    },
    updates: [
      update,
      ...stepG.updates,
      ...stepD.updates,
      ...(norms?.updates ?? []),
      ...movingAverage(stepG.updates, ofG, t.emaDecay, step),
    ],
  });
}

/** Generation for a batch of n: inputs layout.classes, text, noise; output picture [N, 3, H, W] in [-1, 1]. */
export function imageProgram(config: PaperImage, textSize: number, n: number, seams: ImageSeams = {}): Program {
  const layout = layoutInputs(n, config, seams);
  const text = input("text", [n, textSize]);
  const picture = generator(new Params("image"), config, layout, text, noiseInput(n, config), seams);
  return compile({ outputs: { picture } });
}
