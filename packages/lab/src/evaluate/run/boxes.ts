/**
 * Layouts from sentences, judged by the true layouts of their pictures; no pixels are needed. Every caption of a picture gets one
 * layout a row; the truth is the picture's largest objects, as many as the model may draw. The ceiling of a metric is the true
 * layout itself (no second layout of a picture exists): what remains below 1 there, as in `named`, is what captions say and
 * annotators did not box.
 * @module
 */

import { UserError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { asLearnt, type BoxesConfig, createBoxGenerator } from "scenograph/ours/boxes/index";
import { namedCategories } from "scenograph/ours/text/categories";
import { embeddingSize } from "scenograph/paper/text/config";
import type { BoxOptions } from "scenograph/pipeline";
import type { Categories } from "scenograph/scene/categories";
import { isLabelled, type SceneObject } from "scenograph/scene/scene";
import type { CocoObject, Sample } from "../../data/coco.ts";
import { orderObjects } from "../../data/split.ts";
import { bootstrap, type Interval } from "../bootstrap.ts";
import { evaluateBoxes, type LayoutObject, type LayoutSample, matchBoxes } from "../boxes.ts";
import { tfIdf } from "../floors/tfidf.ts";
import { boxLikelihood, type LayoutNats } from "../likelihood.ts";
import { DEFINITIONS, hashOfIds, hashOfModel, type Protocol } from "../protocol.ts";
import { known, type MetricInfo, metricInfos, type Row, type Table } from "../results.ts";
import {
  evaluated,
  learning,
  type Shown,
  type StageContext,
  type StageResult,
  seedOf,
  shownName,
  wantsRow,
} from "./context.ts";
import { type Bench, pieces } from "./pool.ts";
import type { BOX_ROWS } from "./rows.ts";

export const BOX_METRIC_INFO: readonly MetricInfo[] = [
  ...metricInfos("higher", {
    f1: "classes, as multisets: F1 a caption",
    precision: "classes, as multisets: precision a caption",
    recall: "classes, as multisets: recall a caption",
    "r@0.3": "true boxes found with their class and IoU of at least .3",
    "r@0.5": "true boxes found with their class and IoU of at least .5",
    "p@0.3": "predicted boxes that are right at IoU .3 (rises when fewer are drawn)",
    "p@0.5": "predicted boxes that are right at IoU .5 (rises when fewer are drawn)",
    rscp2: "pairs of matched objects in the same relation: left, right, above, below",
  }),
  ...metricInfos("lower", {
    ar: "aspect error of matched objects, radians",
    logrs: "error of the log area ratio of two matched objects",
  }),
  ...metricInfos("higher", {
    named: "categories that the caption names and the layout has",
    told: "categories of which the caption tells two or more, drawn exactly so often",
  }),
  ...metricInfos("target", {
    objects: "objects a layout; the target is the true number",
  }),
  ...metricInfos("lower", {
    "count-error": "|predicted - true| number of objects",
    "nll-label": "nats a true object, labels with the end",
    "nll-box": "nats a true object, box as a density over [0, 1]^4",
  }),
];

/** Captions computed together. */
const PIECE = 64;

interface Variant {
  readonly key: (typeof BOX_ROWS)[number];
  readonly name: string;
  readonly about: string;
  readonly options: BoxOptions;
  /** Sampled by a generator of this configuration, same weights. */
  readonly config?: (own: BoxesConfig) => BoxesConfig;
}

/** The model's rows: its own temperatures (always made), as learnt, and the most likely everywhere. */
const VARIANTS: readonly Variant[] = [
  {
    key: "model",
    name: "model",
    about: "as in photographs (extras 1), at the model's own temperatures",
    options: { extras: 1 },
  },
  {
    key: "as-learnt",
    name: "model, as learnt",
    about:
      "plain sampling at temperature 1, nothing added: no guidance, crowding, relations, end bias, redrawing or medoid",
    options: { rules: false },
    config: asLearnt,
  },
  {
    key: "most-likely",
    name: "model, most likely",
    about: "the most likely label and box at every step (temperature 0)",
    options: { labelTemperature: 0, boxTemperature: 0, extras: 1 },
  },
];

interface Pair {
  readonly sample: Sample;
  readonly caption: string;
  /** The other picture's caption that stands in for this one in the unconditional floor. */
  readonly other: string;
  readonly truth: readonly CocoObject[];
  readonly seed: number;
}

/** What the networks give for one caption. */
interface Inferred {
  /** A layout a variant, then that of the other sentence where it is wanted: [class, x, y, w, h] an object. */
  readonly layouts: readonly (readonly (readonly number[])[])[];
  /** Nats of the true layout given the caption, and given the other where it is wanted. */
  readonly nats: readonly LayoutNats[];
}

/** What is inferred for every caption. */
interface Wanted {
  readonly variants: readonly Variant[];
  readonly other: boolean;
}

export async function evaluateBoxesStage(context: StageContext): Promise<StageResult> {
  const { info, seed } = context;
  const { maxObjects, order } = info.config.boxes;
  const { samples } = await evaluated(context, { need: ["captions", "objects"] });
  const pairs = pairsOf(samples, seed, (objects) => orderObjects(objects, order, maxObjects));
  const training = await learning(context, { need: ["captions", "objects"] }, samples);
  if (training.length === 0)
    context.note("boxes: there is no training part: nearest and shuffled layouts are those of other judged pictures");
  const protocol: Protocol = {
    definitions: DEFINITIONS,
    stage: "boxes",
    model: { name: info.name, sha256: hashOfModel(info, ["text", "boxes"]) },
    data: { split: context.split, part: context.part, ids: hashOfIds(samples), pictures: samples.length },
    samples: { captions: pairs.length, layoutsACaption: 1, trainingPictures: training.length },
    seed,
    settings: {
      truth: `the ${maxObjects} largest boxes, ${order}`,
      crop: "none",
      labelTemperature: info.config.boxes.labelTemperature,
      boxTemperature: info.config.boxes.boxTemperature,
      endBias: info.config.boxes.ours.endBias,
      intervals: "95 %, percentile bootstrap over pictures, 1000 draws",
    },
  };
  const wanted: Wanted = {
    variants: VARIANTS.filter(({ key }) => key === "model" || wantsRow(context, key)),
    other: wantsRow(context, "another-sentence"),
  };
  const inferred = await inferAll(context, protocol, pairs, wanted);
  const rows = rowsOf(context, pairs, inferred, wanted, training, maxObjects);
  return {
    protocol,
    metrics: BOX_METRIC_INFO,
    rows,
    tables: [classTable(context.categories, pairs, inferred)],
    samples: shownOf(context, pairs, inferred),
  };
}

function pairsOf(
  samples: readonly Sample[],
  seed: number,
  cut: (objects: readonly CocoObject[]) => CocoObject[],
): Pair[] {
  const all = samples.flatMap((sample) =>
    sample.captions.map((caption, k) => ({
      sample,
      caption,
      truth: cut(sample.objects),
      seed: seedOf(seed, "boxes", sample.imageId, k),
    })),
  );
  if (samples.length < 2)
    throw new UserError(`evaluate boxes: at least 2 pictures with captions are needed, got ${samples.length}`);
  // half a turn further is another picture: the captions of one stand together
  const half = Math.floor(all.length / 2);
  return all.map((pair, i) => {
    let at = (i + half) % all.length;
    while (all[at].sample === pair.sample) at = (at + 1) % all.length;
    return { ...pair, other: all[at].caption };
  });
}

async function inferAll(
  context: StageContext,
  protocol: Protocol,
  pairs: readonly Pair[],
  wanted: Wanted,
): Promise<Inferred[]> {
  const store = context.store(protocol);
  // a choice of rows has its own partial results
  const chosen = [...wanted.variants.map((v) => v.key), ...(wanted.other ? ["other"] : [])];
  const folder = chosen.length > VARIANTS.length ? "" : `${chosen.join("+")}/`;
  const work = context.begin("boxes", pairs.length);
  const parts = await context.pool.map(pieces(pairs, PIECE), async (bench, piece, i) => {
    const result = await store.json(`${folder}captions-${String(i).padStart(4, "0")}`, () =>
      inferPiece(bench, piece, wanted),
    );
    work.tick(piece.length);
    return result;
  });
  work.end();
  return parts.flat();
}

async function inferPiece(bench: Bench, piece: readonly Pair[], wanted: Wanted): Promise<Inferred[]> {
  const { stages, info, categories } = await bench.model();
  const likelihood = await bench.tool("likelihood", async (runtime) =>
    boxLikelihood(runtime, info.config.boxes, embeddingSize(info.config.text), await bench.weights("boxes")),
  );
  const sentences = await stages.text.encode(piece.map((p) => p.caption));
  const others = wanted.other ? await stages.text.encode(piece.map((p) => p.other)) : undefined;
  const samplerOf = async ({ key, config }: Pick<Variant, "key" | "config">) =>
    config === undefined
      ? stages.boxes
      : bench.tool(`boxes ${key}`, async (runtime) =>
          createBoxGenerator(
            runtime,
            config(info.config.boxes),
            embeddingSize(info.config.text),
            await bench.weights("boxes"),
            categories,
          ),
        );
  const infer = async (of: typeof sentences, options: BoxOptions, sampler: Pick<typeof stages.boxes, "infer">) =>
    sampler.infer(
      of.map((sentence, i) => ({ sentence, fixed: [], seed: piece[i].seed })),
      options,
    );
  const layouts: SceneObject[][][] = [];
  for (const variant of wanted.variants)
    layouts.push(await infer(sentences, variant.options, await samplerOf(variant)));
  if (others) layouts.push(await infer(others, { extras: 1 }, stages.boxes));
  const nats = async (of: typeof sentences) =>
    likelihood.nats(piece.map((p, i) => ({ objects: p.truth, sentence: of[i] })));
  const found = [await nats(sentences), ...(others ? [await nats(others)] : [])];
  return piece.map((_, i) => ({
    layouts: layouts.map((of) => of[i].filter(isLabelled).map((o) => [categories.indexOf(o.label), ...o.box])),
    nats: found.map((of) => of[i]),
  }));
}

function layoutOf(rows: readonly (readonly number[])[]): LayoutObject[] {
  return rows.map(([label, x, y, w, h]) => ({ label, box: [x, y, w, h] }));
}

function labelled(objects: readonly CocoObject[]): LayoutObject[] {
  return objects.map((o) => ({ label: o.classIndex, box: o.box }));
}

function rowsOf(
  context: StageContext,
  pairs: readonly Pair[],
  inferred: readonly Inferred[],
  wanted: Wanted,
  training: readonly Sample[],
  maxObjects: number,
): Row[] {
  const { seed, categories } = context;
  const metricsOf = (layout: (pair: Pair, i: number) => LayoutObject[]): Record<string, Interval> => {
    const samples = pairs.map(
      (pair, i): LayoutSample => ({
        image: pair.sample.cocoImageId,
        caption: pair.caption,
        predicted: layout(pair, i),
        truth: labelled(pair.truth),
      }),
    );
    const { "true-objects": _, ...metrics } = evaluateBoxes(samples, { seed, categories });
    return metrics;
  };
  const nats = (which: 0 | 1): Record<string, Interval> => {
    const metric = (part: "label" | "box") =>
      bootstrap(
        pairs.map((pair, i) => ({
          group: pair.sample.cocoImageId,
          numerator: inferred[i].nats[which][part],
          denominator: inferred[i].nats[which].objects,
        })),
        { seed },
      );
    return { "nll-label": metric("label"), "nll-box": metric("box") };
  };
  const rows: Row[] = wanted.variants.map(({ name, about }, v) => ({
    name,
    kind: "model",
    about,
    metrics: known({ ...metricsOf((_, i) => layoutOf(inferred[i].layouts[v])), ...(v === 0 ? nats(0) : {}) }),
  }));
  if (wantsRow(context, "true-layouts"))
    rows.push({
      name: "true layouts",
      kind: "ceiling",
      about: "the layout of the picture itself",
      metrics: known(metricsOf(({ truth }) => labelled(truth))),
    });
  // without a training part the other judged pictures stand in
  const others = training.length > 0 ? training : pairs.map((p) => p.sample).filter((s, i, all) => s !== all[i - 1]);
  const of = training.length > 0 ? "training picture" : "other judged picture";
  const cut = (sample: Sample) => labelled(orderObjects(sample.objects, "largest-first", maxObjects));
  const random = (pair: Pair): Sample => {
    const draws = stream(pair.seed, "shuffled");
    for (;;) {
      const drawn = draws.pick(others);
      if (drawn !== pair.sample) return drawn;
    }
  };
  if (wantsRow(context, "nearest")) {
    const corpus = others.flatMap((sample) => sample.captions.map((caption) => ({ sample, caption })));
    const search = tfIdf(corpus.map((c) => c.caption));
    rows.push({
      name: training.length > 0 ? "nearest training caption" : "nearest other caption",
      kind: "floor",
      about: `the layout of the ${of} whose caption is nearest by TF-IDF`,
      metrics: known(
        metricsOf((pair) => {
          const at = search.nearest(pair.caption, (k) => corpus[k].sample === pair.sample);
          return cut(at >= 0 ? corpus[at].sample : random(pair));
        }),
      ),
    });
  }
  if (wantsRow(context, "shuffled"))
    rows.push({
      name: "shuffled layouts",
      kind: "floor",
      about: `the layout of a random ${of}`,
      metrics: known(metricsOf((pair) => cut(random(pair)))),
    });
  if (wanted.other)
    rows.push({
      name: "another sentence",
      kind: "floor",
      about: "the model given the caption of another picture: what it knows without the sentence",
      metrics: known({ ...metricsOf((_, i) => layoutOf(inferred[i].layouts[wanted.variants.length])), ...nats(1) }),
    });
  return rows;
}

/** Recall of each class, and whether a class that the caption names is drawn. */
function classTable(categories: Categories, pairs: readonly Pair[], inferred: readonly Inferred[]): Table {
  const counts = categories.categories.map(() => ({
    truths: 0,
    predicted: 0,
    matched: 0,
    near: 0,
    named: 0,
    drawn: 0,
  }));
  pairs.forEach(({ truth, caption }, i) => {
    const layout = layoutOf(inferred[i].layouts[0]);
    const own = labelled(truth);
    for (const o of own) counts[o.label].truths++;
    for (const o of layout) counts[o.label].predicted++;
    for (const pair of matchBoxes(layout, own)) {
      counts[pair.truth.label].matched++;
      if (pair.iou >= 0.3) counts[pair.truth.label].near++;
    }
    const present = new Set(layout.map((o) => o.label));
    for (const label of namedCategories(caption, categories)) {
      counts[label].named++;
      if (present.has(label)) counts[label].drawn++;
    }
  });
  const share = (n: number, of: number) => (of > 0 ? n / of : null);
  return {
    title: "Classes of the model's layouts",
    columns: ["class", "true boxes", "drawn boxes", "recall", "r@0.3", "captions naming it", "named and drawn"],
    rows: counts
      .map((c, i) => ({ c, name: categories.nameOf(i) }))
      .filter(({ c }) => c.truths > 0)
      .sort((a, b) => b.c.truths - a.c.truths)
      .map(({ c, name }) => [
        name,
        c.truths,
        c.predicted,
        share(c.matched, c.truths),
        share(c.near, c.truths),
        c.named,
        share(c.drawn, c.named),
      ]),
  };
}

/** The first captions of the first pictures. */
function shownOf(context: StageContext, pairs: readonly Pair[], inferred: readonly Inferred[]): Shown[] {
  const first = pairs
    .flatMap((p, i) => (i === 0 || pairs[i - 1].sample !== p.sample ? [i] : []))
    .slice(0, context.shown);
  const named = (objects: readonly LayoutObject[]) =>
    objects.map(({ label, box }) => ({ label: context.categories.nameOf(label), box }));
  return first.map((i, k) => ({
    caption: shownName(context, k, pairs[i].caption),
    panels: [
      { title: "inferred", boxes: named(layoutOf(inferred[i].layouts[0])) },
      { title: "true", boxes: named(labelled(pairs[i].truth)) },
    ],
  }));
}
