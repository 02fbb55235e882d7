/**
 * How good is a layout: predicted boxes against the true boxes of the caption's picture. The measures of text-to-layout
 * work (RNN2LY / TRAN2LY metrics; left and right are not confused here), and whether the layout has what the caption
 * names. Boxes are `[x, y, w, h]` in fractions of the picture. Every metric is a sum over a sum of what each caption
 * adds, so that a bootstrap can draw pictures.
 * @module
 */
import { boxIou } from "scenograph/formats/rle";
import { namedCategories, toldCounts } from "scenograph/ours/text/categories";
import { type Categories, COCO } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import { type BootstrapOptions, bootstrap, type Interval, meanOf, type Ratio } from "./bootstrap.ts";
import { assign } from "./hungarian.ts";

export interface LayoutObject {
  /** Class index, 0-79. */
  readonly label: number;
  readonly box: Box;
}

/** One caption with a predicted layout and the true one. */
export interface LayoutSample {
  /** The picture: captions of one picture are drawn together. */
  readonly image: string | number;
  readonly caption: string;
  readonly predicted: readonly LayoutObject[];
  readonly truth: readonly LayoutObject[];
}

/**
 * - `precision`, `recall`, `f1`: multisets of classes, per caption, averaged over captions.
 * - `p@t`, `r@t`: pairs with IoU >= t over all predicted / all true boxes of the set. Pairs are made within a class by
 *   the Hungarian method on IoU. P@t rises when fewer boxes are predicted: quote R@t.
 * - `rscp2`: of captions with two or more pairs, the mean share of ordered pairs of objects in the same relation (left,
 *   right, above, below: the quadrant of atan2 of the difference of centres).
 * - `ar`: mean |atan2(h, w) predicted - true| over pairs, radians. Lower is better.
 * - `logrs`: mean |log(area_i / area_j) predicted - true| over two pairs of a caption. Lower is better.
 * - `named`: of (caption, category that it names), the share whose layout has the category.
 * - `told`: of (caption, category that it tells two or more of), the share whose layout has exactly so many; at most ten.
 * - `objects`, `true-objects`: mean number a caption; `count-error`: mean |predicted - true| of it.
 */
export const BOX_METRICS = [
  "f1",
  "precision",
  "recall",
  "r@0.3",
  "r@0.5",
  "p@0.3",
  "p@0.5",
  "rscp2",
  "ar",
  "logrs",
  "named",
  "told",
  "objects",
  "true-objects",
  "count-error",
] as const;
export type BoxMetric = (typeof BOX_METRICS)[number];

/** Matched objects of a caption and their IoU. */
export interface BoxPair {
  readonly predicted: LayoutObject;
  readonly truth: LayoutObject;
  readonly iou: number;
}

/** Pairs of one class each that maximise the sum of IoU within the class; as many as both layouts have of the class. */
export function matchBoxes(predicted: readonly LayoutObject[], truth: readonly LayoutObject[]): BoxPair[] {
  const pairs: BoxPair[] = [];
  for (const label of new Set(predicted.map((o) => o.label))) {
    const ours = predicted.filter((o) => o.label === label);
    const theirs = truth.filter((o) => o.label === label);
    const ious = ours.map((p) => theirs.map((t) => boxIou(p.box, t.box)));
    assign(ious).forEach((t, p) => {
      if (t >= 0) pairs.push({ predicted: ours[p], truth: theirs[t], iou: ious[p][t] });
    });
  }
  return pairs;
}

/** A layout holds no more objects in most models. */
const MOST_TOLD = 10;

