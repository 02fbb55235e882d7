/**
 * 2-D convolution and its two adjoints. The three operators are closed under differentiation: with y = x * w,
 *   dx = conv2dInputGrad(dy, w),  dw = conv2dFilterGrad(x, dy),
 * and since each is bilinear, the gradient of every one of them is made of the other two. Transposed convolution is
 * conv2dInputGrad by definition.
 *
 * Emission was chosen by measurement (docs/performance.md): the input gradient at stride 1 is a Conv with the kernel
 * turned round, at stride s a ConvTranspose; the filter gradient is one matrix product per kernel tap.
 * @module
 */
import type { Emitter } from "../emitter.ts";
import { apply, check, checkFloat, type Op, type Shape, show, type Tensor } from "../tensor.ts";
import { sum } from "./reduce.ts";

export interface ConvGeometry {
  readonly stride: number;
  /** [top, left, bottom, right], zeros added. */
  readonly pads: readonly [number, number, number, number];
  readonly groups: number;
}

export interface ConvOptions {
  readonly stride?: number;
  /** One number for all sides, or [top, left, bottom, right]. */
  readonly padding?: number | readonly [number, number, number, number];
  readonly groups?: number;
}

export function geometry(options: ConvOptions): ConvGeometry {
  const p = options.padding ?? 0;
  return {
    stride: options.stride ?? 1,
    pads: typeof p === "number" ? [p, p, p, p] : p,
    groups: options.groups ?? 1,
  };
}

const onnxAttributes = (a: ConvGeometry, kernel: readonly number[]) => ({
  kernel_shape: kernel,
  strides: [a.stride, a.stride],
  pads: a.pads,
  group: a.groups,
});

type ConvAttributes = ConvGeometry & Record<string, unknown>;
type InputGradAttributes = ConvAttributes & { readonly height: number; readonly width: number };
type FilterGradAttributes = ConvAttributes & { readonly kernel: readonly [number, number] };

const conv2dOp: Op<ConvAttributes> = {
  name: "conv2d",
  infer([x, w, b], a) {
    for (const t of [x, w]) checkFloat(t, "conv2d()");
    check(x.rank === 4 && w.rank === 4, "conv2d()", `needs NCHW and OIHW, got ${show(x.shape)} and ${show(w.shape)}`);
    const [n, c, h, wd] = x.shape;
    const [o, ci, kh, kw] = w.shape;
    check(c === ci * a.groups, "conv2d()", `input has ${c} channels, weight expects ${ci * a.groups}`);
    check(o % a.groups === 0, "conv2d()", `${o} output channels are not divisible into ${a.groups} groups`);
    if (b) check(b.rank === 1 && b.shape[0] === o, "conv2d()", `bias ${show(b.shape)} does not fit ${o} channels`);
    const oh = outputLength(h + a.pads[0] + a.pads[2], kh, a.stride);
    const ow = outputLength(wd + a.pads[1] + a.pads[3], kw, a.stride);
    check(oh > 0 && ow > 0, "conv2d()", `kernel ${kh}x${kw} is larger than the padded input of ${show(x.shape)}`);
    return [{ shape: [n, o, oh, ow], dtype: "float32" }];
  },
  emit: (e, inputs, { inputs: [, w], attrs }) => [e.op("Conv", inputs, onnxAttributes(attrs, w.shape.slice(2)))],
  gradient({ inputs: [x, w, b], attrs }, [g]) {
    return [
      conv2dInputGrad(g!, w, x.shape.slice(2), attrs),
      conv2dFilterGrad(x, g!, w.shape.slice(2), attrs),
      ...(b ? [sum(g!, [0, 2, 3])] : []),
    ];
  },
};

function outputLength(padded: number, kernel: number, stride: number): number {
  return Math.floor((padded - kernel) / stride) + 1;
}

/** x [N, C, H, W] * weight [O, C/groups, kh, kw] (+ bias [O]) -> [N, O, H', W'] (cross-correlation, as in PyTorch). */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor {
  return apply(conv2dOp, bias ? [x, weight, bias] : [x, weight], geometry(options) as ConvAttributes);
}

