/**
 * The paper's table: pictures from predicted boxes and masks, from true boxes, from true boxes and masks, and real pictures, against
 * floors. Distances are to real pictures of the training part, the same for every row.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import { input } from "@scenograph/graph/leaves";
import { loadPerceptual } from "@scenograph/graph/nn/perceptual/load.node";
import { perceptualLoss } from "@scenograph/graph/nn/perceptual/loss";
import { compile } from "@scenograph/graph/program";
import type { Executable } from "@scenograph/graph/runtime/runtime";
import { namedCategories } from "scenograph/ours/text/categories";
import { type Categories, COCO } from "scenograph/scene/categories";
import { extentOf, type Size } from "scenograph/scene/geometry";
import { isLabelled, type Picture, type SceneObject } from "scenograph/scene/scene";
import { bootstrap, type Interval } from "../bootstrap.ts";
import { averagePrecision } from "../distribution/averagePrecision.ts";
import { frechetInterval } from "../distribution/frechet.ts";
import { groupInterval } from "../distribution/groups.ts";
import { inceptionScoreInterval } from "../distribution/inceptionScore.ts";
import { kidInterval } from "../distribution/kid.ts";
import { type SoaClass, semanticObjectAccuracy } from "../distribution/soa.ts";
import { CROP_BUDGET, LEAST_SIDE, PLACE_BUDGET } from "../judges/places.ts";
import { MIN_SCORE } from "../judges/ssdJudge.node.ts";
import { DEFINITIONS, hashOfIds, type Protocol } from "../protocol.ts";
import { known, type MetricInfo, type Row, type Table } from "../results.ts";
import { budgetOf, type Shown, type StageContext, type StageResult, shownName } from "./context.ts";
import { type CropResult, learntJudges } from "./learnt.ts";
import { cosineDistances, type JudgeFacts, judgesThere, type Looks, lookAt } from "./looks.ts";
import { maskPanel, picturePanel } from "./panels.ts";
import {
  loadCases,
  type PictureCase,
  type PictureRow,
  type PictureSet,
  pictureRows,
  picturesProtocol,
  requested,
} from "./pictures.ts";

/** Pictures of the training part that are the reference set, and that the learnt judges learn from. */
const REFERENCE = 2000;
/** Of these, as many are looked at by the downloaded judges as pictures are judged, but at least this many. */
const LEAST_LOOKED = 100;
const FRECHET_GROUPS = 5;

