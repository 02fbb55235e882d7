/** How much a graph computes: what decides whether a second thread is worth its waking. @module */
import { type Node, sizeOf } from "./tensor.ts";

/**
 * Multiply-adds of a node's matrix products and convolutions; 0 for every other operator, whose cost is memory traffic.
 * Y = A B: |Y| K. Convolution with weight [O, I, h, w]: |y| I h w, and its two adjoints the same.
 */
export function workOf({ op, inputs, outputs, attrs }: Node): number {
  const shapes = inputs.map((t) => t.shape);
  const perChannel = (weight: readonly number[]) => sizeOf(weight) / weight[0];
  switch (op.name) {
    case "matmul":
      return sizeOf(outputs[0].shape) * shapes[0].at(attrs.transposeA ? -2 : -1)!;
    case "conv2d":
      return sizeOf(outputs[0].shape) * perChannel(shapes[1]);
    case "conv2dInputGrad":
      return sizeOf(shapes[0]) * perChannel(shapes[1]);
    case "conv2dFilterGrad":
      return sizeOf(shapes[1]) * perChannel(outputs[0].shape);
    default:
      return 0;
  }
}
