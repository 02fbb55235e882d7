/** One entry an operator and a way to use it: the table behind the derivative tests and the backend tests. */
import { bits, type Case, distinct, indices, positive } from "../check.fixture.ts";
import { avgPoolInside } from "./avgPoolInside.ts";
import { conv2d, convTranspose2d } from "./convolution.ts";
import {
  abs,
  add,
  cast,
  clip,
  cos,
  div,
  elu,
  equal,
  erf,
  exp,
  floor,
  gelu,
  greater,
  greaterEqual,
  leakyRelu,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  stopGradient,
  sub,
  tanh,
  where,
} from "./elementwise.ts";
import { gather, oneHot, scatterRows } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { batchNorm, groupNorm, instanceNorm, normalize } from "./normalize.ts";
import {
  avgPool2d,
  globalAvgPool,
  maxPool2d,
  resizeBilinear,
  resizeNearest,
  spaceToDepth,
  tile2d,
  upsampleNearest,
} from "./pooling.ts";
import { argMax, logSoftmax, logSumExp, max, mean, softmax, sum } from "./reduce.ts";
import { broadcastTo, concat, flip, pad, reshape, slice, split, stack, transpose } from "./shape.ts";

const ab = (a: number[], b: number[], data?: Case["inputs"][string]["data"]): Case["inputs"] => ({
  a: { shape: a, data },
  b: { shape: b, data },
});
const x = (shape: number[], data?: Case["inputs"][string]["data"]): Case["inputs"] => ({ x: { shape, data } });

const elementwise: Case[] = [
  { name: "add", inputs: ab([2, 3], [3]), build: ({ a, b }) => add(a, b) },
  { name: "sub", inputs: ab([2, 1, 3], [4, 1]), build: ({ a, b }) => sub(a, b) },
  { name: "mul", inputs: ab([2, 3], [2, 1]), build: ({ a, b }) => mul(a, b) },
  { name: "mul of itself", inputs: x([2, 3]), build: ({ x }) => mul(x, x) },
  { name: "div", inputs: ab([2, 3], [3], positive), build: ({ a, b }) => div(a, b) },
  { name: "div by a number", inputs: x([2, 3]), build: ({ x }) => sub(div(x, 3), div(1, add(square(x), 1))) },
  { name: "maximum", inputs: ab([4, 3], [4, 3], distinct), build: ({ a, b }) => square(maximum(a, add(b, 0.05))) },
  { name: "minimum", inputs: ab([4, 3], [3], distinct), build: ({ a, b }) => mul(minimum(a, add(b, 0.05)), a) },
  { name: "neg", inputs: x([5]), build: ({ x }) => neg(mul(x, x)) },
  { name: "exp", inputs: x([5]), build: ({ x }) => exp(x) },
  { name: "log", inputs: x([5], positive), build: ({ x }) => log(x) },
  { name: "sqrt", inputs: x([5], positive), build: ({ x }) => sqrt(x) },
  { name: "tanh", inputs: x([7]), build: ({ x }) => tanh(x) },
  { name: "sigmoid", inputs: x([7]), build: ({ x }) => sigmoid(x) },
  { name: "relu", inputs: x([9], distinct), build: ({ x }) => mul(relu(x), x) },
  { name: "abs", inputs: x([9], distinct), build: ({ x }) => mul(abs(x), square(x)) },
  { name: "sin", inputs: x([5]), build: ({ x }) => sin(x) },
  { name: "cos", inputs: x([5]), build: ({ x }) => cos(x) },
  { name: "erf", inputs: x([7]), build: ({ x }) => erf(x) },
  { name: "leakyRelu", inputs: x([9], distinct), build: ({ x }) => square(leakyRelu(x, 0.2)) },
  { name: "pow", inputs: x([6], positive), build: ({ x }) => [pow(x, 2.5), pow(x, -1), pow(x, 3)] },
  { name: "clip", inputs: x([12], distinct), build: ({ x }) => mul(clip(x, -0.32, 0.32), square(x)) },
  {
    name: "where",
    inputs: { c: { shape: [4, 1], data: bits }, ...ab([4, 3], [3]) },
    wrt: (n) => n !== "c",
    build: ({ c, a, b }) => where(greater(c, 0.5), square(a), mul(b, square(b))),
  },
  { name: "stopGradient", inputs: x([5]), wrt: () => false, build: ({ x }) => stopGradient(x) },
  { name: "softplus", inputs: x([7]), build: ({ x }) => softplus(mul(x, 3)) },
  { name: "elu", inputs: x([10], distinct), build: ({ x }) => elu(x, 1.3) },
  { name: "gelu", inputs: x([7]), build: ({ x }) => gelu(x) },
  {
    name: "comparisons",
    inputs: ab([8], [8], distinct),
    wrt: () => false,
    build: ({ a, b }) => [greater, less, greaterEqual, lessEqual, equal].map((f) => cast(f(a, b))),
  },
  { name: "sign and floor", inputs: x([8], distinct), build: ({ x }) => [mul(sign(x), x), mul(floor(x), square(x))] },
];

