/** The image generator with ideas of ours: one file for each, all off by default; `imageSeams` puts those that are on into the paper's. @module */
import type { Perceptual } from "@scenograph/graph/nn/perceptual/setting";
import type { Weights } from "@scenograph/graph/nn/weights";
import type { Program } from "@scenograph/graph/program";
import type { Random } from "@scenograph/graph/random";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";
import { z } from "zod";
import { paperImage } from "../../paper/image/config.ts";
import * as data from "../../paper/image/data.ts";
import * as sampler from "../../paper/image/infer.ts";
import type { ImageSeams } from "../../paper/image/seams.ts";
import * as step from "../../paper/image/step.ts";
import type { Categories } from "../../scene/categories.ts";
import { adversarialSeams, adversarialSettings } from "../adversarial.ts";
import { balanceSettings } from "../balance.ts";
import { augmentation, augmentSettings } from "./augment.ts";
import { boundary, boundarySettings } from "./boundary.ts";
import { decoderNormSettings } from "./decoderNorm.ts";
import { featureHeadSettings, featureHeadTerms } from "./featureHeads.ts";
import { flipSettings } from "./flip.ts";
import { grain, grainSettings } from "./grain.ts";
import { l1Settings, l1Term } from "./l1.ts";
import { lateStartSettings, startingAt } from "./lateStart.ts";
import { missingMasksSettings } from "./missingMasks.ts";
import { colourTerm, objectSeams, objectSettings } from "./objects.ts";
import { position, positionSettings } from "./position.ts";
import { r1Settings, r1Term } from "./r1.ts";

export const imageConfig = paperImage.extend({
  ours: z
    .strictObject({
      ...boundarySettings,
      ...objectSettings,
      ...positionSettings,
      ...grainSettings,
      ...adversarialSettings,
      ...featureHeadSettings,
      ...augmentSettings,
      ...l1Settings,
      ...r1Settings,
      ...lateStartSettings,
      ...decoderNormSettings,
      ...flipSettings,
      ...missingMasksSettings,
      ...balanceSettings,
    })
    .prefault({}),
});

export type ImageConfig = z.infer<typeof imageConfig>;

export function imageSeams({ ours }: ImageConfig): ImageSeams {
  const on = <T>(is: boolean, idea: T): T[] => (is ? [idea] : []);
  const hasObjects = ours.objects.width > 0;
  const painters = [...on(ours.boundary, boundary), ...on(hasObjects, objectSeams(ours.objects))];
  const inputs = [...painters, ...on(ours.grain, grain)].map((idea) => idea.inputs);
  const beside = [...on(ours.position > 0, position(ours.position)), ...on(ours.grain, grain.beside)];
  const adversarial = adversarialSeams(ours);
  const terms = [
    ...on(ours.featureHeads.channels > 0, featureHeadTerms(ours.featureHeads, adversarial.adversarial)),
    ...on(ours.l1 > 0 || ours.l1Final > 0, l1Term(ours.l1, ours.l1Final)),
    ...on(hasObjects, colourTerm(ours.objects)),
    ...on(ours.r1 > 0, r1Term(ours.r1)),
  ];
  return {
    ...adversarial,
    ...(inputs.length > 0 && { inputs: (n, config) => merged(inputs.map((idea) => idea(n, config))) }),
    ...(painters.length > 0 && {
      layoutFeeds: (pictures, n, config) => merged(painters.map((idea) => idea.layoutFeeds(pictures, n, config))),
      painter: (p, config, given) => painters.flatMap((idea) => idea.painter(p, config, given)),
    }),
    ...(ours.grain && { noiseFeeds: grain.noiseFeeds }),
    ...(beside.length > 0 && {
      beside: (p, given, at) => {
        const all = beside.map((idea) => idea(p, given, at));
        return { fused: all.flatMap((one) => one.fused), decoder: all.find((one) => one.decoder)?.decoder };
      },
    }),
    ...(ours.decoderNorm && { decoderNorm: ours.decoderNorm }),
    ...(ours.augment && { seen: augmentation }),
    ...(ours.adversarialFrom > 0 && { started: startingAt(ours.adversarialFrom) }),
    ...(terms.length > 0 && { terms }),
  };
}

function merged<T>(maps: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign({}, ...maps);
}

export function createImageGenerator(
  runtime: Runtime,
  config: ImageConfig,
  textSize: number,
  weights: Weights,
  categories?: Categories,
): sampler.LoadedImageSampler {
  return sampler.createImageGenerator(runtime, config, textSize, weights, categories, imageSeams(config));
}

export function imageProgram(config: ImageConfig, textSize: number, n: number): Program {
  return step.imageProgram(config, textSize, n, imageSeams(config));
}

/** @param network see the paper's step */
export function imageStep(
  config: ImageConfig,
  textSize: number,
  network?: Pick<Perceptual, "features" | "deep">,
): Program {
  return step.imageStep(config, textSize, network, imageSeams(config));
}

export function layoutFeeds(pictures: readonly data.Described[], n: number, config: ImageConfig): Feeds {
  return data.layoutFeeds(pictures, n, config, imageSeams(config));
}

export function noiseFeeds(chance: readonly Random[], n: number, config: ImageConfig): Feeds {
  return data.noiseFeeds(chance, n, config, imageSeams(config));
}
