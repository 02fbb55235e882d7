/** Pictures as the networks take them. @module */
import { FormatError } from "@scenograph/graph/errors";
import type { Picture } from "scenograph/scene/scene";

/**
 * A picture as [3, toHeight, toWidth] in [-1, 1], written to `out` at `at`. Bilinear with the triangle widened when the picture
 * shrinks (antialiased, as Pillow does it), so that features do not depend on a sampling grid; when it grows this is
 * plain bilinear with half-pixel centres.
 * @throws FormatError when the data do not fill the picture
 */
export function writePixels(picture: Picture, toWidth: number, toHeight: number, out: Float32Array, at: number): void {
  const { width, height, data } = picture;
  if (data.length !== width * height * 3 || data.length === 0)
    throw new FormatError(`a picture of ${width} x ${height} has ${width * height * 3} bytes, got ${data.length}`);
  const columns = resampling(width, toWidth);
  const rows = resampling(height, toHeight);
  const wide = new Float32Array(height * toWidth);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++)
      for (let x = 0; x < toWidth; x++) {
        const { first, weights } = columns[x];
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * data[(y * width + first + k) * 3 + c];
        wide[y * toWidth + x] = sum;
      }
    for (let y = 0; y < toHeight; y++) {
      const { first, weights } = rows[y];
      for (let x = 0; x < toWidth; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * wide[(first + k) * toWidth + x];
        out[at + (c * toHeight + y) * toWidth + x] = sum / 127.5 - 1;
      }
    }
  }
}

/** For each output pixel: its first input pixel and the weights from there on, which sum to 1. */
function resampling(from: number, to: number): { first: number; weights: number[] }[] {
  const scale = from / to;
  const radius = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius + 0.5));
    const end = Math.min(from, Math.floor(centre + radius + 0.5));
    const raw = Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs((first + k + 0.5 - centre) / radius)),
    );
    const total = raw.reduce((a, b) => a + b, 0);
    return { first, weights: raw.map((w) => w / total) };
  });
}
