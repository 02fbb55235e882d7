/** A tiny box generator with random weights, for tests. */
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import type { Weights } from "@scenograph/graph/nn/weights";
import { sum } from "@scenograph/graph/ops/reduce";
import { compile, initialise, type Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { boxFeeds, type LabelledBox } from "../../paper/boxes/batch.ts";
import { boxStatistics } from "../../paper/boxes/codec.ts";
import { stepLosses } from "../../paper/boxes/loss.ts";
import { boxInputs } from "../../paper/boxes/step.ts";
import { type BoxesConfig, boxesConfig, seamsOf } from "./index.ts";

export const TEXT = 5;
export const config: BoxesConfig = boxesConfig.parse({
  hidden: 8,
  mixtures: 3,
  embedding: 4,
  maxObjects: 4,
  train: { batch: 3, steps: 100, learningRate: 0.02, dropout: 0.3, inputDropout: 0.2 },
  ours: { head: 6, maxOverlap: 0.6 },
});

/** The configuration with other values of ours. */
export function withOurs(ours: Partial<BoxesConfig["ours"]>, of: BoxesConfig = config): BoxesConfig {
  return { ...of, ours: { ...of.ours, ...ours } };
}

/** Three layouts of 3, 1 and 4 objects: the longest fills every step but the end's. */
export const layouts: LabelledBox[][] = [
  [
    { classIndex: 0, box: [0.1, 0.2, 0.3, 0.6] },
    { classIndex: 17, box: [0.5, 0.5, 0.2, 0.1] },
    { classIndex: 0, box: [0.6, 0.1, 0.35, 0.8] },
  ],
  [{ classIndex: 79, box: [0, 0, 1, 0.5] }],
  [
    { classIndex: 2, box: [0.3, 0.6, 0.2, 0.2] },
    { classIndex: 3, box: [0.05, 0.6, 0.1, 0.15] },
    { classIndex: 2, box: [0.7, 0.55, 0.25, 0.3] },
    { classIndex: 9, box: [0.45, 0.05, 0.04, 0.09] },
  ],
];
export const statistics = boxStatistics(layouts.flat().map((o) => o.box));
export const feeds = boxFeeds(layouts, config.maxObjects + 1, statistics, config.classes);
export const sentences = stream(1, "sentence").normals(3 * TEXT);

/** Teacher-forced sums over a batch: label nats (end included), standardised box nats, objects. */
export function likelihood(c: BoxesConfig, n: number): Program {
  const seams = seamsOf(c);
  const b = boxInputs(c, n, seams.memory);
  const { label, box } = stepLosses(new Params("boxes"), c, b, input("sentence", [n, TEXT]), seams);
  return compile({ outputs: { label: sum(label), box: sum(box), objects: sum(b.boxed) } });
}

/** Weights of any configuration that differs in nothing but sampling. */
export function randomWeights(c: BoxesConfig = config, seed = 5): Weights {
  const program = likelihood(c, 1);
  const state = initialise(program, seed);
  const random = stream(seed, "heads");
  // labels that differ, so that temperature 0 has a winner
  for (const name of Object.keys(state))
    if (name.endsWith("bias")) state[name] = state[name].map((v) => v + random.normal());
  const weights = new Map(
    program.state.map((s) => [s.name, { dtype: "F32" as const, shape: s.shape, data: state[s.name] }]),
  );
  const table = new Float32Array([...statistics.mean, ...statistics.std]);
  weights.set("boxes.statistics", { dtype: "F32", shape: [2, 4], data: table });
  return weights;
}
