/** Training of look codes on the objects of a COCO folder with pixels (src/ours/looks). @module */

import { ConfigError } from "@scenograph/graph/errors";
import { chunks } from "@scenograph/graph/nn/buckets";
import { loadWith } from "@scenograph/graph/nn/weights";
import { stream } from "@scenograph/graph/random";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";
import { grid } from "scenograph/draw/draw";
import { classCentres } from "scenograph/ours/codes/kmeans";
import type { Seen } from "scenograph/ours/codes/objects";
import type { LooksConfig } from "scenograph/ours/looks/config";
import { lookFeeds, resampled, seenFeeds, trainingFeeds } from "scenograph/ours/looks/data";
import { interiorDetail } from "scenograph/ours/looks/detail";
import {
  drawLookProgram,
  drawVectorProgram,
  encodeLookProgram,
  lookStep,
  readLookProgram,
} from "scenograph/ours/looks/step";
import { type Categories, COCO } from "scenograph/scene/categories";
import type { Picture } from "scenograph/scene/scene";
import { Order } from "../../data/batches.ts";
import { loadCoco } from "../../data/coco.ts";
import { cachedValue } from "../codes/cache.ts";
import { seenObjects } from "../codes/seen.ts";
import { classWeights, silhouettesOf } from "../codes/silhouettes.ts";
import { readWeightFile } from "../export.ts";
import { averagedWeights, type Task, valuesOf, type Weights } from "../task.ts";
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
    throw new ConfigError(
      "train looks: ours.looks.codes is positive, got 0; set the number of codes of a class, e.g. 32",
    );
  const training = await readObjects(context, "training", config.side);
  const validation = spread(await readObjects(context, "validation", config.side), VALIDATION_OBJECTS);
  context.log(`${training.length} objects to train on, ${validation.length} to validate`);
  const { batch, steps } = config.train;
  const first = await firstRun(context, config, training);
  const program = lookStep(config);
  const order = new Order(training.length, context.seed, classWeights(training, config.train.balance));
  return {
    stage: "looks",
    program,
    batchSize: batch,
    sampleCount: training.length,
    totalSteps: steps,
    losses: program.outputs.map((o) => o.name),
    async batch(step) {
      const random = stream(context.seed, "looks", step);
      const chosen = order.at(step, batch);
      const objects = chosen.map((i) => training[i]);
      return trainingFeeds(objects, config, random, first && chosen.map((i) => first.codes[i]));
    },
    ...(first && { initial: valuesOf(first.weights) }),
    validate: (weights, runtime) =>
      first
        ? validateLooks(config, context.categories ?? COCO, training, validation, weights, runtime, context.seed)
        : validateEncodings(config, validation, weights, runtime),
    sample: (weights, runtime) => sampleSheet(config, training, validation, weights, runtime),
    // the encoder and the codes stay as they were found
    exportWeights: (state) => new Map([...(first?.weights ?? []), ...averagedWeights(program, state)]),
    metadata: { stage: "looks", config: JSON.stringify({ ours: { looks: config } }) },
  };
}

/** Objects with pixels, both masks of each: whole to draw in, visible to learn from. */
export async function readObjects(
  context: TaskContext,
  part: "training" | "validation",
  side: number,
): Promise<Seen[]> {
  const { categories = COCO } = context;
  const key = ["seen", context.data, context.split, part, String(side)];
  return cachedValue(context.cacheDir, key, async () => {
    const load = (amodal: boolean) =>
      loadCoco(context.data, context.split, {
        part,
        need: ["objects", "pixels"],
        crop: context.config.image.size,
        amodal,
        categories,
      });
    const [whole, visible] = [await load(true), await load(false)];
    return seenObjects(
      silhouettesOf(whole.samples, Math.min(side, 128), LEAST_PIXELS, categories),
      visible.samples,
      side,
    );
  });
}

function spread<T>(items: readonly T[], n: number): T[] {
  if (items.length <= n) return [...items];
  return Array.from({ length: n }, (_, i) => items[Math.floor((i * items.length) / n)]);
}

