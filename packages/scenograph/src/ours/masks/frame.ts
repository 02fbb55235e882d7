/**
 * The box's own frame instead of the picture's: half of the objects of photographs are smaller than 11 x 11 of the picture's 64 x 64 pixels, where no
 * shape can be learnt or shown. Here an object's features are cut out of the picture's map by its box (as RoIAlign does, He et al.
 * 2017), the mask is made at 64 x 64 in the box, and pasted into the picture. Cutting and pasting are products with matrices
 * made of the box's edges, so gradients pass. Measured: IoU .81 of drawings after 600 steps, where 5,200 in the picture's frame gave .80.
 * @module
 */
import { heNormal, zeros } from "@scenograph/graph/init";
import { constant } from "@scenograph/graph/leaves";
import { conv, convBlock, embedding, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import {
  abs,
  add,
  cast,
  clip,
  greater,
  leakyRelu,
  less,
  log,
  maximum,
  minimum,
  mul,
  relu,
  sub,
} from "@scenograph/graph/ops/elementwise";
import { matmul } from "@scenograph/graph/ops/matmul";
import { upsampleNearest } from "@scenograph/graph/ops/pooling";
import { mean, sum } from "@scenograph/graph/ops/reduce";
import { concat, reshape, slice, transpose } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import { z } from "zod";
import { type Layout, maskConv } from "../../paper/masks/boxes.ts";
import type { PaperMasks } from "../../paper/masks/config.ts";
import { depthToSpace, type Judgement, judge, type Wrap } from "../../paper/masks/model.ts";
import type { MaskFrame } from "../../paper/masks/seams.ts";

const width = z.int().min(1).max(1024);

/** Pixels a side of a shape in its box. */
export const SHAPE_SIDE = 64;

export const frameSettings = {
  /** "picture": the paper's 64 x 64 over the picture. "box": 64 x 64 in the box; the paper's `decoder` is not used then. */
  frame: z.enum(["picture", "box"]).default("picture"),
  /** Channels at 4, 8, 16 and 32 pixels of the decoder in the box's frame. */
  head: z.tuple([width, width, width, width]).default([96, 48, 32, 12]),
  /** Length of a class's code in that decoder. */
  classWidth: width.default(48),
  /** Taps of the binomial blur of that decoder's logits. */
  blur: z.literal([3, 5]).default(5),
  /** Pixels a side of masks that were made in the box's frame, over the whole picture. */
  resolution: z.int().min(16).max(512).default(64),
};

/** The frame that `config.ours.frame` says, where it is the box. */
export function boxFrame(ours: HeadConfig & { resolution: number }): MaskFrame {
  return {
    shape: { width: SHAPE_SIDE, height: SHAPE_SIDE },
    draw: (p, { classes }, layout, features, noise) =>
      boxHead(p.scope("head"), { ...ours, classes }, layout, features, noise),
    judge: judgeShapes,
    pictured(layout, masks) {
      const [n, t] = layout.labels.shape;
      const shapes = reshape(masks, [n * t, SHAPE_SIDE, SHAPE_SIDE]);
      return reshape(paste(shapes, layout), [n, t, layout.grid.height, layout.grid.width]);
    },
    size: ours.resolution,
    paste: (shape, box) => drawShape(shape, box, ours.resolution),
  };
}

/** Side of an object's piece of the picture's feature map. */
const PIECE = 8;
/** Shorter sides count as this in quotients and logarithms. */
const LEAST_SIDE = 1 / 256;
/** A box this near to the picture's edge touches it. */
const TOUCH = 0.01;

/** Binomial weights of the blur along an axis, by their number. */
const BLUR = { 3: [0.25, 0.5, 0.25], 5: [1, 4, 6, 4, 1].map((v) => v / 16) } as const;

/** Start and length of boxes [N, T, 4] along an axis (0 across, 1 down), fractions, each [M, 1]. */
function extent(boxes: Tensor, axis: 0 | 1): [start: Tensor, length: Tensor] {
  const flat = reshape(boxes, [-1, 4]);
  return [slice(flat, 1, axis, axis + 1), maximum(slice(flat, 1, axis + 2, axis + 3), LEAST_SIDE)];
}

function row(count: number, value: (i: number) => number): Tensor {
  return constant(
    Array.from({ length: count }, (_, i) => value(i)),
    [1, count],
  );
}

/**
 * [N, T, 4] -> [M, 9], about -1 to 1: centre, log width, log height, log aspect, and 1 for each of the picture's edges (left, top,
 * right, bottom) that the box touches.
 */
export function boxFeatures(boxes: Tensor): Tensor {
  const [x, w] = extent(boxes, 0);
  const [y, h] = extent(boxes, 1);
  const centre = (start: Tensor, length: Tensor) => sub(mul(add(start, mul(length, 0.5)), 2), 1);
  const size = (length: Tensor) => add(mul(log(length), 0.5), 0.75);
  return concat(
    [
      centre(x, w),
      centre(y, h),
      size(w),
      size(h),
      sub(log(w), log(h)),
      cast(less(x, TOUCH)),
      cast(less(y, TOUCH)),
      cast(greater(add(x, w), 1 - TOUCH)),
      cast(greater(add(y, h), 1 - TOUCH)),
    ],
    1,
  );
}

/** Bilinear weights [M, PIECE, cells] of a map's cells at PIECE places along the box. */
function cuts(boxes: Tensor, axis: 0 | 1, cells: number): Tensor {
  const [start, length] = extent(boxes, axis);
  const m = start.shape[0];
  const inside = mul(
    length,
    row(PIECE, (j) => (j + 0.5) / PIECE),
  );
  const places = clip(sub(mul(add(start, inside), cells), 0.5), 0, cells - 1);
  const away = abs(
    sub(
      reshape(places, [m, PIECE, 1]),
      reshape(
        row(cells, (i) => i),
        [1, 1, cells],
      ),
    ),
  );
  return relu(sub(1, away));
}

/** The box's piece of each object's map: [M, C, H, W] -> [M, C, 8, 8], bilinear; parts outside the map repeat its edge. */
export function cutOut(maps: Tensor, boxes: Tensor): Tensor {
  const [m, c, h, w] = maps.shape;
  const across = matmul(reshape(maps, [m, c * h, w]), cuts(boxes, 0, w), { transposeB: true });
  const turned = reshape(transpose(reshape(across, [m, c, h, PIECE]), [0, 1, 3, 2]), [m, c * PIECE, h]);
  const down = matmul(turned, cuts(boxes, 1, h), { transposeB: true });
  return transpose(reshape(down, [m, c, PIECE, PIECE]), [0, 1, 3, 2]);
}

/** [M, pixels, 64]: of picture pixel i, the share that cell k of the box's 64 covers along an axis. */
function overlaps({ boxes, grid }: Pick<Layout, "boxes" | "grid">, axis: 0 | 1): Tensor {
  const [start, length] = extent(boxes, axis);
  const pixels = axis === 0 ? grid.width : grid.height;
  const m = start.shape[0];
  const edge = (k: number) =>
    reshape(
      mul(
        add(
          start,
          mul(
            length,
            row(SHAPE_SIDE, (i) => (i + k) / SHAPE_SIDE),
          ),
        ),
        pixels,
      ),
      [m, 1, SHAPE_SIDE],
    );
  const pixel = (k: number) =>
    reshape(
      row(pixels, (i) => i + k),
      [1, pixels, 1],
    );
  return relu(sub(minimum(pixel(1), edge(1)), maximum(pixel(0), edge(0))));
}

/** Masks in their boxes' frames [M, 64, 64] -> in the picture's, [M, H, W]: the share of each pixel that they cover. */
export function paste(shapes: Tensor, layout: Pick<Layout, "boxes" | "grid">): Tensor {
  return matmul(overlaps(layout, 1), matmul(shapes, overlaps(layout, 0), { transposeB: true }));
}

/** What the head is made of. */
export interface HeadConfig {
  readonly head: readonly [number, number, number, number];
  readonly classWidth: number;
  readonly blur: keyof typeof BLUR;
}

/**
 * Logits [M, 1, 64, 64] in the boxes' frames. The class, the box and the noise [M, Z] give a coarse 4 x 4 map; the object's piece of
 * `context` [M, C, H / 4, W / 4], which knows the other objects, joins at 8 x 8; convolutions at 8, 16 and 32; sub-pixel
 * convolution to 64; a slight blur.
 */
export function boxHead(
  p: Params,
  config: HeadConfig & { classes: number },
  layout: Layout,
  context: Tensor,
  noise: Tensor,
): Tensor {
  const m = noise.shape[0];
  const [coarse, at8, at16, at32] = config.head;
  const piece = cutOut(context, layout.boxes);
  const label = embedding(p.scope("class"), reshape(layout.labels, [m]), config.classes, config.classWidth);
  const known = concat([label, boxFeatures(layout.boxes), noise, mean(piece, [2, 3])], 1);
  const start = leakyRelu(linear(p.scope("start"), known, coarse * 16, { init: heNormal(known.shape[1], 0.2) }));
  let x = concat([upsampleNearest(reshape(start, [m, coarse, 4, 4])), piece], 1);
  x = convBlock(p.scope("at8"), x, at8, 3);
  x = convBlock(p.scope("at16"), upsampleNearest(x), at16, 3);
  x = convBlock(p.scope("at32"), upsampleNearest(x), at32, 3);
  const quads = conv(p.scope("up64"), x, 4, 3, { padding: 1, init: heNormal(at32 * 9, 1) });
  return blur(depthToSpace(quads), config.blur);
}

/**
 * D_inst for masks in the boxes' frames: what the box tensor says, class and box, meets the mask's features in an inner
 * product (Miyato & Koyama 2018), since in its own frame a box is everywhere.
 */
function judgeShapes(p: Params, config: PaperMasks, layout: Layout, masks: Tensor, wrap: Wrap): Judgement {
  const [n, t] = layout.labels.shape;
  const [d0, , , d3] = config.discriminator;
  const raw = p.get("conv0.weight", [d0, 1, 4, 4], heNormal(16, 0.2));
  const weight = wrap ? wrap(p.scope("conv0"), raw) : raw;
  const bias = reshape(p.get("conv0.bias", [d0], zeros), [1, d0, 1, 1]);
  const { score, features } = judge(
    p,
    config,
    add(maskConv(reshape(masks, [n * t, 1, SHAPE_SIDE, SHAPE_SIDE]), weight, 2), bias),
    wrap,
  );
  const label = embedding(p.scope("class"), reshape(layout.labels, [n * t]), config.classes, d3, {
    kind: "normal",
    std: 0.1,
  });
  const asked = add(label, linear(p.scope("box"), boxFeatures(layout.boxes), d3));
  const fit = sum(mul(mean(features[3], [2, 3]), asked), 1);
  return { score: add(reshape(score, [n, t]), reshape(fit, [n, t])), features };
}

/**
 * Binomial mean [M, 1, S, S], 5 x 5 or 3 x 3, of what is inside the map: outlines finer than that come from the four interleaved grids of sub-pixel
 * convolution, not from shapes.
 */
export function blur(x: Tensor, taps: keyof typeof BLUR = 5): Tensor {
  const s = x.shape[2];
  const band = Array.from({ length: s * s }, (_, i) => BLUR[taps][(i % s) - Math.floor(i / s) + (taps - 1) / 2] ?? 0);
  const total = (r: number) => band.slice(r * s, (r + 1) * s).reduce((a, b) => a + b, 0);
  const means = constant(
    band.map((v, i) => v / total(Math.floor(i / s))),
    [1, 1, s, s],
  );
  return matmul(means, matmul(x, means, { transposeB: true }));
}

/** Probabilities of a shape [64 * 64] in `box`, drawn on a size x size picture, row-major: bilinear, 0 outside the box. */
export function drawShape(shape: Float32Array, [x, y, w, h]: readonly [number, number, number, number], size: number) {
  const out = new Float32Array(size * size);
  const along = (start: number, length: number) => {
    // pixels whose centre is inside; the nearest one where there is none
    const first = Math.min(size - 1, Math.max(0, Math.ceil(start * size - 0.5)));
    const end = Math.min(size, Math.max(first + 1, Math.ceil((start + length) * size - 0.5)));
    const places = [];
    for (let i = first; i < end; i++) {
      const at = Math.min(SHAPE_SIDE - 1, Math.max(0, (((i + 0.5) / size - start) / length) * SHAPE_SIDE - 0.5));
      const low = Math.min(SHAPE_SIDE - 2, Math.floor(at));
      places.push({ i, low, share: at - low });
    }
    return places;
  };
  const columns = along(x, w);
  for (const r of along(y, h))
    for (const c of columns) {
      const at = r.low * SHAPE_SIDE + c.low;
      const top = shape[at] * (1 - c.share) + shape[at + 1] * c.share;
      const bottom = shape[at + SHAPE_SIDE] * (1 - c.share) + shape[at + SHAPE_SIDE + 1] * c.share;
      out[r.i * size + c.i] = top * (1 - r.share) + bottom * r.share;
    }
  return out;
}
