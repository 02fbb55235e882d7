/**
 * A U-Net (Ronneberger et al. 2015) whose encoder is a fixed pretrained network: its features at strides 16, 8, 4 and 2 of the
 * crop join a small decoder that knows the class, the box and the other boxes.
 * @module
 */
import { constant } from "@scenograph/graph/leaves";
import { conv, embedding, linear, norm } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { abs, add, cast, clip, div, leakyRelu, lessEqual, log, mul, sub } from "@scenograph/graph/ops/elementwise";
import { avgPool2d, upsampleNearest } from "@scenograph/graph/ops/pooling";
import { broadcastTo, concat, reshape, slice } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { SegmenterConfig } from "./config.ts";

/** The five taps of a network, as `cocoSsdFeatures` up to block 13: strides 2, 2, 4, 8 and 16. */
export type Encoder = (pictures: Tensor) => Tensor[];

/** What `segmenterFeeds` feeds, as graph inputs. */
export interface SegmenterInputs {
  /** uint8 [N, 3, S, S] */
  readonly pixels: Tensor;
  /** uint8 [N, 2, S / 2, S / 2] */
  readonly guides: Tensor;
  /** [N, 4], edges of the box in fractions of the crop. */
  readonly places: Tensor;
  /** [N, 2] */
  readonly sizes: Tensor;
  /** int64 [N] */
  readonly labels: Tensor;
}

/** Logits [N, 1, S / 2, S / 2] in the crop's frame; they mean nothing outside the box. */
export function segment(p: Params, config: SegmenterConfig, encoder: Encoder, inputs: SegmenterInputs): Tensor {
  const { pixels, places, sizes, labels } = inputs;
  const [fine, second, at4, at8, at16] = encoder(sub(div(cast(pixels), 127.5), 1));
  const guides = div(cast(inputs.guides), 255);
  const code = embedding(p.scope("class"), labels, config.classes, config.classWidth);
  const scale = log(sizes);
  const aspect = sub(slice(scale, 1, 0, 1), slice(scale, 1, 1, 2));
  const known = leakyRelu(linear(p.scope("known"), concat([code, scale, aspect, places], 1), config.condition), 0.2);

  const levels = [at16, at8, at4, concat([fine, second], 1)];
  let x: Tensor | undefined;
  levels.forEach((features, i) => {
    const side = features.shape[2];
    const own = leakyRelu(conv(p.scope(`tap${i}`), features, config.taps[i], 1), 0.2);
    const parts = [own, boxFrame(places, side), avgPool2d(guides, guides.shape[2] / side)];
    const joined = concat(x ? [upsampleNearest(x), ...parts] : parts, 1);
    x = level(p.scope(`level${i}`), joined, config.decoder[i], known, i < 3);
  });
  return conv(p.scope("out"), x!, 1, 3, { padding: 1 });
}

/** 3x3 convolution, group norm at the coarse levels, scale and shift a channel by what is known (FiLM, Perez et al. 2018). */
function level(p: Params, x: Tensor, width: number, known: Tensor, normed: boolean): Tensor {
  const y = norm(p.scope("norm"), conv(p.scope("conv"), x, width, 3, { padding: 1 }), normed ? "group" : "none");
  const film = linear(p.scope("film"), known, 2 * width);
  const channel = (from: number) => reshape(slice(film, 1, from, from + width), [-1, width, 1, 1]);
  return leakyRelu(add(mul(y, add(channel(0), 1)), channel(width)), 0.2);
}

/** [N, 3, side, side]: coordinates in the box, -1 to 1 from edge to edge and at most 1.5 beyond, and 1 inside it. */
function boxFrame(places: Tensor, side: number): Tensor {
  const n = places.shape[0];
  const centres = Array.from({ length: side }, (_, i) => (i + 0.5) / side);
  const axis = (k: 0 | 1) => {
    const [low, high] = [slice(places, 1, k, k + 1), slice(places, 1, k + 2, k + 3)];
    const at = sub(mul(div(sub(constant(centres, [1, side]), low), sub(high, low)), 2), 1);
    const shaped = reshape(clip(at, -1.5, 1.5), k === 0 ? [n, 1, 1, side] : [n, 1, side, 1]);
    return broadcastTo(shaped, [n, 1, side, side]);
  };
  const [u, v] = [axis(0), axis(1)];
  return concat([u, v, mul(cast(lessEqual(abs(u), 1)), cast(lessEqual(abs(v), 1)))], 1);
}

/** [N, 1, side, side]: the share of the pixel that the box covers, for the loss. */
export function boxShare(places: Tensor, side: number): Tensor {
  const n = places.shape[0];
  const starts = Array.from({ length: side }, (_, i) => i);
  const axis = (k: 0 | 1) => {
    const [low, high] = [slice(places, 1, k, k + 1), slice(places, 1, k + 2, k + 3)];
    const first = constant(starts, [1, side]);
    const covered = (edge: Tensor) => clip(sub(mul(edge, side), first), 0, 1);
    return reshape(sub(covered(high), covered(low)), k === 0 ? [n, 1, 1, side] : [n, 1, side, 1]);
  };
  return mul(axis(0), axis(1));
}