const products: Case[] = [];
for (const transposeA of [false, true])
  for (const transposeB of [false, true]) {
    const a = transposeA ? [3, 2] : [2, 3];
    const b = transposeB ? [4, 3] : [3, 4];
    const flags = { transposeA, transposeB };
    const name = `matmul${transposeA ? " A^T" : ""}${transposeB ? " B^T" : ""}`;
    products.push(
      { name: `${name}, matrices`, inputs: ab(a, b), build: ({ a, b }) => matmul(a, b, flags) },
      { name: `${name}, batch`, inputs: ab([2, ...a], [2, ...b]), build: ({ a, b }) => matmul(a, b, flags) },
      {
        name: `${name}, broadcast`,
        inputs: ab([2, 1, ...a], [3, ...b]),
        build: ({ a, b }) => matmul(a, b, flags),
      },
      { name: `${name}, matrix by batch`, inputs: ab(a, [2, ...b]), build: ({ a, b }) => matmul(a, b, flags) },
    );
  }

interface Conv {
  readonly k: readonly [number, number];
  readonly stride?: number;
  readonly padding?: number | readonly [number, number, number, number];
  readonly groups?: number;
  readonly size?: readonly [number, number];
  readonly channels?: readonly [number, number];
  readonly bias?: boolean;
}
const convolutions: Case[] = (
  [
    { k: [3, 3], padding: 1, bias: true },
    { k: [3, 3], stride: 2, padding: 1, size: [7, 5] },
    { k: [4, 4], stride: 2, padding: 1, size: [8, 6], bias: true },
    { k: [1, 1] },
    { k: [1, 1], stride: 2, size: [5, 6] },
    { k: [5, 5], padding: 2, size: [6, 7] },
    { k: [5, 5], stride: 3, padding: [0, 1, 2, 1], size: [7, 9] },
    { k: [3, 3], padding: 1, groups: 2, channels: [4, 6] },
    { k: [3, 3], stride: 2, padding: [0, 0, 1, 1], groups: 3, channels: [3, 3], size: [6, 8] },
    { k: [1, 4], padding: [0, 3, 0, 0], size: [3, 6] },
    { k: [2, 2], padding: 3, size: [4, 3] },
    // fewer channels come out than go in: the other operand of the filter gradient is sliced
    { k: [3, 3], padding: 1, channels: [5, 2], bias: true },
    { k: [3, 3], padding: 1, channels: [6, 4], groups: 2 },
    { k: [1, 4], padding: [0, 3, 1, 0], channels: [3, 2], size: [3, 6] },
    { k: [4, 4], stride: 2, padding: 1, channels: [4, 2], size: [8, 6] },
  ] as Conv[]
).map(({ k, stride, padding, groups = 1, size = [5, 6], channels: [c, o] = [2, 3], bias }) => ({
  name: `conv2d ${k.join("x")}, stride ${stride ?? 1}, padding ${padding ?? 0}, groups ${groups}, ${size.join("x")}`,
  inputs: {
    x: { shape: [2, c, ...size] },
    w: { shape: [o, c / groups, ...k] },
    ...(bias ? { b: { shape: [o] } } : {}),
  },
  build: ({ x, w, b }) => conv2d(x, w, b, { stride, padding, groups }),
}));
const transposed: Case[] = [
  { k: 4, stride: 2, padding: 1 },
  { k: 3, stride: 2, padding: 1, outputPadding: 1 },
  { k: 3, stride: 1, padding: 1 },
].map(({ k, ...options }) => ({
  name: `convTranspose2d ${k}x${k} ${JSON.stringify(options)}`,
  inputs: { x: { shape: [2, 3, 3, 4] }, w: { shape: [3, 2, k, k] } },
  build: ({ x, w }) => convTranspose2d(x, w, options),
}));

const normalisations: Case[] = [
  { name: "normalize, all three outputs", inputs: x([3, 6]), build: ({ x }) => normalize(x) },
  { name: "instanceNorm", inputs: x([2, 2, 3, 3]), build: ({ x }) => instanceNorm(x) },
  { name: "groupNorm", inputs: x([2, 4, 2, 3]), build: ({ x }) => groupNorm(x, 2) },
  {
    name: "batchNorm",
    inputs: x([3, 2, 2, 3]),
    build: ({ x }) => {
      const { y, mean: m, variance } = batchNorm(x);
      return [y, m, variance];
    },
  },
  { name: "batchNorm of vectors", inputs: x([6, 3]), build: ({ x }) => batchNorm(x).y },
];

