/**
 * What of an annotation is used, and what is wrong with it: the one rule for `data check`, training, showing and the studio.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { polygonsToMask } from "../formats/polygon.ts";
import { maskArea, maskBox } from "../formats/rle.ts";
import { isPolygons, readRuns, readSegmentation, type Segmentation } from "./cocoMasks.ts";
import type { ImageRecord, ObjectRecord, Problem } from "./cocoRecords.ts";
import type { Box } from "./scene.ts";

/** Boxes with a side under this fraction of the picture count as degenerate and are dropped. */
export const MIN_SIDE = 1e-3;
/** Boxes may stick out by this many pixels: coordinates are often rounded. */
const ROUNDING = 1;
/** Pixels that polygons may leave the picture by, and that their extent may differ from the box by. */
const SLACK = 3;

type Mistake = Pick<Problem, "kind" | "severity" | "message">;

export interface JudgedObject {
  /** Fractions, clipped to the picture; absent where the object is dropped. */
  readonly box?: Box;
  readonly segmentation?: Segmentation;
  readonly amodal?: Segmentation;
  readonly mistakes: readonly Mistake[];
}

/** A box in pixels as fractions of a width x height picture, clipped to it; undefined when a side is left under `MIN_SIDE`. */
export function clipBox([x, y, w, h]: Box, width: number, height: number): Box | undefined {
  const clamp = (v: number) => Math.min(1, Math.max(0, v));
  const left = clamp(x / width);
  const top = clamp(y / height);
  const boxWidth = clamp((x + w) / width) - left;
  const boxHeight = clamp((y + h) / height) - top;
  return boxWidth >= MIN_SIDE && boxHeight >= MIN_SIDE ? [left, top, boxWidth, boxHeight] : undefined;
}

/** An annotation in its picture. `doubts`: also what costs nothing but may be wrong (warnings about areas and places). */
export function judgeObject(
  object: ObjectRecord,
  image: Pick<ImageRecord, "width" | "height">,
  doubts = false,
): JudgedObject {
  const { bbox, area } = object;
  const [x, y, w, h] = bbox;
  const { width, height } = image;
  const mistakes: Mistake[] = [];
  const add = (kind: Mistake["kind"], severity: Mistake["severity"], message: string) =>
    mistakes.push({ kind, severity, message });
  const shownBox = `box [${bbox.join(", ")}]`;
  const size = `${width}x${height}`;

  const box = clipBox(bbox, width, height);
  if (w <= 0 || h <= 0) add("box-empty", "error", `${shownBox} has no area`);
  else if (x < -ROUNDING || y < -ROUNDING || x + w > width + ROUNDING || y + h > height + ROUNDING)
    add("box-outside", "error", `${shownBox} leaves the ${size} picture${box ? "" : " and is left out"}`);
  else if (!box) add("box-empty", "warning", `${shownBox} is too thin in a ${size} picture`);
  if (doubts && area !== undefined && (area <= 0 || area > w * h * 1.1 + 2 * ROUNDING * (w + h)) && w > 0 && h > 0)
    add("area", "warning", `area ${area} does not fit in ${shownBox}`);

  const mask = (value: Segmentation | undefined, name: string) => {
    const read = readSegmentation(value, image);
    if (read.lost !== undefined) add("segmentation", "error", `${name}${read.lost}`);
    for (const polygon of read.polygons) add("polygon", "warning", `${name}${polygon}`);
    return read.segmentation;
  };
  const segmentation = mask(object.segmentation, "");
  // a whole silhouette has neither the stated box nor the stated area
  const amodal = mask(object.amodal, "amodal_segmentation: ");
  const doubt = doubts && segmentation && segmentationProblem(segmentation, image, bbox, area);
  if (doubt) mistakes.push(doubt);
  return { ...(box && { box }), ...(segmentation && { segmentation }), ...(amodal && { amodal }), mistakes };
}

/** What is doubtful about a segmentation that can be drawn: it is empty, leaves the picture, lies elsewhere than its box, or has another area. */
function segmentationProblem(
  segmentation: Segmentation,
  image: Pick<ImageRecord, "width" | "height">,
  bbox: ObjectRecord["bbox"],
  area: number | undefined,
): Mistake | undefined {
  const { width, height } = image;
  const warning = (kind: Mistake["kind"], message: string): Mistake => ({ kind, severity: "warning", message });
  let own: { area: number; box: readonly number[]; tolerance: number };
  if (isPolygons(segmentation)) {
    own = polygonExtent(segmentation);
    const [x, y, w, h] = own.box;
    if (x < -SLACK || y < -SLACK || x + w > width + SLACK || y + h > height + SLACK)
      return warning("segmentation", `a polygon leaves the ${width}x${height} picture`);
  } else {
    const mask = readRuns(segmentation);
    own = { area: maskArea(mask), box: maskBox(mask), tolerance: 0 };
    if (own.area === 0) return warning("segmentation", "the mask has no area");
  }
  if (isElsewhere(own.box, bbox))
    return warning("segmentation", `the mask covers [${own.box.map(round).join(", ")}], the box [${bbox}]`);
  // pixels against polygons: about half a pixel along the outline
  const isOff = (pixels: number) => area !== undefined && Math.abs(area - pixels) > 0.25 * pixels + 4 + own.tolerance;
  if (own.area > 0 && !isOff(own.area)) return undefined;
  try {
    // the shoelace formula is wrong for outlines that overlap or cross themselves: count pixels before complaining
    const pixels = isPolygons(segmentation) ? maskArea(polygonsToMask(segmentation, width, height)) : own.area;
    if (pixels === 0 && own.area === 0) return warning("segmentation", "the mask has no area");
    return isOff(pixels) ? warning("area", `area ${area}, but the mask has ${round(pixels)}`) : undefined;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return warning("segmentation", error.message);
  }
}

function round(v: number): number {
  return Math.round(v * 100) / 100;
}

/** Summed area (shoelace formula), bounding box, and half the length of the outlines. */
function polygonExtent(polygons: readonly (readonly number[])[]) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  let [area, length] = [0, 0];
  for (const p of polygons) {
    let twice = 0;
    for (let i = 0; i < p.length; i += 2) {
      const [x, y, u, v] = [p[i], p[i + 1], p[(i + 2) % p.length], p[(i + 3) % p.length]];
      twice += x * v - u * y;
      length += Math.hypot(u - x, v - y);
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
    }
    area += Math.abs(twice) / 2;
  }
  return { area, box: [x0, y0, x1 - x0, y1 - y0], tolerance: length / 2 };
}

/** Less than half of the two boxes' union is common, and more than rounding explains it. */
function isElsewhere(a: readonly number[], b: readonly number[]): boolean {
  const gaps = [a[0] - b[0], a[1] - b[1], a[0] + a[2] - b[0] - b[2], a[1] + a[3] - b[1] - b[3]];
  if (gaps.every((gap) => Math.abs(gap) <= SLACK)) return false;
  const w = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const common = Math.max(0, w) * Math.max(0, h);
  return common < 0.5 * (a[2] * a[3] + b[2] * b[3] - common);
}
