/** Small RGBA pictures with premultiplied alpha: from SVG, placed, mirrored, composited. @module */
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

/** Draw at exactly width x height pixels, stretched to fill them. */
export function rasteriseAt(drawing: Drawing, width: number, height: number): Raster {
  const whole = { x: 0, y: 0, width: drawing.width, height: drawing.height };
  return place(drawing, whole, { x: 0, y: 0, width, height }, false).raster;
}

/** A rectangle in any unit. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels and where their top left corner goes. */
export interface Placed {
  readonly raster: Raster;
  readonly left: number;
  readonly top: number;
}

/** The smallest rectangle of a drawing, in its units, outside of which alpha is at most `threshold` of 255. */
export function boundsOf(drawing: Drawing, threshold = 40): Bounds {
  const side = 384;
  const { width, height, data } = rasterise(drawing, side);
  const unit = Math.max(drawing.width, drawing.height) / side;
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[(y * width + x) * 4 + 3] > threshold) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + 1);
      }
  if (right <= left) return { x: 0, y: 0, width: drawing.width, height: drawing.height };
  return { x: left * unit, y: top * unit, width: (right - left) * unit, height: (bottom - top) * unit };
}

/** The part `view` of a drawing stretched over `rect`, in pixels that need not be whole; `flip` exchanges left and right. */
export function place(drawing: Drawing, view: Bounds, rect: Bounds, flip: boolean): Placed {
  const left = Math.floor(rect.x);
  const top = Math.floor(rect.y);
  const width = Math.max(1, Math.ceil(rect.x + rect.width) - left);
  const height = Math.max(1, Math.ceil(rect.y + rect.height) - top);
  const [x, y] = [rect.x - left, rect.y - top];
  const [ux, uy] = [view.width / rect.width, view.height / rect.height];
  const box = [view.x - x * ux, view.y - y * uy, width * ux, height * uy];
  // Turned about the middle of `rect`.
  const turned = flip
    ? `<g transform="translate(${2 * view.x + view.width} 0) scale(-1 1)">${drawing.body}</g>`
    : drawing.body;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${box.join(" ")}" ` +
    `preserveAspectRatio="none">${turned}</svg>`;
  const image = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  return { raster: { width: image.width, height: image.height, data: new Uint8Array(image.pixels) }, left, top };
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
