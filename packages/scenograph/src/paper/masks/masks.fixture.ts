/** What the tests of this folder share: a tiny network, random pictures, evaluation of graph tensors. @module */
import type { Weights } from "@scenograph/graph/nn/weights";
import { compile, initialise, type Program, type ProgramSpec } from "@scenograph/graph/program";
import { type Random, stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Executable, Feeds, TypedArray } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import { type MasksConfig, masksConfig } from "../../ours/masks/index.ts";
import { CATEGORIES } from "../../scene/categories.ts";
import { boxPixels } from "../../scene/geometry.ts";
import type { Box, SceneObject } from "../../scene/scene.ts";
import { type MaskedObject, snapBox } from "./data.ts";

export const runtime = createNodeRuntime({ threads: 1 });

/** The smallest network that has every part; ideas of ours are off but for those in `ours`. */
export function tinyConfig({
  ours = {},
  loss = {},
  ...changes
}: Record<string, unknown> & { loss?: object; ours?: object } = {}): MasksConfig {
  return masksConfig.parse({
    maxObjects: 3,
    encoder: [2, 3],
    lstm: 2,
    noise: 2,
    trunk: 3,
    decoder: 2,
    discriminator: [2, 2, 3, 3],
    order: "largest-first",
    loss: { perceptualFeatures: "discriminator", ...loss },
    ours: { head: [3, 3, 2, 2], classWidth: 2, ...ours },
    ...changes,
  });
}

/** Run a program once, its state seeded. */
export async function evaluate(
  outputs: Record<string, Tensor>,
  feeds: Feeds = {},
): Promise<Record<string, TypedArray>> {
  const run = await loadSeeded({ outputs });
  const result = await run.run(feeds);
  await run.release();
  return result;
}

export async function loadSeeded(spec: ProgramSpec, seed = 1): Promise<Executable> {
  const program = compile(spec);
  const run = await runtime.load(program);
  await run.writeState(initialise(program, seed));
  return run;
}

export const snap = (box: Box) => snapBox(box, 64);

export function randomBox(random: Random): Box {
  const [w, h] = [random.uniform(0.1, 0.7), random.uniform(0.1, 0.7)];
  return [random.uniform(0, 1 - w), random.uniform(0, 1 - h), w, h];
}

/** Pictures of the given numbers of objects; each object has an ellipse as its mask. */
export function randomPictures(counts: readonly number[], seed = 1): MaskedObject[][] {
  const random = stream(seed, "pictures");
  return counts.map((n) =>
    Array.from({ length: n }, () => {
      const box = randomBox(random);
      const mask = new Uint8Array(64 * 64);
      const [left, top, right, bottom] = boxPixels(box, 64);
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) {
          const u = (2 * (x + 0.5 - left)) / (right - left) - 1;
          const v = (2 * (y + 0.5 - top)) / (bottom - top) - 1;
          if (u * u + v * v <= 1) mask[y * 64 + x] = 1;
        }
      return { classIndex: random.int(80), box, mask };
    }),
  );
}

/** Seeded weights of a program; the bias of the last convolution moves all logits. */
export function weightsOf(program: Program, seed: number, bias = 0): Weights {
  const values = initialise(program, seed);
  values["masks.generator.up64.bias"]?.fill(bias);
  return new Map(program.state.map((s) => [s.name, { dtype: "F32", shape: s.shape, data: values[s.name] }]));
}

export function randomObjects(n: number, seed = 1): SceneObject[] {
  const random = stream(seed, "objects");
  return Array.from({ length: n }, (_, i) => ({
    id: `o${i}`,
    label: random.pick(CATEGORIES).name,
    box: randomBox(random),
  }));
}
