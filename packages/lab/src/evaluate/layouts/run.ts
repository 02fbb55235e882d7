/**
 * `evaluate layouts`: does a layout do what its sentence asks, and could it be real? Rows are ways to make layouts: the model in its
 * modes, as learnt, nearest captions, real layouts, and other people's from a file.
 * @module
 */
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { boxIou } from "scenograph/formats/rle";
import type { Model } from "scenograph/model/model";
import type { SizeTable } from "scenograph/ours/layouts/statistics";
import { COCO_VOCABULARY } from "scenograph/ours/text/coco";
import type { BoxOptions } from "scenograph/pipeline";
import { type Categories, COCO } from "scenograph/scene/categories";
import { understand } from "scenograph/understand/understand";
import type { Sample } from "../../data/coco.ts";
import { tfIdf } from "../floors/tfidf.ts";
import { twoSampleAccuracy } from "../twoSample.ts";
import { compareUnderstanding, type Expectation, readExpectation } from "./expectation.ts";
import { type GenEvalPrompt, genEvalRight, genEvalUnasked } from "./geneval.ts";
import {
  difference,
  hiddenObjects,
  LAYOUT_CHANNELS,
  LAYOUT_SIZE,
  layoutPixels,
  oddSizes,
  type Share,
} from "./plausible.ts";
import { type JudgedObject, layoutFaults, unaskedObjects } from "./satisfies.ts";
import { type JudgedSentence, SENTENCES } from "./sentences.ts";

/** null: not judged, for want of layouts or data. */
export type LayoutMetrics = Readonly<Record<LayoutMetric, number | null>>;

export const LAYOUT_METRICS = {
  geneval: "GenEval's six tasks, mean of their shares right",
  "geneval-position": "GenEval: position",
  "geneval-counting": "GenEval: counting",
  "geneval-unasked": "objects that no GenEval prompt names, a layout",
  "own-seen": "own sentences, wordings seen while the rules were written: numbers, absences, relations right",
  "own-unseen": "own sentences, wordings not seen",
  negation: "own sentences that say what is not there",
  relations: "own sentences with relations between things",
  sizes: "own sentences that compare sizes",
  "open-words": "own sentences with things that no category names",
  "own-unasked": "objects that no own sentence asks for, a layout",
  "odd-sizes": "pairs on captions outside the 1st to 99th percentile of real pairs; real pairs .02 by definition",
  hidden: "objects on captions of which others cover nine tenths",
  "real-or-generated": "accuracy of a classifier between layouts of captions and real ones; .5 is perfect",
  diversity: "two seeds of a sentence: 1 - mean IoU of the boxes",
} as const;
export type LayoutMetric = keyof typeof LAYOUT_METRICS;

/** A way to make layouts. */
export interface Maker {
  readonly name: string;
  readonly about: string;
  /** One layout each, undefined where it has none. */
  make(captions: readonly string[], seed: number): Promise<(readonly JudgedObject[] | undefined)[]>;
}

export interface LayoutsInput {
  readonly makers: readonly Maker[];
  readonly prompts: readonly GenEvalPrompt[];
  /** Real pictures with captions; what sizes and the classifier are compared on. */
  readonly samples: readonly Sample[];
  /** What the model draws. Own sentences are about COCO's: with others they are left out. */
  readonly categories: Categories;
  /** Real sizes of pairs of them. */
  readonly table: SizeTable;
  readonly seeds: number;
  readonly seed: number;
  readonly runtime: Runtime;
  readonly tick?: (row: string) => void;
}

export interface LayoutsRow {
  readonly name: string;
  readonly about: string;
  readonly metrics: LayoutMetrics;
  /** What each share is of. */
  readonly samples: { readonly geneval: number; readonly own: number; readonly captions: number };
}

const ASKED = SENTENCES.map((s) => ({ ...s, expected: readExpectation(s.expect) })).filter((s) => !s.expected.nothing);
type Asked = JudgedSentence & { readonly expected: Expectation };

/** Share of own sentences that are understood, by part. */
export function understoodShare(part: JudgedSentence["part"]): { right: number; of: number } {
  const all = SENTENCES.filter((s) => s.part === part);
  const right = all.filter(
    (s) => compareUnderstanding(understand(s.sentence, COCO_VOCABULARY), readExpectation(s.expect)).length === 0,
  );
  return { right: right.length, of: all.length };
}

