/**
 * Masks and pictures at any size: a mask is drawn from its smoothed outline with exact pixel coverage, so that 64 x 64 become
 * 1024 x 1024 without stairs; a mask that shrinks is averaged. Pictures: Catmull-Rom when growing, a triangle when shrinking.
 * @module
 */
import type { Pixels } from "../formats/pngWrite.ts";
import { maskArea, maskBox, maskToBitmap } from "../formats/rle.ts";
import { maskContours, type Point } from "../scene/contours.ts";
import type { Mask, Picture, SceneObject } from "../scene/scene.ts";
import { gridCorners } from "./geometry.ts";
import type { Size } from "./types.ts";

/** A rectangle of a canvas: row-major values of its pixels, 0 in all others. It may be empty. */
export interface Cover extends Size {
  readonly left: number;
  readonly top: number;
  readonly data: Uint8Array;
}

/** The share of each pixel that the object covers, 0 to 255: its mask's, else its box's. */
export function coverageOf(object: Pick<SceneObject, "mask" | "box">, size: Size): Cover {
  const { mask, box } = object;
  if (mask && maskArea(mask) > 0) return maskCoverage(mask, size);
  const [x0, y0, x1, y1] = gridCorners(box, size.width, size.height);
  const [width, height] = [x1 - x0, y1 - y0];
  return { left: x0, top: y0, width, height, data: new Uint8Array(width * height).fill(255) };
}

/** 1 where the object covers half of the pixel or more, else 0; never nothing: then the pixel that it covers most. */
export function hardMask(object: Pick<SceneObject, "mask" | "box">, size: Size): Cover {
  const cover = coverageOf(object, size);
  const data = new Uint8Array(cover.data.length);
  let [most, at] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (cover.data[i] > most) [most, at] = [cover.data[i], i];
    data[i] = cover.data[i] >= 128 ? 1 : 0;
  }
  if (most > 0) data[at] = 1;
  return { ...cover, data };
}

/** Row-major values of the whole canvas. */
export function onCanvas(cover: Cover, { width, height }: Size): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < cover.height; y++)
    out.set(cover.data.subarray(y * cover.width, (y + 1) * cover.width), (cover.top + y) * width + cover.left);
  return out;
}

/** The share of each pixel that the mask covers, 0 to 255. */
export function maskCoverage(mask: Mask, { width, height }: Size): Cover {
  const same = mask.width === width && mask.height === height;
  if (same || (mask.width > width && mask.height > height)) return averaged(mask, width, height);
  return fillContours(maskContours(mask), { width, height });
}

/**
 * Exact coverage of closed outlines in fractions of the picture, holes running the other way round. Each edge leaves in every
 * row the area it closes off and the height that counts for all pixels to its right; a running sum makes the coverage.
 */
export function fillContours(contours: readonly (readonly Point[])[], size: Size): Cover {
  let [x0, x1, y0, y1] = [1, 0, 1, 0];
  for (const loop of contours)
    for (const [x, y] of loop) {
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
  const left = Math.max(0, Math.floor(x0 * size.width));
  const top = Math.max(0, Math.floor(y0 * size.height));
  const width = Math.max(0, Math.min(size.width, Math.ceil(x1 * size.width)) - left);
  const height = Math.max(0, Math.min(size.height, Math.ceil(y1 * size.height)) - top);
  const stride = width + 2;
  const sums = new Float32Array(stride * height);
  for (const loop of contours) {
    let [ax, ay] = loop[loop.length - 1];
    for (const [bx, by] of loop) {
      const [fx, fy, tx, ty] = [
        ax * size.width - left,
        ay * size.height - top,
        bx * size.width - left,
        by * size.height - top,
      ];
      addEdge(sums, width, height, fx, fy, tx, ty);
      [ax, ay] = [bx, by];
    }
  }
  const out = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0, from = y * stride, to = y * width; x < width; x++) {
      sum += sums[from++];
      out[to++] = sum < 0 ? -255 * sum : 255 * sum;
    }
  }
  return { left, top, width, height, data: new Uint8Array(out.buffer) };
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

