/** Boxes and maps of pixels: sizes, mirrors, grids, ellipses. @module */
import { bitmapToMask } from "../formats/rle.ts";
import type { Box, Mask } from "./scene.ts";

/** Pixels of a picture: the side of a square, or [width, height]. */
export type Size = number | readonly [width: number, height: number];

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export function extentOf(size: Size): Extent {
  const [width, height] = typeof size === "number" ? [size, size] : size;
  return { width, height };
}

/** How many pixels. */
export function areaOf(size: Size): number {
  const { width, height } = extentOf(size);
  return width * height;
}

/** "96 x 64". */
export function sizeName(size: Size): string {
  const { width, height } = extentOf(size);
  return `${width} x ${height}`;
}

/** Mirrored about the vertical axis. */
export function mirrorBox([x, y, w, h]: Box): Box {
  return [1 - x - w, y, w, h];
}

/** Every row of a row-major map [height, width, channels] reversed. */
export function mirrorMap<T extends Uint8Array | Int16Array | Float32Array>(map: T, width: number, channels = 1): T {
  const out = map.slice() as T;
  for (let row = 0; row < map.length / (width * channels); row++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        out[(row * width + x) * channels + c] = map[(row * width + width - 1 - x) * channels + c];
  return out;
}

/** Edges of a box on a grid of pixels: [left, top, right, bottom), at least one pixel a side. */
export function boxPixels([x, y, w, h]: Box, size: Size): [left: number, top: number, right: number, bottom: number] {
  const { width, height } = extentOf(size);
  const [left, right] = span(x, w, width);
  const [top, bottom] = span(y, h, height);
  return [left, top, right, bottom];
}

/** Pixels whose centre is inside; the one at the box's place where there is none. */
function span(start: number, length: number, size: number): [number, number] {
  const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);
  const low = clamp(Math.round(start * size), 0, size - 1);
  return [low, clamp(Math.round((start + length) * size), low + 1, size)];
}

/** The ellipse that touches the four sides of the box as it lies on the grid, as a mask of that size; at least one pixel. */
export function inscribedEllipse(box: Box, size: Size): Mask {
  const { width, height } = extentOf(size);
  const [left, top, right, bottom] = boxPixels(box, size);
  const bitmap = new Uint8Array(width * height);
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const u = (2 * (x + 0.5 - left)) / (right - left) - 1;
      const v = (2 * (y + 0.5 - top)) / (bottom - top) - 1;
      if (u * u + v * v <= 1) bitmap[y * width + x] = 1;
    }
  // a box of one pixel a side has its only centre in the middle
  return bitmapToMask(bitmap, width, height);
}
