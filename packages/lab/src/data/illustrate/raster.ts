/** Small RGBA pictures with premultiplied alpha: from SVG, trimmed, resized, mirrored, composited. @module */
import { Resvg } from "@resvg/resvg-js";
import type { Drawing } from "./drawing.ts";

/** Rows top to bottom, 4 bytes a pixel, colour premultiplied by alpha. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Draw at `size` pixels on the longer side. */
export function rasterise({ width, height, body }: Drawing, size: number): Raster {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  const fitTo =
    width >= height ? ({ mode: "width", value: size } as const) : ({ mode: "height", value: size } as const);
  const image = new Resvg(svg, { fitTo, font: { loadSystemFonts: false } }).render();
  return { width: image.width, height: image.height, data: new Uint8Array(image.pixels) };
}

/** Cut off the empty margin: the smallest box that holds every pixel with alpha over `threshold`. */
export function trim(raster: Raster, threshold = 40): Raster {
  const { width, height, data } = raster;
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[(y * width + x) * 4 + 3] > threshold) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + 1);
      }
  return right <= left ? raster : crop(raster, left, top, right - left, bottom - top);
}

function crop(raster: Raster, x: number, y: number, width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * raster.width + x) * 4;
    data.set(raster.data.subarray(from, from + width * 4), row * width * 4);
  }
  return { width, height, data };
}

/** Area average when shrinking, nearest pixel when growing; separable, so the cost is one pass an axis. */
export function resize(raster: Raster, width: number, height: number): Raster {
  const wide = resizeRows(raster.data, raster.width, raster.height, width);
  const turned = transpose(wide, width, raster.height);
  const tall = resizeRows(turned, raster.height, width, height);
  return { width, height, data: transpose(tall, height, width) };
}

function resizeRows(data: Uint8Array, width: number, height: number, to: number): Uint8Array {
  if (width === to) return data;
  const out = new Uint8Array(to * height * 4);
  const step = width / to;
  for (let x = 0; x < to; x++) {
    const start = x * step;
    const end = Math.min(width, start + step);
    const first = Math.floor(start);
    const last = Math.min(width - 1, Math.ceil(end) - 1);
    for (let y = 0; y < height; y++) {
      let [r, g, b, a] = [0, 0, 0, 0];
      for (let i = first; i <= last; i++) {
        const share = Math.min(end, i + 1) - Math.max(start, i);
        const p = (y * width + i) * 4;
        r += data[p] * share;
        g += data[p + 1] * share;
        b += data[p + 2] * share;
        a += data[p + 3] * share;
      }
      const total = end - start;
      const q = (y * to + x) * 4;
      out[q] = Math.round(r / total);
      out[q + 1] = Math.round(g / total);
      out[q + 2] = Math.round(b / total);
      out[q + 3] = Math.round(a / total);
    }
  }
  return out;
}

function transpose(data: Uint8Array, width: number, height: number): Uint8Array {
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) to[x * height + y] = from[y * width + x];
  return new Uint8Array(to.buffer);
}

/** Left and right swapped. */
export function mirror({ width, height, data }: Raster): Raster {
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) to[y * width + x] = from[y * width + width - 1 - x];
  return { width, height, data: new Uint8Array(to.buffer) };
}

/** Put `top` over `base` with its top left corner at (x, y); what lies outside is cut off. Changes `base`. */
export function over(base: Raster, top: Raster, x: number, y: number): void {
  for (let row = Math.max(0, -y); row < Math.min(top.height, base.height - y); row++)
    for (let col = Math.max(0, -x); col < Math.min(top.width, base.width - x); col++) {
      const p = (row * top.width + col) * 4;
      const alpha = top.data[p + 3];
      if (alpha === 0) continue;
      const q = ((y + row) * base.width + x + col) * 4;
      const keep = 1 - alpha / 255;
      for (let c = 0; c < 4; c++)
        base.data[q + c] = Math.min(255, Math.round(top.data[p + c] + base.data[q + c] * keep));
    }
}
