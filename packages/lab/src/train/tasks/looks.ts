/** Training of look codes on the objects of a COCO folder with pixels (src/ours/looks). @module */

import { ConfigError } from "@scenograph/graph/errors";
import { chunks } from "@scenograph/graph/nn/buckets";
import { loadWith } from "@scenograph/graph/nn/weights";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { grid } from "scenograph/draw/draw";
import type { Seen } from "scenograph/ours/codes/objects";
import { revivalFeeds } from "scenograph/ours/codes/quantize";
import type { LooksConfig } from "scenograph/ours/looks/config";
import { lookFeeds, resampled, seenFeeds, trainingFeeds } from "scenograph/ours/looks/data";
import { interiorDetail } from "scenograph/ours/looks/detail";
import { drawLookProgram, lookStep, readLookProgram } from "scenograph/ours/looks/step";
import { CATEGORIES } from "scenograph/scene/categories";
import type { Picture } from "scenograph/scene/scene";
import { Order } from "../../data/batches.ts";
import { loadCoco } from "../../data/coco.ts";
import { cachedValue } from "../codes/cache.ts";
import { seenObjects } from "../codes/seen.ts";
import { classWeights, silhouettesOf } from "../codes/silhouettes.ts";
import { averagedWeights, type Task, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";
import { perplexity } from "./poses.ts";

const VALIDATION_OBJECTS = 256;
const DRAWS = 5;
/** Objects with a shorter side have no look to learn. */
const LEAST_PIXELS = 24;
const BATCH = 32;

export async function createLooksTask(context: TaskContext): Promise<Task> {
  const config = context.config.ours.looks;
  if (config.codes === 0)
    throw new ConfigError("train looks: ours.looks.codes is positive, got 0; set the number of codes, e.g. 256");
  const training = await readObjects(context, "training", config.side);
  const validation = spread(await readObjects(context, "validation", config.side), VALIDATION_OBJECTS);
  context.log(`${training.length} objects to train on, ${validation.length} to validate`);
  const { batch, steps, reviveEvery, reviveUntil } = config.train;
  const program = lookStep(config);
  const order = new Order(training.length, context.seed, classWeights(training));
  return {
    stage: "looks",
    program,
    batchSize: batch,
    sampleCount: training.length,
    totalSteps: steps,
    losses: program.outputs.map((o) => o.name),
    async batch(step) {
      const due = (step + 1) % reviveEvery === 0 && step < reviveUntil * steps;
      const random = stream(context.seed, "looks", step);
      const objects = order.at(step, batch).map((i) => training[i]);
      return { ...trainingFeeds(objects, config, random), ...revivalFeeds(config.codes, batch, due, random) };
    },
    validate: (weights, runtime) => validateLooks(config, training, validation, weights, runtime, context.seed),
    sample: (weights, runtime) => sampleSheet(config, training, validation, weights, runtime),
    exportWeights: (state) => averagedWeights(program, state),
    metadata: { stage: "looks", config: JSON.stringify({ ours: { looks: config } }) },
  };
}

/** Objects with pixels, both masks of each: whole to draw in, visible to learn from. */
export async function readObjects(
  context: TaskContext,
  part: "training" | "validation",
  side: number,
): Promise<Seen[]> {
  const key = ["seen", context.data, context.split, part, String(side)];
  return cachedValue(context.cacheDir, key, async () => {
    const load = (amodal: boolean) =>
      loadCoco(context.data, context.split, { part, need: ["objects", "pixels"], square: true, amodal });
    const [whole, visible] = [await load(true), await load(false)];
    return seenObjects(silhouettesOf(whole.samples, Math.min(side, 128), LEAST_PIXELS), visible.samples, side);
  });
}

function spread<T>(items: readonly T[], n: number): T[] {
  if (items.length <= n) return [...items];
  return Array.from({ length: n }, (_, i) => items[Math.floor((i * items.length) / n)]);
}

/** Code of every object, by the encoder. */
export async function readLooks(
  config: LooksConfig,
  objects: readonly Seen[],
  weights: Weights,
  runtime: Runtime,
): Promise<number[]> {
  const run = await loadWith(runtime, readLookProgram(config, BATCH), weights);
  const codes: number[] = [];
  for (const chunk of chunks(objects, BATCH)) {
    const labels = new BigInt64Array(BATCH);
    chunk.forEach((o, i) => {
      labels[i] = BigInt(o.classIndex);
    });
    const out = (await run.run({ labels, ...seenFeeds(chunk, BATCH) })).codes as BigInt64Array;
    for (let i = 0; i < chunk.length; i++) codes.push(Number(out[i]));
  }
  await run.release();
  return codes;
}

/** Looks [3, S, S] in [-1, 1] of objects with given codes, in their own colours. */
async function drawLooks(
  config: LooksConfig,
  objects: readonly Seen[],
  codes: readonly number[],
  weights: Weights,
  runtime: Runtime,
  colourOf = (o: Seen) => o.colour,
): Promise<Float32Array[]> {
  const run = await loadWith(runtime, drawLookProgram(config, BATCH), weights);
  const size = 3 * config.side ** 2;
  const looks: Float32Array[] = [];
  for (const [n, chunk] of chunks(objects, BATCH).entries()) {
    const own = new BigInt64Array(BATCH);
    for (let i = 0; i < chunk.length; i++) own[i] = BigInt(codes[n * BATCH + i]);
    const feeds = lookFeeds(chunk, chunk.map(colourOf), BATCH, config);
    const { picture } = await run.run({ ...feeds, codes: own });
    for (let i = 0; i < chunk.length; i++) looks.push((picture as Float32Array).slice(i * size, (i + 1) * size));
  }
  await run.release();
  return looks;
}

/** For every object a code of a training object of its class, drawn by chance. */
function drawn(training: readonly Seen[], codes: readonly number[], objects: readonly Seen[], seed: number): number[] {
  const byClass = new Map<number, number[]>();
  training.forEach((o, i) => {
    byClass.set(o.classIndex, [...(byClass.get(o.classIndex) ?? []), codes[i]]);
  });
  return objects.map((o, i) => {
    const own = byClass.get(o.classIndex);
    return own ? stream(seed, "looks", "draw", i).pick(own) : 0;
  });
}

/** Mean |y - x| over the visible pixels. */
function distance(look: Float32Array, o: Seen, side: number): number {
  const [pixels, visible] = [resampled(o.pixels, o.side, side, 3), resampled(o.visible, o.side, side)];
  let [sum, count] = [0, 0];
  const area = side * side;
  for (let i = 0; i < area; i++) {
    if (visible[i] < 1) continue;
    count += 3;
    for (let c = 0; c < 3; c++) sum += Math.abs(look[c * area + i] - (pixels[i * 3 + c] / 127.5 - 1));
  }
  return sum / Math.max(1, count);
}

const ANIMALS = new Set(["bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"]);

/** L1 with an object's own code and with the best of 5 of its class; detail inside over the true; codes in use. */
async function validateLooks(
  config: LooksConfig,
  training: readonly Seen[],
  validation: readonly Seen[],
  weights: Weights,
  runtime: Runtime,
  seed: number,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const known = spread(training, 1024);
  const codes = await readLooks(config, known, weights, runtime);
  const { side } = config;
  const own = await drawLooks(
    config,
    validation,
    await readLooks(config, validation, weights, runtime),
    weights,
    runtime,
  );
  const draws: Float32Array[][] = [];
  for (let d = 0; d < DRAWS; d++)
    draws.push(await drawLooks(config, validation, drawn(known, codes, validation, seed + d), weights, runtime));
  const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / Math.max(1, v.length);
  const l1 = (looks: readonly Float32Array[]) => validation.map((o, i) => distance(looks[i], o, side));
  const all = draws.map(l1);
  const detail = (wanted: (name: string) => boolean) => {
    const ratios = validation.flatMap((o, i) => {
      const ratio = wanted(CATEGORIES[o.classIndex].name) ? interiorDetail(draws[0][i], o, side) : undefined;
      return ratio === undefined ? [] : [ratio];
    });
    return ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
  };
  const metrics = {
    "own-l1": mean(l1(own)),
    l1: mean(all[0]),
    "best-of-5": mean(validation.map((_, i) => Math.min(...all.map((one) => one[i])))),
    "detail-animals": detail((n) => ANIMALS.has(n)),
    "detail-persons": detail((n) => n === "person"),
    "detail-others": detail((n) => n !== "person" && !ANIMALS.has(n)),
    perplexity: perplexity(codes, config.codes),
  };
  return { metrics, score: metrics["own-l1"] + metrics["best-of-5"] };
}

/** Rows: true, its own code, its own code painted red, two draws of its class. */
async function sampleSheet(
  config: LooksConfig,
  training: readonly Seen[],
  validation: readonly Seen[],
  weights: Weights,
  runtime: Runtime,
): Promise<Uint8Array> {
  const persons = validation.filter((o) => o.classIndex === 0).slice(0, 5);
  const shown = [...persons, ...validation.filter((o) => o.classIndex !== 0).slice(0, 9)];
  const known = spread(training, 1024);
  const codes = await readLooks(config, known, weights, runtime);
  const own = await readLooks(config, shown, weights, runtime);
  const rows = [
    shown.map((o) => truth(o, config.side)),
    await drawLooks(config, shown, own, weights, runtime),
    await drawLooks(config, shown, own, weights, runtime, () => [210, 40, 45]),
    await drawLooks(config, shown, drawn(known, codes, shown, 0), weights, runtime),
    await drawLooks(config, shown, drawn(known, codes, shown, 1), weights, runtime),
  ];
  return grid(
    rows.flatMap((row) => row.map((look, i) => onPaper(look, shown[i], config.side))),
    shown.length,
  );
}

function truth(o: Seen, side: number): Float32Array {
  const [pixels, visible] = [resampled(o.pixels, o.side, side, 3), resampled(o.visible, o.side, side)];
  const area = side * side;
  return Float32Array.from({ length: 3 * area }, (_, k) => {
    const i = k % area;
    return visible[i] > 0 ? pixels[i * 3 + Math.floor(k / area)] / 127.5 - 1 : 0.9;
  });
}

/** A look inside its silhouette, on light paper. */
function onPaper(look: Float32Array, o: Seen, side: number): Picture {
  const area = side * side;
  const shape = resampled(o.shape, Math.sqrt(o.shape.length), side);
  const data = Uint8Array.from({ length: 3 * area }, (_, k) => {
    const [i, c] = [Math.floor(k / 3), k % 3];
    const v = look[c * area + i] * shape[i] + 0.9 * (1 - shape[i]);
    return Math.max(0, Math.min(255, Math.round((v + 1) * 127.5)));
  });
  return { width: side, height: side, data };
}
