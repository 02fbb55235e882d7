/**
 * Image generator and its discriminator, paper section 5: (M, s) -> X. Layout encoder, text gate, background text,
 * noise, residual blocks, and a cascaded refinement decoder that the layout enters at every level.
 * @module
 */
import { constant } from "@scenograph/graph/leaves";
import { conv, convBlock, linear, residualBlock } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { cast, equal, leakyRelu, mul, sigmoid, tanh } from "@scenograph/graph/ops/elementwise";
import { avgPool2d, tile2d, upsampleNearest } from "@scenograph/graph/ops/pooling";
import { concat, reshape } from "@scenograph/graph/ops/shape";
import { check, type Tensor } from "@scenograph/graph/tensor";
import type { PaperImage } from "./config.ts";
import type { Given, ImageSeams } from "./seams.ts";

/** The layout as it is fed. */
export interface LayoutInputs {
  /** [N, 1, H, W] class of the nearest object at each pixel (uint8 as float); L = none. */
  readonly classes: Tensor;
  /** What ideas read beside it. */
  readonly given: Given;
}

/** Applied to the discriminator's weights: `SpectralNorms.wrap`, or nothing. */
export type Wrap = ((p: Params, weight: Tensor) => Tensor) | undefined;

/** M in {0,1}^{H x W x L}: pixel (i, j) of channel k is 1 where an object of class k has its mask. -> [N, L, H, W] */
export function layoutTensor(classes: Tensor, depth: number): Tensor {
  const numbers = constant(
    Float32Array.from({ length: depth }, (_, k) => k),
    [1, depth, 1, 1],
  );
  return cast(equal(classes, numbers));
}

/** 1x1 convolution of M to a few channels. */
export function embedLayout(p: Params, { classes }: LayoutInputs, width: number, depth: number): Tensor {
  return conv(p, layoutTensor(classes, depth), width, 1, { bias: false, init: { kind: "normal", std: 0.5 } });
}

/** Sizes 1, 1/2, ... down to the smallest, by averaging: the layout at every level of the decoder. */
function pyramid(layout: Tensor, levels: number): Tensor[] {
  const out = [layout];
  for (let i = 0; i < levels; i++) out.push(avgPool2d(out[i], 2));
  return out;
}

/** The layout at every level of the decoder, and A [N, C, h, w], what the encoder makes of it, before the text gate. */
export function encodedLayout(
  p: Params,
  config: PaperImage,
  layout: LayoutInputs,
  { painter }: ImageSeams = {},
): { scales: Tensor[]; a: Tensor } {
  const levels = config.decoder.length;
  // a decoder with more levels than the encoder: the encoder reads the layout at the smaller size
  const skipped = levels - config.encoder.length;
  check(
    skipped >= 0,
    "image.generator()",
    `encoder has ${config.encoder.length} levels, decoder ${levels}; the decoder needs at least as many`,
  );
  const { norm } = config;
  const [, , height, width] = layout.classes.shape;
  check(
    height % 2 ** levels === 0 && width % 2 ** levels === 0,
    "image.generator()",
    `${levels} levels of the decoder halve ${width} x ${height} pixels; sides are multiples of ${2 ** levels}`,
  );
  const m = embedLayout(p.scope("layout"), layout, config.layout, config.classes);
  const painted = painter?.(p, config, layout.given) ?? [];
  const scales = pyramid(painted.length > 0 ? concat([m, ...painted], 1) : m, levels);

  // layout encoder -> A
  let a = scales[skipped];
  config.encoder.forEach((width, i) => {
    a = convBlock(p.scope(`encoder.${i}`), a, width, 4, { stride: 2, norm });
  });
  return { scales, a };
}

/** The text gate sigmoid(S): text [N, D] -> [N, C] in (0, 1), how far each of A's channels is open. */
export function textGate(p: Params, text: Tensor, channels: number): Tensor {
  return sigmoid(linear(p.scope("gate"), text, channels));
}

/** The second projection of the text, for the background: [N, D] -> [N, B]. */
export function backgroundText(p: Params, config: PaperImage, text: Tensor): Tensor {
  return leakyRelu(linear(p.scope("background"), text, config.background));
}

/** text [N, D], noise [N, Z] -> pictures [N, 3, H, W] in [-1, 1]. */
export function generator(
  p: Params,
  config: PaperImage,
  layout: LayoutInputs,
  text: Tensor,
  noise: Tensor | undefined,
  seams: ImageSeams = {},
): Tensor {
  const levels = config.decoder.length;
  const { norm } = config;
  const { scales, a } = encodedLayout(p, config, layout, seams);
  const [n, channels, height, width] = a.shape;

  // A_g = A * sigmoid(S)
  const parts = [config.gate ? mul(a, reshape(textGate(p, text, channels), [n, channels, 1, 1])) : a];
  if (config.background > 0) parts.push(tile2d(backgroundText(p, config, text), height, width));
  if (noise) parts.push(tile2d(noise, height, width));
  const beside = seams.beside?.(p, layout.given, { n, height, width, levels });
  parts.push(...(beside?.fused ?? []));
  let x = convBlock(p.scope("fuse"), concat(parts, 1), config.fused, 3, { norm });
  for (let i = 0; i < config.residualBlocks; i++) x = residualBlock(p.scope(`residual.${i}`), x, { norm });

  // cascaded refinement: the layout, resized, enters every level
  config.decoder.forEach((width, i) => {
    const q = p.scope(`decoder.${i}`);
    const up = upsampleNearest(x, 2);
    const joined = [up];
    if (config.layoutInDecoder) joined.push(scales[levels - 1 - i]);
    if (beside?.decoder) joined.push(beside.decoder[i]);
    x = convBlock(q.scope("a"), concat(joined, 1), width, 3, { norm: seams.decoderNorm ?? norm });
    x = convBlock(q.scope("b"), x, width, 3, { norm: seams.decoderNorm ?? norm });
  });
  return tanh(conv(p.scope(`out.${levels}`), x, 3, 3, { padding: 1, init: { kind: "normal", std: 0.02 } }));
}

export interface Judgement {
  /** Decision scores, [N, 1, h', w']: one a patch. */
  readonly score: Tensor;
  /** Feature maps of the picture path, for feature matching. */
  readonly features: Tensor[];
}

/**
 * D(M, s, X): the picture through strided convolutions, M, resized, entering each of them; at h' x w' the text is tiled in; a decision
 * score.
 */
export function discriminator(
  p: Params,
  config: PaperImage,
  layout: LayoutInputs,
  text: Tensor,
  picture: Tensor,
  wrap?: Wrap,
): Judgement {
  const d = config.discriminator;
  const scales = pyramid(embedLayout(p.scope("layout"), layout, d.layout, config.classes), d.channels.length - 1);
  let x = picture;
  const features = d.channels.map((width, i) => {
    const joined = concat([x, scales[i]], 1);
    x = leakyRelu(conv(p.scope(`down.${i}`), joined, width, 4, { stride: 2, padding: 1, wrap }));
    return x;
  });
  const [, , h, w] = x.shape;
  const said = tile2d(leakyRelu(linear(p.scope("text"), text, d.text)), h, w);
  const joint = leakyRelu(conv(p.scope("joint"), concat([x, said], 1), d.channels.at(-1)!, 3, { padding: 1, wrap }));
  return { score: conv(p.scope("score"), joint, 1, 3, { padding: 1, wrap }), features };
}
