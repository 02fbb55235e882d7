/**
 * Masks and pictures at any size: a mask is drawn from its smoothed outline with exact pixel coverage, so that 64 x 64 become
 * 1024 x 1024 without stairs; a mask that shrinks is averaged. Pictures: Catmull-Rom when growing, a triangle when shrinking.
 * @module
 */
import type { Pixels } from "../formats/pngWrite.ts";
import { maskArea, maskToBitmap } from "../formats/rle.ts";
import { maskContours, type Point } from "../scene/contours.ts";
import type { Mask, Picture, SceneObject } from "../scene/scene.ts";
import { gridCorners } from "./geometry.ts";
import type { Size } from "./types.ts";

/** Row-major share of each pixel that the object covers, 0 to 255: its mask's, else its box's. */
export function coverageOf(object: Pick<SceneObject, "mask" | "box">, size: Size): Uint8Array {
  const { mask, box } = object;
  if (mask && maskArea(mask) > 0) return maskCoverage(mask, size);
  const out = new Uint8Array(size.width * size.height);
  const [x0, y0, x1, y1] = gridCorners(box, size.width, size.height);
  for (let y = y0; y < y1; y++) out.fill(255, y * size.width + x0, y * size.width + x1);
  return out;
}

/** Whether the object covers half of the pixel or more; never nothing: then the pixel that it covers most. */
export function hardMask(object: Pick<SceneObject, "mask" | "box">, size: Size): Uint8Array {
  const coverage = coverageOf(object, size);
  let [most, at] = [0, 0];
  for (let i = 0; i < coverage.length; i++) if (coverage[i] > most) [most, at] = [coverage[i], i];
  if (most < 128 && most > 0) coverage[at] = 255;
  for (let i = 0; i < coverage.length; i++) coverage[i] = coverage[i] >= 128 ? 1 : 0;
  return coverage;
}

export function maskCoverage(mask: Mask, { width, height }: Size): Uint8Array {
  if (mask.width === width && mask.height === height) return maskToBitmap(mask).map((v) => v * 255);
  if (mask.width > width && mask.height > height) return averaged(mask, width, height);
  return fillContours(maskContours(mask), { width, height });
}

/**
 * Exact coverage of closed outlines in fractions of the picture, holes running the other way round. Each edge leaves in every
 * row the area it closes off and the height that counts for all pixels to its right; a running sum makes the coverage.
 */
export function fillContours(contours: readonly (readonly Point[])[], { width, height }: Size): Uint8Array {
  const stride = width + 2;
  const sums = new Float32Array(stride * height);
  let [left, right, top, bottom] = [1, 0, 1, 0];
  for (const loop of contours)
    for (let i = 0; i < loop.length; i++) {
      const [ax, ay] = loop[i];
      const [bx, by] = loop[(i + 1) % loop.length];
      addEdge(sums, width, height, ax * width, ay * height, bx * width, by * height);
      if (ax < left) left = ax;
      if (ax > right) right = ax;
      if (ay < top) top = ay;
      if (ay > bottom) bottom = ay;
    }
  const out = new Uint8ClampedArray(width * height);
  const [first, end] = [Math.max(0, Math.floor(left * width)), Math.min(width, Math.ceil(right * width))];
  for (let y = Math.max(0, Math.floor(top * height)); y < Math.min(height, Math.ceil(bottom * height)); y++) {
    let sum = 0;
    for (let x = first, from = y * stride + first, to = y * width + first; x < end; x++) {
      sum += sums[from++];
      out[to++] = sum < 0 ? -255 * sum : 255 * sum;
    }
  }
  return new Uint8Array(out.buffer);
}

function addEdge(
  sums: Float32Array,
  width: number,
  height: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): void {
  if (ay === by) return;
  const sign = ay < by ? 1 : -1;
  const [x0, y0, x1, y1] = ay < by ? [ax, ay, bx, by] : [bx, by, ax, ay];
  const slope = (x1 - x0) / (y1 - y0);
  const inside = (x: number) => Math.min(width, Math.max(0, x));
  for (let row = Math.max(0, Math.floor(y0)); row < Math.min(height, Math.ceil(y1)); row++) {
    const [top, bottom] = [Math.max(y0, row), Math.min(y1, row + 1)];
    if (bottom <= top) continue;
    const ends = [inside(x0 + (top - y0) * slope), inside(x0 + (bottom - y0) * slope)];
    const [left, right] = ends[0] < ends[1] ? ends : [ends[1], ends[0]];
    const d = sign * (bottom - top);
    const at = row * (width + 2);
    const [first, last] = [Math.floor(left), Math.floor(right)];
    if (first === last) {
      const share = 1 - ((left + right) / 2 - first);
      sums[at + first] += d * share;
      sums[at + first + 1] += d * (1 - share);
      continue;
    }
    // what lies right of the edge, column by column: a triangle, parallels, a triangle
    let before = 0;
    for (let x = first; x <= last; x++) {
      const area = rightOf(left, right, x) * d;
      sums[at + x] += area - before;
      before = area;
    }
    sums[at + last + 1] += d - before;
  }
}

