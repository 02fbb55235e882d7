/** Shape generator and its two discriminators (paper section 4): B_1:T -> M_1:T. @module */

import { heNormal, zeros } from "@scenograph/graph/init";
import { conv, convBlock, norm, residualBlock } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { bidirectionalConvLstm } from "@scenograph/graph/nn/recurrent";
import { add, leakyRelu, mul, relu, sigmoid } from "@scenograph/graph/ops/elementwise";
import { tile2d, upsampleNearest } from "@scenograph/graph/ops/pooling";
import { max, mean, sum } from "@scenograph/graph/ops/reduce";
import { concat, reshape, slice, split, stack, transpose } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { boxConv, boxMasks, type Layout, maskConv, mergedParts } from "./boxes.ts";
import type { PaperMasks } from "./config.ts";
import type { MaskSeams } from "./seams.ts";

/** Applied to a discriminator's weights: `SpectralNorms.wrap`, or nothing. */
export type Wrap = ((p: Params, weight: Tensor) => Tensor) | undefined;

export interface Generated {
  /** [N, T, H, W], before the sigmoid; meaningless outside the box. */
  readonly logits: Tensor;
  /** [N, T, H, W], in [0, 1]; exactly 0 outside the box and in padding. */
  readonly masks: Tensor;
}

/** What the objects of a picture know of each other: the Conv-LSTM's outputs of both directions, [M, 2 lstm, H / 4, W / 4]. */
export function sceneContext(p: Params, config: PaperMasks, layout: Layout, seams: MaskSeams = {}): Tensor {
  const [n, t] = layout.labels.shape;
  const encoded = encoder(p.scope("encoder"), config, boxTensor(layout, seams), layout.labels);
  const valid = split(layout.valid, t, 1);
  const context = bidirectionalConvLstm(p.scope("context"), objectsOf(encoded, n, t), config.lstm, { valid });
  return reshape(stack(context, 1), [n * t, 2 * config.lstm, ...encoded.shape.slice(2)]);
}

/** G(B_1:T, z_1:T). noise [N, T, Z]; `hidden` of `sceneContext`, which several noises may share. */
export function generator(
  p: Params,
  config: PaperMasks,
  layout: Layout,
  noise: Tensor,
  seams: MaskSeams = {},
  hidden: Tensor = sceneContext(p, config, layout, seams),
): Generated {
  const [n, t] = layout.labels.shape;
  const m = n * t;
  const [, , h, w] = hidden.shape;
  const z = tile2d(reshape(noise, [m, config.noise]), h, w);
  // no normalisation from here on: over a picture it would remove the tiled noise
  let x = convBlock(p.scope("fuse"), concat([hidden, z], 1), config.trunk, 3);
  x = mul(x, boxMasks(layout, 4));
  for (let i = 0; i < config.residualBlocks; i++) x = residualBlock(p.scope(`residual${i}`), x);

  const { frame } = seams;
  const logits = frame
    ? frame.draw(p, config, layout, x, reshape(noise, [m, config.noise]))
    : decoder(p, config, layout, x, seams);
  const inside = frame ? sigmoid(logits) : mul(sigmoid(logits), boxMasks(layout));
  const masks = mul(inside, reshape(layout.valid, [m, 1, 1, 1]));
  const maps = [n, t, ...logits.shape.slice(2)];
  return { logits: reshape(logits, maps), masks: reshape(masks, maps) };
}

/** Up-sampling to the mask: features [M, trunk, H / 4, W / 4] -> logits [M, 1, H, W]. */
function decoder(p: Params, config: PaperMasks, layout: Layout, features: Tensor, seams: MaskSeams): Tensor {
  let x = conv(p.scope("up32"), upsampleNearest(features), config.decoder, 3, { padding: 1 });
  if (seams.refine) x = add(x, seams.refine(p, config, boxTensor(layout, seams), layout.labels));
  x = leakyRelu(x);
  x = convBlock(p.scope("detail"), x, config.decoder, 3);
  return depthToSpace(conv(p.scope("up64"), x, 4, 3, { padding: 1, init: heNormal(config.decoder * 9, 1) }));
}

/** Sub-pixel convolution: [M, 4, H, W] -> [M, 1, 2 H, 2 W]; channel 2 i + j goes to row i, column j of each 2 x 2 block (Shi et al. 2016). */
export function depthToSpace(x: Tensor): Tensor {
  const [m, , h, w] = x.shape;
  return reshape(transpose(reshape(x, [m, 2, 2, h, w]), [0, 3, 1, 4, 2]), [m, 1, 2 * h, 2 * w]);
}

/** The channels of an object's class in its box tensor, [N T, C, H, W], all others being zero: 1 inside the box. */
function boxTensor(layout: Layout, { channels }: MaskSeams): Tensor {
  const box = boxMasks(layout);
  return channels ? concat([box, channels(layout)], 1) : box;
}

