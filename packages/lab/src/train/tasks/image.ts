/** Training of the image generator on a COCO folder with pixels and masks. @module */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { loadPerceptual } from "@scenograph/graph/nn/perceptual/load.node";
import { type Features, perceptualLoss } from "@scenograph/graph/nn/perceptual/loss";
import { loadWith } from "@scenograph/graph/nn/weights";
import { abs, sub } from "@scenograph/graph/ops/elementwise";
import { mean } from "@scenograph/graph/ops/reduce";
import { compile } from "@scenograph/graph/program";
import { type Random, stream } from "@scenograph/graph/random";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";
import { grid } from "scenograph/draw/draw";
import { writeAtomically } from "scenograph/formats/atomic.node";
import { makeFolder } from "scenograph/formats/folders.node";
import { ellipseBitmap } from "scenograph/formats/rle";
import { augmentationFeeds } from "scenograph/ours/image/augment";
import { type ImageConfig, imageProgram, imageStep, layoutFeeds, noiseFeeds } from "scenograph/ours/image/index";
import { createTextEncoder } from "scenograph/ours/text/index";
import { mentionsOf } from "scenograph/ours/text/mentions";
import { mirrorCaption } from "scenograph/ours/text/mirror";
import {
  classMap,
  composeLayout,
  fromPlanes,
  type Layout,
  maskSizeOf,
  mirrorLayout,
  resizeBitmap,
  toPlanes,
} from "scenograph/paper/image/data";
import { embeddingSize } from "scenograph/paper/text/config";
import { encodeCaption } from "scenograph/paper/text/data";
import { Vocabulary } from "scenograph/paper/text/vocabulary";
import type { Sentence } from "scenograph/pipeline";
import { areaOf, extentOf, mirrorMap, type Size } from "scenograph/scene/geometry";
import type { Picture } from "scenograph/scene/scene";
import { classBalance, Order } from "../../data/batches.ts";
import { loadCoco, objectMask, type Sample } from "../../data/coco.ts";
import { loadPictures, type PictureSet } from "../../data/coco-pictures.ts";
import { readWeightFile } from "../export.ts";
import { averagedWeights, type Task, type Weights } from "../task.ts";
import { warmUpObjects } from "./imageWarmup.ts";
import type { TaskContext } from "./index.ts";

const VALIDATION_PICTURES = 256;
const SAMPLES = 12;

/** A part of a data set in memory, as the step wants it. */
interface ImageData {
  readonly samples: readonly Sample[];
  readonly pictures: PictureSet;
  readonly layouts: readonly Layout[];
  /** What a caption says; made for every caption of the samples and its mirror image. */
  readonly said: ReadonlyMap<string, Said>;
}

interface Said {
  readonly embedding: Float32Array;
  /** Looked up when it is needed: the word vectors of all captions at once would fill the memory. */
  readonly sentence: () => Pick<Sentence, "vectors" | "mentions">;
}

export async function createImageTask(context: TaskContext): Promise<Task> {
  const config = context.config.image;
  const textConfig = context.config.text;
  if (!context.text)
    throw new UserError(
      "train image: a text encoder is needed; train one (scenograph train text) and pass --text FILE",
    );
  const { tensors } = await readWeightFile(context.text);
  const textSize = embeddingSize(textConfig);
  const { network } = config.train;
  const perceptual = network === "discriminator" ? undefined : await loadPerceptual(network);
  const features = perceptual?.features;

  const runtime = createWorkerRuntime(context.runtime);
  const encoder = createTextEncoder(runtime, textConfig, tensors, context.categories);
  const vocabulary = Vocabulary.fromTensors(tensors);
  const encode = async (captions: readonly string[]) => {
    const made = async () => (await encoder.encode(captions)).map((s) => s.embedding);
    const embeddings = context.rehearsal
      ? captions.map(() => new Float32Array(textSize))
      : await cachedEmbeddings(context, tensors, captions, textSize, made);
    const sentence = (c: string) => ({
      vectors: encodeCaption(vocabulary, c).vectors,
      mentions: mentionsOf(c, context.categories),
    });
    return new Map(captions.map((c, i) => [c, { embedding: embeddings[i], sentence: () => sentence(c) }]));
  };
  const training = await readData(context, config.size, "training", encode);
  const validation = await readData(context, config.size, "validation", encode);
  await runtime.close();
  context.log(`${training.samples.length} pictures to train on, ${validation.samples.length} to validate`);

  const order = new Order(
    training.samples.length,
    context.seed,
    config.ours.balance ? classBalance(training.samples) : undefined,
  );
  const program = imageStep(config, textSize, perceptual);
  const batch = async (step: number, size: number) => {
    const random = stream(context.seed, "batch", step);
    const indices = order.at(step, size);
    const mirrored = indices.map(() => (config.ours.flip && random.bool() ? 1 : 0));
    const feeds = await imageBatch(training, indices, mirrored, config, textSize, random);
    return config.ours.augment ? { ...feeds, ...augmentationFeeds(size, config.size, random) } : feeds;
  };
  const { width, warmup } = config.ours.objects;
  const key = [context.data, context.split, String(training.samples.length), context.text];
  const initial =
    width > 0 && warmup > 0 && !context.rehearsal
      ? await warmUpObjects(context, config, warmup, key, batch)
      : undefined;
  return {
    stage: "image",
    program,
    initial,
    batchSize: config.train.batch,
    sampleCount: training.samples.length,
    totalSteps: config.train.steps,
    losses: program.outputs.map((o) => o.name),
    batch: (step) => batch(step, config.train.batch),
    exportWeights: (state) => averagedWeights(program, state),
    metadata: { stage: "image", config: JSON.stringify({ image: config }) },
    validate: (weights, on) => validateImage(validation, config, textSize, features, weights, on),
    sample: (weights, on) => sampleSheet(validation, config, textSize, encodeWith(context, tensors), weights, on),
    close: async () => {
      await training.pictures.close();
      await validation.pictures.close();
    },
  };
}

