/** A tiny captioner with random weights. */
import { initialise } from "@scenograph/graph/program";
import { captionerConfig } from "./config.ts";
import { CaptionVocabulary } from "./data.ts";
import { captionerStep } from "./step.ts";

export const WIDTH = 6;

export function tinyCaptioner(seed = 1, scale = 4) {
  const config = captionerConfig.parse({
    hidden: 7,
    embedding: 5,
    maxWords: 5,
    train: { batch: 3, steps: 60, dropout: 0, inputDropout: 0, learningRate: 0.03 },
  });
  const vocabulary = CaptionVocabulary.of(["a a a a dog dog dog cat cat cat on on grass", "sits sits"], 1, 9);
  const { program } = captionerStep(config, WIDTH, vocabulary.size);
  const state = initialise(program, seed);
  const weights = new Map(
    program.state
      .filter(({ name }) => name.startsWith("captioner."))
      // larger weights than initial ones: distributions with a shape
      .map(({ name, shape }) => [name, { dtype: "F32" as const, shape, data: state[name].map((v) => v * scale) }]),
  );
  const statistics = new Float32Array(2 * WIDTH).fill(1, WIDTH);
  weights.set("captioner.statistics", { dtype: "F32", shape: [2, WIDTH], data: statistics });
  return { config, vocabulary, weights, program, state };
}
