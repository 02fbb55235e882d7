/** Pixels as the browser draws them. @module */
import type { Picture } from "scenograph/scene/scene";

/** RGB pixels as canvas pixels. */
export function rgba({ width, height, data }: Picture): ImageData {
  const out = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    out[i * 4] = data[i * 3];
    out[i * 4 + 1] = data[i * 3 + 1];
    out[i * 4 + 2] = data[i * 3 + 2];
  }
  return new ImageData(out, width, height);
}
