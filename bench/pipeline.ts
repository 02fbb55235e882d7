/** The whole pipeline at batch 1 with random weights: a sentence to ten objects, their masks, one picture. */

import type { Tensor } from "@scenograph/graph/formats/safetensors";
import { Params } from "@scenograph/graph/nn/params";
import type { Weights } from "@scenograph/graph/nn/weights";
import { compile, initialise, type Program } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { createBoxGenerator } from "scenograph/ours/boxes/index";
import { createImageGenerator, imageProgram } from "scenograph/ours/image/index";
import { createMaskGenerator, maskProgram } from "scenograph/ours/masks/index";
import { embeddingSize } from "scenograph/paper/text/config";
import { textEncoder } from "scenograph/paper/text/model";
import { textInputs } from "scenograph/paper/text/step";
import { generate, type Sentence } from "scenograph/pipeline";
import { extentOf } from "scenograph/scene/geometry";
import type { Scene } from "scenograph/scene/scene";
import * as networks from "./networks.ts";

/** Unrolled length that a sentence of up to 16 words is compiled for. */
export const TOKENS = 16;
export const OBJECTS = 10;

function weightsOf(program: Pick<Program, "state">): Weights {
  const state = initialise(program, 1);
  return new Map(program.state.map((s) => [s.name, { dtype: "F32", shape: s.shape, data: state[s.name] }] as const));
}

/** One run of the pipeline. The end label is out of reach, so that every run draws ten objects. */
export async function pipeline(runtime: Runtime): Promise<() => Promise<unknown>> {
  const size = embeddingSize(networks.text);
  const inputs = textInputs(TOKENS, 1);
  const embedding = textEncoder(new Params("text"), networks.text, networks.CORRECTIONS, inputs);
  const program = compile({ outputs: { embedding } });
  const encoder = await runtime.load(program);
  await encoder.writeState(initialise(program, 1));
  const feeds = networks.randomFeeds(program);

  const statistics: Tensor = {
    dtype: "F32",
    shape: [2, 4],
    data: Float32Array.of(0.5, 0.5, -1.5, -1.5, 0.2, 0.2, 0.5, 0.5),
  };
  const boxWeights = new Map([...weightsOf(networks.boxesProgram()), ["boxes.statistics", statistics] as const]);
  const stages = {
    text: {
      async encode(captions: readonly string[]): Promise<Sentence[]> {
        const out = await encoder.run(feeds);
        return captions.map((caption) => ({ caption, words: [], embedding: out.embedding as Float32Array }));
      },
    },
    boxes: createBoxGenerator(
      runtime,
      { ...networks.boxes, ours: { ...networks.boxes.ours, endBias: -60 } },
      size,
      boxWeights,
    ),
    masks: createMaskGenerator(runtime, networks.masks, weightsOf(maskProgram(networks.masks, 1, 2))),
    image: createImageGenerator(runtime, networks.image, size, weightsOf(imageProgram(networks.image, size, 1))),
  };
  const random = stream(1, "bench");
  const sides = extentOf(networks.image.size);
  return () => {
    const scene: Scene = { version: 2, caption: "", ...sides, seed: random.uint32(), objects: [] };
    return generate(stages, [scene], { maxObjects: OBJECTS });
  };
}
