/** Detections and non-maximum suppression. @module */
import { boxIou } from "scenograph/formats/rle";
import type { Box } from "scenograph/scene/scene";

export type { Box } from "scenograph/scene/scene";

export interface Detection {
  /** 0-79, as in scene/categories.ts. */
  readonly classIndex: number;
  /** [x, y, w, h], fractions of the picture. */
  readonly box: Box;
  /** (0, 1) */
  readonly score: number;
}

export function clamp01(v: number): number {
  return Math.min(Math.max(v, 0), 1);
}

/**
 * Greedy non-maximum suppression within each class: by falling score, a box is kept unless its IoU with a kept box of
 * its class exceeds `maxIou`. At most `limit` boxes, best first; equal scores stay in the order given.
 */
export function suppress(detections: readonly Detection[], maxIou: number, limit: number): Detection[] {
  const kept: Detection[] = [];
  for (const d of detections.toSorted((a, b) => b.score - a.score)) {
    if (kept.length === limit) break;
    if (!kept.some((k) => k.classIndex === d.classIndex && boxIou(k.box, d.box) > maxIou)) kept.push(d);
  }
  return kept;
}
