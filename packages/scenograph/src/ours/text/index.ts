/** The text encoder with ideas of ours: what rules read in a sentence teaches the embedding, and goes with it to the other stages. @module */
import type { Weights } from "@scenograph/graph/nn/weights";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { z } from "zod";
import { paperText } from "../../paper/text/config.ts";
import * as sampler from "../../paper/text/infer.ts";
import type { TextSeams } from "../../paper/text/seams.ts";
import { Vocabulary } from "../../paper/text/vocabulary.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import { reading } from "./mentions.ts";
import { named, namedSettings } from "./named.ts";
import { place, placeSettings } from "./place.ts";

export const textConfig = paperText.extend({
  ours: z.strictObject({ ...namedSettings, ...placeSettings }).prefault({}),
});

export type TextConfig = z.infer<typeof textConfig>;

/** The further tasks of pre-training. */
export function textSeams({ ours }: TextConfig, categories: Categories = COCO): TextSeams {
  const tasks = [
    ...(ours.named > 0 ? [named(ours.named, categories)] : []),
    ...(ours.place > 0 ? [place(ours.place)] : []),
  ];
  return tasks.length > 0 ? { tasks } : {};
}

/** Sentences with what the layout, the poses and the looks read of them. */
export function createTextEncoder(
  runtime: Runtime,
  config: TextConfig,
  weights: Weights,
  categories: Categories = COCO,
): sampler.LoadedTextEncoder {
  const vocabulary = Vocabulary.fromTensors(weights);
  const vector = (word: string) => vocabulary.lookup([word])[0].vector;
  return sampler.createTextEncoder(runtime, config, weights, { read: reading(categories, vector) });
}
