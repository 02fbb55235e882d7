/**
 * Discriminators on the feature maps of a fixed network ("Projected GANs", Sauer et al. 2021): each map is mixed by a fixed random 1x1
 * convolution, joined by the layout at its size, and judged by a small network that ends at 4 x 4 patches. Without
 * spectral norm: with it these heads stayed at chance for hundreds of steps.
 * @module
 */
import { constant } from "@scenograph/graph/leaves";
import { conv, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { add, div, leakyRelu, sqrt, square, stopGradient } from "@scenograph/graph/ops/elementwise";
import { avgPool2d, tile2d } from "@scenograph/graph/ops/pooling";
import { mean } from "@scenograph/graph/ops/reduce";
import { concat } from "@scenograph/graph/ops/shape";
import { stream } from "@scenograph/graph/random";
import type { Tensor } from "@scenograph/graph/tensor";
import type { ImageConfig } from "./config.ts";

/** Sides of maps are halved down to this one. */
const PATCHES = 4;

/**
 * Maps [N, C_l, S_l, S_l] of real and of generated pictures, mixed to [N, channels, S_l, S_l], both divided by the root mean square
 * of the real ones.
 */
export function projectMaps(
  real: readonly Tensor[],
  generated: readonly Tensor[],
  channels: number,
): { real: Tensor[]; generated: Tensor[] } {
  const pairs = real.map((map, i) => {
    const weight = projection(i, map.shape[1], channels);
    const mixed = conv2d(map, weight);
    const scale = stopGradient(sqrt(add(mean(square(mixed)), 1e-6)));
    return [div(mixed, scale), div(conv2d(generated[i], weight), scale)] as const;
  });
  return { real: pairs.map(([r]) => r), generated: pairs.map(([, g]) => g) };
}

/**
 * One head a map: maps [N, C, S_l, S_l] and the embedded layout [N, E, S, S] -> for a sentence embedding [N, D] the scores
 * [N, 1, 4, 4] of every head. Maps of fewer than 4 pixels a side are judged as they are.
 */
export function featureHeads(
  p: Params,
  config: ImageConfig,
  layout: Tensor,
  maps: readonly Tensor[],
): (text: Tensor) => Tensor[] {
  const { features, text: width } = config.discriminator;
  const heads = maps.map((map, i) => {
    const q = p.scope(i);
    const side = map.shape[3];
    const at = layout.shape[3] > side ? avgPool2d(layout, layout.shape[3] / side) : layout;
    let x = concat([map, at], 1);
    for (let level = 0, s = side; s > PATCHES; s /= 2, level++)
      x = leakyRelu(conv(q.scope(`down.${level}`), x, features.channels, 4, { stride: 2, padding: 1 }));
    return (said: Tensor) => {
      const words = tile2d(leakyRelu(linear(q.scope("text"), said, width)), x.shape[2], x.shape[3]);
      const joint = conv(q.scope("joint"), concat([x, words], 1), features.channels, 3, { padding: 1 });
      return conv(q.scope("score"), leakyRelu(joint), 1, 1);
    };
  });
  return (text) => heads.map((head) => head(text));
}

/** A fixed random mixture of channels [out, C, 1, 1], of variance 1 / C; always the same for a map. */
function projection(map: number, channels: number, out: number): Tensor {
  const values = stream(0, "feature projection", map).normals(out * channels);
  return constant(
    values.map((v) => v / Math.sqrt(channels)),
    [out, channels, 1, 1],
  );
}