export async function evaluateImageStage(context: StageContext): Promise<StageResult> {
  const set = await loadCases(context, REFERENCE);
  const { cases } = set;
  const judges = await judgesThere(context);
  const looked = set.reference.slice(0, Math.max(cases.length, LEAST_LOOKED));
  if (looked.length < 2 * FRECHET_GROUPS)
    context.note(
      `image: distances are left out: they need at least ${2 * FRECHET_GROUPS} pictures of the training part, got ${looked.length}`,
    );
  const strange = context.categories.names.filter((name) => COCO.indexOf(name) < 0);
  if (strange.length > 0 && judges.some((j) => j.name === "coco-ssd")) {
    const asked = cases.flatMap((c) => c.truth);
    const unknown = asked.filter((o) => COCO.indexOf(o.label) < 0).length;
    context.note(
      `image: COCO-SSD knows COCO's 80 categories alone: ${strange.length} of the model's ${context.categories.count} and ${unknown} of ${asked.length} true objects are left out of SOA and layout AP`,
    );
  }
  const trainedOn = context.info.config.image.train.network;
  const base = picturesProtocol(context, set);
  const splits = cases.length >= 200 ? 10 : 1;
  const protocol: Protocol = {
    ...base,
    stage: "image",
    samples: { ...base.samples, referencePictures: looked.length, learntFrom: set.reference.length },
    settings: {
      ...base.settings,
      ...Object.fromEntries(judges.map((j) => [j.label, j.hash])),
      judgeFilter: "bilinear, antialiased, to the judge's own size",
      reference: hashOfIds(set.reference.map((c) => c.sample)),
      detectionScore: MIN_SCORE,
      inceptionScoreSplits: splits,
      cropClassifier: JSON.stringify(budgetOf(context, CROP_BUDGET)),
      cropLeastSide: LEAST_SIDE,
      placeClassifier: JSON.stringify(budgetOf(context, PLACE_BUDGET)),
      perceptualLossOfTheModel: trainedOn,
      intervals: `95 %; distances: delete-group jackknife, ${FRECHET_GROUPS} groups a set; SOA-C, AP: 20 groups; KID, IS: jackknife; others: bootstrap over pictures, 1000 draws`,
    },
  };
  const store = context.store(protocol);
  const shared = context.store(referenceProtocol(context, set, looked.length, protocol.settings));
  const rows = await pictureRows(context, set);
  const again = rows.filter((r) => r.made[0].again);
  const inception = judges.filter((j) => j.name === "inception-mixed5");
  const total = looked.length + rows.length * cases.length + (inception.length > 0 ? again.length * cases.length : 0);
  const work = context.begin("image: judges", judges.length > 0 ? total : 0);
  const look = (key: string, pictures: readonly Picture[], by = judges, into = store) =>
    lookAt(context, into, by, key, pictures, (n) => work.tick(n));
  const pictures = (made: PictureRow["made"]) => made.map((m) => m.picture);
  const reference = await look(
    "reference",
    looked.map((c) => c.real),
    judges,
    shared,
  );
  const looks: Looks[] = [];
  for (const { key, made } of rows) looks.push(await look(`look/${key}`, pictures(made)));
  const second = new Map<PictureRow, Looks>();
  if (inception.length > 0)
    for (const row of again)
      second.set(
        row,
        await look(
          `again/${row.key}`,
          row.made.map((m) => m.again!),
          inception,
        ),
      );
  work.end();

  const learning = context.begin("image: metrics", rows.length);
  const learnt = learntJudges(context, store, shared, set);
  const infos = metricInfos(judges, trainedOn);
  const singular = new Set<string>();
  const real = rows.findIndex((r) => r.kind === "ceiling");
  const table: { name: string; isReal: boolean; crops: CropResult }[] = [];
  const judged: Row[] = [];
  for (const [i, row] of rows.entries()) {
    const metrics: Record<string, Interval | undefined> = {
      ...distances(looks[i], reference, judges, singular),
      ...conditional(context.categories, cases, row, looks[i]),
    };
    const posterior = looks[i].posterior;
    if (posterior && posterior.count >= 2 * splits)
      metrics["IS (COCO-SSD, 80 classes)"] = inceptionScoreInterval(posterior, splits);
    for (const { name } of inception) {
      const [own, truth, other] = [looks[i], looks[real], second.get(row)].map((l) => l?.features[name]);
      if (row.trueLayout && truth) metrics[LIKENESS] = meanOver(cases, cosineDistances(own!, truth!), context.seed);
      if (other) metrics.diversity = meanOver(cases, cosineDistances(own!, other), context.seed);
      else if (context.samples === 1) continue;
      else if (i === real) metrics.diversity = meanOver(cases, cosineDistances(own!, turned(own!)), context.seed);
      // drawn again they are the same
      else if (row.key === "colours") metrics.diversity = { value: 0, low: 0, high: 0, n: cases.length };
    }
    if (row.trueLayout) {
      metrics.L1 = meanOver(
        cases,
        row.made.map((m, k) => meanDifference(m.picture, cases[k].real)),
        context.seed,
      );
      if (judges.some((j) => j.name === "coco-ssd")) {
        const found = await store.floats(`perceptual/${row.key}`, () => perceptual(context, row, cases));
        metrics[PERCEPTUAL] = meanOver(cases, [...found], context.seed);
      }
    }
    const [crops, places] = await Promise.all([learnt.crops(row), learnt.places(row)]);
    metrics["categories found"] = crops?.metric;
    metrics["background kind"] = places?.drawn;
    metrics.background = places?.named;
    if (crops && row.kind !== "floor") table.push({ name: row.name, isReal: row.key === "real", crops });
    judged.push(asRow(row, metrics));
    learning.tick();
  }
  learning.end();
  for (const name of singular)
    context.note(
      `image: ${name}: fewer pictures than features, the covariances are singular; compare only at exactly these counts, or read the KID`,
    );
  return {
    protocol,
    metrics: infos.map((m) =>
      singular.has(m.name) ? { ...m, caution: "there are fewer pictures than features: singular covariances" } : m,
    ),
    rows: judged,
    tables: table.length > 0 ? [classTable(context.categories, table)] : [],
    samples: await shownOf(context, cases, rows),
  };
}

