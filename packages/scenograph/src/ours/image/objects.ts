/**
 * What the generator knows of each object beyond its class: a code of (class, rank among its class, the words that
 * speak of it), from which follow the object's mean colour and a smooth texture in the object's own coordinates, both painted
 * over its pixels. So "a red bus" is red, the second man may differ from the first, and eyes, wheels and windows find their place.
 * After the object-driven attention of Obj-GAN (Li et al., CVPR 2019). Measured: docs/ablation.md, "without word attention".
 * @module
 */
import { constant, full, input } from "@scenograph/graph/leaves";
import { embedding, layerNorm, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import {
  abs,
  add,
  cast,
  cos,
  div,
  equal,
  leakyRelu,
  maximum,
  minimum,
  mul,
  sub,
  tanh,
} from "@scenograph/graph/ops/elementwise";
import { matmul } from "@scenograph/graph/ops/matmul";
import { softmax, sum } from "@scenograph/graph/ops/reduce";
import { broadcastTo, concat, pad, reshape, slice, transpose } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import type { PaperImage } from "../../paper/image/config.ts";
import type { Given, ImageSeams, TermInputs, Terms } from "../../paper/image/seams.ts";
import { extentOf, type Size } from "../../scene/geometry.ts";
import { objectFeeds, RANKS, SLOTS, WORD_DIM, WORDS } from "./slots.ts";

export const objectSettings = {
  objects: z
    .strictObject({
      /** Width of the word attention; 0 = off. */
      width: z.int().min(0).default(0),
      /** Channels of the texture that each object's code paints in its own coordinates, and terms a side of its cosine series. */
      texture: z.int().min(1).default(8),
      waves: z.int().min(1).max(8).default(4),
      /** Weight of the error of the objects' mean colours as their codes predict them. */
      colour: z.number().min(0).default(2),
      /** Steps of 32 pictures in which the codes learn these colours alone, before the first whole step. */
      warmup: z.int().min(0).default(5000),
    })
    .prefault({}),
};

type ObjectSettings = z.infer<typeof objectSettings.objects>;

/** The seams of the objects. */
export function objectSeams(
  settings: ObjectSettings,
): Required<Pick<ImageSeams, "inputs" | "layoutFeeds" | "painter">> {
  return {
    inputs: (n, { size }) => ({ ...objectInputs(n, size) }),
    layoutFeeds: (pictures, n, { size }) => objectFeeds(pictures, n, size),
    painter: (p, { classes }, given) => {
      const objects = objectsOf(given);
      const { codes } = objectCodes(p.scope("objects"), objects, settings.width, classes);
      return [
        coordinates(objects),
        paintTexture(p.scope("texture"), codes, objects, settings.texture, settings.waves),
        paintColours(objectColours(p, settings.width, classes, objects), objects.owner),
      ];
    },
  };
}

/** The error of the predicted colours. */
export function colourTerm({ width, colour: weight }: ObjectSettings): (at: TermInputs) => Terms {
  return ({ generator, config, layout, real }) => {
    const objects = objectsOf(layout.given);
    const colour = colourLoss(objectColours(generator, width, config.classes, objects), objects.owner, real);
    return { generator: mul(colour, weight), parts: { colour } };
  };
}

/**
 * Inputs "layout.owner", "layout.u", "layout.v" (255 = the right or lower edge of the box) [N, 1, H, W] uint8, "objects.classes",
 * "objects.ranks" [N, SLOTS] int64, "objects.said" [N, SLOTS, WORDS], "words.vectors" [N, WORDS, 100] and "words.valid" [N, WORDS].
 */
export function objectInputs(n: number, size: Size): ObjectInputs {
  const { width, height } = extentOf(size);
  const map = (name: string) => cast(input(name, [n, 1, height, width], "uint8"));
  return {
    owner: map("layout.owner"),
    u: mul(map("layout.u"), 1 / 255),
    v: mul(map("layout.v"), 1 / 255),
    classes: input("objects.classes", [n, SLOTS], "int64"),
    ranks: input("objects.ranks", [n, SLOTS], "int64"),
    said: input("objects.said", [n, SLOTS, WORDS]),
    words: input("words.vectors", [n, WORDS, WORD_DIM]),
    valid: input("words.valid", [n, WORDS]),
  };
}

function objectsOf({ owner, u, v, classes, ranks, said, words, valid }: Given): ObjectInputs {
  return { owner, u, v, classes, ranks, said, words, valid };
}

/** The mean colours that the generator predicts of its objects, [N, SLOTS, 3] in [-1, 1]. */
export function objectColours(p: Params, width: number, classes: PaperImage["classes"], objects: ObjectInputs): Tensor {
  return predictedColours(p.scope("colour"), objectCodes(p.scope("objects"), objects, width, classes).codes);
}

/** The objects as they are fed. */
export interface ObjectInputs {
  /** [N, 1, H, W] slot of the nearest object at each pixel (uint8 as float); SLOTS = none. */
  readonly owner: Tensor;
  /** [N, 1, H, W] in [0, 1]: position inside the box of the nearest object, 0 where there is none. */
  readonly u: Tensor;
  readonly v: Tensor;
  /** [N, SLOTS] int64; slots without an object hold 0 and own no pixel. */
  readonly classes: Tensor;
  readonly ranks: Tensor;
  /** [N, SLOTS, T] of 0 and 1: the noun that names the object. */
  readonly said: Tensor;
  /** [N, T, D] word vectors, zeros for unknown words and padding. */
  readonly words: Tensor;
  /** [N, T] of 0 and 1: 0 after the end of a caption. */
  readonly valid: Tensor;
}

/** Words with their neighbours up to `reach` away, over time: x [N, T, C] -> [N, T, out]. */
function neighbours(p: Params, x: Tensor, reach: number, out: number): Tensor {
  const [, length] = x.shape;
  const padded = pad(x, [0, reach, 0], [0, reach, 0]);
  const shifted = Array.from({ length: 2 * reach + 1 }, (_, i) => slice(padded, 1, i, i + length));
  return leakyRelu(linear(p, concat(shifted, 2), out));
}

/**
 * Every object looks for the words that speak of it: a_kt = softmax_t(q_k . k_t / sqrt(W)), c_k = sum_t a_kt v_t, with one more
 * word that says nothing; and at the noun that names it, straight: the attention alone learns to look at nothing, because few
 * words say how things look. A word's features know its neighbours: those of a noun hold its adjectives.
 * q [N, K, W] -> attention [N, K, T + 1] and contexts [N, K, 2 W], layer-normalised: without it they are so small beside the
 * class that nothing is learned from them.
 */
function wordAttention(
  p: Params,
  query: Tensor,
  { words, valid, said }: Pick<ObjectInputs, "words" | "valid" | "said">,
): { weights: Tensor; context: Tensor } {
  const [n, , width] = query.shape;
  const length = words.shape[1];
  const inside = reshape(valid, [n, length, 1]);
  const first = mul(neighbours(p.scope("near"), words, 2, width), inside);
  const features = neighbours(p.scope("far"), first, 2, width);
  const silent = (name: string) => broadcastTo(p.get(name, [1, 1, width], { kind: "normal", std: 0.1 }), [n, 1, width]);
  const keys = concat([linear(p.scope("key"), features, width), silent("silentKey")], 1);
  const values = concat([linear(p.scope("value"), features, width), silent("silentValue")], 1);
  const open = concat([valid, full([n, 1], 1)], 1);
  const alike = mul(matmul(query, keys, { transposeB: true }), 1 / Math.sqrt(width));
  const closed = reshape(mul(sub(open, 1), 1e4), [n, 1, length + 1]);
  const weights = softmax(add(alike, closed));
  const named = minimum(sum(said, 2, true), 1);
  const noun = div(matmul(said, features), maximum(sum(said, 2, true), 1));
  const context = concat(
    [layerNorm(p.scope("norm"), matmul(weights, values)), mul(layerNorm(p.scope("nounNorm"), noun), named)],
    2,
  );
  return { weights, context };
}

/** Codes [N, SLOTS, C] of the objects, and where each looked: [N, SLOTS, T + 1], the last for the word that says nothing. */
export function objectCodes(
  p: Params,
  inputs: Omit<ObjectInputs, "owner" | "u" | "v">,
  width: number,
  classes: number,
): { codes: Tensor; attention: Tensor } {
  const own = concat(
    [embedding(p.scope("class"), inputs.classes, classes, width), embedding(p.scope("rank"), inputs.ranks, RANKS, 8)],
    2,
  );
  const { weights, context } = wordAttention(p.scope("words"), linear(p.scope("query"), own, width), inputs);
  return { codes: leakyRelu(linear(p.scope("code"), concat([own, context], 2), 2 * width)), attention: weights };
}

/**
 * Texture t_c(i, j) = sum_fg w_kcfg cos(pi f u) cos(pi g v) at the pixels of object k, (u, v) the position in its box:
 * `waves` x `waves` terms of a cosine series whose weights follow from the object's code. -> [N, channels, H, W]
 */
export function paintTexture(
  p: Params,
  codes: Tensor,
  { owner, u, v }: Pick<ObjectInputs, "owner" | "u" | "v">,
  channels: number,
  waves: number,
): Tensor {
  const [n, , height, width] = owner.shape;
  const area = height * width;
  const terms = waves * waves;
  const w = linear(p, codes, channels * terms, { init: { kind: "normal", std: 0.05 } });
  const painted = matmul(transpose(w, [0, 2, 1]), reshape(slotMaps(owner), [n, SLOTS, area]));
  const series = (x: Tensor, shape: readonly number[]) =>
    cos(
      mul(
        reshape(x, [n, 1, 1, area]),
        constant(
          Float32Array.from(shape, (f) => Math.PI * f),
          [1, shape.length, 1, 1],
        ),
      ),
    );
  const waveNumbers = Array.from({ length: waves }, (_, f) => f);
  // [N, waves, 1, area] x [N, 1, waves, area]
  const along = series(u, waveNumbers);
  const down = transpose(series(v, waveNumbers), [0, 2, 1, 3]);
  const basis = reshape(mul(along, down), [n, 1, terms, area]);
  return reshape(sum(mul(reshape(painted, [n, channels, terms, area]), basis), 2), [n, channels, height, width]);
}

/** Mean colours that the codes predict, [N, SLOTS, 3] in [-1, 1]. */
export function predictedColours(p: Params, codes: Tensor): Tensor {
  return tanh(linear(p, codes, 3));
}

/** The predicted colours over their objects' pixels, 0 elsewhere: [N, 3, H, W]. */
export function paintColours(colours: Tensor, owner: Tensor): Tensor {
  const [n, , height, width] = owner.shape;
  const maps = reshape(slotMaps(owner), [n, SLOTS, height * width]);
  return reshape(matmul(transpose(colours, [0, 2, 1]), maps), [n, 3, height, width]);
}

/** Mean |c - c'| over the objects of a batch that own pixels, c' the mean colour of a picture [N, 3, H, W] there. */
export function colourLoss(colours: Tensor, owner: Tensor, picture: Tensor): Tensor {
  const [n, , height, width] = owner.shape;
  const maps = reshape(slotMaps(owner), [n, SLOTS, height * width]);
  const pixels = sum(maps, 2, true);
  const sums = matmul(maps, reshape(picture, [n, 3, height * width]), { transposeB: true });
  const there = minimum(pixels, 1);
  const off = mul(abs(sub(colours, div(sums, maximum(pixels, 1)))), there);
  return div(sum(off), maximum(mul(sum(there), 3), 1));
}

/** [N, 1, H, W] slots -> [N, SLOTS, H, W] of 0/1. */
function slotMaps(owner: Tensor): Tensor {
  const numbers = constant(
    Float32Array.from({ length: SLOTS }, (_, k) => k),
    [1, SLOTS, 1, 1],
  );
  return cast(equal(owner, numbers));
}

/** Position inside the box as two channels in [-1, 1], 0 where there is no object. */
export function coordinates({ owner, u, v }: Pick<ObjectInputs, "owner" | "u" | "v">): Tensor {
  const inside = sum(slotMaps(owner), 1, true);
  return mul(sub(mul(concat([u, v], 1), 2), 1), inside);
}