export async function judgeLayouts(input: LayoutsInput): Promise<LayoutsRow[]> {
  const rows: LayoutsRow[] = [];
  for (const maker of input.makers) {
    rows.push(await judgeMaker(maker, input));
    input.tick?.(maker.name);
  }
  return rows;
}

async function judgeMaker(maker: Maker, input: LayoutsInput): Promise<LayoutsRow> {
  const { prompts, seeds, seed, categories } = input;
  const sentences = categories === COCO ? ASKED : [];
  const byTag = new Map<string, Share>();
  const unasked = new Sum();
  const own = new Map<string, Sum>();
  const ownUnasked = new Sum();
  const add = (key: string, right: number) => {
    const sum = own.get(key) ?? new Sum();
    sum.add(right);
    own.set(key, sum);
  };
  for (let s = 0; s < seeds; s++) {
    const made = await maker.make(
      prompts.map((p) => p.prompt),
      seed + 1000 * s,
    );
    made.forEach((layout, i) => {
      if (!layout) return;
      const { tag } = prompts[i];
      const had = byTag.get(tag) ?? { numerator: 0, denominator: 0 };
      byTag.set(tag, {
        numerator: had.numerator + (genEvalRight(layout, prompts[i]) ? 1 : 0),
        denominator: had.denominator + 1,
      });
      unasked.add(genEvalUnasked(layout, prompts[i]));
    });
    const asked = await maker.make(
      sentences.map((a) => a.sentence),
      seed + 1000 * s,
    );
    asked.forEach((layout, i) => {
      if (!layout) return;
      const { expected } = sentences[i];
      const right = layoutFaults(layout, expected).length === 0 ? 1 : 0;
      for (const key of keysOf(sentences[i])) add(key, right);
      if (expected.things.some((t) => !t.negated)) ownUnasked.add(unaskedObjects(layout, expected));
    });
  }
  const shares = [...byTag.values()].map((t) => t.numerator / t.denominator);
  const share = (tag: string) => {
    const t = byTag.get(tag);
    return t ? t.numerator / t.denominator : null;
  };
  const captions = await judgeCaptions(maker, input);
  const differing =
    categories === COCO
      ? ASKED.filter((_, i) => i % 5 === 0).map((a) => a.sentence)
      : input.samples.flatMap((s) => s.captions.slice(0, 1)).slice(0, 50);
  return {
    name: maker.name,
    about: maker.about,
    samples: { geneval: unasked.count, own: ownUnasked.count, captions: captions.count },
    metrics: {
      geneval: shares.length > 0 ? shares.reduce((a, b) => a + b, 0) / shares.length : null,
      "geneval-position": share("position"),
      "geneval-counting": share("counting"),
      "geneval-unasked": unasked.mean,
      "own-seen": own.get("seen")?.mean ?? null,
      "own-unseen": own.get("unseen")?.mean ?? null,
      negation: own.get("negation")?.mean ?? null,
      relations: own.get("relations")?.mean ?? null,
      sizes: own.get("sizes")?.mean ?? null,
      "open-words": own.get("open-words")?.mean ?? null,
      "own-unasked": ownUnasked.mean,
      ...captions.metrics,
      diversity: await diversityOf(maker, seed, differing),
    },
  };
  function keysOf(a: Asked): string[] {
    const { expected, part } = a;
    const compared = expected.relations.some((r) => /^(?:bigger|smaller|same)$/.test(r.kind));
    return [
      part,
      ...(expected.things.some((t) => t.negated) || expected.relations.some((r) => r.negated) ? ["negation"] : []),
      ...(expected.relations.length > 0 && !compared ? ["relations"] : []),
      ...(compared ? ["sizes"] : []),
      ...(expected.things.some((t) => t.name.startsWith("?") && !t.negated) ? ["open-words"] : []),
    ];
  }
}

