/** Layouts from sentences with trained weights: `BoxGenerator` of the pipeline. Programs are loaded once for each batch size. @module */
import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { mixtureOf } from "@scenograph/graph/nn/mixture";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import { floats, type Weights } from "@scenograph/graph/nn/weights";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { BoxGenerator, BoxOptions, Sentence } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import type { SceneObject } from "../../scene/scene.ts";
import { type BoxStatistics, encodeBox } from "./codec.ts";
import { centreComponents } from "./components.ts";
import type { PaperBoxes } from "./config.ts";
import { STATISTICS, startOf } from "./model.ts";
import { Recurrence } from "./network.ts";
import { densityMap, type NextBox, type NextGrid } from "./next.ts";
import { sampleLayouts, softmax } from "./sample.ts";
import type { BoxSeams, LayoutRequest } from "./seams.ts";

export interface BoxSampler extends BoxGenerator {
  next(sentence: Sentence, objects: readonly SceneObject[], label: string, grid: NextGrid): Promise<NextBox>;
}

export interface LoadedBoxSampler extends BoxSampler {
  /** Load what `infer` needs for so many sentences. */
  prepare(count: number): Promise<void>;
  release(): Promise<void>;
}

/** Sampler from weights "boxes.*" (with "boxes.statistics" [2, 4]) of a configuration; `textSize` is the embedding's width. */
export function createBoxSampler(
  runtime: Runtime,
  config: PaperBoxes,
  textSize: number,
  weights: Weights,
  categories: Categories = COCO,
  seams: BoxSeams = {},
): LoadedBoxSampler {
  const table = floats(weights, STATISTICS, [2, 4]);
  const statistics: BoxStatistics = { mean: table.slice(0, 4), std: table.slice(4) };
  const cache = new ProgramCache(runtime, weights);
  const load = (n: number) => Recurrence.load(cache, config, textSize, n, seams);
  const start = async (sentences: readonly Sentence[]): Promise<Recurrence> => {
    const n = bucket(sentences.length);
    return Recurrence.start(await load(n), config, textSize, sentences, n, seams);
  };

  const inferChunk = async (requests: readonly LayoutRequest[], options: BoxOptions): Promise<SceneObject[][]> => {
    const label = options.labelTemperature ?? config.labelTemperature;
    const box = options.boxTemperature ?? config.boxTemperature;
    // at temperature 0 the seed does not matter, not even to ideas that draw again
    const seedless = label === 0 && box === 0;
    return sampleLayouts(
      await start(requests.map((r) => r.sentence)),
      seedless ? requests.map((r) => ({ ...r, seed: 0 })) : requests,
      {
        ...{ config, categories, statistics },
        temperature: { label, box },
        limit: Math.min(options.maxObjects ?? config.maxObjects, config.maxObjects),
      },
      seams.decoding,
    );
  };

  return {
    async infer(requests, options = {}) {
      const all: SceneObject[][] = [];
      for (const chunk of chunks(requests)) all.push(...(await inferChunk(chunk, options)));
      return all;
    },
    async next(sentence, objects, label, grid) {
      const run = await start([sentence]);
      const one = (index: number) => BigInt64Array.of(BigInt(index));
      const indexOf = (name: SceneObject["label"]) => one(categories.indexOf(name));
      let logits = await run.advance(one(startOf(config.classes)), new Float32Array(4));
      for (const o of objects)
        logits = await run.advance(indexOf(o.label), Float32Array.from(encodeBox(o.box, statistics)));
      const mixture = mixtureOf(await run.centres(indexOf(label)), grid.temperature ?? 1, config);
      return {
        labels: softmax(seams.decoding?.logits?.(logits) ?? logits, 1),
        density: densityMap(mixture, grid, statistics),
        components: centreComponents(mixture, statistics),
      };
    },
    async prepare(count) {
      for (const n of new Set(chunks(Array.from({ length: count })).map((c) => bucket(c.length)))) await load(n);
    },
    release: () => cache.release(),
  };
}
