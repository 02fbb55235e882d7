/**
 * Less chance in what is drawn: less noise (truncation, Brock et al. 2019), or the medoid of several masks of an object, a likely shape
 * with the outline of a sample. Measured on photographs: of five IoU .580 instead of .557, edges 4.12 instead of 4.46 (real ones 5.36);
 * both only trade overlap against edge, as the threshold does.
 * @module
 */
import { stream } from "@scenograph/graph/random";
import { z } from "zod";
import type { DrawShapes } from "../../paper/masks/seams.ts";
import { medoid } from "../medoid.ts";

export const candidatesSettings = {
  /** Inference multiplies the noise by this: under 1 masks are more alike and nearer to the likely shape. */
  noiseScale: z.number().min(0).max(2).default(1),
  /** Masks that inference draws of each object; the one that overlaps the others most is taken. */
  candidates: z.int().min(1).max(16).default(1),
};

/** `draw` with its noise times `scale`. */
export function withNoise(scale: number, draw: DrawShapes): DrawShapes {
  return (request) => draw({ ...request, noise: request.noise.map((z) => z.map((v) => v * scale)) });
}

/** Draws each object `count` times, the first time as it is asked for, and takes the medoid of masks above the threshold. */
export function medoids(count: number, threshold: number, draw: DrawShapes): DrawShapes {
  return async (request) => {
    const all = [await draw(request)];
    for (let k = 1; k < count; k++) {
      const noise = request.noise.map((z, i) => stream(request.seed, "mask", request.ids[i], k).normals(z.length));
      all.push(await draw({ ...request, noise }));
    }
    return request.objects.map((_, i) => {
      const maps = all.map((one) => one[i]);
      return maps[medoid(maps, (a, b) => overlap(a, b, threshold))];
    });
  };
}

/** IoU of the masks above the threshold; 1 for two without a pixel. */
export function overlap(a: Float32Array, b: Float32Array, threshold: number): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i] > threshold, b[i] > threshold];
    if (p && q) both++;
    if (p || q) either++;
  }
  return either === 0 ? 1 : both / either;
}