const BACKGROUNDS = ["background kind", "background"];
const LIKENESS = "feature distance (Inception)";
const PERCEPTUAL = "perceptual (COCO-SSD)";
/** Metrics that other sentences' real pictures are a floor of. */
const CONDITIONAL = [
  "SOA-C",
  "SOA-I",
  "layout AP",
  "layout AP50",
  "categories found",
  ...BACKGROUNDS,
  "L1",
  PERCEPTUAL,
  LIKENESS,
];

function metricInfos(judges: readonly JudgeFacts[], trainedOn: string): MetricInfo[] {
  const caution = trainedOn === "cocossd" ? "the model was trained against this network" : undefined;
  const of = (j: JudgeFacts) => (j.name === "coco-ssd" ? { caution } : {});
  return [
    {
      name: "categories found",
      better: "higher",
      meaning:
        "requested objects whose crop is of their category, of those of the model, to a classifier trained on crops of real pictures; the ceiling is its accuracy on real ones",
    },
    {
      name: "background kind",
      better: "higher",
      meaning:
        "the kind of background, of 16, that the true drawing has; a classifier of real backgrounds sees the pixels without objects",
    },
    {
      name: "background",
      better: "higher",
      meaning: "the place that the sentence names, where it names one; the same classifier",
    },
    ...judges.flatMap((j): MetricInfo[] => [
      {
        name: `FD (${j.label})`,
        better: "lower",
        meaning: `Frechet distance to real pictures, features of ${j.label}`,
        scale: "log",
        ...of(j),
      },
      {
        name: `KID (${j.label})`,
        better: "lower",
        meaning: `kernel distance to real pictures, features of ${j.label}`,
        ...of(j),
      },
    ]),
    {
      name: LIKENESS,
      better: "lower",
      meaning: "1 - cosine to the true picture of the layout, nsfwjs Inception mixed5",
    },
    { name: "L1", better: "lower", meaning: "mean |x - x'| to the true picture of the layout, pixels in [-1, 1]" },
    {
      name: PERCEPTUAL,
      better: "lower",
      meaning: "relative L1 of 4 taps of COCO-SSD to the true picture: mean over taps of |f - f'|_1 / |f'|_1",
      caution,
    },
    { name: "SOA-I", better: "higher", meaning: "pictures where COCO-SSD finds the category that the sentence names" },
    {
      name: "SOA-C",
      better: "higher",
      meaning: "the category that the sentence names, found by COCO-SSD; averaged over categories",
    },
    { name: "layout AP50", better: "higher", meaning: "COCO-SSD's boxes against the requested ones, IoU .5" },
    { name: "layout AP", better: "higher", meaning: "COCO-SSD's boxes against the requested ones, IoU .5 to .95" },
    {
      name: "IS (COCO-SSD, 80 classes)",
      better: "higher",
      meaning: "Inception-score formula over 80 categories; of no other network's",
    },
    {
      name: "diversity",
      better: "higher",
      meaning: "1 - cosine of two drawings of a sentence, nsfwjs Inception mixed5; real: of two scenes",
    },
  ];
}

