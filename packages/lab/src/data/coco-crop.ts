/**
 * The centre square of a picture, and what of the annotations lies in it. Networks take square pictures; cutting keeps
 * shapes undistorted, and boxes, masks and pixels are cut by the same rule.
 * @module
 */
import type { Box } from "scenograph/scene/scene";
import type { CocoObject, Sample } from "./coco.ts";

/** An object stays when at least this share of its box lies in the square. */
export const MIN_VISIBLE = 0.25;

/** The centre square in whole pixels: its side is the shorter side of the picture. */
export function squareCrop(width: number, height: number): { left: number; top: number; side: number } {
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
}

/**
 * The sample cut to its centre square: size, boxes (fractions of the square, clipped), areas (in proportion to the visible
 * share of the box). Objects of which less than `MIN_VISIBLE` is left are dropped; the sample then counts as partial only
 * if it did before, since what is gone is not in the picture either.
 */
export function squareSample(sample: Sample): Sample {
  const { width, height } = sample;
  if (width === height) return sample;
  const { left, top, side } = squareCrop(width, height);
  const objects = sample.objects.flatMap((object): CocoObject[] => {
    const [x, y, w, h] = object.box;
    const [x0, x1] = clipped((x * width - left) / side, ((x + w) * width - left) / side);
    const [y0, y1] = clipped((y * height - top) / side, ((y + h) * height - top) / side);
    const box: Box = [x0, y0, x1 - x0, y1 - y0];
    const visible = (box[2] * box[3] * side * side) / (w * width * h * height);
    return visible >= MIN_VISIBLE ? [{ ...object, box, area: object.area * Math.min(1, visible) }] : [];
  });
  const { left: x = 0, top: y = 0, width: fullWidth = width, height: fullHeight = height } = sample.window ?? {};
  const window = { left: x + left, top: y + top, width: fullWidth, height: fullHeight };
  return { ...sample, width: side, height: side, objects, window };
}

function clipped(low: number, high: number): [number, number] {
  return [Math.min(1, Math.max(0, low)), Math.min(1, Math.max(0, high))];
}
