/**
 * Masks from true boxes, judged by the true masks. Everything is stretched to 64 x 64 in the true box; generated masks live on the
 * model's grid over the picture (64 x 64, or as fine as its resolution), so the ceiling is the true mask drawn on that grid: no
 * generator of this grid can do better.
 * @module
 */

import { UserError } from "@scenograph/graph/errors";
import { hash32 } from "@scenograph/graph/random";
import { bitmapToMask, maskArea } from "scenograph/formats/rle";
import type { Categories } from "scenograph/scene/categories";
import { type Size, sizeName } from "scenograph/scene/geometry";
import { type Box, isLabelled, type Mask, type SceneObject } from "scenograph/scene/scene";
import { objectMask, type Sample } from "../../data/coco.ts";
import type { Interval } from "../bootstrap.ts";
import { drawsOf, type KnownMask, type MaskFloors, maskFloors } from "../floors/masks.ts";
import { bitmapIou, evaluateMasks, fullBox, inscribedEllipse, MASK_CANVAS, stretchMask } from "../masks.ts";
import { DEFINITIONS, hashOfIds, hashOfModel, type Protocol } from "../protocol.ts";
import { known, type MetricInfo, metricInfos, type Row, type RowKind, type Table } from "../results.ts";
import { TWO_SAMPLE_BUDGET, twoSampleAccuracy } from "../twoSample.ts";
import {
  budgetOf,
  cropName,
  evaluated,
  learning,
  type Shown,
  type StageContext,
  type StageResult,
  seedOf,
  shownName,
  wantsRow,
} from "./context.ts";
import { maskPanel } from "./panels.ts";
import { pieces } from "./pool.ts";
import type { MASK_ROWS } from "./rows.ts";
import { bare, trueObjects } from "./scenes.ts";

export const MASK_METRIC_INFO: readonly MetricInfo[] = [
  ...metricInfos("higher", {
    iou: "intersection over union with the true mask, one sample",
    "iou-small": "IoU of objects of COCO size small",
    "iou-medium": "IoU of objects of COCO size medium",
    "iou-large": "IoU of objects of COCO size large",
    "best of 5": "the best IoU of five samples",
  }),
  ...metricInfos("target", {
    edge: "boundary transitions / sqrt(area); the target is that of real masks",
  }),
  ...metricInfos("lower", {
    "real-or-generated": "accuracy of a small classifier that tells the row from real masks; .5 is perfect",
  }),
  ...metricInfos("higher", {
    diversity: "1 - IoU between two samples of an object",
  }),
];

const NOISES = 5;
const PIECE = 16;
/** Training pictures that the mean masks and copies come from. */
const LEARNT = 1500;

/** One object with a true mask. */
interface Item {
  readonly image: number;
  readonly classIndex: number;
  readonly box: Box;
  readonly aspect: number;
  readonly areaShare: number;
  /** The true mask at the picture's own resolution, and drawn on the grid; both 64 x 64 in the box. */
  readonly truth: Uint8Array;
  readonly onGrid: Uint8Array;
}