function asRow(
  { key, name, kind, about, conditionalFloor }: PictureRow,
  metrics: Record<string, Interval | undefined>,
): Row {
  const there = Object.entries(metrics).filter((e): e is [string, Interval] => e[1] !== undefined);
  // another sentence with the same layout is a floor of what the sentence alone decides
  const floorOf = key === "another-sentence" ? BACKGROUNDS : conditionalFloor ? CONDITIONAL : undefined;
  return { name, kind, about, metrics: known(Object.fromEntries(there)), ...(floorOf && { floorOf }) };
}

/** What is said of the reference pictures alone, whatever model is judged. */
function referenceProtocol(
  { seed, info }: StageContext,
  { reference, size }: PictureSet,
  looked: number,
  settings: Protocol["settings"],
): Protocol {
  const samples = reference.map((c) => c.sample);
  const { sentence: _, perceptualLossOfTheModel: __, inceptionScoreSplits: ___, ...rest } = settings;
  return {
    definitions: DEFINITIONS,
    stage: "reference",
    model: { name: "", sha256: "" },
    data: { split: samples[0]?.split ?? "", part: "training", ids: hashOfIds(samples), pictures: samples.length },
    samples: { looked, ...sidesOf(size), missing: info.config.image.ours.missingMasks === "ellipse" ? 1 : 0 },
    seed,
    settings: rest,
  };
}

function sidesOf(size: Size): Record<string, number> {
  return typeof size === "number" ? { side: size } : { ...extentOf(size) };
}

/** FD and KID of each judge. */
function distances(
  own: Looks,
  reference: Looks,
  judges: readonly JudgeFacts[],
  singular: Set<string>,
): Record<string, Interval | undefined> {
  const found: Record<string, Interval | undefined> = {};
  for (const { name, label } of judges) {
    const [a, b] = [own.features[name], reference.features[name]];
    if (Math.min(a.count, b.count) < 2 * FRECHET_GROUPS) continue;
    const fd = frechetInterval(a, b, FRECHET_GROUPS);
    if (fd.singular) singular.add(`FD (${label})`);
    found[`FD (${label})`] = fd;
    found[`KID (${label})`] = kidInterval(a, b);
  }
  return found;
}

/** What the detector finds of what was asked for. */
function conditional(
  categories: Categories,
  cases: readonly PictureCase[],
  row: PictureRow,
  { detections }: Looks,
): Record<string, Interval | undefined> {
  if (!detections) return {};
  const named = cases.map((c) =>
    [...namedCategories(c.caption, categories)]
      .map((index) => COCO.indexOf(categories.nameOf(index)))
      .filter((index) => index >= 0),
  );
  const soa = (items: readonly number[]) => {
    const classes = new Map<number, SoaClass>();
    for (const i of items)
      for (const label of named[i]) {
        const own = classes.get(label) ?? { label, images: [] };
        own.images.push({
          detections: detections[i].map((d) => ({ label: d.classIndex, box: d.box })),
          groundTruth: requested(row.made[i].objects, COCO),
        });
        classes.set(label, own);
      }
    return classes.size > 0 ? semanticObjectAccuracy([...classes.values()]) : undefined;
  };
  const ap = (items: readonly number[]) => {
    const truths = items.flatMap((i) => requested(row.made[i].objects, COCO).map((o) => ({ image: i, ...o })));
    if (truths.length === 0) return undefined;
    const found = items.flatMap((i) =>
      detections[i].map((d) => ({ image: i, label: d.classIndex, box: d.box, score: d.score })),
    );
    return averagePrecision(found, truths);
  };
  return {
    "SOA-C": groupInterval(cases.length, (items) => soa(items)?.soaC),
    "SOA-I": groupInterval(cases.length, (items) => soa(items)?.soaI),
    "layout AP": groupInterval(cases.length, (items) => ap(items)?.ap),
    "layout AP50": groupInterval(cases.length, (items) => ap(items)?.ap50),
  };
}

function meanOver(cases: readonly PictureCase[], values: readonly number[], seed: number): Interval {
  return bootstrap(
    values.map((numerator, i) => ({ group: cases[i].sample.cocoImageId, numerator, denominator: 1 })),
    { seed },
  );
}

