/**
 * Semantic object accuracy (Hinz et al., TPAMI 2020): does a detector find the category that the sentence named?
 *
 *   accuracy of a class = share of its pictures (their sentences name it) with at least one detection of it
 *   SOA-C = mean of the accuracies over classes,  SOA-I = mean weighted by the pictures of each class
 *   IoU variants: mean over pictures with a detection and a true box of the class of the largest IoU between the two
 *
 * Boxes are rounded to whole pixels of a 256 x 256 picture first, as the reference program does.
 * Agrees with calculate_soa.py of the authors within 1e-9 (test/fixtures/distribution-metrics.json).
 * @module
 */
import { UserError } from "@scenograph/graph/errors";

/** [x, y, w, h], top left, fractions of the picture. */
export type FractionBox = readonly [number, number, number, number];
export interface LabelledBox {
  label: number | string;
  box: FractionBox;
}
/** The pictures whose sentences name `label`. */
export interface SoaClass {
  label: number | string;
  images: { detections: readonly LabelledBox[]; groundTruth: readonly LabelledBox[] }[];
}
export interface SoaClassResult {
  label: number | string;
  accuracy: number;
  imagesDetected: number;
  imagesTotal: number;
  /** 0 when no picture has both a detection and a true box */
  meanIou: number;
}
export interface SoaResult {
  soaC: number;
  soaI: number;
  soaCIou: number;
  soaIIou: number;
  classes: SoaClassResult[];
}

/** @throws UserError when there is no class or one without pictures */
export function semanticObjectAccuracy(classes: readonly SoaClass[]): SoaResult {
  const results = classes.map(classResult);
  if (results.length === 0) throw new UserError("semanticObjectAccuracy(): at least one class is needed, got none");
  const images = results.reduce((sum, r) => sum + r.imagesTotal, 0);
  const average = (value: (r: SoaClassResult) => number) =>
    results.reduce((sum, r) => sum + value(r), 0) / results.length;
  const weighted = (value: (r: SoaClassResult) => number) =>
    results.reduce((sum, r) => sum + value(r) * r.imagesTotal, 0) / images;
  return {
    soaC: average((r) => r.accuracy),
    soaI: weighted((r) => r.accuracy),
    soaCIou: average((r) => r.meanIou),
    soaIIou: weighted((r) => r.meanIou),
    classes: results,
  };
}

function classResult({ label, images }: SoaClass): SoaClassResult {
  if (images.length === 0)
    throw new UserError(`semanticObjectAccuracy(): a class has pictures, got none for ${label}; leave the class out`);
  let imagesDetected = 0;
  const ious: number[] = [];
  for (const { detections, groundTruth } of images) {
    const found = detections.filter((d) => d.label === label);
    const truth = groundTruth.filter((g) => g.label === label);
    if (found.length === 0) continue;
    imagesDetected++;
    if (truth.length > 0) ious.push(Math.max(...found.flatMap((d) => truth.map((g) => pixelIou256(d.box, g.box)))));
  }
  return {
    label,
    accuracy: imagesDetected / images.length,
    imagesDetected,
    imagesTotal: images.length,
    meanIou: ious.length ? ious.reduce((sum, v) => sum + v, 0) / ious.length : 0,
  };
}

/** IoU after rounding down to pixels of a 256 x 256 picture; an empty side becomes 1 pixel. */
export function pixelIou256(a: FractionBox, b: FractionBox): number {
  const [ax, ay, aw, ah] = pixels(a);
  const [bx, by, bw, bh] = pixels(b);
  const w = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const h = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (aw * ah + bw * bh - w * h);
}

function pixels([x, y, w, h]: FractionBox): [number, number, number, number] {
  return [Math.trunc(x * 256), Math.trunc(y * 256), Math.trunc(w * 256) || 1, Math.trunc(h * 256) || 1];
}