export async function evaluateMasksStage(context: StageContext): Promise<StageResult> {
  const { info, seed } = context;
  const settings = info.config.masks;
  const { whole } = settings.ours;
  const grid = settings.ours.frame === "box" ? settings.ours.resolution : settings.size;
  const options = { need: ["objects"], crop: info.size, amodal: whole } as const;
  const dataset = await evaluated({ ...context, count: undefined }, options);
  const samples = dataset.samples.filter((s) => s.objects.some((o) => o.segmentation)).slice(0, context.count);
  if (samples.length === 0)
    throw new UserError(
      `evaluate masks: split ${context.split} has no true mask (${context.part}); choose another split`,
    );
  const training = (await learning(context, options, samples)).filter((s) => s.objects.some((o) => o.segmentation));
  const learnt = training.slice(0, LEARNT);
  if (learnt.length === 0) context.note("masks: no training masks; the rows of mean masks and copies are left out");
  const protocol: Protocol = {
    definitions: DEFINITIONS,
    stage: "masks",
    model: { name: info.name, sha256: hashOfModel(info, ["masks"]) },
    data: { split: context.split, part: context.part, ids: hashOfIds(samples), pictures: samples.length },
    samples: { masksAnObject: NOISES, trainingPictures: learnt.length },
    seed,
    settings: {
      resolution: `model grid ${sizeName(grid)} over the picture; judged at ${MASK_CANVAS} x ${MASK_CANVAS} in the true box`,
      crop: cropName(info.size),
      ...(whole && { masks: "whole silhouettes where the data has them" }),
      threshold: settings.threshold,
      order: settings.order,
      classifier: JSON.stringify(budgetOf(context, TWO_SAMPLE_BUDGET)),
      intervals: "95 %, percentile bootstrap over pictures, 1000 draws",
    },
  };

  const scenes = samples.map((sample) => trueObjects(sample, grid, context.categories));
  const generated = await inferAll(context, protocol, samples, scenes);
  const items: Item[] = [];
  const masks: Mask[][] = [];
  samples.forEach((sample, i) => {
    scenes[i].forEach((object, k) => {
      const item = itemOf(sample, object);
      if (!item) return;
      items.push(item);
      masks.push(generated.map((one) => one[i][k]));
    });
  });
  const copies = wantsRow(context, "class-mean") || wantsRow(context, "copied");
  const rows = await rowsOf(
    context,
    protocol,
    items,
    masks,
    copies ? knownMasks(learnt, grid, context.categories) : [],
  );
  const shown = await Promise.all(
    samples.slice(0, context.shown).map(async (sample, i): Promise<Shown> => {
      const panel = async (title: string, of: readonly (Mask | undefined)[]) => ({
        title,
        png: await maskPanel(scenes[i], of),
      });
      return {
        caption: shownName(context, i, sample.captions[0] ?? `picture ${sample.imageId}`),
        panels: [
          { title: "true boxes, given", boxes: scenes[i].filter(isLabelled).map(({ label, box }) => ({ label, box })) },
          await panel("inferred masks", generated[0][i]),
          await panel("another sample", generated[1][i]),
          await panel(
            "true masks",
            scenes[i].map((o) => o.mask),
          ),
        ],
      };
    }),
  );
  return {
    protocol,
    metrics: MASK_METRIC_INFO,
    rows,
    tables: [classTable(context.categories, items, masks)],
    samples: shown,
  };
}

/** Masks [noise][picture][object]. */
async function inferAll(
  context: StageContext,
  protocol: Protocol,
  samples: readonly Sample[],
  scenes: readonly SceneObject[][],
): Promise<Mask[][][]> {
  const store = context.store(protocol);
  const requests = scenes.map((objects, i) => ({ objects: bare(objects), image: samples[i].imageId }));
  const work = context.begin("masks", requests.length * NOISES);
  const tasks = Array.from({ length: NOISES }, (_, z) => pieces(requests, PIECE).map((piece, i) => ({ z, i, piece })));
  const parts = await context.pool.map(tasks.flat(), async (bench, { z, i, piece }) => {
    const found = await store.json(`noise-${z}/pictures-${String(i).padStart(4, "0")}`, async () => {
      const { stages } = await bench.model();
      return stages.masks.infer(
        piece.map((r) => ({ objects: r.objects, seed: seedOf(context.seed, "masks", r.image, z) })),
      );
    });
    work.tick(piece.length);
    return found;
  });
  work.end();
  const each = tasks[0].length;
  return tasks.map((_, z) => parts.slice(z * each, (z + 1) * each).flat());
}

function itemOf(sample: Sample, object: SceneObject): Item | undefined {
  const record = sample.objects.find((o) => String(o.id) === object.id)!;
  const { width, height } = sample;
  const bitmap = objectMask(sample, record, width, height);
  if (!bitmap || !object.mask) return undefined;
  const mask = bitmapToMask(bitmap, width, height);
  if (maskArea(mask) === 0) return undefined;
  return {
    // drawings of one layout are drawn together
    image: sample.cocoImageId,
    classIndex: record.classIndex,
    box: object.box,
    aspect: (object.box[2] * width) / (object.box[3] * height),
    areaShare: maskArea(mask) / (width * height),
    truth: stretchMask(mask, object.box),
    onGrid: stretchMask(object.mask, object.box),
  };
}

function knownMasks(samples: readonly Sample[], grid: Size, categories: Categories): KnownMask[] {
  return samples.flatMap((sample) =>
    trueObjects(sample, grid, categories).flatMap(({ label, box, mask }): KnownMask[] => {
      if (!mask || maskArea(mask) === 0) return [];
      const aspect = (box[2] * sample.width) / (box[3] * sample.height);
      return [{ classIndex: categories.indexOf(label), aspect, canvas: stretchMask(mask, box) }];
    }),
  );
}

interface Plan {
  readonly key: (typeof MASK_ROWS)[number];
  readonly name: string;
  readonly kind: RowKind;
  readonly about: string;
  readonly floorOf?: readonly string[];
  of(item: Item, i: number): readonly Uint8Array[];
}

