/**
 * Segmentations -> bitmaps, at any resolution and only when asked for.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { polygonsToMask } from "scenograph/formats/polygon";
import { bitmapToMask, maskToBitmap, type RunMask, resizeMask } from "scenograph/formats/rle";
import { isPolygons, readRuns } from "scenograph/scene/cocoMasks";
import type { CocoObject, Sample } from "./coco.ts";

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