const pooling: Case[] = [
  { name: "avgPool2d 2", inputs: x([1, 2, 4, 6]), build: ({ x }) => avgPool2d(square(x), 2) },
  {
    name: "avgPool2d 3, stride 2, padding 1",
    inputs: x([1, 2, 5, 6]),
    build: ({ x }) => avgPool2d(square(x), 3, { stride: 2, padding: 1 }),
  },
  {
    name: "avgPoolInside 3, stride 1, padding 1",
    inputs: x([1, 2, 4, 5]),
    build: ({ x }) => avgPoolInside(square(x), 3, { stride: 1, padding: 1 }),
  },
  { name: "globalAvgPool", inputs: x([2, 3, 2, 3]), build: ({ x }) => globalAvgPool(square(x)) },
  { name: "maxPool2d 2", inputs: x([1, 2, 4, 6], distinct), build: ({ x }) => square(maxPool2d(x, 2)) },
  {
    name: "maxPool2d 3, stride 2, padding 1",
    inputs: x([1, 2, 5, 6], distinct),
    build: ({ x }) => square(maxPool2d(x, 3, { stride: 2, padding: 1 })),
  },
  { name: "upsampleNearest", inputs: x([1, 2, 2, 3]), build: ({ x }) => upsampleNearest(square(x), 3) },
  { name: "resizeNearest", inputs: x([1, 2, 3, 4]), build: ({ x }) => resizeNearest(square(x), 5, 7) },
  { name: "resizeBilinear up", inputs: x([1, 2, 3, 4]), build: ({ x }) => resizeBilinear(square(x), 7, 6) },
  { name: "resizeBilinear down", inputs: x([1, 1, 7, 8]), build: ({ x }) => resizeBilinear(square(x), 3, 3) },
  { name: "spaceToDepth", inputs: x([2, 2, 4, 6]), build: ({ x }) => spaceToDepth(square(x), 2) },
  { name: "tile2d", inputs: x([2, 3]), build: ({ x }) => tile2d(square(x), 2, 3) },
];

const reductions: Case[] = [
  { name: "sum of all", inputs: x([2, 3]), build: ({ x }) => sum(square(x)) },
  { name: "sum over axes", inputs: x([2, 3, 4]), build: ({ x }) => [sum(square(x), [0, 2]), sum(x, -2, true)] },
  { name: "mean", inputs: x([2, 3, 4]), build: ({ x }) => [mean(square(x)), mean(square(x), 1)] },
  { name: "max", inputs: x([3, 4], distinct), build: ({ x }) => [square(max(x, 1)), max(square(x), 0, true)] },
  { name: "softmax", inputs: x([3, 4]), build: ({ x }) => [softmax(x), softmax(x, 0)] },
  { name: "logSoftmax", inputs: x([3, 4]), build: ({ x }) => [logSoftmax(x), logSoftmax(x, 0)] },
  { name: "logSumExp", inputs: x([3, 4]), build: ({ x }) => [logSumExp(x), logSumExp(x, 0, true)] },
  { name: "argMax", inputs: x([3, 5], distinct), wrt: () => false, build: ({ x }) => [argMax(x), argMax(x, 0)] },
];

const shapes: Case[] = [
  { name: "reshape", inputs: x([2, 6]), build: ({ x }) => reshape(square(x), [3, -1, 2]) },
  { name: "transpose", inputs: x([2, 3, 4]), build: ({ x }) => transpose(square(x), [2, 0, 1]) },
  { name: "broadcastTo", inputs: x([3, 1]), build: ({ x }) => broadcastTo(square(x), [2, 3, 4]) },
  { name: "concat", inputs: ab([2, 3], [2, 2]), build: ({ a, b }) => concat([square(a), b, a], 1) },
  { name: "stack", inputs: ab([2, 3], [2, 3]), build: ({ a, b }) => stack([a, square(b)], 1) },
  { name: "split", inputs: x([2, 6]), build: ({ x }) => split(square(x), [1, 3, 2], 1) },
  // one part has no cotangent
  { name: "split, one part used", inputs: x([6, 2]), build: ({ x }) => square(split(x, 3, 0)[1]) },
  { name: "slice", inputs: x([3, 5]), build: ({ x }) => slice(square(x), 1, 1, 4) },
  { name: "pad", inputs: x([2, 3]), build: ({ x }) => pad(square(x), [1, 0], [0, 2], 0.7) },
  { name: "flip", inputs: x([2, 3, 4]), build: ({ x }) => flip(square(x), [0, -1]) },
  {
    name: "gather",
    inputs: { x: { shape: [5, 3] }, i: { shape: [2, 4], dtype: "int64", data: indices(5) } },
    build: ({ x, i }) => gather(square(x), i),
  },
  {
    name: "scatterRows",
    inputs: { x: { shape: [2, 4, 3] }, i: { shape: [2, 4], dtype: "int64", data: indices(5) } },
    build: ({ x, i }) => scatterRows(i, square(x), 5),
  },
  {
    name: "oneHot",
    inputs: { i: { shape: [2, 3], dtype: "int64", data: indices(4) } },
    build: ({ i }) => oneHot(i, 4),
  },
];

export const OPERATORS: readonly Case[] = [
  ...elementwise,
  ...products,
  ...convolutions,
  ...transposed,
  ...normalisations,
  ...pooling,
  ...reductions,
  ...shapes,
];
