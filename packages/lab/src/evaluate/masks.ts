/**
 * How good is a mask, stretched to 64 x 64 in its true box: overlap with the real mask, and whether its outline is as
 * rough as real ones. IoU alone hardly measures a shape (a full box has more of it than the real mask of another object
 * of the class): read it together with the edge ratio, whose target is that of the real masks.
 * @module
 */
import { ShapeError } from "@scenograph/graph/errors";
import { maskToBitmap } from "scenograph/formats/rle";
import type { Box, Mask } from "scenograph/scene/scene";
import { type BootstrapOptions, bootstrap, type Interval, meanOf, type Ratio } from "./bootstrap.ts";

/** Side of the canvas that masks are judged on. */
export const MASK_CANVAS = 64;

/**
 * The part of a mask inside `box`, stretched to size x size: the mask's pixel at the centre of each cell, 0 outside the
 * picture. Rows top to bottom.
 * @param box fractions of the picture
 * @throws ShapeError for an empty box
 */
export function stretchMask(mask: Mask, box: Box, size: number = MASK_CANVAS): Uint8Array {
  const [x, y, w, h] = box;
  if (!(w > 0 && h > 0)) throw new ShapeError(`stretchMask(): a box has width and height, got [${box}]; leave it out`);
  const bitmap = maskToBitmap(mask);
  const cells = (from: number, length: number, pixels: number) =>
    Array.from({ length: size }, (_, i) => Math.floor((from + ((i + 0.5) / size) * length) * pixels));
  const columns = cells(x, w, mask.width);
  const rows = cells(y, h, mask.height);
  const out = new Uint8Array(size * size);
  for (let r = 0; r < size; r++) {
    if (rows[r] < 0 || rows[r] >= mask.height) continue;
    for (let c = 0; c < size; c++)
      if (columns[c] >= 0 && columns[c] < mask.width) out[r * size + c] = bitmap[rows[r] * mask.width + columns[c]];
  }
  return out;
}

/** The whole box: a floor row. */
export function fullBox(size: number = MASK_CANVAS): Uint8Array {
  return new Uint8Array(size * size).fill(1);
}

/** The ellipse that touches the box's four sides: a floor row. */
export function inscribedEllipse(size: number = MASK_CANVAS): Uint8Array {
  const out = new Uint8Array(size * size);
  const unit = (i: number) => (2 * (i + 0.5)) / size - 1;
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++) out[r * size + c] = unit(r) ** 2 + unit(c) ** 2 <= 1 ? 1 : 0;
  return out;
}

/** Intersection over union of two bitmaps; 1 when both are empty. @throws ShapeError for different sizes */
export function bitmapIou(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new ShapeError(`bitmapIou(): bitmaps of one size, got ${a.length} and ${b.length}`);
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) either++;
  }
  return either === 0 ? 1 : both / either;
}

/**
 * Boundary transitions / sqrt(area): neighbours (right and below) with different values inside the canvas, over the
 * root of the number of set pixels. A mask cut by the canvas's edge has no boundary there: the full box has 0, the
 * inscribed ellipse 3.66, a disc well inside 4.51. Undefined for an empty mask.
 * @throws ShapeError when `bitmap` is no square of side `size`
 */
export function edgeRatio(bitmap: ArrayLike<number>, size: number = MASK_CANVAS): number | undefined {
  if (bitmap.length !== size * size)
    throw new ShapeError(`edgeRatio(): ${size} x ${size} pixels, got ${bitmap.length}; stretchMask() first`);
  let edges = 0;
  let area = 0;
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++) {
      const i = r * size + c;
      const on = bitmap[i] > 0;
      if (on) area++;
      if (c + 1 < size && on !== bitmap[i + 1] > 0) edges++;
      if (r + 1 < size && on !== bitmap[i + size] > 0) edges++;
    }
  return area === 0 ? undefined : edges / Math.sqrt(area);
}

export type ObjectSize = "small" | "medium" | "large";

/** COCO's limits, 32^2 and 96^2 pixels of area, as shares of its usual 640 x 480 picture. */
const SMALL = 32 ** 2 / (640 * 480);
const MEDIUM = 96 ** 2 / (640 * 480);

/** COCO's size class of an object by the area of its true mask as a share of the picture. */
export function objectSize(areaShare: number): ObjectSize {
  return areaShare < SMALL ? "small" : areaShare < MEDIUM ? "medium" : "large";
}

/** One object: its true mask and one or more generated ones, all stretched in the true box. */
export interface MaskSample {
  readonly image: string | number;
  /** Area of the true mask as a share of the picture. */
  readonly areaShare: number;
  readonly truth: Uint8Array;
  /** Samples of different noise, at least one. */
  readonly generated: readonly Uint8Array[];
}

/**
 * - `iou`: of the first sample; `iou-small`, `-medium`, `-large`: by COCO size.
 * - `best`: the best of all samples (says how many beside it: "best of 5").
 * - `edge`: edge ratio of the first sample; `true-edge` of the real masks, the target. Empty masks are left out.
 * - `diversity`: 1 - mean IoU between two samples of an object.
 */
export const MASK_METRICS = [
  "iou",
  "iou-small",
  "iou-medium",
  "iou-large",
  "best",
  "edge",
  "true-edge",
  "diversity",
] as const;
export type MaskMetric = (typeof MASK_METRICS)[number];

/** What one object adds to each metric. @throws ShapeError without a sample, or for bitmaps that are not 64 x 64 */
export function maskContributions(sample: MaskSample): Record<MaskMetric, Ratio> {
  const { truth, generated } = sample;
  if (generated.length === 0) throw new ShapeError("maskContributions(): at least one generated mask, got none");
  const ious = generated.map((g) => bitmapIou(g, truth));
  const size = objectSize(sample.areaShare);
  const between = generated.flatMap((a, i) => generated.slice(i + 1).map((b) => 1 - bitmapIou(a, b)));
  return {
    iou: meanOf(ious[0]),
    "iou-small": meanOf(size === "small" ? ious[0] : undefined),
    "iou-medium": meanOf(size === "medium" ? ious[0] : undefined),
    "iou-large": meanOf(size === "large" ? ious[0] : undefined),
    best: meanOf(Math.max(...ious)),
    edge: meanOf(edgeRatio(generated[0])),
    "true-edge": meanOf(edgeRatio(truth)),
    diversity: meanOf(between.length > 0 ? between.reduce((s, d) => s + d, 0) / between.length : undefined),
  };
}

/** All metrics of a set of objects, with intervals over pictures. */
export function evaluateMasks(
  samples: Iterable<MaskSample>,
  options: BootstrapOptions = {},
): Record<MaskMetric, Interval> {
  const items = [...samples].map((sample) => ({ group: sample.image, parts: maskContributions(sample) }));
  const metric = (name: MaskMetric) =>
    bootstrap(
      items.map(({ group, parts }) => ({ group, ...parts[name] })),
      options,
    );
  return Object.fromEntries(MASK_METRICS.map((name) => [name, metric(name)])) as Record<MaskMetric, Interval>;
}
