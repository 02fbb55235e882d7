/**
 * Painting on masks: run lengths are unpacked to a bitmap, changed, and packed again. Points and sizes are fractions of the
 * picture; a mask is painted at its own resolution.
 * @module
 */
import { bitmapToMask, maskToBitmap, resizeMask } from "scenograph/formats/rle";
import type { Box, Mask } from "scenograph/scene/scene";
import type { Point } from "./geometry.ts";

/** Masks are painted at the generator's 64 pixels a side or at the picture's size, whichever is finer. */
export function paintable(mask: Mask | undefined, width: number, height: number): Mask {
  const [w, h] = [Math.max(64, width), Math.max(64, height)];
  if (!mask) return { width: w, height: h, counts: [w * h] };
  return mask.width >= w && mask.height >= h ? mask : resizeMask(mask, w, h, "nearest");
}

/**
 * A stroke of round dabs from one point to the next, adding to the mask or taking from it. At least the pixel below each
 * point is painted.
 * @param diameter fraction of the picture's width
 */
export function stroke(mask: Mask, from: Point, to: Point, diameter: number, value: 0 | 1): Mask {
  const { width, height } = mask;
  const bitmap = maskToBitmap(mask);
  const radius = Math.max(0.5, (diameter * width) / 2);
  const [x0, y0, x1, y1] = [from[0] * width, from[1] * height, to[0] * width, to[1] * height];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  let changed = false;
  const [top, bottom] = [Math.floor(Math.min(y0, y1) - radius), Math.ceil(Math.max(y0, y1) + radius)];
  const [left, right] = [Math.floor(Math.min(x0, x1) - radius), Math.ceil(Math.max(x0, x1) + radius)];
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
    for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
      // distance of the pixel's centre from the segment
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
      const inside = (px - t * dx) ** 2 + (py - t * dy) ** 2 <= radius * radius;
      const under = x === Math.floor(x1) && y === Math.floor(y1);
      if ((inside || under) && bitmap[y * width + x] !== value) {
        bitmap[y * width + x] = value;
        changed = true;
      }
    }
  return changed ? bitmapToMask(bitmap, width, height) : mask;
}

/** The connected area (by sides) around a point takes the value; other areas stay. */
export function floodFill(mask: Mask, point: Point, value: 0 | 1): Mask {
  const { width, height } = mask;
  const start = Math.floor(point[1] * height) * width + Math.floor(point[0] * width);
  const bitmap = maskToBitmap(mask);
  if (point.some((v) => v < 0 || v >= 1) || bitmap[start] === value) return mask;
  const open = [start];
  bitmap[start] = value;
  while (open.length > 0) {
    const at = open.pop() as number;
    const x = at % width;
    const neighbours = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width];
    for (const next of neighbours)
      if (next >= 0 && next < bitmap.length && bitmap[next] !== value) {
        bitmap[next] = value;
        open.push(next);
      }
  }
  return bitmapToMask(bitmap, width, height);
}

/** A mask with the same pixels set as the box covers. */
export function boxMask(box: Box, width: number, height: number): Mask {
  const [x0, y0, x1, y1] = pixels(box, width, height);
  const bitmap = new Uint8Array(width * height);
  for (let y = y0; y < y1; y++) bitmap.fill(1, y * width + x0, y * width + x1);
  return bitmapToMask(bitmap, width, height);
}

/** The area between the outline and the holes: every hole of the mask is filled. */
export function fillHoles(mask: Mask): Mask {
  const { width, height } = mask;
  const [w, h] = [width + 2, height + 2];
  const wide = new Uint8Array(w * h);
  const bitmap = maskToBitmap(mask);
  for (let y = 0; y < height; y++) wide.set(bitmap.subarray(y * width, (y + 1) * width), (y + 1) * w + 1);
  const outside = maskToBitmap(floodFill(bitmapToMask(wide, w, h), [0.5 / w, 0.5 / h], 1));
  let changed = false;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (bitmap[at] === 0 && outside[(y + 1) * w + x + 1] === 0) {
        bitmap[at] = 1;
        changed = true;
      }
    }
  return changed ? bitmapToMask(bitmap, width, height) : mask;
}

export function emptyMask(mask: Mask): Mask {
  return { ...mask, counts: [mask.width * mask.height] };
}

/** The mask carried along when its box is moved or resized: what was in the old box is drawn to the new one. */
export function moveMask(mask: Mask, from: Box, to: Box): Mask {
  const { width, height } = mask;
  const source = maskToBitmap(mask);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const v = ((y + 0.5) / height - to[1]) / to[3];
    const sy = Math.floor((from[1] + v * from[3]) * height);
    if (sy < 0 || sy >= height) continue;
    for (let x = 0; x < width; x++) {
      const u = ((x + 0.5) / width - to[0]) / to[2];
      const sx = Math.floor((from[0] + u * from[2]) * width);
      if (sx >= 0 && sx < width) out[y * width + x] = source[sy * width + sx];
    }
  }
  return bitmapToMask(out, width, height);
}

/** The mask turned over inside its box, left to right. */
export function flipMask(mask: Mask, [x, , w]: Box): Mask {
  const { width, height } = mask;
  const source = maskToBitmap(mask);
  const out = new Uint8Array(width * height);
  // pixel i of a row goes to the one that lies as far from the other side of the box
  const sum = Math.round((2 * x + w) * width) - 1;
  for (let row = 0; row < height; row++)
    for (let i = 0; i < width; i++) {
      const from = sum - i;
      if (from >= 0 && from < width) out[row * width + i] = source[row * width + from];
    }
  return bitmapToMask(out, width, height);
}

function pixels([x, y, w, h]: Box, width: number, height: number): [number, number, number, number] {
  const [x0, y0] = [Math.round(x * width), Math.round(y * height)];
  return [
    Math.min(width - 1, x0),
    Math.min(height - 1, y0),
    Math.min(width, Math.max(x0 + 1, Math.round((x + w) * width))),
    Math.min(height, Math.max(y0 + 1, Math.round((y + h) * height))),
  ];
}