/** The rows moved on by one: every picture beside its neighbour. */
function turned({ count, width, data }: Looks["features"][string]) {
  const moved = Float32Array.from(
    { length: count * width },
    (_, i) => data[((Math.floor(i / width) + 1) % count) * width + (i % width)],
  );
  return { count, width, data: moved };
}

/** Mean |a - b| of pixels in [-1, 1]. @throws UserError for pictures of other sizes */
export function meanDifference(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height)
    throw new UserError(
      `meanDifference(): pictures of one size, got ${a.width} x ${a.height} and ${b.width} x ${b.height}; resize one of them`,
    );
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / a.data.length / 127.5;
}

/** The training distance of each picture to the true one. */
async function perceptual(
  context: StageContext,
  row: PictureRow,
  cases: readonly PictureCase[],
): Promise<Float32Array> {
  const { width, height } = cases[0].real;
  const planes = ({ data }: Picture) =>
    Float32Array.from({ length: data.length }, (_, i) => {
      const area = width * height;
      return data[(i % area) * 3 + Math.floor(i / area)] / 127.5 - 1;
    });
  const found = await context.pool.map([...cases.keys()], async (bench, i) => {
    const run = await bench.tool<Executable>("perceptual", async (runtime) => {
      const { features } = await loadPerceptual("cocossd", context.cache);
      const [made, real] = [input("made", [1, 3, height, width]), input("real", [1, 3, height, width])];
      return runtime.load(compile({ outputs: { distance: perceptualLoss(features, made, real) } }));
    });
    const out = await run.run({ made: planes(row.made[i].picture), real: planes(cases[i].real) });
    return out.distance[0] as number;
  });
  return Float32Array.from(found);
}

function classTable(
  categories: Categories,
  rows: readonly { readonly name: string; readonly isReal: boolean; readonly crops: CropResult }[],
): Table {
  const { crops: counted } = rows.find((r) => r.isReal) ?? rows[0];
  return {
    title: "Categories found, by class",
    columns: ["class", ...rows.map((r) => r.name), "objects asked for"],
    rows: counted.classes
      .toSorted(([, a], [, b]) => b - a)
      .map(([label, n]) => [
        categories.nameOf(label),
        ...rows.map(({ crops }) => {
          const own = crops.classes.find(([l]) => l === label);
          return own ? own[2] / own[1] : null;
        }),
        n,
      ]),
  };
}

/** What a stranger sees of a row's pictures. */
const PANEL_TITLES: Partial<Record<PictureRow["key"], string>> = {
  predicted: "drawn from the sentence alone",
  "true-boxes": "drawn from true boxes",
  "true-masks": "drawn from true masks",
};

/** The first cases by index: layout and picture from the sentence, pictures from true layouts, the truth. */
async function shownOf(
  context: StageContext,
  cases: readonly PictureCase[],
  rows: readonly PictureRow[],
): Promise<Shown[]> {
  const predicted = rows.find((r) => r.key === "predicted");
  const pictures = rows.filter((r) => r.kind === "model" || r.key === "against");
  return Promise.all(
    cases.slice(0, context.shown).map(async ({ caption, truth, real }, i): Promise<Shown> => {
      const masks = async (title: string, objects: readonly SceneObject[]) => ({
        title,
        png: await maskPanel(
          objects,
          objects.map((o) => o.mask),
        ),
      });
      const own = predicted?.made[i].objects;
      return {
        caption: shownName(context, i, caption),
        panels: [
          ...(own
            ? [{ title: "inferred boxes", boxes: own.filter(isLabelled) }, await masks("inferred masks", own)]
            : []),
          ...(await Promise.all(
            pictures.map(async (r) => ({
              title: PANEL_TITLES[r.key] ?? r.name,
              png: await picturePanel(r.made[i].picture),
            })),
          )),
          await masks("true masks", truth),
          { title: "true picture", png: await picturePanel(real) },
        ],
      };
    }),
  );
}
