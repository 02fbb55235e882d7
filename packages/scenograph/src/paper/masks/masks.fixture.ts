/** What the tests of this folder share: a tiny network, random pictures, evaluation of graph tensors. @module */
import { compile, initialise, type ProgramSpec } from "@scenograph/graph/program";
import { type Random, stream } from "@scenograph/graph/random";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import type { Executable, Feeds, TypedArray } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import type { Box } from "../../scene/scene.ts";
import { type MasksConfig, masksConfig } from "./config.ts";
import { boxPixels, type MaskedObject } from "./data.ts";

export const runtime = createNodeRuntime({ threads: 1 });

/** The smallest network that has every part. */
export function tinyConfig(changes: Record<string, unknown> = {}): MasksConfig {
  return masksConfig.parse({
    maxObjects: 3,
    encoder: [2, 3],
    lstm: 2,
    noise: 2,
    trunk: 3,
    decoder: 2,
    discriminator: [2, 2, 3, 3],
    head: [3, 3, 2, 2],
    classWidth: 2,
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
      const [left, top, right, bottom] = boxPixels(box);
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