/** What one caption adds to each metric. */
export function boxContributions(sample: LayoutSample, categories: Categories = COCO): Record<BoxMetric, Ratio> {
  const { predicted, truth } = sample;
  const pairs = matchBoxes(predicted, truth);
  // two empty layouts agree
  const share = (of: number) => (of > 0 ? pairs.length / of : predicted.length + truth.length === 0 ? 1 : 0);
  const precision = share(predicted.length);
  const recall = share(truth.length);
  const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  const near = (threshold: number) => pairs.filter((p) => p.iou >= threshold).length;
  const named = namedCategories(sample.caption, categories);
  const told = [...toldCounts(sample.caption, categories)].filter(([, n]) => n >= 2 && n <= MOST_TOLD);
  const drawn = (label: number) => predicted.filter((o) => o.label === label).length;
  const labels = new Set(predicted.map((o) => o.label));
  return {
    f1: meanOf(f1),
    precision: meanOf(precision),
    recall: meanOf(recall),
    "r@0.3": { numerator: near(0.3), denominator: truth.length },
    "r@0.5": { numerator: near(0.5), denominator: truth.length },
    "p@0.3": { numerator: near(0.3), denominator: predicted.length },
    "p@0.5": { numerator: near(0.5), denominator: predicted.length },
    rscp2: meanOf(sameRelations(pairs)),
    ar: sumOf(pairs.map((p) => Math.abs(aspect(p.predicted.box) - aspect(p.truth.box)))),
    logrs: sumOf(scaleDifferences(pairs)),
    named: { numerator: [...named].filter((label) => labels.has(label)).length, denominator: named.size },
    told: { numerator: told.filter(([label, n]) => drawn(label) === n).length, denominator: told.length },
    objects: meanOf(predicted.length),
    "true-objects": meanOf(truth.length),
    "count-error": meanOf(Math.abs(predicted.length - truth.length)),
  };
}

/** All metrics of a set of captions, with intervals over pictures. */
export function evaluateBoxes(
  samples: Iterable<LayoutSample>,
  options: BootstrapOptions & { readonly categories?: Categories } = {},
): Record<BoxMetric, Interval> {
  const items = [...samples].map((sample) => ({
    group: sample.image,
    parts: boxContributions(sample, options.categories),
  }));
  const metric = (name: BoxMetric) =>
    bootstrap(
      items.map(({ group, parts }) => ({ group, ...parts[name] })),
      options,
    );
  return Object.fromEntries(BOX_METRICS.map((name) => [name, metric(name)])) as Record<BoxMetric, Interval>;
}

function sumOf(values: readonly number[]): Ratio {
  return { numerator: values.reduce((sum, v) => sum + v, 0), denominator: values.length };
}

function sameRelations(pairs: readonly BoxPair[]): number | undefined {
  if (pairs.length < 2) return undefined;
  let same = 0;
  for (const a of pairs)
    for (const b of pairs)
      if (a !== b && relation(a.predicted.box, b.predicted.box) === relation(a.truth.box, b.truth.box)) same++;
  return same / (pairs.length * (pairs.length - 1));
}

/** Where the centre of `a` lies, seen from that of `b`; y runs down. Equal centres: "right". */
export function relation([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): "left" | "right" | "above" | "below" {
  const angle = Math.atan2(ay + ah / 2 - by - bh / 2, ax + aw / 2 - bx - bw / 2);
  const quarter = Math.PI / 4;
  if (angle >= 3 * quarter || angle < -3 * quarter) return "left";
  if (angle < -quarter) return "above";
  return angle < quarter ? "right" : "below";
}

function aspect([, , w, h]: Box): number {
  return Math.atan2(h, w);
}

/** A millionth of the picture stands in for an empty box, whose logarithm is not finite. */
const LEAST_AREA = 1e-6;

function scaleDifferences(pairs: readonly BoxPair[]): number[] {
  // log(a_i / a_j) predicted - true = growth_i - growth_j
  const logArea = ([, , w, h]: Box) => Math.log(Math.max(w * h, LEAST_AREA));
  const growth = pairs.map((p) => logArea(p.predicted.box) - logArea(p.truth.box));
  return growth.flatMap((g, i) => growth.slice(i + 1).map((other) => Math.abs(g - other)));
}