/** Means of the mask's pixels, around its box. */
function averaged(mask: Mask, width: number, height: number): Cover {
  const [x, y, w, h] = maskBox(mask);
  if (w === 0) return { left: 0, top: 0, width: 0, height: 0, data: new Uint8Array() };
  const [left, top] = [Math.floor((x * width) / mask.width), Math.floor((y * height) / mask.height)];
  const [right, bottom] = [Math.ceil(((x + w) * width) / mask.width), Math.ceil(((y + h) * height) / mask.height)];
  // the pixels of the mask that those of the canvas are made of, from whole ones
  const [fromX, fromY] = [Math.floor((left * mask.width) / width), Math.floor((top * mask.height) / height)];
  const [toX, toY] = [Math.ceil((right * mask.width) / width), Math.ceil((bottom * mask.height) / height)];
  const data = maskToBitmap(mask, [fromX, fromY, toX - fromX, toY - fromY]);
  for (let i = 0; i < data.length; i++) data[i] *= 255;
  const columns = shares(mask.width, width, left, right, fromX);
  const rows = shares(mask.height, height, top, bottom, fromY);
  return { left, top, ...resample({ width: toX - fromX, height: toY - fromY, channels: 1, data }, columns, rows) };
}

/** The picture at another size. */
export function resizeTo(picture: Picture, { width, height }: Size): Pixels {
  const pixels = { ...picture, channels: 3 } as const;
  if (picture.width === width && picture.height === height) return pixels;
  return resample(pixels, soft(picture.width, width), soft(picture.height, height));
}

/** One dimension after the other. */
function resample({ width, height, channels, data: from }: Pixels, columns: Taps, rows: Taps): Pixels {
  const stride = columns.first.length * channels;
  const wide = new Float32Array(height * stride);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < columns.first.length; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        let at = (y * width + columns.first[x]) * channels + c;
        for (let k = x * columns.taps, end = k + columns.taps; k < end; k++, at += channels)
          sum += columns.weights[k] * from[at];
        wide[y * stride + x * channels + c] = sum;
      }
  // stores round and clamp
  const data = new Uint8ClampedArray(rows.first.length * stride);
  const line = new Float32Array(stride);
  for (let y = 0; y < rows.first.length; y++) {
    line.fill(0);
    for (let k = 0; k < rows.taps; k++) {
      const weight = rows.weights[y * rows.taps + k];
      const row = (rows.first[y] + k) * stride;
      if (weight !== 0) for (let i = 0; i < stride; i++) line[i] += weight * wide[row + i];
    }
    data.set(line, y * stride);
  }
  return { width: columns.first.length, height: rows.first.length, channels, data: new Uint8Array(data.buffer) };
}

/** For each new pixel along one side `taps` old ones from `first` on, and what each counts. */
interface Taps {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

/** Of lists of weights; `length` is the number of old pixels. */
function tapsOf(lists: readonly { readonly from: number; readonly values: readonly number[] }[], length: number): Taps {
  const taps = Math.min(length, Math.max(...lists.map((l) => l.values.length)));
  const first = new Int32Array(lists.length);
  const weights = new Float32Array(lists.length * taps);
  lists.forEach(({ from, values }, i) => {
    // shorter lists, at the borders, get zeros without leaving the old pixels
    first[i] = Math.min(from, length - taps);
    weights.set(values, i * taps + from - first[i]);
  });
  return { taps, first, weights };
}

/** How much of each old pixel lies in the new ones from `start` to `end`: means are exact. Old pixels are counted from `origin`. */
function shares(from: number, to: number, start: number, end: number, origin: number): Taps {
  const lists = Array.from({ length: end - start }, (_, n) => {
    const [left, right] = [((start + n) * from) / to, ((start + n + 1) * from) / to];
    const first = Math.floor(left);
    const values: number[] = [];
    for (let k = first; k < right && k < from; k++)
      values.push(((Math.min(right, k + 1) - Math.max(left, k)) * to) / from);
    return { from: first - origin, values };
  });
  return tapsOf(lists, Math.ceil((end * from) / to) - origin);
}

/** Catmull-Rom when growing, a triangle when shrinking. */
function soft(from: number, to: number): Taps {
  const scale = Math.max(1, from / to);
  const reach = scale > 1 ? scale : 2;
  const lists = Array.from({ length: to }, (_, i) => {
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
  return tapsOf(lists, from);
}

function catmullRom(t: number): number {
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}
