/** Pooling and resizing of NCHW tensors. @module */
import { constant, full } from "../leaves.ts";
import { apply, check, checkFloat, type Op, show, type Tensor } from "../tensor.ts";
import { type ConvGeometry, type ConvOptions, conv2d, conv2dInputGrad, geometry } from "./convolution.ts";
import { add, cast, equal, mul, sub } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { mean } from "./reduce.ts";
import { broadcastTo, pad, reshape, transpose } from "./shape.ts";

type Pool = ConvGeometry & { readonly kernel: number } & Record<string, unknown>;

function pooledShape(x: Tensor, a: Pool, where: string): number[] {
  check(x.rank === 4, where, `needs NCHW, got ${show(x.shape)}`);
  checkFloat(x, where);
  const [n, c, h, w] = x.shape;
  const out = (d: number, p: number) => Math.floor((d + p - a.kernel) / a.stride) + 1;
  return [n, c, out(h, a.pads[0] + a.pads[2]), out(w, a.pads[1] + a.pads[3])];
}

const avgPoolOp: Op<Pool> = {
  name: "avgPool2d",
  infer: ([x], a) => [{ shape: pooledShape(x, a, "avgPool2d()"), dtype: "float32" }],
  emit: (e, inputs, { attrs: a }) => [
    e.op("AveragePool", inputs, {
      kernel_shape: [a.kernel, a.kernel],
      strides: [a.stride, a.stride],
      pads: a.pads,
      count_include_pad: 1,
    }),
  ],
  gradient({ inputs: [x], attrs: a }, [g]) {
    const [, c, h, w] = x.shape;
    if (a.kernel === a.stride && a.pads.every((p) => p === 0) && h % a.kernel === 0 && w % a.kernel === 0)
      return [mul(upsampleNearest(g!, a.kernel), 1 / a.kernel ** 2)];
    const average = full([c, 1, a.kernel, a.kernel], 1 / a.kernel ** 2);
    return [conv2dInputGrad(g!, average, [h, w], { ...a, groups: c })];
  },
};

/** Mean over kernel x kernel windows, padding counted as zeros (PyTorch's default). */
export function avgPool2d(x: Tensor, kernel: number, options: Omit<ConvOptions, "groups"> = {}): Tensor {
  return apply(avgPoolOp, [x], { ...geometry({ stride: kernel, ...options }), kernel } as Pool);
}

/** [N, C, H, W] -> [N, C], the mean over the picture. */
export function globalAvgPool(x: Tensor): Tensor {
  return mean(x, [2, 3]);
}

const maxPoolOp: Op<Pool> = {
  name: "maxPool2d",
  infer: ([x], a) => [{ shape: pooledShape(x, a, "maxPool2d()"), dtype: "float32" }],
  emit: (e, inputs, { attrs: a }) => [
    e.op("MaxPool", inputs, { kernel_shape: [a.kernel, a.kernel], strides: [a.stride, a.stride], pads: a.pads }),
  ],
  gradient({ inputs: [x], outputs: [y], attrs: a }, [g]) {
    // Per tap of the window: a depthwise kernel with a single 1 picks the tap's element. The first tap that equals the
    // maximum takes the gradient, as in PyTorch.
    const [, c, h, w] = x.shape;
    const depthwise = { ...a, groups: c };
    const [top, left, bottom, right] = a.pads;
    // padding must not pass for a maximum of 0
    const padded = pad(x, [0, 0, top, left], [0, 0, bottom, right], -3e38);
    let free: Tensor = full([1, 1, 1, 1], 1);
    let gx: Tensor | undefined;
    for (let tap = 0; tap < a.kernel ** 2; tap++) {
      const pick = full([c, 1, a.kernel, a.kernel], 0);
      const data = (pick.node.attrs as { data: Float32Array }).data;
      for (let k = 0; k < c; k++) data[k * a.kernel ** 2 + tap] = 1;
      const hit = mul(cast(equal(conv2d(padded, pick, undefined, { stride: a.stride, groups: c }), y)), free);
      free = sub(free, hit);
      const part = conv2dInputGrad(mul(g!, hit), pick, [h, w], depthwise);
      gx = gx ? add(gx, part) : part;
    }
    return [gx];
  },
};

