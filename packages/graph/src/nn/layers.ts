/** Feed-forward layers as functions of (scope, input, sizes). Weight layouts are PyTorch's. @module */
import { fanInUniform, heNormal, type Init, ones, zeros } from "../init.ts";
import { type ConvOptions, conv2d, convTranspose2d } from "../ops/convolution.ts";
import { add, leakyRelu, mul, relu } from "../ops/elementwise.ts";
import { gather } from "../ops/gather.ts";
import { matmul } from "../ops/matmul.ts";
import { groupNorm, instanceNorm, normalize } from "../ops/normalize.ts";
import { reshape } from "../ops/shape.ts";
import { check, type Tensor } from "../tensor.ts";
import type { Params } from "./params.ts";

/** y = x W^T + b over the last axis. x [..., I] -> [..., out]; weight [out, I], bias [out]. */
export function linear(p: Params, x: Tensor, out: number, options: { bias?: boolean; init?: Init } = {}): Tensor {
  const size = x.shape.at(-1)!;
  const init = options.init ?? fanInUniform(size);
  const weight = p.get("weight", [out, size], init);
  const flat = matmul(reshape(x, [-1, size]), weight, { transposeB: true });
  const y = options.bias === false ? flat : add(flat, p.get("bias", [out], zeros));
  return reshape(y, [...x.shape.slice(0, -1), out]);
}

/** Rows of a trainable table [count, size] at int64 indices. */
export function embedding(p: Params, indices: Tensor, count: number, size: number, init?: Init): Tensor {
  return gather(p.get("weight", [count, size], init ?? { kind: "normal", std: 1 }), indices);
}

export interface ConvLayerOptions extends ConvOptions {
  readonly bias?: boolean;
  readonly init?: Init;
  /** Applied to the weight before use: spectral norm. */
  readonly wrap?: (p: Params, weight: Tensor) => Tensor;
}

/** x [N, C, H, W] -> [N, out, H', W']; weight [out, C/groups, k, k]. He initialisation for leaky ReLU 0.2. */
export function conv(p: Params, x: Tensor, out: number, kernel: number, options: ConvLayerOptions = {}): Tensor {
  const channels = x.shape[1] / (options.groups ?? 1);
  const init = options.init ?? heNormal(channels * kernel * kernel, 0.2);
  const raw = p.get("weight", [out, channels, kernel, kernel], init);
  const weight = options.wrap ? options.wrap(p, raw) : raw;
  const bias = options.bias === false ? undefined : p.get("bias", [out], zeros);
  return conv2d(x, weight, bias, options);
}

/** x [N, C, H, W] -> [N, out, s(H-1)+k-2p+outputPadding, ...]; weight [C, out, k, k]. */
export function convTransposed(
  p: Params,
  x: Tensor,
  out: number,
  kernel: number,
  options: ConvOptions & { outputPadding?: number } = {},
): Tensor {
  const weight = p.get("weight", [x.shape[1], out, kernel, kernel], heNormal(x.shape[1] * kernel * kernel, 0.2));
  const y = convTranspose2d(x, weight, options);
  return add(y, reshape(p.get("bias", [out], zeros), [1, out, 1, 1]));
}

export type Norm = "none" | "instance" | "group" | "layer";

/** Normalisation with learned scale and shift a channel. x [N, C, H, W]; group norm has 8 groups where they divide C, else 4, else 1. */
export function norm(p: Params, x: Tensor, kind: Norm): Tensor {
  if (kind === "none") return x;
  const c = x.shape[1];
  const groups = kind === "layer" ? 1 : c % 8 === 0 ? 8 : c % 4 === 0 ? 4 : 1;
  const y = kind === "instance" ? instanceNorm(x) : groupNorm(x, groups);
  const scale = reshape(p.get("scale", [c], ones), [1, c, 1, 1]);
  return add(mul(y, scale), reshape(p.get("shift", [c], zeros), [1, c, 1, 1]));
}

/** Ba et al. 2016 over the last axis, with learned scale and shift. */
export function layerNorm(p: Params, x: Tensor): Tensor {
  const n = x.shape.at(-1)!;
  return add(mul(normalize(x)[0], p.get("scale", [n], ones)), p.get("shift", [n], zeros));
}

export type Activation = "none" | "relu" | "leakyRelu";

export function activate(x: Tensor, kind: Activation): Tensor {
  return kind === "relu" ? relu(x) : kind === "leakyRelu" ? leakyRelu(x, 0.2) : x;
}

export interface BlockOptions extends ConvLayerOptions {
  readonly norm?: Norm;
  readonly activation?: Activation;
}

/** Convolution, normalisation, activation. "Same" padding for odd kernels at stride 1; 4x4 stride 2 pads 1. */
export function convBlock(p: Params, x: Tensor, out: number, kernel: number, options: BlockOptions = {}): Tensor {
  const padding = options.padding ?? Math.floor((kernel - 1) / 2);
  const y = conv(p.scope("conv"), x, out, kernel, { ...options, padding });
  return activate(norm(p.scope("norm"), y, options.norm ?? "none"), options.activation ?? "leakyRelu");
}

/** He et al. 2016: x + f(x) with two 3x3 convolutions, then the activation. */
export function residualBlock(p: Params, x: Tensor, options: BlockOptions = {}): Tensor {
  const activation = options.activation ?? "leakyRelu";
  const inner = convBlock(p.scope("a"), x, x.shape[1], 3, options);
  const outer = convBlock(p.scope("b"), inner, x.shape[1], 3, { ...options, activation: "none" });
  check(outer.shape[1] === x.shape[1], "residualBlock()", "channels changed");
  return activate(add(x, outer), activation);
}
