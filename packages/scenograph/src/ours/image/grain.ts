/**
 * One number of noise a pixel, averaged for the coarser levels, enters the decoder at each of them (as in Karras et al. 2019). Without it
 * a region of one class has only the map of the position to make a texture of: photographs had plaid stripes for texture.
 * @module
 */
import { input } from "@scenograph/graph/leaves";
import { mul } from "@scenograph/graph/ops/elementwise";
import { avgPool2d } from "@scenograph/graph/ops/pooling";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import type { ImageSeams } from "../../paper/image/seams.ts";
import { areaOf, extentOf } from "../../scene/geometry.ts";

export const grainSettings = {
  grain: z.boolean().default(false),
};

/** Input "grain" [N, 1, H, W], standard normal. */
export const grain: Required<Pick<ImageSeams, "inputs" | "noiseFeeds" | "beside">> = {
  inputs: (n, { size }) => {
    const { width, height } = extentOf(size);
    return { grain: input("grain", [n, 1, height, width]) };
  },
  noiseFeeds: (chance, n, { size }) => {
    const area = areaOf(size);
    const values = new Float32Array(n * area);
    chance.forEach((random, i) => {
      values.set(random.normals(area), i * area);
    });
    return { grain: values };
  },
  beside: (_p, given, { levels }) => {
    const scales = grains(given.grain, levels).reverse();
    return { fused: [scales[0]], decoder: scales.slice(1) };
  },
};

/** White noise of variance 1 at sizes 1, 1/2, ...: a mean of four has a quarter of the variance. */
function grains(noise: Tensor, levels: number): Tensor[] {
  const out = [noise];
  for (let i = 0; i < levels; i++) out.push(mul(avgPool2d(out[i], 2), 2));
  return out;
}