const inputGradOp: Op<InputGradAttributes> = {
  name: "conv2dInputGrad",
  infer([g, w], a) {
    for (const t of [g, w]) checkFloat(t, "conv2dInputGrad()");
    check(
      g.rank === 4 && w.rank === 4,
      "conv2dInputGrad()",
      `needs NOHW and OIHW, got ${show(g.shape)} and ${show(w.shape)}`,
    );
    const [n, o, oh, ow] = g.shape;
    const [wo, ci, kh, kw] = w.shape;
    check(o === wo, "conv2dInputGrad()", `input has ${o} channels, weight expects ${wo}`);
    check(
      outputLength(a.height + a.pads[0] + a.pads[2], kh, a.stride) === oh &&
        outputLength(a.width + a.pads[1] + a.pads[3], kw, a.stride) === ow,
      "conv2dInputGrad()",
      `a picture of ${a.height}x${a.width} does not convolve to ${oh}x${ow}`,
    );
    return [{ shape: [n, ci * a.groups, a.height, a.width], dtype: "float32" }];
  },
  emit(e, [g, w], { inputs: [gt, wt], attrs: a }) {
    const [o, ci, kh, kw] = wt.shape;
    const [pt, pl, pb, pr] = a.pads;
    if (a.stride === 1 && pt < kh && pl < kw && pb < kh && pr < kw) {
      let turned = flipKernel(e, w, kh, kw);
      if (a.groups === 1) turned = e.transpose(turned, [1, 0, 2, 3]);
      else {
        const grouped = e.reshape(turned, [a.groups, o / a.groups, ci, kh, kw]);
        turned = e.reshape(e.transpose(grouped, [0, 2, 1, 3, 4]), [ci * a.groups, o / a.groups, kh, kw]);
      }
      const pads = [kh - 1 - pt, kw - 1 - pl, kh - 1 - pb, kw - 1 - pr];
      return [e.op("Conv", [g, turned], { kernel_shape: [kh, kw], strides: [1, 1], pads, group: a.groups })];
    }
    // rows and columns that the stride never reached come back as output padding
    const extra = [
      a.height - ((gt.shape[2] - 1) * a.stride + kh - pt - pb),
      a.width - ((gt.shape[3] - 1) * a.stride + kw - pl - pr),
    ];
    return [e.op("ConvTranspose", [g, w], { ...onnxAttributes(a, [kh, kw]), output_padding: extra })];
  },
  gradient({ inputs: [g, w], attrs }, [h]) {
    return [apply(conv2dOp, [h!, w], attrs), conv2dFilterGrad(h!, g, w.shape.slice(2), attrs)];
  },
};

function flipKernel(e: Emitter, w: string, kh: number, kw: number): string {
  if (kh === 1 && kw === 1) return w;
  const minus = e.ints([-1, -1]);
  return e.op("Slice", [w, minus, e.ints([-(2 ** 31), -(2 ** 31)]), e.ints([2, 3]), minus]);
}

/** Adjoint of conv2d in its input: g [N, O, H', W'], weight [O, C/groups, kh, kw] -> [N, C, H, W] of the given size. */
export function conv2dInputGrad(g: Tensor, weight: Tensor, size: Shape, a: ConvGeometry): Tensor {
  return apply(inputGradOp, [g, weight], { ...a, height: size[0], width: size[1] });
}

/** Transposed convolution: x [N, I, H, W], weight [I, O/groups, kh, kw] -> [N, O, (H-1) s + kh - 2p + outputPadding, ...]. */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  options: ConvOptions & { readonly outputPadding?: number } = {},
): Tensor {
  const a = geometry(options);
  const extra = options.outputPadding ?? 0;
  const size = [
    (x.shape[2] - 1) * a.stride + weight.shape[2] - a.pads[0] - a.pads[2] + extra,
    (x.shape[3] - 1) * a.stride + weight.shape[3] - a.pads[1] - a.pads[3] + extra,
  ];
  return conv2dInputGrad(x, weight, size, a);
}

const filterGradOp: Op<FilterGradAttributes> = {
  name: "conv2dFilterGrad",
  infer([x, g], a) {
    for (const t of [x, g]) checkFloat(t, "conv2dFilterGrad()");
    const [n, c, h, w] = x.shape;
    const [n2, o, oh, ow] = g.shape;
    const [kh, kw] = a.kernel;
    check(
      n === n2 &&
        oh === outputLength(h + a.pads[0] + a.pads[2], kh, a.stride) &&
        ow === outputLength(w + a.pads[1] + a.pads[3], kw, a.stride),
      "conv2dFilterGrad()",
      `${show(g.shape)} is not the output of ${show(x.shape)} under a ${kh}x${kw} kernel`,
    );
    return [{ shape: [o, c / a.groups, kh, kw], dtype: "float32" }];
  },
  emit(e, [x, g], { inputs: [xt, gt], attrs: a }) {
    const [n, c, h, w] = xt.shape;
    const o = gt.shape[1];
    const [kh, kw] = a.kernel;
    const G = a.groups;
    if (kh === 1 && kw === 1 && a.stride === 1 && a.pads.every((p) => p === 0)) {
      const m = matmulTransposed(e, e.reshape(g, [n, G, o / G, h * w]), e.reshape(x, [n, G, c / G, h * w]));
      return [e.reshape(e.sum(m, [0]), [o, c / G, 1, 1])];
    }
    return [emitFilterGrad(e, x, g, xt.shape, gt.shape, a)];
  },
  gradient({ inputs: [x, g], attrs }, [h]) {
    return [conv2dInputGrad(g, h!, x.shape.slice(2), attrs), apply(conv2dOp, [x, h!], attrs as ConvAttributes)];
  },
  // over the pictures; all of one size
  sumsOverFirstAxis: () => true,
};

