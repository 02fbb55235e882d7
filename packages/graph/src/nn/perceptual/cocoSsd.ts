/**
 * SSDLite-MobileNetV2 trained on MS-COCO (Sandler et al. 2018), its feature extractor: inverted residual blocks of a
 * 1x1 expansion, a 3x3 depthwise convolution and a linear 1x1 projection, batch norm folded into each convolution.
 * Channel numbers come from the weights.
 * @module
 */
import { conv2d } from "../../ops/convolution.ts";
import { add, clip } from "../../ops/elementwise.ts";
import { check, sameShape, show, type Tensor } from "../../tensor.ts";
import { Constants, type Weights } from "./weights.ts";

/** Stride of the depthwise convolution of each of the 17 blocks. */
const STRIDES = [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1];
/** Blocks whose expansion is a tap: the last features at strides 2, 4, 8 and 16. */
const TAPS = [1, 3, 6, 13];
/** `last` for the whole extractor, up to the 1280 channels of Conv_1 at stride 32. */
export const CONV_1 = STRIDES.length;

const relu6 = (x: Tensor) => clip(x, 0, 6);

/** Padding [top, left, bottom, right] of TensorFlow's "SAME": the odd pixel goes to the bottom and right. */
export function samePadding(x: Tensor, kernel: number, stride: number): readonly [number, number, number, number] {
  const [top, bottom] = sides(x.shape[2]);
  const [left, right] = sides(x.shape[3]);
  return [top, left, bottom, right];

  function sides(size: number): [number, number] {
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }
}

/** Convolution `name` with "SAME" padding and bias; depthwise where the weight has one input channel and x has more. */
export function sameConv(c: Constants, name: string, x: Tensor, stride = 1): Tensor {
  const weight = c.get(`${name}.weight`);
  const kernel = weight.shape[2];
  const groups = weight.shape[1] === 1 ? x.shape[1] : 1;
  return conv2d(x, weight, c.get(`${name}.bias`), { stride, groups, padding: samePadding(x, kernel, stride) });
}

/**
 * The feature extractor as a function of pictures x [N, 3, H, W] in [-1, 1], any size. It gives the taps up to block
 * `last` (default 6), all after ReLU6:
 *   Conv (stride 2, 32 channels), expansions of block 1 (stride 2, 96), 3 (stride 4, 144), 6 (stride 8, 192),
 *   13 (stride 16, 576), and Conv_1 (stride 32, 1280) with `last` = CONV_1.
 * The weights are constants of the graph, shared by all calls.
 * @throws FormatError when a weight is missing, ShapeError when x is no RGB picture or `last` is no block.
 */
export function cocoSsdFeatures(weights: Weights): (x: Tensor, last?: number) => Tensor[] {
  const c = new Constants(weights);
  return (x, last = 6) => extract(c, x, last).taps;
}

/** Taps up to `last` from shared constants; `conv1` is set for last = CONV_1. */
export function extract(c: Constants, x: Tensor, last: number): { taps: Tensor[]; conv1?: Tensor } {
  check(x.rank === 4 && x.shape[1] === 3, "cocoSsdFeatures()", `needs pictures [N, 3, H, W], got ${show(x.shape)}`);
  check(
    Number.isInteger(last) && last >= 0 && last <= CONV_1,
    "cocoSsdFeatures()",
    `last is 0 to ${CONV_1}, got ${last}`,
  );
  let h = relu6(sameConv(c, "stem", x, 2));
  const taps = [h];
  for (const [i, stride] of STRIDES.entries()) {
    if (i > last) return { taps };
    let y = h;
    if (c.has(`block${i}.expand.weight`)) {
      y = relu6(sameConv(c, `block${i}.expand`, y));
      if (TAPS.includes(i)) taps.push(y);
    }
    if (i === last) return { taps };
    y = relu6(sameConv(c, `block${i}.depthwise`, y, stride));
    y = sameConv(c, `block${i}.project`, y);
    h = stride === 1 && sameShape(h.shape, y.shape) ? add(h, y) : y;
  }
  const conv1 = relu6(sameConv(c, "head", h));
  taps.push(conv1);
  return { taps, conv1 };
}
