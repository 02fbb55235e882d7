/**
 * The image generator's objects learn their colours first: the codes' own loss alone, without a convolution, at a hundredth
 * of the cost of a whole step. In the whole step few words say how things look, and the codes drown in everything else.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { gradients } from "@scenograph/graph/gradients";
import { Params } from "@scenograph/graph/nn/params";
import { adam, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, initialise } from "@scenograph/graph/program";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { writeAtomically } from "scenograph/formats/atomic.node";
import type { ImageConfig } from "scenograph/ours/image/index";
import { colourLoss, objectColours, objectInputs } from "scenograph/ours/image/objects";
import { pictureInput } from "scenograph/paper/image/step";
import { valuesOf, weightsOf } from "../task.ts";
import type { TaskContext } from "./index.ts";

/** Pictures a step. */
const BATCH = 32;
const RATE = 3e-3;

/**
 * Weights of the object codes and of their colours after `steps` steps; kept in the cache folder, so that a resumed run
 * does not learn them again. `batch`: feeds of a training step of `BATCH` pictures; `key`: what they depend on.
 */
export async function warmUpObjects(
  context: Pick<TaskContext, "seed" | "cacheDir" | "runtime" | "log" | "progress">,
  config: ImageConfig,
  steps: number,
  key: readonly string[],
  batch: (step: number, size: number) => Promise<Feeds>,
): Promise<Record<string, Float32Array>> {
  const hash = createHash("sha256").update(
    JSON.stringify([context.seed, config.ours.objects, config.size, steps, ...key]),
  );
  const file = join(context.cacheDir, `objects-${hash.digest("hex").slice(0, 16)}.safetensors`);
  const known = await readFile(file).catch(() => undefined);
  if (known) return valuesOf(readSafetensors(known).tensors);

  const params = new Params("image");
  const objects = objectInputs(BATCH, config.size);
  const colours = objectColours(params, config.ours.objects.width, config.classes, objects);
  const loss = colourLoss(colours, objects.owner, pictureInput(BATCH, config.size));
  const { step, update } = stepCounter("step");
  const learned = params.all();
  const { updates } = adam("adam", learned, gradients(loss, learned), step, {
    learningRate: scheduled(
      { base: RATE, warmup: 100, decay: "linear", from: Math.floor(steps / 3), until: steps, final: RATE / 30 },
      step,
    ),
    beta1: 0.9,
    beta2: 0.999,
  });
  const program = compile({ outputs: { loss }, updates: [update, ...updates] });
  const runtime = createWorkerRuntime(context.runtime);
  const progress = context.progress?.("colours of objects", steps);
  try {
    const run = await runtime.load(program);
    await run.writeState(initialise(program, context.seed));
    let error = Number.NaN; // moving average
    for (let i = 0; i < steps; i++) {
      const feeds = await batch(i, BATCH);
      const used = Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]]));
      const now = Number((await run.run(used)).loss[0]);
      error = i === 0 ? now : error + (now - error) / 100;
      progress?.update(i + 1, `error ${error.toFixed(3)}`);
    }
    context.log(`objects learnt their colours in ${steps} steps, error ${error.toFixed(3)}`);
    const state = await run.readState();
    const names = program.state.map((s) => s.name).filter((name) => name.startsWith("image."));
    const weights = weightsOf(program, state, names);
    await mkdir(context.cacheDir, { recursive: true });
    await writeAtomically(file, writeSafetensors(weights, {}));
    return valuesOf(weights);
  } finally {
    progress?.stop();
    await runtime.close();
  }
}
