/** The box generator with ideas of ours: one file for each, all off by default; `seamsOf` puts those that are on into the paper's. @module */
import type { Weights } from "@scenograph/graph/nn/weights";
import type { Program } from "@scenograph/graph/program";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { z } from "zod";
import { paperBoxes } from "../../paper/boxes/config.ts";
import * as paper from "../../paper/boxes/network.ts";
import { createBoxSampler, type LoadedBoxSampler } from "../../paper/boxes/sampler.ts";
import type { BoxSeams } from "../../paper/boxes/seams.ts";
import * as step from "../../paper/boxes/step.ts";
import type { Categories } from "../../scene/categories.ts";
import { candidates, candidatesSettings } from "./candidates.ts";
import { coverageMemory, coverageSettings } from "./coverage.ts";
import { ending, endingSettings } from "./ending.ts";
import { headSettings, mixtureHead } from "./head.ts";
import { placing } from "./placing.ts";
import { redraws, redrawsSettings } from "./redraws.ts";
import { perObject, trainingSettings } from "./training.ts";

export const boxesConfig = paperBoxes.extend({
  ours: z
    .strictObject({
      ...headSettings,
      ...coverageSettings,
      ...endingSettings,
      ...candidatesSettings,
      ...redrawsSettings,
      ...trainingSettings,
    })
    .prefault({}),
});

export type BoxesConfig = z.infer<typeof boxesConfig>;

export function seamsOf({ ours, classes }: BoxesConfig): BoxSeams {
  return {
    ...((ours.head > 0 || ours.edges) && { head: mixtureHead(ours) }),
    ...(ours.coverage > 0 && { memory: coverageMemory(ours, classes) }),
    ...(ours.average === "objects" && { average: perObject }),
    dropout: { context: ours.contextDropout, head: ours.headDropout },
    decoding: { ...ending(ours), ...placing(candidates(ours), redraws(ours)) },
  };
}

/** The learnt distribution: the network as it is, everything off that is added when sampling. */
export function asLearnt(config: BoxesConfig): BoxesConfig {
  const plain = { candidates: 1, agreement: 0, maxOverlap: 1, endBias: 0, endSpread: null, relations: false };
  const ours = { ...config.ours, ...plain, guidance: 0, crowding: 0 };
  return { ...config, ours, labelTemperature: 1, boxTemperature: 1 };
}

export function createBoxGenerator(
  runtime: Runtime,
  config: BoxesConfig,
  textSize: number,
  weights: Weights,
  categories?: Categories,
): LoadedBoxSampler {
  return createBoxSampler(runtime, config, textSize, weights, categories, seamsOf(config));
}

export function boxPrograms(config: BoxesConfig, textSize: number, n: number): ReturnType<typeof paper.boxPrograms> {
  return paper.boxPrograms(config, textSize, n, seamsOf(config));
}

export function boxStep(config: BoxesConfig, sentence: step.SentencePart): { program: Program; drops: step.DropSizes } {
  return step.boxStep(config, sentence, seamsOf(config));
}
