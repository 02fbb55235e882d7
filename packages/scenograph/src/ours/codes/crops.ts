/** Objects cut out of pictures: silhouettes and pixels in the box's own frame, by the objects' own boxes. @module */
import type { Box } from "../../scene/scene.ts";

/** Weights with which cells of a side are made of source pixels along an axis. */
interface Axis {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

/**
 * `side` cells over [start, start + length) of n pixels: mean of the covered pixels when shrinking, linear when enlarging.
 * Lengths in pixels; what lies outside repeats the edge.
 */
function axis(n: number, start: number, length: number, side: number, soft = 1): Axis {
  const first = new Int32Array(side);
  const weights: Float32Array[] = [];
  const scale = length / side;
  // enlarged by more than `soft`, pixels are joined by straight lines instead
  const averages = scale * soft >= 1;
  for (let i = 0; i < side; i++) {
    const half = Math.max(1, scale * soft) / 2;
    const centre = start + (i + 0.5) * scale;
    const low = Math.floor(centre - half - 0.5);
    const high = Math.ceil(centre + half + 0.5);
    const own: number[] = [];
    const from = Math.min(n - 1, Math.max(0, low));
    for (let p = low; p <= high; p++) {
      // of a pixel, the share under the cell, or its weight in linear interpolation
      const w = averages
        ? Math.max(0, Math.min(p + 1, centre + half) - Math.max(p, centre - half))
        : Math.max(0, 1 - Math.abs(p + 0.5 - centre));
      const at = Math.min(n - 1, Math.max(0, p)) - from;
      own[at] = (own[at] ?? 0) + w;
    }
    const total = own.reduce((a, b) => a + (b ?? 0), 0) || 1;
    first[i] = from;
    weights.push(Float32Array.from(own, (v) => (v ?? 0) / total));
  }
  return { first, weights };
}

/** A map of `channels` interleaved values a pixel. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** The part of a picture in `box` (fractions), stretched to side x side; values as in the source. -> [side, side, channels] */
export function cropToBox(raster: Raster, [x, y, w, h]: Box, side: number): Float32Array {
  const { width, height } = raster;
  return resample(raster, [x * width, y * height, Math.max(1, w * width), Math.max(1, h * height)], side, side);
}

/**
 * The region [x, y, w, h] of a raster, in its pixels, at columns x rows: what lies outside repeats the edge. `soft`: pixels of the
 * result that a mean is taken over. -> [rows, columns, channels]
 */
export function resample(
  { width, height, channels, data }: Raster,
  [x, y, w, h]: readonly [number, number, number, number],
  columns: number,
  rows: number,
  soft = 1,
): Float32Array {
  const across = axis(width, x, w, columns, soft);
  const down = axis(height, y, h, rows, soft);
  const low = down.first.reduce((a, b) => Math.min(a, b), height);
  const high = down.first.reduce((a, f, i) => Math.max(a, f + down.weights[i].length), 0);
  const stride = columns * channels;
  const between = new Float32Array((high - low) * stride);
  for (let r = low; r < Math.min(height, high); r++)
    for (let i = 0; i < columns; i++) {
      const weights = across.weights[i];
      const from = r * width + across.first[i];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * data[(from + k) * channels + c];
        between[(r - low) * stride + i * channels + c] = sum;
      }
    }
  const out = new Float32Array(rows * stride);
  for (let j = 0; j < rows; j++) {
    const weights = down.weights[j];
    for (let k = 0; k < weights.length; k++) {
      const row = (down.first[j] + k - low) * stride;
      for (let i = 0; i < stride; i++) out[j * stride + i] += weights[k] * between[row + i];
    }
  }
  return out;
}

/** Box of the 1s of a bitmap as fractions; undefined where there are none. */
export function tightBox(bitmap: Uint8Array, width: number, height: number): Box | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (bitmap[y * width + x]) {
        if (x < left) left = x;
        if (x >= right) right = x + 1;
        if (y < top) top = y;
        bottom = y + 1;
      }
  if (right === 0) return undefined;
  return [left / width, top / height, (right - left) / width, (bottom - top) / height];
}
