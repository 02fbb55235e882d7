/**
 * Average precision of detections against true boxes, as in the COCO evaluation (all areas, at most 100 detections a
 * picture and class, no crowds). Layout fidelity is this with the boxes that were asked for as the truth.
 *
 *   Per class and IoU threshold: detections by falling score, each matched to the free true box of its picture with the
 *   largest IoU, at least the threshold. AP = mean over recalls 0, .01 .. 1 of the largest precision at that recall or a
 *   higher one. mAP: mean over thresholds .5, .55 .. .95 and over the classes that have a true box.
 *
 * Follows pycocotools' COCOeval step by step, except that equal scores of different pictures stay in the order given;
 * tested by hand-computed cases and against its output on random boxes.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import { boxIou } from "scenograph/formats/rle";

/** A true (requested) box [x, y, w, h] in a picture; any unit, the same for both lists. */
export interface TrueBox {
  image: number | string;
  label: number | string;
  box: readonly [number, number, number, number];
}
export interface DetectedBox extends TrueBox {
  score: number;
}
export interface ClassPrecision {
  label: number | string;
  /** mean over the ten thresholds */
  ap: number;
  ap50: number;
  truths: number;
  detections: number;
}
export interface AveragePrecision {
  /** AP at .5:.95, mean over classes */
  ap: number;
  ap50: number;
  ap75: number;
  classes: ClassPrecision[];
}

const MAX_DETECTIONS = 100;
export const IOU_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) => 0.5 + i * 0.05);
const RECALLS: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/**
 * @returns means over the classes with at least one true box; detections of other classes are ignored, as in COCO
 * @throws UserError when there is no true box or a score is not finite
 */
export function averagePrecision(detections: readonly DetectedBox[], truths: readonly TrueBox[]): AveragePrecision {
  if (truths.length === 0) throw new UserError("averagePrecision(): at least one true box is needed, got none");
  const bad = detections.find(({ score }) => !Number.isFinite(score));
  if (bad) throw new UserError(`averagePrecision(): scores are finite, got ${bad.score} in picture ${bad.image}`);
  const truthsByLabel = groupBy(truths, ({ label }) => label);
  const detectionsByLabel = groupBy(detections, ({ label }) => label);
  const perClass = [...truthsByLabel].map(([label, own]) => {
    const found = detectionsByLabel.get(label) ?? [];
    return { label, truths: own.length, detections: found.length, aps: classPrecisions(found, own) };
  });
  const over = (value: (aps: readonly number[]) => number) =>
    perClass.reduce((sum, { aps }) => sum + value(aps), 0) / perClass.length;
  return {
    ap: over(average),
    ap50: over((aps) => aps[0]),
    ap75: over((aps) => aps[5]),
    classes: perClass.map(({ label, truths, detections, aps }) => ({
      label,
      ap: average(aps),
      ap50: aps[0],
      truths,
      detections,
    })),
  };
}

/** AP of one class at each threshold. */
function classPrecisions(detections: readonly DetectedBox[], truths: readonly TrueBox[]): number[] {
  const truthsByImage = groupBy(truths, ({ image }) => image);
  const byImage = [...groupBy(detections, ({ image }) => image)].map(([image, own]) => {
    const sorted = own.toSorted((a, b) => b.score - a.score).slice(0, MAX_DETECTIONS);
    const boxes = truthsByImage.get(image) ?? [];
    return { sorted, count: boxes.length, ious: sorted.map((d) => boxes.map((t) => boxIou(d.box, t.box))) };
  });
  return IOU_THRESHOLDS.map((threshold) => {
    const outcomes = byImage.flatMap(({ sorted, count, ious }) => {
      const taken = new Array<boolean>(count).fill(false);
      return sorted.map(({ score }, i) => {
        const match = bestFree(ious[i], taken, threshold);
        if (match >= 0) taken[match] = true;
        return { score, hit: match >= 0 };
      });
    });
    outcomes.sort((a, b) => b.score - a.score);
    return interpolated(
      outcomes.map(({ hit }) => hit),
      truths.length,
    );
  });
}

/** The last of the free boxes with the largest IoU of at least the threshold, or -1. */
function bestFree(ious: readonly number[], taken: readonly boolean[], threshold: number): number {
  let best = Math.min(threshold, 1 - 1e-10);
  let match = -1;
  ious.forEach((iou, i) => {
    if (!taken[i] && iou >= best) [best, match] = [iou, i];
  });
  return match;
}

/** Mean precision over 101 recalls of hits in order of falling score. */
function interpolated(hits: readonly boolean[], truths: number): number {
  const recalls: number[] = [];
  const precisions: number[] = [];
  let found = 0;
  hits.forEach((hit, i) => {
    if (hit) found++;
    recalls.push(found / truths);
    precisions.push(found / (i + 1));
  });
  for (let i = precisions.length - 2; i >= 0; i--) precisions[i] = Math.max(precisions[i], precisions[i + 1]);
  let sum = 0;
  let at = 0;
  for (const recall of RECALLS) {
    while (at < recalls.length && recalls[at] < recall) at++;
    if (at === recalls.length) break;
    sum += precisions[at];
  }
  return sum / RECALLS.length;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
