/** Training of the box generator, the text encoder along with it. @module */

import { UserError } from "@scenograph/graph/errors";
import { dropout, dropoutMask } from "@scenograph/graph/nn/dropout";
import { Params } from "@scenograph/graph/nn/params";
import { type Random, stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { type BoxesConfig, boxStep, createBoxGenerator, seamsOf } from "scenograph/ours/boxes/index";
import { mirrorBox, throughWindow } from "scenograph/ours/boxes/training";
import { type LayoutStatistics, layoutStatistics } from "scenograph/ours/layouts/statistics";
import { createTextEncoder, type TextConfig, textSeams } from "scenograph/ours/text/index";
import { mentionsOf } from "scenograph/ours/text/mentions";
import { mirrorCaption } from "scenograph/ours/text/mirror";
import { boxFeeds, type LabelledBox } from "scenograph/paper/boxes/batch";
import { boxStatistics } from "scenograph/paper/boxes/codec";
import { STATISTICS } from "scenograph/paper/boxes/model";
import type { SentencePart } from "scenograph/paper/boxes/step";
import { embeddingSize } from "scenograph/paper/text/config";
import { type EncodedCaption, encodeCaption, frequentWords, textBatch } from "scenograph/paper/text/data";
import { textLoss } from "scenograph/paper/text/loss";
import { textEncoder, textHeads } from "scenograph/paper/text/model";
import type { TextTask } from "scenograph/paper/text/seams";
import { textInputs, textTargets } from "scenograph/paper/text/step";
import { Vocabulary } from "scenograph/paper/text/vocabulary";
import type { Mention } from "scenograph/pipeline";
import { type Categories, COCO } from "scenograph/scene/categories";
import { Order } from "../../data/batches.ts";
import { loadCoco, type Sample } from "../../data/coco.ts";
import { orderObjects } from "../../data/split.ts";
import { BOX_METRICS, boxContributions, type LayoutSample } from "../../evaluate/boxes.ts";
import { boxLikelihood, type Likelihood } from "../../evaluate/likelihood.ts";
import { namingFile, readWeightFile } from "../export.ts";
import { averagedWeights, type Task, valuesOf, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";
import { FREQUENT_WORDS } from "./text.ts";

interface Said extends EncodedCaption {
  readonly mentions: readonly Mention[];
}

interface Layout {
  readonly imageId: number;
  /** Each with its mirror image. */
  readonly captions: readonly (readonly [Said, Said])[];
  readonly objects: readonly LabelledBox[];
}

const VALIDATION_CAPTIONS_AN_IMAGE = 3;
const SAMPLED_CAPTIONS = 512;

export async function createBoxesTask(context: TaskContext): Promise<Task> {
  const config = context.config.boxes;
  const { categories = COCO } = context;
  if (!context.text)
    throw new UserError(
      "train boxes: a text encoder is needed; train one (scenograph train text) and pass --text FILE",
    );
  const file = context.text;
  const { tensors, metadata } = await readWeightFile(file);
  const vocabulary = namingFile(file, () => Vocabulary.fromTensors(tensors));
  const training = await readLayouts(context, vocabulary, config, "training");
  // shipped encoders have no such list, and no heads to go with it: the heads of its pre-training loss are learnt anew
  const words = metadata.words === undefined ? undefined : (JSON.parse(metadata.words) as string[]);
  const frequent = words?.length
    ? new Map(words.map((w, i) => [w, i]))
    : frequentWords(
        training.flatMap((l) => l.captions.map(([caption]) => caption)),
        FREQUENT_WORDS,
      );
  if (!words?.length)
    context.log(`${file} lists no frequent words: ${frequent.size} of the training captions are taken instead`);
  const validation = await readLayouts(context, vocabulary, config, "validation");
  context.log(`${training.length} layouts to train on, ${validation.length} to validate`);
  const statistics = boxStatistics(training.flatMap((l) => l.objects.map((o) => o.box)));
  const table = Float32Array.of(...statistics.mean, ...statistics.std);
  const { tasks } = textSeams(context.config.text, categories);
  const sentence = sentencePart(context.config.text, vocabulary.deltaCount, frequent.size, config, tasks);
  const { memory } = seamsOf(config);
  const { program, drops } = boxStep(config, sentence);
  const wanted = new Set(program.inputs.map((i) => i.name));
  const order = new Order(training.length, context.seed);
  const steps = config.maxObjects + 1;

  return {
    stage: "boxes",
    program,
    batchSize: config.train.batch,
    sampleCount: training.length,
    totalSteps: config.train.steps,
    losses: program.outputs.map((o) => o.name),
    initial: { ...valuesOf(tensors), [STATISTICS]: table },
    async batch(step) {
      const random = stream(context.seed, "batch", step);
      const chosen = order.at(step, config.train.batch).map((i) => {
        const { captions, objects } = training[i];
        const mirrored = config.ours.flip && random.bool() ? 1 : 0;
        const boxes = mirrored ? objects.map((o) => ({ ...o, box: mirrorBox(o.box) })) : objects;
        const seen = cropped(boxes, config.ours.window, random);
        return { caption: random.pick(captions)[mirrored], objects: orderObjects(seen, config.order) };
      });
      const masks = Object.fromEntries(
        Object.entries(drops).map(([name, { size, rate }]) => [name, dropoutMask(random, size, rate)]),
      );
      const text = textBatch(
        chosen.map(({ caption, objects }) => ({ caption, classes: objects.map((o) => o.classIndex) })),
        frequent,
        random,
        {
          length: context.config.text.maxTokens,
          classes: context.config.text.classes,
          ...context.config.text.train,
          tasks,
        },
      );
      const layouts = boxFeeds(
        chosen.map((c) => c.objects),
        steps,
        statistics,
        config.classes,
      );
      const told = memory?.feeds(chosen.map((c) => c.caption.mentions));
      jitter(layouts["boxes.previousBoxes"] as Float32Array, config.ours.boxNoise, random);
      const feeds = { ...text, ...layouts, ...masks, ...told };
      // a frozen encoder has no targets
      return Object.fromEntries(Object.entries(feeds).filter(([name]) => wanted.has(name)));
    },
    exportWeights(state) {
      const weights: Weights = new Map([...tensors, ...averagedWeights(program, state)]);
      return weights.set(STATISTICS, { dtype: "F32", shape: [2, 4], data: table });
    },
    metadata: {
      stage: "boxes",
      config: JSON.stringify({ text: context.config.text, boxes: config }),
      words: JSON.stringify([...frequent.keys()]),
      ...(categories !== COCO && { layouts: JSON.stringify(sizesAndPlaces(training, categories)) }),
    },
    validate: (weights, runtime) => validateBoxes(context, config, validation, weights, runtime),
  };
}

/** How large the data's own things are and where they stand; COCO's come along. */
function sizesAndPlaces(layouts: readonly Layout[], categories: Categories): Pick<LayoutStatistics, "each" | "pairs"> {
  const learnt = layouts.map(({ captions, objects }) => ({
    objects: objects.map((o) => ({ label: o.classIndex, box: o.box })),
    named: new Set(captions.flatMap(([{ mentions }]) => mentions.map((m) => m.classIndex))),
  }));
  const { each, pairs } = layoutStatistics(categories.names, learnt);
  return { each, pairs };
}

async function readLayouts(
  context: TaskContext,
  vocabulary: Vocabulary,
  config: BoxesConfig,
  part: "training" | "validation",
): Promise<Layout[]> {
  const { samples } = await loadCoco(context.data, context.split, {
    part,
    need: ["captions", "objects"],
    categories: context.categories,
    log: context.log,
  });
  return samples.map((sample: Sample) => ({
    imageId: sample.imageId,
    captions: sample.captions.map((c) => {
      const mentions = mentionsOf(c, context.categories);
      const mirrored = mirrorCaption(c);
      return [
        { ...encodeCaption(vocabulary, c), mentions },
        { ...encodeCaption(vocabulary, mirrored), mentions },
      ];
    }),
    objects: orderObjects(sample.objects, config.order, config.maxObjects),
  }));
}

/** Noise on boxes that are fed back, [T, N, 4]; the zeros before the first object stay. */
function jitter(boxes: Float32Array, deviation: number, random: Random): void {
  if (deviation === 0) return;
  for (let i = 0; i < boxes.length; i++) if (boxes[i] !== 0) boxes[i] += deviation * random.normal();
}

/** Windows that are tried before a layout is taken whole. */
const WINDOWS = 4;

/** Every second layout through a random window, where one is found that shows all of it: the caption stays true. */
function cropped(objects: readonly LabelledBox[], share: number, random: Random): readonly LabelledBox[] {
  if (share === 0 || random.bool()) return objects;
  for (let i = 0; i < WINDOWS; i++) {
    const [left, top, right, bottom] = Array.from({ length: 4 }, () => random.uniform(0, share));
    const seen = throughWindow(objects, [left, top, 1 - left - right, 1 - top - bottom]);
    if (seen) return seen;
  }
  return objects;
}

/** The encoder as part of the training graph, with its own loss where it is trained along. */
function sentencePart(
  text: TextConfig,
  corrections: number,
  words: number,
  config: BoxesConfig,
  tasks: readonly TextTask[] = [],
): SentencePart {
  const n = config.train.batch;
  const p = new Params("text");
  const embedding = textEncoder(p, text, corrections, textInputs(text.maxTokens, n), (x) =>
    dropout("text.dropout", x, text.train.dropout),
  );
  if (config.train.text === 0) return { embedding, parameters: [] };
  const heads = textHeads(p.scope("heads"), embedding, words, text.classes, tasks);
  const { total } = textLoss(heads, textTargets(n, words, text.classes, tasks), text.train, tasks);
  return { embedding, loss: total, parameters: p.all() };
}

/**
 * Nats a true object (label part with the end, box part as a density over [0, 1]^4) on three captions a picture, and the
 * layout metrics of one sampled layout for each of the first captions; score = 4 label + box.
 */
async function validateBoxes(
  context: TaskContext,
  config: BoxesConfig,
  layouts: readonly Layout[],
  weights: Weights,
  runtime: Runtime,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const { categories = COCO } = context;
  const encoder = createTextEncoder(runtime, context.config.text, weights, categories);
  const size = embeddingSize(context.config.text);
  const pairs = layouts.flatMap((l) =>
    l.captions.slice(0, VALIDATION_CAPTIONS_AN_IMAGE).map(([c]) => ({ layout: l, caption: c.caption })),
  );
  const sentences = await encoder.encode(pairs.map((p) => p.caption));
  const likelihood = await nllPerObject(
    await boxLikelihood(runtime, config, size, weights),
    pairs.map((p, i) => ({ objects: p.layout.objects, sentence: sentences[i] })),
  );

  const generator = createBoxGenerator(runtime, config, size, weights, categories);
  const chosen = pairs.map((p, i) => ({ ...p, sentence: sentences[i] })).slice(0, SAMPLED_CAPTIONS);
  const found = await generator.infer(
    chosen.map(({ sentence }, i) => ({ sentence, fixed: [], seed: context.seed + i })),
  );
  const samples: LayoutSample[] = chosen.map(({ layout, caption }, i) => ({
    image: layout.imageId,
    caption,
    predicted: found[i].map((o) => ({ label: categories.indexOf(o.label), box: o.box })),
    truth: layout.objects.map((o) => ({ label: o.classIndex, box: o.box })),
  }));
  const metrics: Record<string, number> = { ...likelihood };
  const parts = samples.map((s) => boxContributions(s, categories));
  for (const name of BOX_METRICS) {
    const [a, b] = parts.reduce(([n, d], r) => [n + r[name].numerator, d + r[name].denominator], [0, 0]);
    metrics[name] = a / b;
  }
  return { metrics, score: 4 * likelihood.labelNll + likelihood.boxNll };
}

async function nllPerObject(
  likelihood: Likelihood,
  pairs: Parameters<Likelihood["nats"]>[0],
): Promise<{ labelNll: number; boxNll: number }> {
  const nats = await likelihood.nats(pairs);
  await likelihood.release();
  const [label, box, objects] = nats.reduce(([l, b, n], x) => [l + x.label, b + x.box, n + x.objects], [0, 0, 0]);
  return { labelNll: label / objects, boxNll: box / objects };
}