/** Embeddings of all captions, kept in the cache folder under a hash of encoder and captions. */
async function cachedEmbeddings(
  context: TaskContext,
  weights: Weights,
  captions: readonly string[],
  size: number,
  make: () => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const hash = createHash("sha256").update(JSON.stringify(context.config.text)).update(captions.join("\n"));
  for (const [name, { data }] of weights)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const file = join(context.cacheDir, `embeddings-${hash.digest("hex").slice(0, 16)}.f32`);
  const known = await readFile(file).catch(() => undefined);
  if (known?.length === captions.length * size * 4) {
    const all = new Float32Array(known.buffer.slice(known.byteOffset, known.byteOffset + known.byteLength));
    return captions.map((_, i) => all.subarray(i * size, (i + 1) * size));
  }
  context.log(`encoding ${captions.length} captions`);
  const made = await make();
  const all = new Float32Array(captions.length * size);
  made.forEach((v, i) => {
    all.set(v, i * size);
  });
  await makeFolder(context.cacheDir);
  await writeAtomically(file, new Uint8Array(all.buffer));
  return made;
}

function encodeWith(context: TaskContext, weights: Weights) {
  return async (runtime: Runtime, captions: readonly string[]) => {
    const sentences = await createTextEncoder(runtime, context.config.text, weights, context.categories).encode(
      captions,
    );
    return sentences.map((s) => s.embedding);
  };
}

async function readData(
  context: TaskContext,
  size: Size,
  part: "training" | "validation",
  encode: (captions: readonly string[]) => Promise<Map<string, Said>>,
): Promise<ImageData> {
  const { samples } = await loadCoco(context.data, context.split, {
    categories: context.categories,
    part,
    need: ["pixels", "captions", context.config.image.ours.missingMasks === "skip" ? "masks" : "objects"],
    crop: size,
    log: context.log,
  });
  if (samples.length === 0)
    throw new UserError(
      `train image: ${context.data} has no ${part} picture with captions and objects (masks) in ${context.split}`,
    );
  const pictures = await loadPictures(samples, size, { cacheDir: context.cacheDir });
  const layouts = samples.map((s) => sampleLayout(s, size));
  const captions = samples.flatMap((s) => s.captions);
  const mirrored = context.config.image.ours.flip ? captions.map(mirrorCaption) : [];
  return { samples, pictures, layouts, said: await encode([...new Set([...captions, ...mirrored])]) };
}

/** Largest object first, as everywhere: smaller ones are drawn over larger ones. */
function sampleLayout(sample: Sample, size: Size): Layout {
  // larger pictures get their masks enlarged, as they do when generating
  const small = maskSizeOf(size);
  const { width, height } = extentOf(small);
  const drawn = [...sample.objects]
    .sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])
    .map((o) => {
      const bitmap = objectMask(sample, o, width, height) ?? ellipseBitmap(o.box, width, height);
      return { classIndex: o.classIndex, box: o.box, bitmap: resizeBitmap(bitmap, small, size) };
    });
  return composeLayout(drawn, size);
}

async function imageBatch(
  data: ImageData,
  indices: readonly number[],
  mirrored: readonly number[],
  config: ImageConfig,
  textSize: number,
  random: Random,
): Promise<Feeds> {
  const n = indices.length;
  const { width } = extentOf(config.size);
  const area = areaOf(config.size);
  const rgb = await data.pictures.read(indices);
  const noise = noiseFeeds(new Array(n).fill(random), n, config);
  const picture = new Uint8Array(n * 3 * area);
  const [text, wrong] = [new Float32Array(n * textSize), new Float32Array(n * textSize)];
  const described = indices.map((index, i) => {
    const own = rgb.subarray(i * 3 * area, (i + 1) * 3 * area);
    toPlanes(mirrored[i] ? mirrorMap(own, width, 3) : own, picture, i * 3 * area);
    const caption = random.pick(data.samples[index].captions);
    const said = data.said.get(mirrored[i] ? mirrorCaption(caption) : caption)!;
    text.set(said.embedding, i * textSize);
    const layout = mirrored[i] ? mirrorLayout(data.layouts[index]) : data.layouts[index];
    return { layout, sentence: said.sentence() };
  });
  // the wrong sentence of a picture is its neighbour's
  for (let i = 0; i < n; i++)
    wrong.set(text.subarray(((i + 1) % n) * textSize, (((i + 1) % n) + 1) * textSize), i * textSize);
  const { mismatched } = config.train;
  return {
    picture,
    ...layoutFeeds(described, n, config),
    text,
    ...(mismatched ? { wrong } : {}),
    ...noise,
  };
}

