/** Average pooling that leaves padding out of the mean. @module */
import { constant } from "../leaves.ts";
import { check, type Tensor } from "../tensor.ts";
import type { ConvOptions } from "./convolution.ts";
import { mul } from "./elementwise.ts";
import { avgPool2d } from "./pooling.ts";

/**
 * Mean over those pixels of each kernel x kernel window that lie inside the picture: ONNX's count_include_pad = 0,
 * TensorFlow's "SAME" average pooling. avgPool2d counts padding as zeros; the share of the window inside corrects it.
 */
export function avgPoolInside(x: Tensor, kernel: number, options: Omit<ConvOptions, "groups"> = {}): Tensor {
  const y = avgPool2d(x, kernel, options);
  const p = options.padding ?? 0;
  const [top, left, bottom, right] = typeof p === "number" ? [p, p, p, p] : p;
  if (top === 0 && left === 0 && bottom === 0 && right === 0) return y;
  check(Math.max(top, left, bottom, right) < kernel, "avgPoolInside()", `padding [${p}] reaches a kernel of ${kernel}`);
  const stride = options.stride ?? kernel;
  const [, , h, w] = x.shape;
  const [, , oh, ow] = y.shape;
  const inside = (i: number, before: number, size: number) =>
    Math.min(i * stride - before + kernel, size) - Math.max(i * stride - before, 0);
  const correction = new Float32Array(oh * ow);
  for (let i = 0; i < oh; i++)
    for (let j = 0; j < ow; j++) correction[i * ow + j] = kernel ** 2 / (inside(i, top, h) * inside(j, left, w));
  return mul(y, constant(correction, [1, 1, oh, ow]));
}