/** The first run's weights with its encodings' centres as codes, and the codes of the training objects. */
async function firstRun(
  context: TaskContext,
  config: LooksConfig,
  training: readonly Seen[],
): Promise<{ weights: Weights; codes: number[] } | undefined> {
  if (config.train.encoder === "") return undefined;
  const { tensors } = await readWeightFile(config.train.encoder);
  const runtime = createWorkerRuntime(context.runtime);
  const encodings = await encodeLooks(config, training, tensors, runtime);
  const { classes, codes: count, width } = config;
  const labels = training.map((o) => o.classIndex);
  const data = classCentres(encodings, labels, { classes, count }, context.seed);
  const weights: Weights = new Map([
    ...tensors,
    ["looks.codebook", { dtype: "F32", shape: [classes * count, width], data }],
  ]);
  const codes = await readLooks(config, training, weights, runtime);
  await runtime.close();
  return { weights, codes };
}

/** What a program says of every object, BATCH at a time: rows of its output. */
async function perObject(
  run: { run(feeds: Feeds): Promise<Record<string, unknown>>; release(): Promise<void> },
  objects: readonly Seen[],
  output: string,
  feedsOf: (chunk: readonly Seen[], from: number) => Feeds,
): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (const [n, chunk] of chunks(objects, BATCH).entries()) {
    const out = (await run.run(feedsOf(chunk, n * BATCH)))[output] as ArrayLike<number | bigint>;
    const size = out.length / BATCH;
    const all = Float32Array.from(out, Number);
    for (let i = 0; i < chunk.length; i++) rows.push(all.slice(i * size, (i + 1) * size));
  }
  await run.release();
  return rows;
}

const seenAs = (chunk: readonly Seen[]): Feeds => {
  const labels = new BigInt64Array(BATCH);
  chunk.forEach((o, i) => {
    labels[i] = BigInt(o.classIndex);
  });
  return { labels, ...seenFeeds(chunk, BATCH) };
};

/** Encoding [Z] of every object. */
async function encodeLooks(
  config: LooksConfig,
  objects: readonly Seen[],
  weights: Weights,
  runtime: Runtime,
): Promise<Float32Array[]> {
  return perObject(await loadWith(runtime, encodeLookProgram(config, BATCH), weights), objects, "encodings", seenAs);
}

/** Code of every object, by the encoder. */
export async function readLooks(
  config: LooksConfig,
  objects: readonly Seen[],
  weights: Weights,
  runtime: Runtime,
): Promise<number[]> {
  const run = await loadWith(runtime, readLookProgram(config, BATCH), weights);
  return (await perObject(run, objects, "codes", seenAs)).map(([code]) => code);
}

/** Looks [3, S, S] in [-1, 1] of objects with given codes, or encodings, in their own colours. */
async function drawLooks(
  config: LooksConfig,
  objects: readonly Seen[],
  given: readonly (number | Float32Array)[],
  weights: Weights,
  runtime: Runtime,
  colourOf = (o: Seen) => o.colour,
): Promise<Float32Array[]> {
  const coded = typeof given[0] === "number";
  const program = coded ? drawLookProgram(config, BATCH) : drawVectorProgram(config, BATCH);
  return perObject(await loadWith(runtime, program, weights), objects, "picture", (chunk, from) => {
    const vectors = new Float32Array(BATCH * config.width);
    const codes = new BigInt64Array(BATCH);
    chunk.forEach((_, i) => {
      const own = given[from + i];
      if (typeof own === "number") codes[i] = BigInt(own);
      else vectors.set(own, i * config.width);
    });
    return { ...lookFeeds(chunk, chunk.map(colourOf), BATCH, config), ...(coded ? { codes } : { vectors }) };
  });
}

/** For every object another of its class, the next one in order (itself where there is no other). */
function otherOfClass(objects: readonly Seen[]): number[] {
  return objects.map((o, i) => {
    const n = objects.length;
    for (let k = 1; k < n; k++) if (objects[(i + k) % n].classIndex === o.classIndex) return (i + k) % n;
    return i;
  });
}

