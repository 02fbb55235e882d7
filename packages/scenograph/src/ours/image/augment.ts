/**
 * Differentiable augmentation of what the discriminators see (Zhao et al. 2020): a real picture and the one generated for it
 * are changed alike, so that few training pictures are not learnt by heart. Not measured alone.
 * @module
 */
import { input } from "@scenograph/graph/leaves";
import { add, cast, mul, sub } from "@scenograph/graph/ops/elementwise";
import { mean } from "@scenograph/graph/ops/reduce";
import { reshape, split } from "@scenograph/graph/ops/shape";
import type { Random } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import { extentOf, type Size } from "../../scene/geometry.ts";

export const augmentSettings = {
  /** Brightness, saturation and contrast are changed, and a square is cut out. */
  augment: z.boolean().default(false),
};

/** Side of the square that is cut out, of the picture's shorter one. */
const CUT = 3 / 8;

/**
 * Inputs "augment.colour" [N, 3] (brightness added, saturation and contrast as factors) and "augment.kept" [N, 1, H, W] uint8 of 0/1.
 * -> a function of pictures [N, 3, H, W]: x + b, then m + s (x - m) with m the pixel's mean, then M + c (x - M) with M the picture's mean, then 0 where cut.
 */
export function augmentation(n: number, size: Size): (pictures: Tensor) => Tensor {
  const { width, height } = extentOf(size);
  const [brightness, saturation, contrast] = split(reshape(input("augment.colour", [n, 3]), [n, 3, 1, 1]), 3, 1);
  const kept = cast(input("augment.kept", [n, 1, height, width], "uint8"));
  return (pictures) => {
    const bright = add(pictures, brightness);
    const grey = mean(bright, 1, true);
    const coloured = add(grey, mul(sub(bright, grey), saturation));
    const level = mean(coloured, [1, 2, 3], true);
    return mul(add(level, mul(sub(coloured, level), contrast)), kept);
  };
}

/** Feeds of `augmentation`: brightness -.3 to .3 (of [-1, 1]), saturation .4 to 1.6, contrast .6 to 1.4; a square anywhere, partly outside. */
export function augmentationFeeds(n: number, size: Size, random: Random): Feeds {
  const { width, height } = extentOf(size);
  const colour = new Float32Array(n * 3);
  const kept = new Uint8Array(n * width * height).fill(1);
  const side = Math.round(CUT * Math.min(width, height));
  for (let i = 0; i < n; i++) {
    colour.set([random.uniform(-0.3, 0.3), random.uniform(0.4, 1.6), random.uniform(0.6, 1.4)], i * 3);
    const [left, top] = [random.int(width + side) - side, random.int(height + side) - side];
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
      const row = (i * height + y) * width;
      kept.fill(0, row + Math.max(0, left), row + Math.min(width, left + side));
    }
  }
  return { "augment.colour": colour, "augment.kept": kept };
}