/** Maximum over kernel x kernel windows; padding never wins. */
export function maxPool2d(x: Tensor, kernel: number, options: Omit<ConvOptions, "groups"> = {}): Tensor {
  return apply(maxPoolOp, [x], { ...geometry({ stride: kernel, ...options }), kernel } as Pool);
}

type Scale = { readonly scale: number };
const upsampleOp: Op<Scale> = {
  name: "upsampleNearest",
  infer([x], { scale }) {
    check(x.rank === 4, "upsampleNearest()", `needs NCHW, got ${show(x.shape)}`);
    const [n, c, h, w] = x.shape;
    return [{ shape: [n, c, h * scale, w * scale], dtype: "float32" }];
  },
  emit: (e, [x], { attrs }) => [
    e.op("Resize", [x, "", e.floats(Float32Array.of(1, 1, attrs.scale, attrs.scale), [4])], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    }),
  ],
  gradient: ({ attrs: { scale } }, [g]) => [mul(avgPool2d(g!, scale), scale * scale)],
};

/** Every pixel repeated scale x scale times, scale a positive integer. */
export function upsampleNearest(x: Tensor, scale = 2): Tensor {
  check(Number.isInteger(scale) && scale > 0, "upsampleNearest()", `scale must be a positive integer, got ${scale}`);
  return scale === 1 ? x : apply(upsampleOp, [x], { scale });
}

/** [out, in] matrix with a row of interpolation weights an output pixel. */
type Interpolation = (out: number, size: number) => Float32Array;

const nearestMatrix: Interpolation = (out, size) => {
  const m = new Float32Array(out * size);
  for (let i = 0; i < out; i++) m[i * size + Math.floor((i * size) / out)] = 1;
  return m;
};

/** Half-pixel centres (align_corners = false), edges repeated, no antialiasing: PyTorch's bilinear. */
const bilinearMatrix: Interpolation = (out, size) => {
  const m = new Float32Array(out * size);
  for (let i = 0; i < out; i++) {
    const at = Math.max(0, ((i + 0.5) * size) / out - 0.5);
    const low = Math.min(Math.floor(at), size - 1);
    const high = Math.min(low + 1, size - 1);
    m[i * size + low] += 1 - (at - low);
    m[i * size + high] += at - low;
  }
  return m;
};

function separable(x: Tensor, height: number, width: number, matrix: Interpolation): Tensor {
  const [n, c, h, w] = x.shape;
  const rows = constant(matrix(height, h), [height, h]);
  const columns = constant(matrix(width, w), [width, w]);
  const wide = h === height ? x : matmul(reshape(rows, [1, height, h]), reshape(x, [n * c, h, w]));
  const both = w === width ? wide : matmul(reshape(wide, [n * c * height, w]), columns, { transposeB: true });
  return reshape(both, [n, c, height, width]);
}

/** Bilinear resize to height x width, align_corners = false. */
export function resizeBilinear(x: Tensor, height: number, width: number): Tensor {
  return separable(x, height, width, bilinearMatrix);
}

/** Nearest resize to any size: source index floor(i * in / out). */
export function resizeNearest(x: Tensor, height: number, width: number): Tensor {
  const [, , h, w] = x.shape;
  const scale = height / h;
  if (Number.isInteger(scale) && width === w * scale) return upsampleNearest(x, scale);
  return separable(x, height, width, nearestMatrix);
}

/** [N, C, H, W] -> [N, C s^2, H/s, W/s]: blocks of pixels become channels. */
export function spaceToDepth(x: Tensor, s: number): Tensor {
  const [n, c, h, w] = x.shape;
  check(h % s === 0 && w % s === 0, "spaceToDepth()", `${h}x${w} is not divisible by ${s}`);
  const parts = transpose(reshape(x, [n, c, h / s, s, w / s, s]), [0, 1, 3, 5, 2, 4]);
  return reshape(parts, [n, c * s * s, h / s, w / s]);
}

/** A vector a picture, [N, C], repeated over an H x W map: [N, C, H, W] ("tiled" in the paper). */
export function tile2d(x: Tensor, height: number, width: number): Tensor {
  const [n, c] = x.shape;
  return broadcastTo(reshape(x, [n, c, 1, 1]), [n, c, height, width]);
}
