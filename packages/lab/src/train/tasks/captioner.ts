/** Training of the captioner, a judge of pictures, on a COCO folder with pixels and captions. @module */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { dropoutMask } from "@scenograph/graph/nn/dropout";
import { stream } from "@scenograph/graph/random";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { writeDurably } from "scenograph/formats/atomic.node";
import { makeFolder } from "scenograph/formats/folders.node";
import type { Picture } from "scenograph/scene/scene";
import type { CaptionerConfig } from "../../captioner/config.ts";
import {
  CaptionVocabulary,
  captionFeeds,
  captionWords,
  featureStatistics,
  standardised,
} from "../../captioner/data.ts";
import { createCaptioner } from "../../captioner/infer.ts";
import { captionerStep } from "../../captioner/step.ts";
import { Order } from "../../data/batches.ts";
import { loadCoco, type Sample } from "../../data/coco.ts";
import { decodeCentre, pictureOfSample } from "../../data/coco-pictures.ts";
import { bleu } from "../../evaluate/captions/bleu.ts";
import { ciderD } from "../../evaluate/captions/ciderD.ts";
import { type CaptionFeatures, captionFeatures } from "../../evaluate/captions/features.node.ts";
import { averagedWeights, type Task, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";

const VALIDATION_PICTURES = 300;
/** Pictures decoded at a time. */
const PIECE = 64;

/** Captions of a picture, and its features at each resolution. */
interface Captioned {
  readonly captions: readonly string[];
  readonly features: readonly Float32Array[];
}

export async function createCaptionerTask(context: TaskContext): Promise<Task> {
  const config = context.config.captioner;
  const runtime = createWorkerRuntime(context.runtime);
  const network = await captionFeatures(runtime, { size: config.size });
  const training = await readPart(context, network, "training", config.resolutions, config.pictures);
  const few = Math.min(config.pictures, VALIDATION_PICTURES);
  const validation = await readPart(context, network, "validation", config.resolutions.slice(-1), few);
  await runtime.close();
  const vocabulary = CaptionVocabulary.of(
    training.flatMap((t) => t.captions),
    config.minCount,
    config.vocabulary,
  );
  context.log(
    `${training.length} pictures to train on, ${validation.length} to validate, ${vocabulary.size - 3} words (of ${config.minCount} occurrences or more)`,
  );
  const statistics = featureStatistics(training.flatMap((t) => t.features));
  const numbers = training.map((t) => t.captions.map((c) => vocabulary.encode(c, config.maxWords)));
  const { program, drops } = captionerStep(config, network.width, vocabulary.size);
  const order = new Order(training.length, context.seed);
  const exportWeights = (state: Readonly<Record<string, Float32Array>>): Weights =>
    averagedWeights(program, state).set("captioner.statistics", {
      dtype: "F32",
      shape: [2, network.width],
      data: Float32Array.of(...statistics.mean, ...statistics.std),
    });

  return {
    stage: "captioner",
    program,
    batchSize: config.train.batch,
    sampleCount: training.length,
    totalSteps: config.train.steps,
    losses: ["loss", "norm"],
    async batch(step) {
      const random = stream(context.seed, "batch", step);
      const chosen = order.at(step, config.train.batch);
      const masks = Object.entries(drops).map(([name, { size, rate }]) => [name, dropoutMask(random, size, rate)]);
      const features = chosen.map((i) => random.pick(training[i].features));
      const captions = chosen.map((i) => random.pick(numbers[i]));
      return {
        features: standardised(features, statistics),
        ...captionFeeds(captions, config.maxWords + 1),
        ...Object.fromEntries(masks),
      };
    },
    exportWeights,
    metadata: {
      stage: "captioner",
      config: JSON.stringify({ captioner: config }),
      words: JSON.stringify(vocabulary.words),
      features: network.id,
    },
    validate: (weights, on) => validateCaptioner(config, vocabulary, validation, weights, on),
  };
}

/** CIDEr-D and BLEU-4 of greedy captions on real validation pictures; score = -CIDEr-D. */
async function validateCaptioner(
  config: CaptionerConfig,
  vocabulary: CaptionVocabulary,
  validation: readonly Captioned[],
  weights: Weights,
  runtime: Runtime,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const captioner = createCaptioner(runtime, config, vocabulary, weights);
  const found = await captioner.caption(
    validation.map((v) => v.features[0]),
    { beam: 1 },
  );
  await captioner.release();
  const hypotheses = found.map((f) => captionWords(f.caption));
  const references = validation.map((v) => v.captions.map(captionWords));
  const cider = ciderD(hypotheses, references).corpus;
  const words = hypotheses.reduce((n, h) => n + h.length, 0) / hypotheses.length;
  const different = new Set(found.map((f) => f.caption)).size / found.length;
  return {
    metrics: { "CIDEr-D": cider, "BLEU-4": bleu(hypotheses, references).corpus[3], words, different },
    score: -cider,
  };
}

async function readPart(
  context: TaskContext,
  network: CaptionFeatures,
  part: "training" | "validation",
  resolutions: readonly number[],
  limit: number,
): Promise<Captioned[]> {
  const { samples } = await loadCoco(context.data, context.split, {
    part,
    need: ["pixels", "captions"],
    categories: context.categories,
    log: context.log,
  });
  const count = Math.min(limit, samples.length);
  const chosen = Array.from({ length: count }, (_, i) => samples[Math.floor((i * samples.length) / count)]);
  const bySide: Float32Array[][] = [];
  for (const side of resolutions) bySide.push(await cachedFeatures(context, network, chosen, side));
  return chosen.map(({ captions }, i) => ({ captions, features: bySide.map((rows) => rows[i]) }));
}

/** Features of the pictures reduced to `side`, kept in the cache folder under a hash of network, files and their dates. */
async function cachedFeatures(
  context: TaskContext,
  network: CaptionFeatures,
  samples: readonly Sample[],
  side: number,
): Promise<Float32Array[]> {
  const files = samples.map((s) => s.file!);
  const dates = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  const hash = createHash("sha256").update(JSON.stringify([network.id, side, files, dates]));
  const file = join(context.cacheDir, `caption-features-${hash.digest("hex").slice(0, 16)}.f32`);
  const known = await readFile(file).catch(() => undefined);
  const cut = (all: Float32Array) => files.map((_, i) => all.subarray(i * network.width, (i + 1) * network.width));
  if (known?.length === files.length * network.width * 4)
    return cut(new Float32Array(known.buffer.slice(known.byteOffset, known.byteOffset + known.byteLength)));

  context.log(`features of ${files.length} pictures at ${side} pixels`);
  const all = new Float32Array(files.length * network.width);
  for (let at = 0; at < files.length; at += PIECE) {
    const decode = async (sample: Sample): Promise<Picture> => ({
      width: side,
      height: side,
      data: await decodeCentre(pictureOfSample(sample), side),
    });
    const rows = await network.rows(await Promise.all(samples.slice(at, at + PIECE).map(decode)));
    rows.forEach((row, i) => {
      all.set(row, (at + i) * network.width);
    });
  }
  await makeFolder(context.cacheDir);
  await writeDurably(file, new Uint8Array(all.buffer));
  return cut(all);
}
