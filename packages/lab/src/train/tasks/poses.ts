/** Training of pose codes on the silhouettes of a COCO folder (src/ours/poses). @module */

import { ConfigError } from "@scenograph/graph/errors";
import { chunks } from "@scenograph/graph/nn/buckets";
import { loadWith } from "@scenograph/graph/nn/weights";
import { stream } from "@scenograph/graph/random";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";
import { grid } from "scenograph/draw/draw";
import { classCentres, ownCentres } from "scenograph/ours/codes/kmeans";
import { mirrorMap } from "scenograph/ours/codes/mirror";
import type { Silhouette } from "scenograph/ours/codes/objects";
import { WAVES, waves } from "scenograph/ours/codes/waves";
import { piecesOf } from "scenograph/ours/masks/islands";
import type { PosesConfig } from "scenograph/ours/poses/config";
import { decodeProgram, poseStep } from "scenograph/ours/poses/step";
import { COCO } from "scenograph/scene/categories";
import type { Box, Picture } from "scenograph/scene/scene";
import { Order } from "../../data/batches.ts";
import { loadCoco } from "../../data/coco.ts";
import { bitmapIou, edgeRatio } from "../../evaluate/masks.ts";
import { classWeights, silhouettesOf } from "../codes/silhouettes.ts";
import { averagedWeights, type Task, valuesOf, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";

const VALIDATION_OBJECTS = 512;
/** Draws of an object of which the best counts. */
const DRAWS = 5;
/** Smaller objects have no shape to learn. */
const LEAST_PIXELS = 12;
const BATCH = 64;
const CODEBOOK = "poses.codebook";

export async function createPosesTask(context: TaskContext): Promise<Task> {
  const config = context.config.ours.poses;
  const { categories = COCO } = context;
  if (config.codes === 0)
    throw new ConfigError(
      "train poses: ours.poses.codes is positive, got 0; set the number of codes of a category, e.g. 96",
    );
  const read = async (part: "training" | "validation") => {
    const { samples } = await loadCoco(context.data, context.split, {
      part,
      need: ["objects"],
      crop: context.config.image.size,
      amodal: true,
      log: context.log,
      categories,
    });
    return silhouettesOf(samples, config.side, LEAST_PIXELS, categories);
  };
  const training = await read("training");
  const validation = spread(await read("validation"), VALIDATION_OBJECTS);
  context.log(`${training.length} silhouettes to train on, ${validation.length} to validate`);
  const { batch, steps } = config.train;
  const program = poseStep(config);
  const { classes, codes: count, side } = config;
  const encodings = training.map((o) => waves(o.shape, side));
  const labels = training.map((o) => o.classIndex);
  const centres = classCentres(encodings, labels, { classes, count }, context.seed);
  const codes = ownCentres(encodings, labels, centres, count);
  const book = { dtype: "F32", shape: [classes * count, WAVES], data: centres } as const;
  const withCodes = (weights: Weights): Weights => new Map(weights).set(CODEBOOK, book);
  const order = new Order(training.length, context.seed, classWeights(training));
  return {
    stage: "poses",
    program,
    batchSize: batch,
    sampleCount: training.length,
    totalSteps: steps,
    losses: program.outputs.map((o) => o.name),
    async batch(step) {
      const chosen = order.at(step, batch);
      const own = BigInt64Array.from(chosen, (i) => BigInt(codes[i]));
      return {
        ...poseFeeds(
          chosen.map((i) => training[i]),
          batch,
          config,
        ),
        codes: own,
      };
    },
    initial: { [CODEBOOK]: centres },
    validate: (weights, runtime) =>
      validatePoses(config, { training, codes, validation }, withCodes(weights), runtime, context.seed),
    sample: (weights, runtime) => sampleSheet(config, { training, codes, validation }, withCodes(weights), runtime),
    // the codes stay as they were found
    exportWeights: (state) => withCodes(averagedWeights(program, state)),
    metadata: { stage: "poses", config: JSON.stringify({ ours: { poses: config } }) },
  };
}

function spread<T>(items: readonly T[], n: number): T[] {
  if (items.length <= n) return [...items];
  return Array.from({ length: n }, (_, i) => items[Math.floor((i * items.length) / n)]);
}

/** Feeds labels, boxes and silhouettes of at most m objects, unmirrored. */
export function poseFeeds(
  objects: readonly Pick<Silhouette, "classIndex" | "box" | "shape" | "mirrored">[],
  m: number,
  { side }: Pick<PosesConfig, "side">,
): Feeds {
  const labels = new BigInt64Array(m);
  const boxes = new Float32Array(m * 4).fill(0.5);
  const silhouettes = new Uint8Array(m * side * side);
  objects.forEach(({ classIndex, box, shape, mirrored }, i) => {
    labels[i] = BigInt(classIndex);
    boxes.set(unmirroredBox(box, mirrored), i * 4);
    silhouettes.set(shape, i * side * side);
  });
  return { labels, boxes, silhouettes };
}

/** The box in the mirrored picture where the object is mirrored: so that a silhouette and its box fit each other. */
export function unmirroredBox([x, y, w, h]: Box, mirrored: boolean): Box {
  return mirrored ? [1 - x - w, y, w, h] : [x, y, w, h];
}

/** Code of every object: the nearest of its category's, by its encoding. */
export function poseCodes(config: PosesConfig, objects: readonly Silhouette[], weights: Weights): number[] {
  const encodings = objects.map((o) => waves(o.shape, config.side));
  const centres = valuesOf(weights)[CODEBOOK];
  return ownCentres(
    encodings,
    objects.map((o) => o.classIndex),
    centres,
    config.codes,
  );
}

/** Shapes of 0 and 1 and the probabilities that they are made of, for objects with given codes. */
async function decodeAll(
  config: PosesConfig,
  objects: readonly Silhouette[],
  codes: readonly number[],
  weights: Weights,
  runtime: Runtime,
): Promise<Float32Array[]> {
  const run = await loadWith(runtime, decodeProgram(config, BATCH), weights);
  const area = config.side ** 2;
  const shapes: Float32Array[] = [];
  let at = 0;
  for (const chunk of chunks(objects, BATCH)) {
    const own = new BigInt64Array(BATCH);
    for (let i = 0; i < chunk.length; i++) own[i] = BigInt(codes[at + i]);
    at += chunk.length;
    const { silhouettes: _, ...feeds } = poseFeeds(chunk, BATCH, config);
    const masks = (await run.run({ ...feeds, codes: own })).masks as Float32Array;
    for (let i = 0; i < chunk.length; i++) shapes.push(masks.slice(i * area, (i + 1) * area));
  }
  await run.release();
  return shapes;
}

interface PoseSets {
  readonly training: readonly Silhouette[];
  /** Of the training objects. */
  readonly codes: readonly number[];
  readonly validation: readonly Silhouette[];
}

/** Counts of the codes in each class: the simplest prior, for validation before the learnt one. */
function classCounts(
  objects: readonly Silhouette[],
  codes: readonly number[],
  { codes: k, classes }: PosesConfig,
): Float64Array[] {
  const counts = Array.from({ length: classes }, () => new Float64Array(k));
  objects.forEach((o, i) => {
    counts[o.classIndex][codes[i]]++;
  });
  return counts;
}

function drawCodes(
  counts: readonly Float64Array[],
  objects: readonly Silhouette[],
  seed: number,
  draw: number,
): number[] {
  return objects.map((o, i) => {
    const own = counts[o.classIndex];
    let left = stream(seed, "poses", "draw", draw, i).uniform() * own.reduce((a, b) => a + b, 0);
    for (let k = 0; k < own.length; k++) {
      left -= own[k];
      if (left < 0) return k;
    }
    return 0;
  });
}

/**
 * iou of the silhouette decoded from its own code, of one draw of the class's codes and of the best of 5; edge ratio over the
 * true one; share of pixels between .1 and .9; these, pieces per silhouette and perplexity of the codes, of persons. score = 2 - code-iou - best-of-5.
 */
async function validatePoses(
  config: PosesConfig,
  { training, codes, validation }: PoseSets,
  weights: Weights,
  runtime: Runtime,
  seed: number,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const counts = classCounts(training, codes, config);
  const own = await decodeAll(config, validation, poseCodes(config, validation, weights), weights, runtime);
  const drawn: Float32Array[][] = [];
  for (let d = 0; d < DRAWS; d++)
    drawn.push(await decodeAll(config, validation, drawCodes(counts, validation, seed, d), weights, runtime));
  const bits = (p: Float32Array) => p.map((v) => (v > 0.5 ? 1 : 0));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const ious = validation.map((o, i) => drawn.map((one) => bitmapIou(bits(one[i]), o.shape)));
  const edges = (maps: readonly ArrayLike<number>[]) =>
    mean(maps.map((m) => edgeRatio(m, config.side)).filter((e) => e !== undefined));
  const soft = (maps: readonly Float32Array[]) =>
    mean(maps.map((p) => p.reduce((n, v) => n + (v > 0.1 && v < 0.9 ? 1 : 0), 0) / p.length));
  const ofPersons = <T>(items: readonly T[]) => items.filter((_, i) => validation[i].classIndex === 0);
  const persons = training.flatMap((o, i) => (o.classIndex === 0 ? [codes[i]] : []));
  const metrics = {
    "code-iou": mean(validation.map((o, i) => bitmapIou(bits(own[i]), o.shape))),
    iou: mean(ious.map((one) => one[0])),
    "best-of-5": mean(ious.map((one) => Math.max(...one))),
    edge: edges(drawn[0].map(bits)) / edges(validation.map((o) => o.shape)),
    soft: soft(drawn[0]),
    "edge-persons": edges(ofPersons(drawn[0].map(bits))) / edges(ofPersons(validation.map((o) => o.shape))),
    "soft-persons": soft(ofPersons(drawn[0])),
    "pieces-persons": mean(ofPersons(drawn[0]).map((p) => piecesOf(p, config.side, 0.5).areas.length)),
    "perplexity-persons": perplexity(persons, config.codes),
  };
  return { metrics, score: 2 - metrics["code-iou"] - metrics["best-of-5"] };
}

/** exp of the entropy of the codes' frequencies: how many are in use. */
export function perplexity(codes: readonly number[], k: number): number {
  const counts = new Float64Array(k);
  for (const c of codes) counts[c]++;
  return Math.exp(-counts.reduce((sum, n) => (n > 0 ? sum + (n / codes.length) * Math.log(n / codes.length) : sum), 0));
}

/** Rows: true, decoded from its own code, three draws; the first validation objects, half of them persons. */
async function sampleSheet(
  config: PosesConfig,
  { training, codes, validation }: PoseSets,
  weights: Weights,
  runtime: Runtime,
): Promise<Uint8Array> {
  const persons = validation.filter((o) => o.classIndex === 0).slice(0, 10);
  const shown = [...persons, ...validation.filter((o) => o.classIndex !== 0).slice(0, 10)];
  const counts = classCounts(training, codes, config);
  const rows: Float32Array[][] = [
    shown.map((o) => Float32Array.from(o.shape)),
    await decodeAll(config, shown, poseCodes(config, shown, weights), weights, runtime),
  ];
  for (let d = 0; d < 3; d++)
    rows.push(await decodeAll(config, shown, drawCodes(counts, shown, 0, d), weights, runtime));
  const { side } = config;
  const panel = (map: Float32Array, mirrored: boolean): Picture => {
    const seen = mirrored ? mirrorMap(map, side) : map;
    return {
      width: side,
      height: side,
      data: Uint8Array.from({ length: side * side * 3 }, (_, i) => 255 * seen[Math.floor(i / 3)]),
    };
  };
  return grid(
    rows.flatMap((row) => row.map((map, i) => panel(map, shown[i].mirrored))),
    shown.length,
  );
}
