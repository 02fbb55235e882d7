/**
 * The centre of a picture in the aspect of a model's pictures, and what of the annotations lies in it. Cutting keeps shapes
 * undistorted, and boxes, masks and pixels are cut by the same rule.
 * @module
 */
import { extentOf, type Size } from "scenograph/scene/geometry";
import type { Box } from "scenograph/scene/scene";
import type { CocoObject, Sample } from "./coco.ts";

/** An object stays when at least this share of its box lies in the part that is kept. */
export const MIN_VISIBLE = 0.25;

/** A part of a picture, in whole pixels. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The largest centre part of the aspect of `as`, of which only the aspect counts: a square for a number. */
export function centreCrop(width: number, height: number, as: Size): Crop {
  const wanted = extentOf(as);
  const most = Math.min(width / wanted.width, height / wanted.height);
  const within = (length: number, full: number) => Math.min(full, Math.max(1, Math.round(most * length)));
  const [w, h] = [within(wanted.width, width), within(wanted.height, height)];
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/**
 * The sample cut to its centre (`centreCrop`): size, boxes (fractions of the part, clipped), areas (in proportion to the visible
 * share of the box). Objects of which less than `MIN_VISIBLE` is left are dropped; the sample then counts as partial only
 * if it did before, since what is gone is not in the picture either.
 */
export function centreSample(sample: Sample, as: Size): Sample {
  const { width, height } = sample;
  const { left, top, width: w0, height: h0 } = centreCrop(width, height, as);
  if (w0 === width && h0 === height) return sample;
  const objects = sample.objects.flatMap((object): CocoObject[] => {
    const [x, y, w, h] = object.box;
    const [x0, x1] = clipped((x * width - left) / w0, ((x + w) * width - left) / w0);
    const [y0, y1] = clipped((y * height - top) / h0, ((y + h) * height - top) / h0);
    const box: Box = [x0, y0, x1 - x0, y1 - y0];
    const visible = (box[2] * box[3] * w0 * h0) / (w * width * h * height);
    return visible >= MIN_VISIBLE ? [{ ...object, box, area: object.area * Math.min(1, visible) }] : [];
  });
  const { left: x = 0, top: y = 0, width: fullWidth = width, height: fullHeight = height } = sample.window ?? {};
  const window = { left: x + left, top: y + top, width: fullWidth, height: fullHeight };
  return { ...sample, width: w0, height: h0, objects, window };
}

function clipped(low: number, high: number): [number, number] {
  return [Math.min(1, Math.max(0, low)), Math.min(1, Math.max(0, high))];
}