/** Two 3x3 stride-2 convolutions with instance norm and ReLU: box tensors -> [M, d, H / 4, W / 4]. */
function encoder(p: Params, config: PaperMasks, maps: Tensor, labels: Tensor): Tensor {
  const [first, second] = config.encoder;
  const x = relu(norm(p.scope("first.norm"), boxLayer(p.scope("first"), config, first, maps, labels), "instance"));
  return convBlock(p.scope("second"), x, second, 3, { stride: 2, padding: 1, norm: "instance", activation: "relu" });
}

/** 3x3 stride-2 convolution over box tensors, without bias: [M, C, H, W] -> [M, out, H / 2, W / 2]. */
export function boxLayer(p: Params, config: PaperMasks, out: number, maps: Tensor, labels: Tensor): Tensor {
  const channels = maps.shape[1];
  return boxConv(maps, labels, p.get("weight", [out, config.classes * channels, 3, 3], heNormal(channels * 9)), 2);
}

/** [N T, C, H, W] -> T tensors [N, C, H, W]. */
function objectsOf(x: Tensor, n: number, t: number): Tensor[] {
  const [, c, h, w] = x.shape;
  return split(reshape(x, [n, t, c, h, w]), t, 1).map((part) => reshape(part, [n, c, h, w]));
}

export interface Judgement {
  /** One logit an object [N, T] or a picture [N]: positive means real. */
  readonly score: Tensor;
  /** Activations of the four convolutions, finest first, for feature matching. */
  readonly features: readonly Tensor[];
}

/** D_inst(B_t, M_t): box tensor and mask of one object, concatenated. masks [N, T, H, W] -> score [N, T]. */
export function instanceDiscriminator(
  p: Params,
  config: PaperMasks,
  layout: Layout,
  masks: Tensor,
  wrap: Wrap,
): Judgement {
  const [n, t] = layout.labels.shape;
  const first = firstWeight(p, config, wrap);
  const boxes = boxConv(boxMasks(layout), layout.labels, first.boxes, 2);
  const own = maskConv(reshape(masks, [n * t, 1, ...masks.shape.slice(2)]), first.mask, 2);
  const { score, features } = judge(p, config, add(add(own, boxes), first.bias), wrap);
  return { score: reshape(score, [n, t]), features };
}

/**
 * D_global(B_1:T, M_1:T): the box tensors of the objects in `present` [N, T] merged by maximum, their masks by sum [R] or
 * maximum, concatenated. merged [N, 1, H, W] from `mergeMasks` -> score [N].
 */
export function globalDiscriminator(
  p: Params,
  config: PaperMasks,
  layout: Layout,
  present: Tensor,
  merged: Tensor,
  wrap: Wrap,
): Judgement {
  const first = firstWeight(p, config, wrap);
  const [n, t] = layout.labels.shape;
  const parts = boxConv(mergedParts(layout, present, config.classes), layout.labels, first.boxes, 2);
  const boxes = sum(reshape(parts, [n, t, ...parts.shape.slice(1)]), 1);
  const { score, features } = judge(p, config, add(add(maskConv(merged, first.mask, 2), boxes), first.bias), wrap);
  return { score: reshape(score, [n]), features };
}

/** Masks [N, T, H, W] of the objects in `present` [N, T] as one [N, 1, H, W]. */
export function mergeMasks(config: Pick<PaperMasks, "mergeMasks">, masks: Tensor, present: Tensor): Tensor {
  const [n, t] = present.shape;
  const kept = mul(masks, reshape(present, [n, t, 1, 1]));
  return config.mergeMasks === "sum" ? sum(kept, 1, true) : max(kept, 1, true);
}

/**
 * The first 4x4 stride-2 convolution over L box channels and one mask channel, weight [d, L + 1, 4, 4], in its two parts: the
 * boxes' part is the same for real and generated masks.
 */
function firstWeight(p: Params, config: PaperMasks, wrap: Wrap) {
  const d = config.discriminator[0];
  // two of the channels are not zero at a place
  const raw = p.get("conv0.weight", [d, config.classes + 1, 4, 4], heNormal(2 * 16, 0.2));
  const weight = wrap ? wrap(p.scope("conv0"), raw) : raw;
  return {
    boxes: slice(weight, 1, 0, config.classes),
    mask: slice(weight, 1, config.classes, config.classes + 1),
    bias: reshape(p.get("conv0.bias", [d], zeros), [1, d, 1, 1]),
  };
}

/** The rest of either discriminator: three more 4x4 stride-2 convolutions and one of 4x4, the whole map of 64 x 64; of a larger map the mean. */
export function judge(p: Params, config: PaperMasks, first: Tensor, wrap: Wrap): Judgement {
  const features = [leakyRelu(first, 0.2)];
  config.discriminator.slice(1).forEach((width, i) => {
    features.push(convBlock(p.scope(`conv${i + 1}`), features[i], width, 4, { stride: 2, padding: 1, wrap }));
  });
  const scores = conv(p.scope("score"), features[3], 1, 4, { wrap });
  return { score: scores.size > scores.shape[0] ? mean(scores, [2, 3]) : scores, features };
}
