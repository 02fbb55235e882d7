/** A model folder of configs/tiny.yaml with random weights: all that the command line needs of a model. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Tensor, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { initialise, type Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { type Config, loadConfig } from "@scenograph/lab/train/config";
import { assembleModel } from "scenograph/model/assemble.node";
import type { ModelInfo } from "scenograph/model/info";
import { packageFolder } from "scenograph/model/package.node";
import { boxPrograms } from "scenograph/ours/boxes/index";
import { oursConfig } from "scenograph/ours/config";
import { imageProgram } from "scenograph/ours/image/index";
import { drawLookProgram } from "scenograph/ours/looks/step";
import { maskProgram } from "scenograph/ours/masks/index";
import { decodeProgram } from "scenograph/ours/poses/step";
import { colourPriorProgram, lookPriorProgram, posePriorProgram } from "scenograph/ours/priors/step";
import { embeddingSize } from "scenograph/paper/text/config";
import { textProgram } from "scenograph/paper/text/infer";
import { Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";
import { STAGES, type StageName } from "scenograph/pipeline";

const WORDS = "a an the two red dog cat person people on in with beach horse horses riding street snow and bus".split(
  " ",
);

/** Weights of each stage as training runs would leave them, things that do not ship included. */
export async function tinyWeights(config: Config): Promise<Record<StageName, Map<string, Tensor>>> {
  const random = stream(5, "words");
  const vocabulary = Vocabulary.fromVectors(
    WORDS.map((word) => ({ word, vector: random.normals(WORD_DIM) })),
    10,
  );
  const made = (): Map<string, Tensor> => new Map();
  const weights = { text: made(), boxes: made(), masks: made(), image: made() };
  for (const [name, tensor] of vocabulary.toTensors()) weights.text.set(name, tensor);
  const table = Float32Array.of(0.5, 0.5, -1.2, -1, 0.2, 0.2, 0.6, 0.6);
  weights.boxes.set("boxes.statistics", { dtype: "F32", shape: [2, 4], data: table });

  const fill = (stage: StageName, ...programs: Program[]) => {
    for (const program of programs) {
      const values = initialise(program, 3);
      for (const { name, shape } of program.state)
        if (!weights[stage].has(name)) weights[stage].set(name, { dtype: "F32", shape, data: values[name] });
    }
  };
  const size = embeddingSize(config.text);
  fill("text", textProgram(config.text, vocabulary.deltaCount, 16, 1));
  fill("boxes", ...Object.values(boxPrograms(config.boxes, size, 1)));
  // two objects: with one alone nothing passes along the recurrence
  fill("masks", maskProgram(config.masks, 1, 2));
  fill("image", imageProgram(config.image, size, 1));

  const unneeded: Tensor = { dtype: "F32", shape: [3], data: Float32Array.of(1, 2, 3) };
  weights.text.set("text.heads.named.weight", unneeded);
  weights.image.set("critic.score.bias", unneeded);
  return weights;
}

/** Pose and look codes, as narrow as can be. */
const CODES = oursConfig.parse({
  poses: { codes: 8, classWidth: 4, side: 64, decoder: [8, 6, 6, 4, 4] },
  looks: { codes: 8, width: 4, classWidth: 4, side: 64, silhouette: [3, 3, 3], decoder: [8, 6, 6, 6, 6, 4] },
  priors: { width: 4, classWidth: 4, hidden: 6, palette: 6 },
});

function codeWeights(): { masks: Map<string, Tensor>; image: Map<string, Tensor> } {
  const counts = { poses: CODES.poses.codes, looks: CODES.looks.codes, lookWidth: CODES.looks.width };
  const all = (...programs: Program[]) =>
    new Map(
      programs.flatMap((program) => {
        const values = initialise(program, 3);
        return program.state.map(({ name, shape }) => [name, { dtype: "F32" as const, shape, data: values[name] }]);
      }),
    ) as Map<string, Tensor>;
  const priors = [posePriorProgram, lookPriorProgram, colourPriorProgram].map((make) =>
    make(CODES.priors, counts, 1, 1),
  );
  return { masks: all(decodeProgram(CODES.poses, 1), ...priors), image: all(drawLookProgram(CODES.looks, 1)) };
}

/** Writes run folders and assembles the model `<folder>/models/tiny`. @param codes with pose and look codes -> its path */
export async function tinyModel(
  folder: string,
  codes = false,
): Promise<{ path: string; info: ModelInfo; runs: string }> {
  const config = await loadConfig(join(packageFolder(), "configs/tiny.yaml"));
  const weights = await tinyWeights(config);
  if (codes)
    for (const [stage, own] of Object.entries(codeWeights()) as [StageName, Map<string, Tensor>][])
      for (const [name, tensor] of own) weights[stage].set(name, tensor);
  const runs = join(folder, "runs");
  const sources = {} as Record<StageName, string>;
  for (const stage of STAGES) {
    sources[stage] = join(runs, stage);
    await mkdir(sources[stage], { recursive: true });
    const metadata = { stage, config: JSON.stringify(config[stage]) };
    await writeFile(join(sources[stage], "weights.safetensors"), writeSafetensors(weights[stage], metadata));
  }
  const { text, boxes, masks, image } = config;
  const path = join(folder, "models", "tiny");
  const options = {
    name: "tiny",
    description: "random weights",
    sources,
    config: { text, boxes, masks, image, ...(codes && { ours: CODES }) },
  };
  const info = await assembleModel({ ...options, out: path, runtime: createNodeRuntime({ threads: 1 }) });
  return { path, info, runs };
}