/** Mean over the edge from `left` to `right` of how much of column [x, x + 1] lies right of it. */
function rightOf(left: number, right: number, x: number): number {
  const length = right - left;
  const [from, to] = [Math.max(left, x), Math.min(right, x + 1)];
  const before = Math.max(0, Math.min(right, x) - left);
  const within = Math.max(0, to - from);
  return (before + within * (x + 1 - (from + to) / 2)) / length;
}

function averaged(mask: Mask, width: number, height: number): Uint8Array {
  const bitmap = maskToBitmap(mask);
  const data = new Uint8Array(bitmap.length);
  for (let i = 0; i < bitmap.length; i++) data[i] = bitmap[i] * 255;
  return resample({ width: mask.width, height: mask.height, channels: 1, data }, { width, height }, shares).data;
}

/** The picture at another size. */
export function resizeTo(picture: Picture, size: Size): Pixels {
  return resample({ ...picture, channels: 3 }, size);
}

/** One dimension after the other. */
function resample(pixels: Pixels, { width, height }: Size, weights: Weights = soft): Pixels {
  const { channels } = pixels;
  if (pixels.width === width && pixels.height === height) return pixels;
  const stride = width * channels;
  const wide = new Float32Array(pixels.height * stride);
  const columns = weights(pixels.width, width);
  for (let y = 0; y < pixels.height; y++)
    for (let x = 0; x < width; x++) {
      const { from, values } = columns[x];
      const to = y * stride + x * channels;
      let at = (y * pixels.width + from) * channels;
      for (let k = 0; k < values.length; k++)
        for (let c = 0; c < channels; c++) wide[to + c] += values[k] * pixels.data[at++];
    }
  // stores round and clamp
  const data = new Uint8ClampedArray(height * stride);
  const rows = weights(pixels.height, height);
  const line = new Float32Array(stride);
  for (let y = 0; y < height; y++) {
    const { from, values } = rows[y];
    line.fill(0);
    for (let k = 0; k < values.length; k++) {
      const weight = values[k];
      const row = wide.subarray((from + k) * stride, (from + k + 1) * stride);
      for (let i = 0; i < stride; i++) line[i] += weight * row[i];
    }
    data.set(line, y * stride);
  }
  return { width, height, channels, data: new Uint8Array(data.buffer) };
}

/** For each new pixel the old ones that it is made of, along one side. */
type Weights = (from: number, to: number) => { readonly from: number; readonly values: number[] }[];

/** How much of each old pixel lies in the new one: means are exact. */
const shares: Weights = (from, to) =>
  Array.from({ length: to }, (_, i) => {
    const [left, right] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.floor(left);
    const values: number[] = [];
    for (let k = first; k < right && k < from; k++)
      values.push(((Math.min(right, k + 1) - Math.max(left, k)) * to) / from);
    return { from: first, values };
  });

/** Catmull-Rom when growing, a triangle when shrinking. */
const soft: Weights = (from, to) => {
  const scale = Math.max(1, from / to);
  const reach = scale > 1 ? scale : 2;
  return Array.from({ length: to }, (_, i) => {
    const middle = ((i + 0.5) * from) / to;
    const first = Math.max(0, Math.ceil(middle - reach - 0.5));
    const last = Math.min(from - 1, Math.floor(middle + reach - 0.5));
    const values: number[] = [];
    for (let k = first; k <= last; k++) {
      const t = Math.abs(k + 0.5 - middle) / scale;
      values.push(scale > 1 ? Math.max(0, 1 - t) : catmullRom(t));
    }
    const sum = values.reduce((a, b) => a + b, 0);
    return { from: first, values: values.map((v) => v / sum) };
  });
};

function catmullRom(t: number): number {
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}