/** One layout for the first caption of each picture, against the pictures' own. */
async function judgeCaptions(maker: Maker, { samples, categories, table, seed, runtime }: LayoutsInput) {
  const none = { "odd-sizes": null, hidden: null, "real-or-generated": null };
  const used = samples.filter((s) => s.captions.length > 0 && s.objects.length > 0);
  if (used.length < 20) return { metrics: none, count: 0 };
  const made = await maker.make(
    used.map((s) => s.captions[0]),
    seed,
  );
  const odd = new Sum();
  const hidden = new Sum();
  const pairs: { image: number; real: Uint8Array; generated: Uint8Array }[] = [];
  made.forEach((layout, i) => {
    if (!layout) return;
    const of = (s: Share, sum: Sum) => {
      sum.add(s.numerator, s.denominator);
    };
    of(oddSizes(layout, table), odd);
    of(hiddenObjects(layout), hidden);
    const real = realLayout(used[i], categories);
    pairs.push({ image: i, real: layoutPixels(real, categories), generated: layoutPixels(layout, categories) });
  });
  if (pairs.length < 20) return { metrics: none, count: pairs.length };
  const accuracy = await twoSampleAccuracy(runtime, {
    channels: LAYOUT_CHANNELS,
    size: LAYOUT_SIZE,
    real: pairs.map((p) => ({ image: p.image, pixels: p.real })),
    generated: pairs.map((p) => ({ image: p.image, pixels: p.generated })),
  });
  return {
    metrics: { "odd-sizes": odd.mean, hidden: hidden.mean, "real-or-generated": accuracy.value },
    count: pairs.length,
  };
}

/** The ten largest objects, as the models draw at most. */
export function realLayout(sample: Sample, categories: Categories): JudgedObject[] {
  return [...sample.objects]
    .sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])
    .slice(0, 10)
    .map((o) => ({ label: categories.nameOf(o.classIndex), box: o.box }));
}

async function diversityOf(maker: Maker, seed: number, captions: readonly string[]): Promise<number | null> {
  const sets = await Promise.all([1, 2, 3, 4].map((k) => maker.make(captions, seed + 77 * k)));
  const sum = new Sum();
  captions.forEach((_, i) => {
    for (let a = 0; a < sets.length; a++)
      for (let b = 0; b < a; b++) {
        const [p, q] = [sets[a][i], sets[b][i]];
        if (p && q && p.length + q.length > 0) sum.add(difference(p, q, boxIou));
      }
  });
  return sum.mean;
}

class Sum {
  count = 0;
  #total = 0;
  add(v: number, count = 1) {
    this.#total += v;
    this.count += count;
  }
  get mean(): number | null {
    return this.count > 0 ? this.#total / this.count : null;
  }
}

/** The model with options: extras, rules off. */
export function modelMaker(model: Model, name: string, about: string, options: BoxOptions): Maker {
  return {
    name,
    about,
    async make(captions, seed) {
      const sentences = await model.stages.text.encode(captions);
      const layouts = await model.stages.boxes.infer(
        sentences.map((sentence, i) => ({ sentence, fixed: [], seed: seed + i })),
        options,
      );
      return layouts.map((objects) =>
        objects.map(({ label, phrase, box }) => ({ label, box, ...(phrase && { phrase }) })),
      );
    },
  };
}

/** The layout of the training picture whose caption is nearest. */
export function nearestMaker(training: readonly Sample[], categories: Categories): Maker {
  const corpus = training.flatMap((sample) => sample.captions.map((caption) => ({ sample, caption })));
  const search = tfIdf(corpus.map((c) => c.caption));
  return {
    name: "nearest caption",
    about: "the layout of the training picture whose caption is nearest by TF-IDF",
    async make(captions) {
      return captions.map((caption) => {
        const at = search.nearest(caption, () => false);
        return at < 0 ? [] : realLayout(corpus[at].sample, categories);
      });
    },
  };
}

/** Real pictures judged on their own captions: what captions leave unsaid. */
export function realMaker(samples: readonly Sample[], categories: Categories): Maker {
  const of = new Map(samples.flatMap((s) => s.captions.map((c) => [c, realLayout(s, categories)] as const)));
  return {
    name: "real layouts",
    about: "the picture's own boxes",
    make: async (captions) => captions.map((c) => of.get(c)),
  };
}

/** Layouts from JSON lines of `layout --json`, by caption; several of one caption are its seeds, in order. */
export function fileMaker(name: string, layouts: ReadonlyMap<string, readonly (readonly JudgedObject[])[]>): Maker {
  return {
    name,
    about: "from the file",
    make: async (captions, seed) =>
      captions.map((c) => {
        const all = layouts.get(c);
        return all?.[seed % all.length];
      }),
  };
}
