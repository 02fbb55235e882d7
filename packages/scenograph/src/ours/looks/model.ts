/**
 * The look of an object in its box's own frame from (silhouette, class, colour, code), and the encoder that reads the code off true
 * pixels [ours]. Every object has as many pixels there as any other, so small ones learn windows and eyes too.
 *
 * The decoder gives colours, and a paint map a: y = a (colour + shade) + (1 - a) rgb. So a colour is exact, and is changed without
 * touching the rest.
 * @module
 */
import { heNormal } from "@scenograph/graph/init";
import { constant } from "@scenograph/graph/leaves";
import { conv, convBlock, embedding, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { add, leakyRelu, mul, sigmoid, sub, tanh } from "@scenograph/graph/ops/elementwise";
import { avgPool2d, upsampleNearest } from "@scenograph/graph/ops/pooling";
import { broadcastTo, concat, reshape, slice, transpose } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { LooksConfig } from "./config.ts";

/** What is known of an object before its look. */
export interface LookObjects {
  /** int64 [M]. */
  readonly labels: Tensor;
  /** [M, 1, S, S] in [0, 1], whole silhouettes. */
  readonly silhouettes: Tensor;
  /** Width of the box over its height, logarithm, [M, 1]. */
  readonly aspects: Tensor;
}

/** Side that encoder and coarse decoder work at. */
const COARSE = 64;

/** [M, 5, 64, 64] (RGB in [-1, 1] where visible, the visible part, the silhouette) -> encodings [M, Z]. */
export function encodeLook(p: Params, config: LooksConfig, labels: Tensor, seen: Tensor): Tensor {
  let x = seen;
  config.encoder.forEach((width, i) => {
    x = convBlock(p.scope(`down.${i}`), x, width, 4, { stride: 2 });
  });
  const [m, c, h, w] = x.shape;
  const own = embedding(p.scope("class"), labels, config.classes, 16);
  return linear(p.scope("out"), concat([reshape(x, [m, c * h * w]), own], 1), config.width);
}

export interface Look {
  /** [M, 3, S, S] in [-1, 1]. */
  readonly picture: Tensor;
  /** [M, 1, S, S] in (0, 1): where the object's colour is. */
  readonly paint: Tensor;
}

/** Code vectors [M, Z] and colours [M, 3] in [-1, 1] -> looks; what lies outside the silhouette has no meaning. */
export function decodeLook(
  p: Params,
  config: LooksConfig,
  objects: LookObjects,
  colours: Tensor,
  vectors: Tensor,
): Look {
  const [m] = vectors.shape;
  const { silhouettes } = objects;
  const side = silhouettes.shape[3];
  const pooled = (to: number) => (to === side ? silhouettes : avgPool2d(silhouettes, side / to));
  const [at4, at8, at16, at32, at64, at128] = config.decoder;

  // the silhouette and the place in the box, down to 8 x 8
  let s = concat([pooled(COARSE), broadcastTo(places(COARSE), [m, 2, COARSE, COARSE])], 1);
  const skips = config.silhouette.map((width, i) => {
    s = convBlock(p.scope(`silhouette.${i}`), s, width, 4, { stride: 2 });
    return s;
  });
  const own = embedding(p.scope("class"), objects.labels, config.classes, config.classWidth);
  const about = concat([own, objects.aspects, colours, vectors], 1);
  const start = leakyRelu(linear(p.scope("start"), about, at4 * 16, { init: heNormal(about.shape[1], 0.2) }));
  let x = reshape(start, [m, at4, 4, 4]);
  [at8, at16, at32].forEach((width, i) => {
    x = convBlock(p.scope(`up.${i}`), concat([upsampleNearest(x), skips[2 - i]], 1), width, 3);
  });
  x = leakyRelu(shuffled(p.scope("up.3"), x, at64));
  const wide = config.side > 64 ? leakyRelu(shuffled(p.scope("up.4"), concat([x, pooled(64)], 1), at128)) : undefined;
  const last = wide ?? x;
  const joined = concat([last, pooled(last.shape[3])], 1);
  const raw = conv(p.scope(`out.${wide ? 128 : 64}`), joined, 5, 3, {
    padding: 1,
    init: { kind: "normal", std: 0.05 },
  });
  if (config.side < 256) return painted(raw, colours);
  // a thin level more: what a large object shows at 256 beyond its 128
  const fine = leakyRelu(shuffled(p.scope("up.5"), joined, 6));
  const more = conv(p.scope("out.256"), concat([fine, pooled(256)], 1), 5, 3, {
    padding: 1,
    init: { kind: "normal", std: 0.02 },
  });
  return painted(add(upsampleNearest(raw), more), colours);
}

/** Raw channels RGB, paint, shade -> a look. */
function painted(raw: Tensor, colours: Tensor): Look {
  const [m] = colours.shape;
  const rgb = tanh(slice(raw, 1, 0, 3));
  const paint = sigmoid(slice(raw, 1, 3, 4));
  const shade = mul(tanh(slice(raw, 1, 4, 5)), 0.5);
  const coat = add(reshape(colours, [m, 3, 1, 1]), shade);
  return { picture: add(rgb, mul(paint, sub(coat, rgb))), paint };
}

/** Sub-pixel convolution: [M, C, H, W] -> [M, out, 2 H, 2 W] (Shi et al. 2016). */
function shuffled(p: Params, x: Tensor, out: number): Tensor {
  const y = conv(p, x, 4 * out, 3, { padding: 1 });
  const [m, , h, w] = y.shape;
  const cells = transpose(reshape(y, [m, out, 2, 2, h, w]), [0, 1, 4, 2, 5, 3]);
  return reshape(cells, [m, out, 2 * h, 2 * w]);
}

/** Place in the box: [1, 2, S, S], across and down, -1 to 1. */
function places(side: number): Tensor {
  const at = (i: number) => (2 * (i + 0.5)) / side - 1;
  const area = side * side;
  return constant(
    Float32Array.from({ length: 2 * area }, (_, i) => at(i < area ? i % side : Math.floor((i - area) / side))),
    [1, 2, side, side],
  );
}

/** Is this a true look? Looks over silhouettes [M, 4, S, S] -> scores of patches [M, 1, S / 8, S / 8]. */
export function judgeLook(
  p: Params,
  config: LooksConfig,
  labels: Tensor,
  seen: Tensor,
  wrap?: (p: Params, weight: Tensor) => Tensor,
): Tensor {
  let x = seen;
  config.discriminator.forEach((width, i) => {
    x = leakyRelu(conv(p.scope(`down.${i}`), x, width, 4, { stride: 2, padding: 1, wrap }));
  });
  const [m, c] = x.shape;
  const own = reshape(embedding(p.scope("class"), labels, config.classes, c), [m, c, 1, 1]);
  return conv(p.scope("score"), mul(x, add(own, 1)), 1, 3, { padding: 1, wrap });
}