async function rowsOf(
  context: StageContext,
  protocol: Protocol,
  items: readonly Item[],
  masks: readonly Mask[][],
  learnt: readonly KnownMask[],
): Promise<Row[]> {
  const floors: MaskFloors | undefined = learnt.length > 0 ? maskFloors(learnt) : undefined;
  const [full, ellipse] = [fullBox(), inscribedEllipse()];
  const coinOf = (i: number) => (k: number) => hash32(`${context.seed}/mirror/${i}/${k}`) % 2 === 0;
  const plans: Plan[] = [
    {
      key: "model",
      name: "model",
      kind: "model",
      about: "one sample; best of 5 over five noises",
      of: ({ box }, i) => masks[i].map((m) => stretchMask(m, box)),
    },
    {
      key: "real",
      name: "real masks",
      kind: "ceiling",
      about: "the true mask drawn on the model's grid",
      of: (o) => [o.onGrid],
    },
    {
      key: "full-box",
      name: "full box",
      kind: "floor",
      about: "every pixel of the box; each draw is the same",
      of: () => drawsOf([full], NOISES, () => false),
    },
    {
      key: "ellipse",
      name: "ellipse",
      kind: "floor",
      about: "the ellipse inscribed in the box; each draw is the same",
      of: () => drawsOf([ellipse], NOISES, () => false),
    },
  ];
  if (floors)
    plans.push(
      {
        key: "class-mean",
        name: "class mean mask",
        kind: "floor",
        about:
          "pixels that at least half of the class's training masks hold; best of 5 with the mirror coin that the model has",
        of: (o, i) => drawsOf([floors.meanMask(o.classIndex)], NOISES, coinOf(i)),
      },
      {
        key: "copied",
        name: "copied mask",
        kind: "baseline",
        about:
          "the training mask of the class with the nearest aspect; best of 5 over the five nearest, with the mirror coin",
        of: (o, i) => drawsOf(floors.nearestAspects(o.classIndex, o.aspect, NOISES), NOISES, coinOf(i)),
      },
    );
  const wanted = plans.filter(({ key }) => key === "model" || wantsRow(context, key));
  const store = context.store(protocol);
  const work = context.begin("masks: real or generated", wanted.length);
  const rows = await context.pool.map(wanted, async (bench, { name, kind, about, of }): Promise<Row> => {
    const made = items.map(of);
    const scored = evaluateMasks(
      items.map((o, i) => ({ image: o.image, areaShare: o.areaShare, truth: o.truth, generated: made[i] })),
      { seed: context.seed },
    );
    const { best, "true-edge": _, ...metrics } = scored;
    const test = await store.json(`classifier/${name}`, async () => {
      try {
        // judged against itself: a random half of the real masks plays the generated ones
        const side = (i: number) => hash32(`${context.seed}/side/${i}`) % 2 === 0;
        const real = items.filter((_, i) => kind !== "ceiling" || side(i));
        const other = items.map((o, i) => ({ o, i })).filter(({ i }) => kind !== "ceiling" || !side(i));
        return await twoSampleAccuracy(
          bench.runtime,
          {
            channels: 1,
            size: MASK_CANVAS,
            real: real.map((o) => ({ image: o.image, pixels: grey(o.onGrid) })),
            generated: other.map(({ o, i }) => ({ image: o.image, pixels: grey(made[i][0]) })),
          },
          { seed: context.seed, budget: budgetOf(context, TWO_SAMPLE_BUDGET), signal: context.signal },
        );
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        context.note(`masks: no real-or-generated test: ${error.message}`);
        return null;
      }
    });
    work.tick();
    const all: Record<string, Interval> = {
      ...metrics,
      // of as many draws in every row but the ceiling, which is its own best
      "best of 5": best,
      ...(test && { "real-or-generated": test }),
    };
    return { name, kind, about, metrics: known(all) };
  });
  work.end();
  return rows;
}

/** 0 / 1 as 0 / 255. */
function grey(canvas: Uint8Array): Uint8Array {
  return canvas.map((v) => v * 255);
}

function classTable(categories: Categories, items: readonly Item[], masks: readonly Mask[][]): Table {
  const sums = categories.categories.map(() => ({ n: 0, iou: 0, grid: 0 }));
  items.forEach(({ classIndex: c, truth, onGrid, box }, i) => {
    sums[c].n++;
    sums[c].iou += bitmapIou(stretchMask(masks[i][0], box), truth);
    sums[c].grid += bitmapIou(onGrid, truth);
  });
  return {
    title: "Classes of the model's masks",
    columns: ["class", "objects", "IoU", "IoU of the real mask on the grid"],
    rows: sums
      .map((s, i) => ({ ...s, name: categories.nameOf(i) }))
      .filter(({ n }) => n > 0)
      .sort((a, b) => b.n - a.n)
      .map(({ name, n, iou, grid }) => [name, n, iou / n, grid / n]),
  };
}
