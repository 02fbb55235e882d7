/** Pre-training of the text encoder on captions, annotated or not. @module */

import { UserError } from "@scenograph/graph/errors";
import { Params } from "@scenograph/graph/nn/params";
import { loadWith } from "@scenograph/graph/nn/weights";
import { compile } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { BACKGROUND_KINDS, backgroundOf } from "scenograph/ours/text/background";
import { namedCategories } from "scenograph/ours/text/categories";
import { textSeams } from "scenograph/ours/text/index";
import { encodeCaption, frequentWords, type TextSample, textBatch, textFeeds } from "scenograph/paper/text/data";
import { textEncoder, textHeads } from "scenograph/paper/text/model";
import { textInputs, textStep } from "scenograph/paper/text/step";
import { Vocabulary } from "scenograph/paper/text/vocabulary";
import type { Categories } from "scenograph/scene/categories";
import { Order } from "../../data/batches.ts";
import { listSplits, loadCaptions, loadCoco } from "../../data/coco.ts";
import { readLabelSets } from "../../data/labelSets.ts";
import { namingFile, readWeightFile } from "../export.ts";
import { averagedWeights, type Task, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";

/** The word-recall task knows this many words. */
export const FREQUENT_WORDS = 1000;
const VALIDATION_CAPTIONS = 1024;
/** Annotated captions also teach what the picture holds: they come this many times as often. */
const ANNOTATED_SHARE = 2;

export async function readVocabulary(context: Pick<TaskContext, "vocabulary">): Promise<Vocabulary> {
  if (!context.vocabulary)
    throw new UserError(
      'train: a vocabulary is needed; make one with "scenograph data vectors" and pass --vocabulary FILE',
    );
  const { tensors } = await readWeightFile(context.vocabulary);
  return namingFile(context.vocabulary, () => Vocabulary.fromTensors(tensors));
}

/** Captions of the splits, with the classes in their picture where it is annotated or in `sets`. */
async function readSamples(
  context: TaskContext,
  vocabulary: Vocabulary,
  part: "training" | "validation",
  sets: ReadonlyMap<number, readonly number[]>,
): Promise<TextSample[]> {
  const { instances } = await listSplits(context.data);
  const samples: TextSample[] = [];
  for (const split of context.split.split(",")) {
    if (instances.includes(split)) {
      const { samples: images } = await loadCoco(context.data, split, {
        part,
        need: ["captions"],
        categories: context.categories,
        log: context.log,
      });
      for (const image of images) {
        const classes = image.partial ? undefined : image.objects.map((o) => o.classIndex);
        for (const c of image.captions) samples.push({ caption: encodeCaption(vocabulary, c), classes });
      }
    } else
      for (const { caption, cocoImageId } of await loadCaptions(context.data, split, { part })) {
        const classes = sets.get(cocoImageId);
        samples.push({ caption: encodeCaption(vocabulary, caption), ...(classes && { classes, set: true }) });
      }
  }
  return samples;
}

export async function createTextTask(context: TaskContext): Promise<Task> {
  const config = context.config.text;
  const vocabulary = await readVocabulary(context);
  const sets = context.labels ? await readLabelSets(context.labels, context.categories) : new Map();
  const training = await readSamples(context, vocabulary, "training", sets);
  const validation = (await readSamples(context, vocabulary, "validation", sets)).slice(0, VALIDATION_CAPTIONS);
  context.log(`${training.length} captions to train on, ${validation.length} to validate`);
  if (sets.size > 0)
    context.log(`${training.filter((s) => s.set).length} of them with the categories of their picture alone`);
  const frequent = frequentWords(
    training.map((s) => s.caption),
    FREQUENT_WORDS,
  );
  const seams = textSeams(config, context.categories);
  const program = textStep(config, vocabulary.deltaCount, frequent.size, seams);
  const order = new Order(
    training.length,
    context.seed,
    training.map((s) => (s.classes && !s.set ? ANNOTATED_SHARE : 1)),
  );
  return {
    stage: "text",
    program,
    batchSize: config.train.batch,
    sampleCount: training.length,
    totalSteps: config.train.steps,
    losses: program.outputs.map((o) => o.name),
    async batch(step) {
      const samples = order.at(step, config.train.batch).map((i) => training[i]);
      const { dropout, wordDropout } = config.train;
      return textBatch(samples, frequent, stream(context.seed, "batch", step), {
        length: config.maxTokens,
        dropout,
        wordDropout,
        classes: config.classes,
        tasks: seams.tasks,
      });
    },
    exportWeights: (state) =>
      new Map<string, Weights extends Map<string, infer T> ? T : never>([
        ...averagedWeights(program, state),
        ...vocabulary.toTensors(),
      ]),
    metadata: { stage: "text", config: JSON.stringify({ text: config }), words: JSON.stringify([...frequent.keys()]) },
    validate: (weights, runtime) =>
      validateText(config, vocabulary, frequent.size, validation, weights, runtime, context.categories),
  };
}

/**
 * F1 of the classes in the picture and, where they are learnt, of named categories, and accuracy of the place, at threshold 1/2;
 * score = 1 - F1 of the classes in the picture.
 */
async function validateText(
  config: TaskContext["config"]["text"],
  vocabulary: Vocabulary,
  words: number,
  samples: readonly TextSample[],
  weights: Weights,
  runtime: Parameters<NonNullable<Task["validate"]>>[1],
  categories?: Categories,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const n = 128;
  const p = new Params("text");
  const embedding = textEncoder(p, config, vocabulary.deltaCount, textInputs(config.maxTokens, n));
  const { tasks = [] } = textSeams(config, categories);
  const { present, further } = textHeads(p.scope("heads"), embedding, words, config.classes, tasks);
  const run = await loadWith(runtime, compile({ outputs: { present, ...further } }), weights);
  const scores = { named: new Counts(), present: new Counts() };
  let placed = 0;
  let right = 0;
  for (let at = 0; at < samples.length; at += n) {
    const part = samples.slice(at, at + n);
    const feeds = textFeeds(
      part.map((s) => s.caption),
      config.maxTokens,
      n,
    );
    const out = await run.run({
      "text.vectors": feeds.vectors,
      "text.words": feeds.words,
      "text.valid": feeds.valid,
    });
    part.forEach(({ caption, classes }, i) => {
      const row = (name: "named" | "present") =>
        (out[name] as Float32Array).subarray(i * config.classes, (i + 1) * config.classes);
      if (out.named) scores.named.add(row("named"), namedCategories(caption.caption, categories));
      if (classes) scores.present.add(row("present"), new Set(classes));
      const kind = backgroundOf(caption.caption);
      if (!kind || !out.place) return;
      const kinds = (out.place as Float32Array).subarray(
        i * BACKGROUND_KINDS.length,
        (i + 1) * BACKGROUND_KINDS.length,
      );
      placed++;
      if (BACKGROUND_KINDS[kinds.indexOf(Math.max(...kinds))] === kind) right++;
    });
  }
  await run.release();
  const metrics = {
    presentF1: scores.present.f1,
    ...(config.ours.named > 0 && { namedF1: scores.named.f1 }),
    ...(config.ours.place > 0 && { placeAccuracy: right / Math.max(1, placed) }),
  };
  return { metrics, score: 1 - metrics.presentF1 };
}

/** Micro-averaged counts of a multi-label classifier. */
class Counts {
  #hits = 0;
  #said = 0;
  #true = 0;

  /** logits > 0 is "yes". */
  add(logits: Float32Array, truth: ReadonlySet<number>): void {
    this.#true += truth.size;
    logits.forEach((v, c) => {
      if (v <= 0) return;
      this.#said++;
      if (truth.has(c)) this.#hits++;
    });
  }

  get f1(): number {
    return (2 * this.#hits) / Math.max(1, this.#said + this.#true);
  }
}