/** L1 and perceptual distance to the true pictures on the first validation pictures; score = their sum. */
async function validateImage(
  data: ImageData,
  config: ImageConfig,
  textSize: number,
  features: Features | undefined,
  weights: Weights,
  runtime: Runtime,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const n = 16;
  const { width, height } = extentOf(config.size);
  const made = input("made", [n, 3, height, width]);
  const real = input("real", [n, 3, height, width]);
  const outputs = {
    l1: mean(abs(sub(made, real))),
    ...(features ? { perceptual: perceptualLoss(features, made, real) } : {}),
  };
  const generate = await loadWith(runtime, imageProgram(config, textSize, n), weights);
  const compare = await runtime.load(compile({ outputs }));
  const sums: Record<string, number> = {};
  let batches = 0;
  const count = Math.min(VALIDATION_PICTURES, data.samples.length);
  for (let at = 0; at + n <= count; at += n) {
    const indices = Array.from({ length: n }, (_, i) => at + i);
    const { picture, wrong, ...feeds } = await imageBatch(
      data,
      indices,
      indices.map(() => 0),
      config,
      textSize,
      stream(0, "validate", at),
    );
    const out = await generate.run(feeds);
    const target = Float32Array.from(picture as Uint8Array, (v) => v / 127.5 - 1);
    const distances = await compare.run({ made: out.picture, real: target });
    for (const [name, value] of Object.entries(distances)) sums[name] = (sums[name] ?? 0) + Number(value[0]);
    batches++;
  }
  await generate.release();
  await compare.release();
  const metrics = Object.fromEntries(Object.entries(sums).map(([k, v]) => [k, v / Math.max(1, batches)]));
  return { metrics, score: Object.values(metrics).reduce((a, b) => a + b, 0) };
}

/** Places that every sentence is swapped for in the last row of the sheet, in turn: does the background follow? */
const PLACES = [
  "people on a sandy beach near the water",
  "a snow covered mountain ski slope",
  "a green grass field in a park",
  "a city street with buildings and traffic",
  "a bathroom with white tiles",
  "a wooden table with food",
];

/** Rows: layout, generated, true, generated for another sentence; the first validation pictures by index. */
async function sampleSheet(
  data: ImageData,
  config: ImageConfig,
  textSize: number,
  encode: (runtime: Runtime, captions: readonly string[]) => Promise<Float32Array[]>,
  weights: Weights,
  runtime: Runtime,
): Promise<Uint8Array> {
  const n = Math.min(SAMPLES, data.samples.length);
  const { width, height } = extentOf(config.size);
  const indices = Array.from({ length: n }, (_, i) => i);
  const {
    picture: real,
    wrong,
    ...feeds
  } = await imageBatch(
    data,
    indices,
    indices.map(() => 0),
    config,
    textSize,
    stream(0, "samples"),
  );
  const places = await encode(runtime, PLACES);
  const swapped = Float32Array.from(
    { length: n * textSize },
    (_, i) => places[Math.floor(i / textSize) % places.length][i % textSize],
  );
  const run = await loadWith(runtime, imageProgram(config, textSize, n), weights);
  const made = (await run.run(feeds)).picture as Float32Array;
  const other = (await run.run({ ...feeds, text: swapped })).picture as Float32Array;
  await run.release();
  const area = 3 * width * height;
  const picture = (rgb: Uint8Array): Picture => ({ width, height, data: rgb });
  const planes = (all: Float32Array) => indices.map((i) => picture(fromPlanes(all.subarray(i * area, (i + 1) * area))));
  const truth = Float32Array.from(real as Uint8Array, (v) => v / 127.5 - 1);
  const layouts = indices.map((i) => picture(paint(classMap(data.layouts[i], config.classes), config.classes)));
  return grid([...layouts, ...planes(made), ...planes(truth), ...planes(other)], n, { scale: width < 128 ? 2 : 1 });
}

/** A colour a class, black where there is no object. */
function paint(classes: Int32Array, none: number): Uint8Array {
  const rgb = new Uint8Array(classes.length * 3);
  classes.forEach((c, i) => {
    if (c === none) return;
    for (let k = 0; k < 3; k++) rgb[i * 3 + k] = 90 + ((c * (53 + 41 * k) + 17 * k) % 166);
  });
  return rgb;
}