/** L1 with an object's own encoding, and with that of another of its class: what the encodings say. */
async function validateEncodings(
  config: LooksConfig,
  objects: readonly Seen[],
  weights: Weights,
  runtime: Runtime,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const encodings = await encodeLooks(config, objects, weights, runtime);
  const other = otherOfClass(objects);
  const l1 = async (given: readonly Float32Array[]) => {
    const looks = await drawLooks(config, objects, given, weights, runtime);
    return mean(looks.map((look, i) => distance(look, objects[i], config.side)));
  };
  const own = await l1(encodings);
  const others = await l1(other.map((i) => encodings[i]));
  const energy = encodings.map((h) => h.reduce((a, v) => a + v * v, 0));
  return { metrics: { "own-l1": own, "other-l1": others, energy: mean(energy) }, score: own };
}

/** For every object the code of a training object of its class, drawn by chance. */
function drawn<T>(training: readonly Seen[], codes: readonly T[], objects: readonly Seen[], seed: number): T[] {
  const byClass = new Map<number, T[]>();
  training.forEach((o, i) => {
    byClass.set(o.classIndex, [...(byClass.get(o.classIndex) ?? []), codes[i]]);
  });
  return objects.map((o, i) => {
    const own = byClass.get(o.classIndex);
    return stream(seed, "looks", "draw", i).pick(own ?? codes);
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
  categories: Categories,
  training: readonly Seen[],
  validation: readonly Seen[],
  weights: Weights,
  runtime: Runtime,
  seed: number,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const known = spread(training, 1024);
  const codes = await readLooks(config, known, weights, runtime);
  const { side } = config;
  const read = await readLooks(config, validation, weights, runtime);
  const own = await drawLooks(config, validation, read, weights, runtime);
  const other = otherOfClass(validation).map((i) => read[i]);
  const others = await drawLooks(config, validation, other, weights, runtime);
  const draws: Float32Array[][] = [];
  for (let d = 0; d < DRAWS; d++)
    draws.push(await drawLooks(config, validation, drawn(known, codes, validation, seed + d), weights, runtime));
  const l1 = (looks: readonly Float32Array[]) => validation.map((o, i) => distance(looks[i], o, side));
  const all = draws.map(l1);
  const detail = (wanted: (name: string) => boolean) => {
    const ratios = validation.flatMap((o, i) => {
      const ratio = wanted(categories.nameOf(o.classIndex)) ? interiorDetail(draws[0][i], o, side) : undefined;
      return ratio === undefined ? [] : [ratio];
    });
    return ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
  };
  const metrics = {
    "own-l1": mean(l1(own)),
    "other-l1": mean(l1(others)),
    l1: mean(all[0]),
    "best-of-5": mean(validation.map((_, i) => Math.min(...all.map((one) => one[i])))),
    "detail-animals": detail((n) => ANIMALS.has(n)),
    "detail-persons": detail((n) => n === "person"),
    "detail-others": detail((n) => n !== "person" && !ANIMALS.has(n)),
    perplexity: perplexity(
      codes.filter((_, i) => known[i].classIndex === 0),
      config.codes,
    ),
  };
  return { metrics, score: metrics["own-l1"] + metrics["best-of-5"] };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

/** Rows: true, its own look, its own painted red, two of other objects of its class. */
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
  const of = (objects: readonly Seen[]): Promise<(number | Float32Array)[]> =>
    config.train.encoder === ""
      ? encodeLooks(config, objects, weights, runtime)
      : readLooks(config, objects, weights, runtime);
  const [all, own] = [await of(known), await of(shown)];
  const rows = [
    shown.map((o) => truth(o, config.side)),
    await drawLooks(config, shown, own, weights, runtime),
    await drawLooks(config, shown, own, weights, runtime, () => [210, 40, 45]),
    await drawLooks(config, shown, drawn(known, all, shown, 0), weights, runtime),
    await drawLooks(config, shown, drawn(known, all, shown, 1), weights, runtime),
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
