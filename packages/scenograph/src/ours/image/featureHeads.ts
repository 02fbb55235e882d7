/**
 * Discriminators on the feature maps of a fixed network ("Projected GANs", Sauer et al. 2021): each map is mixed by a fixed random 1x1
 * convolution, joined by the layout at its size, and judged by a small network that ends at 4 x 4 patches. Without
 * spectral norm: with it these heads stayed at chance for hundreds of steps. Measured on photographs: Frechet distance (Inception)
 * 18 to 4 in 1,300 steps.
 * @module
 */
import { constant } from "@scenograph/graph/leaves";
import type { Adversarial } from "@scenograph/graph/nn/adversarial";
import { conv, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { add, addAll, div, leakyRelu, mul, sqrt, square, stopGradient } from "@scenograph/graph/ops/elementwise";
import { avgPool2d, tile2d } from "@scenograph/graph/ops/pooling";
import { mean } from "@scenograph/graph/ops/reduce";
import { concat } from "@scenograph/graph/ops/shape";
import { stream } from "@scenograph/graph/random";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import { generatorLoss, matchingAwareLoss } from "../../paper/image/loss.ts";
import { embedLayout } from "../../paper/image/model.ts";
import type { TermInputs, Terms } from "../../paper/image/seams.ts";

export const featureHeadSettings = {
  /** Channels that each map is projected to, 0 = none, and the weight of each head's loss beside the one of the pixels. */
  featureHeads: z
    .strictObject({ channels: z.int().min(0).default(0), weight: z.number().positive().default(1) })
    .prefault({}),
};

/** What the discriminators on feature maps add to either side; nothing without a perceptual network. */
export function featureHeadTerms(
  { channels, weight }: { channels: number; weight: number },
  kind?: Adversarial,
): (at: TermInputs) => Terms {
  return ({ config, critic, layout, text, wrong, seenReal, seenFake, network }) => {
    const look = network?.deep ?? network?.features;
    if (!look) return {};
    const p = critic.scope("features");
    const { layout: width, text: textWidth } = config.discriminator;
    const embedded = embedLayout(p.scope("layout"), layout, width, config.classes);
    const onMaps = (maps: readonly Tensor[]) => featureHeads(p, { channels, text: textWidth }, embedded, maps);
    const projected = projectMaps(look(seenReal), look(seenFake), channels);
    const reals = onMaps(projected.real);
    const [scores, wrongs] = [reals(text), wrong ? reals(wrong) : []];
    const generated = onMaps(projected.generated)(text);
    const lossesD = scores.map((real, i) =>
      matchingAwareLoss({ real, mismatched: wrongs[i], generated: generated[i] }, kind),
    );
    return {
      discriminator: mul(addAll(lossesD), weight),
      adversarial: mul(addAll(generated.map((score) => generatorLoss(score, kind))), weight),
    };
  };
}

/** Sides of maps are halved down to this one. */
const PATCHES = 4;

/**
 * Maps [N, C_l, H_l, W_l] of real and of generated pictures, mixed to [N, channels, H_l, W_l], both divided by the root mean square
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
 * One head a map: maps [N, C, H_l, W_l] and the embedded layout [N, E, H, W] -> for a sentence embedding [N, D] the scores
 * [N, 1, 4, 4] of every head, or as many more along a longer side. Maps of fewer than 4 pixels a side are judged as they are.
 */
export function featureHeads(
  p: Params,
  { channels, text: width }: { readonly channels: number; readonly text: number },
  layout: Tensor,
  maps: readonly Tensor[],
): (text: Tensor) => Tensor[] {
  const heads = maps.map((map, i) => {
    const q = p.scope(i);
    const side = Math.min(map.shape[2], map.shape[3]);
    const shrunk = layout.shape[3] / map.shape[3];
    const at = shrunk > 1 ? avgPool2d(layout, shrunk) : layout;
    let x = concat([map, at], 1);
    for (let level = 0, s = side; s > PATCHES; s /= 2, level++)
      x = leakyRelu(conv(q.scope(`down.${level}`), x, channels, 4, { stride: 2, padding: 1 }));
    return (said: Tensor) => {
      const words = tile2d(leakyRelu(linear(q.scope("text"), said, width)), x.shape[2], x.shape[3]);
      const joint = conv(q.scope("joint"), concat([x, words], 1), channels, 3, { padding: 1 });
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
