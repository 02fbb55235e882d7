/** A tiny image generator and discriminator, and a batch for them. */
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { boundaries } from "../../ours/image/boundary.ts";
import { type ImageConfig, imageConfig } from "../../ours/image/index.ts";
import { COCO } from "../../scene/categories.ts";

export const TEXT = 5;
/** With a few ideas of ours on, which the paper's functions do not look at. */
export const config = imageConfig.parse({
  size: 16,
  layout: 4,
  encoder: [4],
  background: 3,
  noise: 2,
  fused: 6,
  residualBlocks: 1,
  decoder: [6],
  discriminator: { layout: 3, channels: [4], text: 3 },
  train: { batch: 2, steps: 400, network: "discriminator", rateG: 0.01, rateD: 0.005 },
  ours: {
    ...{ boundary: true, position: 2, decoderNorm: "none", l1: 10, l1Final: 4 },
    ...{ adversarial: "hinge", spectralNorm: true },
  },
}) as ImageConfig & { size: number };
const { size } = config;

/** Two classes side by side, the lower half empty. */
export function classes(n: number): Uint8Array {
  return Uint8Array.from({ length: n * size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size) % size, i % size];
    return row >= size / 2 ? COCO.count : column < 6 ? 0 : 17;
  });
}

export function feedsOf(n = config.train.batch): Feeds {
  const random = stream(3, "image");
  const layout = classes(n);
  const area = size * size;
  const edges = new Uint8Array(n * area);
  for (let i = 0; i < n; i++) edges.set(boundaries(layout.subarray(i * area, (i + 1) * area), size), i * area);
  return {
    picture: Uint8Array.from({ length: n * 3 * area }, () => random.int(256)),
    "layout.classes": layout,
    "layout.boundary": edges,
    text: random.normals(n * TEXT),
    wrong: random.normals(n * TEXT),
    noise: random.normals(n * config.noise),
  };
}