/**
 * One matrix product per kernel tap: the operand that is `sliced` lies channels last and padded, so that the slice of a tap is
 * copied in long runs; the `whole` one is used as it is. At stride 1 the one with fewer channels is sliced,
 *   dw[o, c, i, j] = sum x[c, p + (i, j)] g[o, p] = sum x[c, q] g[o, q - (i, j)];
 * at stride s it is x, whose s neighbouring columns that one pixel of g meets lie side by side: one product for them all.
 */
function emitFilterGrad(e: Emitter, x: string, g: string, xs: Shape, gs: Shape, a: FilterGradAttributes): string {
  const [n, channels, h, w] = xs;
  const [, outputs, oh, ow] = gs;
  const [kh, kw] = a.kernel;
  const [top, left] = a.pads;
  const { stride: s, groups: G } = a;
  // channels of a group
  const c = channels / G;
  const o = outputs / G;
  /** [n, G C, H, W] with zeros added -> [n G, H', W', C]; negative amounts crop what no tap reaches. */
  const channelsLast = (t: string, [, all, height, width]: Shape, before: number[], size: number[]) => {
    const after = [size[0] - height - before[0], size[1] - width - before[1]];
    const zeros = [0, 0, ...before, 0, 0, ...after];
    const padded = zeros.some((p) => p !== 0) ? e.op("Pad", [t, e.ints(zeros)]) : t;
    return e.transpose(e.reshape(padded, [n * G, all / G, ...size]), [0, 2, 3, 1]);
  };
  const product = productOf(e, n, G);
  const columns = (taps: string[]) => e.op("Concat", taps, { axis: 2 });

  if (s === 1 && o < c) {
    const sliced = channelsLast(g, gs, [kh - 1 - top, kw - 1 - left], [h + kh - 1, w + kw - 1]);
    const whole = product(x, c, h * w);
    const taps: string[] = [];
    for (let i = kh - 1; i >= 0; i--)
      for (let j = kw - 1; j >= 0; j--) taps.push(whole(e.slice(sliced, [i, j], [i + h, j + w], [1, 2]), o));
    const stacked = e.reshape(columns(taps), [G, c, kh * kw, o]);
    return e.reshape(e.transpose(stacked, [0, 3, 1, 2]), [outputs, c, kh, kw]);
  }

  const rows = oh + Math.ceil(kh / s) - 1;
  const row = ow + Math.ceil(kw / s) - 1;
  const sliced = e.reshape(channelsLast(x, xs, [top, left], [rows * s, row * s]), [n * G, rows, s, row, s * c]);
  const whole = product(g, o, oh * ow);
  const taps: string[] = [];
  for (let i = 0; i < kh; i++)
    for (let j = 0; j < kw; j += s) {
      const [down, phase, right] = [Math.floor(i / s), i % s, j / s];
      const width = Math.min(s, kw - j) * c;
      const from = [down, phase, right, 0];
      taps.push(whole(e.slice(sliced, from, [down + oh, phase + 1, right + ow, width], [1, 2, 3, 4]), width));
    }
  const stacked = e.reshape(columns(taps), [outputs, kh * kw, c]);
  return e.reshape(e.transpose(stacked, [0, 2, 1]), [outputs, c, kh, kw]);
}

/** Pictures of this many pixels or fewer are multiplied all at once: measured, docs/performance.md. */
const SMALL = 256;

/**
 * whole [n, G M, pixels] -> a function of a slice [n G, ..., N] with as many pixels -> the sum over pixels and pictures of their
 * products, [G, M, N]. Small pictures are joined to one product, which sums over them by itself.
 */
function productOf(e: Emitter, n: number, G: number) {
  return (whole: string, rows: number, pixels: number): ((slice: string, width: number) => string) => {
    if (G === 1 && n > 1 && pixels <= SMALL) {
      const joined = e.reshape(e.transpose(e.reshape(whole, [n, rows, pixels]), [1, 0, 2]), [rows, n * pixels]);
      return (slice, width) =>
        e.reshape(e.op("MatMul", [joined, e.reshape(slice, [n * pixels, width])]), [1, rows, width]);
    }
    const each = e.reshape(whole, [n * G, rows, pixels]);
    return (slice, width) => {
      const products = e.op("MatMul", [each, e.reshape(slice, [n * G, pixels, width])]);
      return n === 1 ? products : e.sum(e.reshape(products, [n, G, rows, width]), [0]);
    };
  };
}

/** [..., M, L] x [..., N, L]^T of rank 4. */
function matmulTransposed(e: Emitter, a: string, b: string): string {
  return e.op("MatMul", [a, e.transpose(b, [0, 1, 3, 2])]);
}

/** Adjoint of conv2d in its weight: x [N, C, H, W], g [N, O, H', W'] -> [O, C/groups, kh, kw]. */
export function conv2dFilterGrad(x: Tensor, g: Tensor, kernel: Shape, a: ConvGeometry): Tensor {
  const { stride, pads, groups } = a;
  return apply(filterGradOp, [x, g], { stride, pads, groups, kernel: [kernel[0], kernel[1]] });
}
