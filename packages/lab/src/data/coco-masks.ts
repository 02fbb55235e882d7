/**
 * Segmentations -> bitmaps, at any resolution and only when asked for.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { polygonsToMask } from "scenograph/formats/polygon";
import {
  bitmapToMask,
  checkMask,
  decodeCounts,
  maskArea,
  maskBox,
  maskToBitmap,
  type RunMask,
  resizeMask,
} from "scenograph/formats/rle";
import type { CocoObject, Sample } from "./coco.ts";
import type { ImageRecord, ObjectRecord, Problem, Segmentation } from "./coco-records.ts";

/**
 * The mask of an object over the whole picture, row-major [height * width], 0 or 1; undefined where it has none.
 * Polygons are scaled to the size asked for and rasterised there as COCO does it; runs are decoded at their own size
 * and resized (half-covered pixels belong to the mask when shrinking, nearest otherwise). A small object can come out empty.
 * @throws FormatError for runs that do not fill their size.
 */
export function objectMask(
  sample: Pick<Sample, "imageId" | "width" | "height" | "window">,
  object: Pick<CocoObject, "id" | "segmentation">,
  width: number,
  height: number,
): Uint8Array | undefined {
  const { segmentation } = object;
  if (!segmentation) return undefined;
  // `window`: the sample is a part of the picture that the segmentation refers to
  const window = sample.window ?? { left: 0, top: 0, width: sample.width, height: sample.height };
  try {
    if (isPolygons(segmentation)) {
      const [sx, sy] = [width / sample.width, height / sample.height];
      const polygons = segmentation.map((polygon) =>
        polygon.map((v, i) => (i % 2 === 0 ? (v - window.left) * sx : (v - window.top) * sy)),
      );
      return maskToBitmap(polygonsToMask(polygons, width, height));
    }
    const runs = readRuns(segmentation);
    const [sx, sy] = [runs.width / window.width, runs.height / window.height];
    const part = crop(runs, window.left * sx, window.top * sy, sample.width * sx, sample.height * sy);
    const filter = width * height < part.width * part.height ? "area" : "nearest";
    return maskToBitmap(resizeMask(part, width, height, filter));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(
      `objectMask(): image ${sample.imageId}, annotation ${object.id}: ${error.message}; \`data check\` lists all such`,
    );
  }
}

/** The runs of an RLE segmentation. @throws FormatError when they are broken or do not fill their size. */
function readRuns({ size, counts }: Exclude<Segmentation, readonly (readonly number[])[]>): RunMask {
  const runs = typeof counts === "string" ? decodeCounts(counts) : counts;
  return checkMask({ width: size[1], height: size[0], counts: runs }, "readRuns");
}

function isPolygons(segmentation: Segmentation): segmentation is readonly (readonly number[])[] {
  return Array.isArray(segmentation);
}

/** A part of a mask; position and size are rounded to whole pixels. */
function crop(mask: RunMask, left: number, top: number, width: number, height: number): RunMask {
  const [x0, y0, w, h] = [left, top, width, height].map(Math.round);
  if (w === mask.width && h === mask.height) return mask;
  const bitmap = maskToBitmap(mask);
  const out = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    const from = (y0 + y) * mask.width + x0;
    out.set(bitmap.subarray(from, from + w), y * w);
  }
  return bitmapToMask(out, w, h);
}

/** Pixels that polygons may leave the picture by, and that their extent may differ from the box by. */
const SLACK = 3;

/**
 * What is wrong with a segmentation, beyond its form: runs that are broken or of another size than the picture, a mask
 * that is empty, leaves the picture or lies elsewhere than its box, a stated area far from its own.
 */
export function segmentationProblem(
  segmentation: Segmentation,
  image: Pick<ImageRecord, "width" | "height">,
  bbox: ObjectRecord["bbox"],
  area: number | undefined,
): Pick<Problem, "kind" | "severity" | "message"> | undefined {
  const { width, height } = image;
  let own: { area: number; box: readonly number[]; tolerance: number };
  if (isPolygons(segmentation)) {
    own = polygonExtent(segmentation);
    const [x, y, w, h] = own.box;
    if (x < -SLACK || y < -SLACK || x + w > width + SLACK || y + h > height + SLACK)
      return problem("segmentation", "warning", `a polygon leaves the ${width}x${height} picture`);
  } else {
    const [rows, columns] = segmentation.size;
    if (rows !== height || columns !== width)
      return problem("segmentation", "error", `runs of a ${columns}x${rows} mask in a ${width}x${height} picture`);
    try {
      const mask = readRuns(segmentation);
      own = { area: maskArea(mask), box: maskBox(mask), tolerance: 0 };
      if (own.area === 0) return problem("segmentation", "warning", "the mask has no area");
    } catch (error) {
      return problem("segmentation", "error", (error as Error).message);
    }
  }
  if (isElsewhere(own.box, bbox))
    return problem("segmentation", "warning", `the mask covers [${own.box.map(round).join(", ")}], the box [${bbox}]`);
  // pixels against polygons: about half a pixel along the outline
  const isOff = (pixels: number) => area !== undefined && Math.abs(area - pixels) > 0.25 * pixels + 4 + own.tolerance;
  if (own.area > 0 && !isOff(own.area)) return undefined;
  try {
    // the shoelace formula is wrong for outlines that overlap or cross themselves: count pixels before complaining
    const pixels = isPolygons(segmentation) ? maskArea(polygonsToMask(segmentation, width, height)) : own.area;
    if (pixels === 0 && own.area === 0) return problem("segmentation", "warning", "the mask has no area");
    return isOff(pixels) ? problem("area", "warning", `area ${area}, but the mask has ${round(pixels)}`) : undefined;
  } catch (error) {
    return problem("segmentation", "error", (error as Error).message);
  }
}

function problem(kind: Problem["kind"], severity: Problem["severity"], message: string) {
  return { kind, severity, message };
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
