/**
 * Box tensors (paper section 4): H x W x L, 1 inside the box in the channel of its class. They are never built where that can
 * be avoided: a convolution over one is the class's slice of the kernel over a single-channel box, which is what
 * `boxConv` computes, exactly, at 1/L of the cost.
 * @module
 */
import { constant, input } from "@scenograph/graph/leaves";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { add, cast, greater, less, minimum, mul, sub } from "@scenograph/graph/ops/elementwise";
import { gather, oneHot } from "@scenograph/graph/ops/gather";
import { matmul } from "@scenograph/graph/ops/matmul";
import { reshape, slice, transpose } from "@scenograph/graph/ops/shape";
import { check, show, type Tensor } from "@scenograph/graph/tensor";
import { type Extent, extentOf, type Size } from "../../scene/geometry.ts";

/** Objects of N pictures, padded to T each. */
export interface Layout {
  /** H and W of box tensors and masks over the picture. */
  readonly grid: Extent;
  /** [N, T, 4]: [x, y, w, h] as fractions, edges on the grid (`snapBox`); padding is all zeros. */
  readonly boxes: Tensor;
  /** [N, T] int64, class indices; padding 0. */
  readonly labels: Tensor;
  /** [N, T]: 1 for an object, 0 for padding. */
  readonly valid: Tensor;
}

/** The inputs of a layout, as data.ts feeds them. */
export function layoutInputs(pictures: number, objects: number, size: Size): Layout {
  return {
    grid: extentOf(size),
    boxes: input("boxes", [pictures, objects, 4]),
    labels: input("labels", [pictures, objects], "int64"),
    valid: input("valid", [pictures, objects]),
  };
}

/** Edges of boxes along one axis in units of `cells`, each [M, 1]. */
export function edges(boxes: Tensor, axis: 0 | 1, cells: number): [low: Tensor, high: Tensor] {
  const flat = reshape(boxes, [-1, 4]);
  const low = mul(slice(flat, 1, axis, axis + 1), cells);
  return [low, add(low, mul(slice(flat, 1, axis + 2, axis + 3), cells))];
}

/** [M, cells]: 1 where a row (axis 1) or column (axis 0) of cells overlaps the box. */
export function indicator(boxes: Tensor, axis: 0 | 1, cells: number): Tensor {
  const [low, high] = edges(boxes, axis, cells);
  const start = constant(
    Array.from({ length: cells }, (_, i) => i),
    [1, cells],
  );
  return mul(cast(greater(add(start, 1), low)), cast(less(start, high)));
}

/** -> [N T, 1, H / step, W / step]: 1 in the cells that a box overlaps; exact at step 1 for boxes on the grid. */
export function boxMasks({ boxes, grid }: Pick<Layout, "boxes" | "grid">, step = 1): Tensor {
  const m = boxes.shape[0] * boxes.shape[1];
  const [h, w] = [grid.height / step, grid.width / step];
  const rows = reshape(indicator(boxes, 1, h), [m, 1, h, 1]);
  const columns = reshape(indicator(boxes, 0, w), [m, 1, 1, w]);
  return mul(rows, columns);
}

/** [M, C, H, W] -> [M, C k k, H' W']: the k x k neighbourhood of each place along the channels (im2col), padding 1. */
export function patches(maps: Tensor, k: number, stride: number): Tensor {
  const channels = maps.shape[1];
  const taps = k * k;
  const pick = constant(
    Array.from({ length: channels * taps * taps }, (_, i) => (Math.floor(i / taps) % taps === i % taps ? 1 : 0)),
    [channels * taps, 1, k, k],
  );
  const out = conv2d(maps, pick, undefined, { stride, padding: 1, groups: channels });
  return reshape(out, [maps.shape[0], channels * taps, -1]);
}

/**
 * Convolution (padding 1) of each object's box tensor. `maps` [M, C, H, W] are the C channels that the object's class has in the
 * tensor (C = 1: the box); weight [O, L C, k, k], channel l C + c being channel c of class l; labels int64 of M elements.
 * -> [M, O, H', W'], equal to conv2d over the M x (L C) x H x W tensor that is zero but for the class's channels.
 */
export function boxConv(maps: Tensor, labels: Tensor, weight: Tensor, stride: number): Tensor {
  const [m, channels, h, w] = maps.shape;
  const [out, total, k] = weight.shape;
  const classes = total / channels;
  check(Number.isInteger(classes), "boxConv()", `weight ${show(weight.shape)} has not ${channels} channels a class`);
  const taps = channels * k * k;
  const byClass = reshape(transpose(reshape(weight, [out, classes, taps]), [1, 0, 2]), [classes, out * taps]);
  const own = reshape(gather(byClass, reshape(labels, [m])), [m, out, taps]);
  const after = (size: number) => Math.floor((size + 2 - k) / stride) + 1;
  return reshape(matmul(own, patches(maps, k, stride)), [m, out, after(h), after(w)]);
}

/** Convolution (padding 1) of one-channel maps [M, 1, H, W] with weight [O, 1, k, k], as one matrix product a map. */
export function maskConv(maps: Tensor, weight: Tensor, stride: number): Tensor {
  const [m, , h, w] = maps.shape;
  const [out, , k] = weight.shape;
  const after = (size: number) => Math.floor((size + 2 - k) / stride) + 1;
  return reshape(matmul(reshape(weight, [1, out, k * k]), patches(maps, k, stride)), [m, out, after(h), after(w)]);
}

/**
 * The merged box tensor in parts: for each object of weight 1 in `present` [N, T], its box without the boxes of earlier present
 * objects of its class. The parts of a class are disjoint, so their sum is the maximum of the boxes, and a convolution over the
 * merged tensor is the sum of `boxConv` over the parts. -> [N T, 1, H, W]
 */
export function mergedParts(layout: Layout, present: Tensor, depth: number): Tensor {
  const [n, t] = layout.labels.shape;
  const classes = mul(oneHot(layout.labels, depth), reshape(present, [n, t, 1]));
  const earlier = constant(
    Array.from({ length: t * t }, (_, i) => (i % t < Math.floor(i / t) ? 1 : 0)),
    [1, t, t],
  );
  const sameBefore = mul(matmul(classes, classes, { transposeB: true }), earlier);
  const { height, width } = layout.grid;
  const boxes = reshape(boxMasks(layout), [n, t, height * width]);
  const taken = minimum(matmul(sameBefore, boxes), 1);
  const parts = mul(mul(boxes, sub(1, taken)), reshape(present, [n, t, 1]));
  return reshape(parts, [n * t, 1, height, width]);
}
