/** The shape generator with ideas of ours: one file for each, all off by default; `maskSeams` puts those that are on into the paper's. @module */
import type { Weights } from "@scenograph/graph/nn/weights";
import type { Program } from "@scenograph/graph/program";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";
import { z } from "zod";
import { paperMasks } from "../../paper/masks/config.ts";
import * as data from "../../paper/masks/data.ts";
import * as sampler from "../../paper/masks/infer.ts";
import type { DrawShapes, MaskSeams } from "../../paper/masks/seams.ts";
import * as step from "../../paper/masks/step.ts";
import { type Extent, extentOf } from "../../scene/geometry.ts";
import type { Box } from "../../scene/scene.ts";
import { adversarialSeams, adversarialSettings } from "../adversarial.ts";
import { balanceSettings } from "../balance.ts";
import { boxChannels, boxTensorSettings } from "./boxTensor.ts";
import { candidatesSettings, medoids, withNoise } from "./candidates.ts";
import { boxFrame, frameSettings, SHAPE_SIDE } from "./frame.ts";
import { hardSettings, straightThrough } from "./hard.ts";
import { dropIslands, islandsSettings } from "./islands.ts";
import { maskedFirstSettings } from "./maskedFirst.ts";
import { inMirror, mirrorSettings } from "./mirror.ts";
import { pixelFeeds, pixelLoss, pixelSettings, type WeighedObject } from "./pixels.ts";
import { ramp, rampSettings } from "./ramp.ts";
import { refine, refineSettings } from "./refine.ts";
import { wholeSettings } from "./whole.ts";

export const masksConfig = paperMasks.extend({
  ours: z
    .strictObject({
      ...frameSettings,
      ...boxTensorSettings,
      ...refineSettings,
      ...adversarialSettings,
      ...hardSettings,
      ...rampSettings,
      ...pixelSettings,
      ...candidatesSettings,
      ...islandsSettings,
      ...mirrorSettings,
      ...wholeSettings,
      ...maskedFirstSettings,
      ...balanceSettings,
    })
    .prefault({}),
});

export type MasksConfig = z.infer<typeof masksConfig>;

/** Pixels of a training mask: of the box's own frame where that is on, else of the picture's. */
export function maskExtent({ ours, size }: Pick<MasksConfig, "ours" | "size">): Extent {
  return extentOf(ours.frame === "box" ? SHAPE_SIDE : size);
}

export function maskSeams(config: MasksConfig): MaskSeams {
  const { ours, threshold } = config;
  const { boxTensor } = ours;
  const around: ((draw: DrawShapes) => DrawShapes)[] = [
    ...(ours.noiseScale !== 1 ? [withNoise.bind(null, ours.noiseScale)] : []),
    ...(ours.mirror ? [inMirror.bind(null, maskExtent(config).width)] : []),
    ...(ours.islands > 0 ? [dropIslands.bind(null, ours.islands, maskExtent(config).width, threshold)] : []),
    ...(ours.candidates > 1 ? [medoids.bind(null, ours.candidates, threshold)] : []),
  ];
  return {
    ...adversarialSeams(ours),
    ...(ours.frame === "box" && { frame: boxFrame(ours) }),
    ...(boxTensor !== "box" && { channels: boxChannels(boxTensor) }),
    ...(ours.boxesInDecoder && { refine }),
    ...(ours.hard && { shown: (masks) => straightThrough(masks, threshold) }),
    ...(ours.ramp && { ramp: ramp(ours.ramp) }),
    ...(weighsPixels(ours) && { terms: pixelLoss(ours) }),
    ...(around.length > 0 && { sampling: (draw) => around.reduce((drawn, idea) => idea(drawn), draw) }),
  };
}

function weighsPixels(ours: MasksConfig["ours"]): boolean {
  return ours.bce > 0 || ours.dice > 0;
}

export function createMaskGenerator(
  runtime: Runtime,
  config: MasksConfig,
  weights: Weights,
  options?: sampler.MaskGeneratorOptions,
): sampler.LoadedMaskGenerator {
  return sampler.createMaskGenerator(runtime, config, weights, options, maskSeams(config));
}

export function maskProgram(config: MasksConfig, pictures: number, objects: number): Program {
  return sampler.maskProgram(config, pictures, objects, maskSeams(config));
}

export function maskStep(config: MasksConfig, options: step.StepOptions): Program {
  return step.maskStep(config, options, maskSeams(config));
}

/** Feeds of `maskStep`; noise [samples, N, T, Z]. */
export function batchFeeds(
  config: MasksConfig,
  pictures: readonly (readonly WeighedObject[])[],
  objects: number,
  noise: Float32Array,
): Feeds {
  const { ours, size } = config;
  const place = (box: Box) => (ours.frame === "box" ? box : data.snapBox(box, size));
  const { masked, ...feeds } = data.batchFeeds(pictures, objects, noise, maskExtent(config), place);
  return {
    ...feeds,
    // the paper's terms know annotators' masks alone
    masked: (masked as Float32Array).map((v, i) => {
      const one = pictures[Math.floor(i / objects)][i % objects];
      return one?.inferred === undefined ? v : 0;
    }),
    ...(weighsPixels(ours) && pixelFeeds(pictures, objects)),
  };
}
