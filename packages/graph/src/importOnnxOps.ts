/** ONNX operators -> operators of the graph (semantics from the published operator documentation). @module */
import { FormatError } from "./errors.ts";
import {
  concatInts,
  constantOfShape,
  gatherInts,
  type Ints,
  MAX_INTS,
  reshapeInts,
  sliceInts,
  transposeInts,
} from "./importOnnxInts.ts";
import type { FileAttribute, FileNode, FileTensor } from "./importOnnxModel.ts";
import { type ConstantAttributes, constantOp } from "./leaves.ts";
import { avgPoolInside } from "./ops/avgPoolInside.ts";
import { conv2d, convTranspose2d } from "./ops/convolution.ts";
import * as e from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { instanceNorm, normalize } from "./ops/normalize.ts";
import { avgPool2d, maxPool2d } from "./ops/pooling.ts";
import { max, mean, softmax, sum } from "./ops/reduce.ts";
import { concat, pad, reshape, slice, transpose } from "./ops/shape.ts";
import { normalAxis, type Op, Tensor } from "./tensor.ts";

/** What flows between nodes: a tensor of the graph, or integers known now (shapes, axes, amounts). */
export type Value = Tensor | Ints;

/** One application of an operator: its inputs and attributes, with checks that name the node. */
export class Call {
  constructor(
    readonly node: FileNode,
    readonly inputs: readonly (Value | undefined)[],
    readonly opset: number,
    readonly toValue: (t: FileTensor) => Value,
  ) {}

  fail(what: string): never {
    throw new FormatError(`importOnnx(): ${this.node.type} (node "${this.node.name}"): ${what}`);
  }

  has(i: number): boolean {
    return this.inputs[i] !== undefined;
  }

  value(i: number): Value {
    return this.inputs[i] ?? this.fail(`input ${i} is needed, got none`);
  }

  tensor(i: number): Tensor {
    const value = this.value(i);
    return value instanceof Tensor ? value : this.fail(`input ${i} is a float tensor, got integers`);
  }

  integers(i: number): Ints {
    const value = this.value(i);
    if (value instanceof Tensor) this.fail(`input ${i} is integers known beforehand, got a tensor`);
    if (value.ints.length > MAX_INTS) this.fail(`input ${i} is at most ${MAX_INTS} integers, got ${value.ints.length}`);
    return value;
  }

  ints(i: number): readonly number[] {
    return this.integers(i).ints;
  }

  /** A constant float scalar: limits, fill values. */
  scalar(i: number): number {
    const t = this.tensor(i);
    if (t.node.op !== (constantOp as Op) || t.size !== 1) this.fail(`input ${i} is a constant number`);
    return (t.node.attrs as unknown as ConstantAttributes).data[0];
  }

  attribute(name: string): FileAttribute | undefined {
    return this.node.attributes.get(name);
  }

  number(name: string, otherwise: number): number {
    const v = this.attribute(name) ?? otherwise;
    return typeof v === "number" ? v : this.fail(`attribute ${name} is a number`);
  }

  numbers(name: string, otherwise: readonly number[]): readonly number[] {
    const v = this.attribute(name) ?? otherwise;
    return Array.isArray(v) ? (v as readonly number[]) : this.fail(`attribute ${name} is a list of numbers`);
  }

  /** Fails unless the attribute has the one value that is supported. */
  only(name: string, supported: number | string): void {
    const v = this.attribute(name);
    if (v !== undefined && v !== supported) this.fail(`${name} is supported as ${supported}, got ${String(v)}`);
  }

  /** Axes from input `i` (newer operator sets) or the attribute (older ones). */
  axes(i: number): readonly number[] | undefined {
    if (this.has(i)) return this.ints(i);
    return this.attribute("axes") === undefined ? undefined : this.numbers("axes", []);
  }

  /** The axes of `axes(i)` in a tensor of this rank, from 0, each once. */
  uniqueAxes(i: number, rank: number): number[] | undefined {
    const axes = this.axes(i)?.map((a) => normalAxis(a, rank, this.node.type));
    if (axes && new Set(axes).size < axes.length) this.fail(`an axis is named once, got [${this.axes(i)}]`);
    return axes;
  }
}

type Operator = (c: Call) => Value;

function isOf(attribute: string, opset: number): boolean {
  const [from, end] = VERSIONS[attribute] ?? [0, 99];
  return from <= opset && opset < end;
}

const WINDOW = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];
/** Attributes of the operators, over all operator sets that are read; those not listed have none. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  Conv: [...WINDOW, "group"],
  ConvTranspose: [...WINDOW, "group", "output_padding", "output_shape"],
  MaxPool: [...WINDOW, "ceil_mode", "storage_order"],
  AveragePool: [...WINDOW, "ceil_mode", "count_include_pad"],
  BatchNormalization: ["epsilon", "momentum", "training_mode", "spatial"],
  InstanceNormalization: ["epsilon"],
  LayerNormalization: ["axis", "epsilon", "stash_type"],
  LeakyRelu: ["alpha"],
  Elu: ["alpha"],
  Clip: ["min", "max"],
  Softmax: ["axis"],
  Gemm: ["alpha", "beta", "transA", "transB"],
  ReduceMean: ["axes", "keepdims", "noop_with_empty_axes"],
  ReduceSum: ["axes", "keepdims", "noop_with_empty_axes"],
  ReduceMax: ["axes", "keepdims", "noop_with_empty_axes"],
  Dropout: ["ratio", "seed"],
  Constant: ["value", "value_float", "value_floats", "value_int", "value_ints"],
  Shape: ["start", "end"],
  Gather: ["axis"],
  ConstantOfShape: ["value"],
  Slice: ["starts", "ends", "axes"],
  Concat: ["axis"],
  Squeeze: ["axes"],
  Unsqueeze: ["axes"],
  Reshape: ["allowzero"],
  Flatten: ["axis"],
  Transpose: ["perm"],
  Cast: ["to", "saturate"],
  Pad: ["mode", "pads", "value"],
};

/** Attributes that came later ([from, end)) or were replaced by inputs. */
const VERSIONS: Readonly<Record<string, readonly [from: number, end: number]>> = {
  "AveragePool.dilations": [19, 99],
  "AveragePool.ceil_mode": [10, 99],
  "BatchNormalization.spatial": [7, 9],
  "BatchNormalization.training_mode": [14, 99],
  "Clip.min": [7, 11],
  "Clip.max": [7, 11],
  "Constant.value_float": [12, 99],
  "Constant.value_floats": [12, 99],
  "Constant.value_int": [12, 99],
  "Constant.value_ints": [12, 99],
  "Cast.saturate": [19, 99],
  "Dropout.ratio": [7, 12],
  "Dropout.seed": [12, 99],
  "MaxPool.ceil_mode": [10, 99],
  "MaxPool.dilations": [10, 99],
  "Pad.pads": [7, 11],
  "Pad.value": [7, 11],
  "ReduceMax.axes": [7, 18],
  "ReduceMax.noop_with_empty_axes": [18, 99],
  "ReduceMean.axes": [7, 18],
  "ReduceMean.noop_with_empty_axes": [18, 99],
  "ReduceSum.axes": [7, 13],
  "ReduceSum.noop_with_empty_axes": [13, 99],
  "Reshape.allowzero": [14, 99],
  "Shape.end": [15, 99],
  "Shape.start": [15, 99],
  "Slice.axes": [7, 10],
  "Slice.ends": [7, 10],
  "Slice.starts": [7, 10],
  "Squeeze.axes": [7, 13],
  "Unsqueeze.axes": [7, 13],
};

/** The value of a node; what it says and we do not know is refused. @throws FormatError */
export function applyOperator(c: Call): Value {
  for (const name of c.node.attributes.keys())
    if (!ATTRIBUTES[c.node.type]?.includes(name) || !isOf(`${c.node.type}.${name}`, c.opset))
      c.fail(`attribute "${name}" is not known in operator set ${c.opset}`);
  return OPERATORS.get(c.node.type)!(c);
}

const unary =
  (f: (x: Tensor) => Tensor): Operator =>
  (c) =>
    f(c.tensor(0));
const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (c) =>
    f(c.tensor(0), c.tensor(1));

/** [1, C, 1, ...] so that a vector a channel broadcasts over x. */
function channels(v: Tensor, x: Tensor): Tensor {
  return reshape(v, [1, v.size, ...new Array<number>(Math.max(0, x.rank - 2)).fill(1)]);
}

/** The one stride and the padding of a convolution or pooling over pictures, auto_pad resolved. */
function window(c: Call, x: Tensor, kernel: readonly number[]) {
  if (x.rank !== 4 || kernel.length !== 2) c.fail(`pictures [N, C, H, W] are supported, got [${x.shape}]`);
  const stated = c.numbers("kernel_shape", kernel);
  if (stated.join() !== kernel.join()) c.fail(`kernel_shape is that of the weights, [${kernel}], got [${stated}]`);
  const dilations = c.numbers("dilations", [1, 1]);
  if (dilations.length !== 2 || dilations.some((d) => d !== 1)) c.fail(`dilations are 1, got ${dilations}`);
  const strides = c.numbers("strides", [1, 1]);
  const stride = strides[0];
  if (strides.length !== 2 || strides[1] !== stride || !(stride >= 1))
    c.fail(`one stride is supported, got [${strides}]`);
  const pads = c.numbers("pads", [0, 0, 0, 0]);
  if (pads.length !== 4 || pads.some((p) => p < 0)) c.fail(`pads are four numbers from 0, got [${pads}]`);
  const auto = c.attribute("auto_pad") ?? "NOTSET";
  const isPool = c.node.type.endsWith("Pool");
  if (isPool && pads.some((p, i) => p >= kernel[i % 2]))
    c.fail(`pads are below the kernel, got [${pads}] for [${kernel}]`);
  if (!isPool && auto !== "NOTSET" && c.attribute("pads") !== undefined) c.fail("auto_pad or pads, got both");
  if (auto === "NOTSET") return { stride, padding: pads as unknown as readonly [number, number, number, number] };
  if (auto === "VALID") return { stride, padding: 0 };
  if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER") c.fail(`auto_pad ${String(auto)} is not known`);
  const sides = [2, 3].map((axis, i) => {
    const size = x.shape[axis];
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel[i] - size, 0);
    const small = Math.floor(total / 2);
    return auto === "SAME_UPPER" ? [small, total - small] : [total - small, small];
  });
  return { stride, padding: [sides[0][0], sides[1][0], sides[0][1], sides[1][1]] as const };
}

function pool(c: Call, f: (x: Tensor, kernel: number, options: ReturnType<typeof window>) => Tensor): Tensor {
  const x = c.tensor(0);
  const kernel = c.numbers("kernel_shape", []);
  c.only("ceil_mode", 0);
  c.only("storage_order", 0);
  const options = window(c, x, kernel);
  if (kernel[0] !== kernel[1] || !(kernel[0] >= 1 && kernel[0] <= 1024))
    c.fail(`square kernels are supported, got [${kernel}]`);
  return f(x, kernel[0], options);
}

function gemm(c: Call): Tensor {
  const alpha = c.number("alpha", 1);
  const beta = c.number("beta", 1);
  const flags = { transposeA: c.number("transA", 0) !== 0, transposeB: c.number("transB", 0) !== 0 };
  const product = matmul(c.tensor(0), c.tensor(1), flags);
  const scaled = alpha === 1 ? product : e.mul(product, alpha);
  if (!c.has(2)) return scaled;
  return e.add(scaled, beta === 1 ? c.tensor(2) : e.mul(c.tensor(2), beta));
}

function softmaxOf(c: Call): Tensor {
  const x = c.tensor(0);
  if (c.opset >= 13) return softmax(x, c.number("axis", -1));
  // before operator set 13: over all axes from `axis` on, taken together
  const axis = normalAxis(c.number("axis", 1), x.rank, "Softmax");
  const rows = x.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  return reshape(softmax(reshape(x, [rows, x.size / rows]), -1), x.shape);
}

function padOf(c: Call): Tensor {
  const x = c.tensor(0);
  c.only("mode", "constant");
  if (c.attribute("mode") === "") c.fail("mode is constant, reflect, edge or wrap, got nothing");
  const amounts = c.opset >= 11 ? c.ints(1) : c.numbers("pads", []);
  const value = c.opset < 11 ? c.number("value", 0) : c.has(2) ? c.scalar(2) : 0;
  const axes = (c.has(3) ? c.ints(3) : x.shape.map((_, i) => i)).map((a) => normalAxis(a, x.rank, "Pad"));
  if (amounts.length !== 2 * axes.length) c.fail(`pads are two numbers an axis, got [${amounts}]`);
  const before = x.shape.map(() => 0);
  const after = x.shape.map(() => 0);
  for (const [i, axis] of axes.entries()) [before[axis], after[axis]] = [amounts[i], amounts[i + axes.length]];
  return pad(x, before, after, value);
}

function reshapeOf(c: Call): Value {
  const x = c.value(0);
  const wanted = c.ints(1);
  if (!(x instanceof Tensor)) return reshapeInts(x, wanted);
  const zeroCopies = c.number("allowzero", 0) === 0;
  const shape = wanted.map((d, i) =>
    d === 0 && zeroCopies ? (x.shape[i] ?? c.fail("shape copies a missing axis")) : d,
  );
  if (shape.filter((d) => d === -1).length > 1 || shape.some((d) => d < -1))
    c.fail(`a shape has at most one -1, got [${wanted}]`);
  return reshape(x, shape);
}

function reduce(f: (x: Tensor, axes?: readonly number[], keepDims?: boolean) => Tensor): Operator {
  return (c) => {
    const axes = c.uniqueAxes(1, c.tensor(0).rank);
    if (!axes?.length && c.number("noop_with_empty_axes", 0) !== 0) return c.tensor(0);
    return f(c.tensor(0), axes?.length ? axes : undefined, c.number("keepdims", 1) !== 0);
  };
}

function squeeze(c: Call): Value {
  const x = c.value(0);
  const axes = c.uniqueAxes(1, x.shape.length);
  const dropped = (d: number, i: number) => (axes ? axes.includes(i) : d === 1);
  const shape = x.shape.filter((d, i) => !dropped(d, i));
  return x instanceof Tensor ? reshape(x, shape) : reshapeInts(x, shape);
}

function unsqueeze(c: Call): Value {
  const x = c.value(0);
  const given = c.axes(1) ?? c.fail("axes are needed");
  const rank = x.shape.length + given.length;
  const axes = c.uniqueAxes(1, rank) ?? [];
  const rest = [...x.shape];
  const shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? 1)));
  return x instanceof Tensor ? reshape(x, shape) : reshapeInts(x, shape);
}

function concatOf(c: Call): Value {
  const values = c.inputs.map((_, i) => c.value(i));
  if (c.attribute("axis") === undefined) c.fail("attribute axis is needed, got none");
  const lists = values.filter((v): v is Ints => !(v instanceof Tensor));
  if (lists.length > 0 && lists.length === values.length) return concatInts(lists);
  return concat(
    values.map((_, i) => c.tensor(i)),
    c.number("axis", 0),
  );
}

/** Slices of tensors have steps of 1. */
function sliceOf(c: Call): Value {
  const x = c.value(0);
  const starts = c.opset >= 10 ? c.ints(1) : c.numbers("starts", []);
  const ends = c.opset >= 10 ? c.ints(2) : c.numbers("ends", []);
  const axes = c.axes(3) ?? starts.map((_, i) => i);
  const steps = c.has(4) ? c.ints(4) : starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    c.fail(`starts, ends, axes and steps are equally many, got ${[starts, ends, axes, steps].map((l) => l.length)}`);
  if (new Set(axes.map((a) => normalAxis(a, x.shape.length, "Slice"))).size < axes.length)
    c.fail(`an axis is named once, got [${axes}]`);
  if (!(x instanceof Tensor)) return sliceInts(x, starts, ends, axes, steps);
  if (steps.some((s) => s !== 1)) c.fail(`steps of 1 are supported, got [${steps}]`);
  return axes.reduce((t, a, i) => {
    const axis = normalAxis(a, t.rank, "Slice");
    const at = (v: number) => Math.min(Math.max(v < 0 ? v + t.shape[axis] : v, 0), t.shape[axis]);
    return slice(t, axis, at(starts[i]), at(ends[i] ?? c.fail("an end for every start")));
  }, x);
}

function transposeOf(c: Call): Value {
  const x = c.value(0);
  const perm = c.numbers("perm", x.shape.map((_, i) => i).reverse());
  if (perm.length !== x.shape.length) c.fail(`perm names all ${x.shape.length} axes, got [${perm}]`);
  return x instanceof Tensor ? transpose(x, perm) : transposeInts(x, perm);
}

function constantOfShapeOf(c: Call): Value {
  const value = c.attribute("value");
  if (typeof value !== "object" || !("shape" in value)) return c.toValue(filled(c, 0));
  return value.ints ? constantOfShape(c.ints(0), value.ints[0]) : c.toValue(filled(c, value.floats?.[0] ?? 0));
}

function filled(c: Call, value: number): FileTensor {
  const { ints, shape } = constantOfShape(c.ints(0), value);
  return { name: "", shape, floats: Float32Array.from(ints) };
}

/** `start` and `end` of Shape, as slice takes them: negative from the end, clamped. */
function bounds(c: Call): [number, number] {
  const rank = c.value(0).shape.length;
  const at = (v: number) => Math.min(Math.max(v < 0 ? v + rank : v, 0), rank);
  return [at(c.number("start", 0)), at(c.number("end", rank))];
}

function intList(ints: readonly number[]): Ints {
  return { ints, shape: [ints.length] };
}

function constantOf(c: Call): Value {
  const tensor = c.attribute("value");
  if (typeof tensor === "object" && "shape" in tensor) return c.toValue(tensor);
  for (const name of ["value_int", "value_ints"]) {
    const v = c.attribute(name);
    if (v !== undefined) return typeof v === "number" ? { ints: [v], shape: [] } : intList(c.numbers(name, []));
  }
  const v = c.attribute("value_float");
  if (typeof v === "number") return c.toValue({ name: "", shape: [], floats: Float32Array.of(v) });
  const list = c.numbers("value_floats", []);
  if (list.length === 0) c.fail("a value of floats or integers is needed");
  return c.toValue({ name: "", shape: [list.length], floats: Float32Array.from(list) });
}

function layerNorm(c: Call): Tensor {
  const x = c.tensor(0);
  if (normalAxis(c.number("axis", -1), x.rank, "LayerNormalization") !== x.rank - 1)
    c.fail(`the last axis is supported, got axis ${c.number("axis", -1)}`);
  const y = e.mul(normalize(x, c.number("epsilon", 1e-5))[0], c.tensor(1));
  return c.has(2) ? e.add(y, c.tensor(2)) : y;
}

function batchNorm(c: Call): Tensor {
  const x = c.tensor(0);
  c.only("training_mode", 0);
  const scale = e.div(c.tensor(1), e.sqrt(e.add(c.tensor(4), c.number("epsilon", 1e-5))));
  const shift = e.sub(c.tensor(2), e.mul(c.tensor(3), scale));
  return e.add(e.mul(x, channels(scale, x)), channels(shift, x));
}

function convTranspose(c: Call): Tensor {
  const x = c.tensor(0);
  const weight = c.tensor(1);
  c.only("auto_pad", "NOTSET");
  const extra = c.numbers("output_padding", [0, 0]);
  if (extra[0] !== extra[1] || c.attribute("output_shape") !== undefined)
    c.fail("one output_padding and no output_shape are supported");
  const y = convTranspose2d(x, weight, {
    ...window(c, x, weight.shape.slice(2)),
    groups: c.number("group", 1),
    outputPadding: extra[0],
  });
  return c.has(2) ? e.add(y, channels(c.tensor(2), y)) : y;
}

export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  [
    "Conv",
    (c) => {
      const options = window(c, c.tensor(0), c.tensor(1).shape.slice(2));
      return conv2d(c.tensor(0), c.tensor(1), c.has(2) ? c.tensor(2) : undefined, {
        ...options,
        groups: c.number("group", 1),
      });
    },
  ],
  ["ConvTranspose", convTranspose],
  ["MaxPool", (c) => pool(c, maxPool2d)],
  ["AveragePool", (c) => pool(c, c.number("count_include_pad", 0) !== 0 ? avgPool2d : avgPoolInside)],
  [
    "GlobalAveragePool",
    (c) => {
      if (c.tensor(0).rank < 3) c.fail(`pictures or sequences [N, C, ...] are pooled, got [${c.tensor(0).shape}]`);
      return mean(
        c.tensor(0),
        c
          .tensor(0)
          .shape.map((_, i) => i)
          .slice(2),
        true,
      );
    },
  ],
  ["BatchNormalization", batchNorm],
  [
    "InstanceNormalization",
    (c) => {
      const x = c.tensor(0);
      const y = instanceNorm(x, c.number("epsilon", 1e-5));
      return e.add(e.mul(y, channels(c.tensor(1), x)), channels(c.tensor(2), x));
    },
  ],
  ["LayerNormalization", layerNorm],
  ["Relu", unary(e.relu)],
  [
    "LeakyRelu",
    (c) => {
      const alpha = c.number("alpha", 0.01);
      // our own operator tells the side by the sign of its output
      if (alpha >= 0) return e.leakyRelu(c.tensor(0), alpha);
      return e.where(e.greater(c.tensor(0), 0), c.tensor(0), e.mul(c.tensor(0), alpha));
    },
  ],
  ["Elu", (c) => e.elu(c.tensor(0), c.number("alpha", 1))],
  [
    "Clip",
    (c) => {
      const limit = (i: number, name: string, otherwise: number) =>
        c.has(i) ? c.scalar(i) : c.number(name, otherwise);
      return e.clip(c.tensor(0), limit(1, "min", -3.4028234663852886e38), limit(2, "max", 3.4028234663852886e38));
    },
  ],
  ["Sigmoid", unary(e.sigmoid)],
  ["Tanh", unary(e.tanh)],
  ["Softplus", unary(e.softplus)],
  ["Erf", unary(e.erf)],
  ["Exp", unary(e.exp)],
  ["Log", unary(e.log)],
  ["Sqrt", unary(e.sqrt)],
  ["Abs", unary(e.abs)],
  ["Neg", unary(e.neg)],
  [
    "Pow",
    (c) => {
      const exponent = c.scalar(1);
      if (c.value(1).shape.length > c.tensor(0).rank) c.fail("the exponent has no more axes than the base");
      return e.pow(c.tensor(0), exponent);
    },
  ],
  ["Softmax", softmaxOf],
  ["Add", binary(e.add)],
  ["Sub", binary(e.sub)],
  ["Mul", binary(e.mul)],
  ["Div", binary(e.div)],
  ["Max", (c) => c.inputs.map((_, i) => c.tensor(i)).reduce((a, b) => e.maximum(a, b))],
  ["Min", (c) => c.inputs.map((_, i) => c.tensor(i)).reduce((a, b) => e.minimum(a, b))],
  ["MatMul", binary((a, b) => matmul(a, b))],
  ["Gemm", gemm],
  ["ReduceMean", reduce(mean)],
  ["ReduceSum", reduce(sum)],
  ["ReduceMax", reduce(max)],
  ["Identity", (c) => c.value(0)],
  ["Dropout", (c) => c.value(0)],
  ["Constant", constantOf],
  ["Shape", (c) => intList(c.value(0).shape.slice(...bounds(c)))],
  // of integers alone: embedding tables are no part of the networks meant here
  [
    "Gather",
    (c) => {
      if (![0, -1].includes(c.number("axis", 0)))
        c.fail(`a list is taken from along axis 0, got ${c.number("axis", 0)}`);
      return gatherInts(c.integers(0), c.integers(1));
    },
  ],
  ["ConstantOfShape", constantOfShapeOf],
  ["Slice", sliceOf],
  ["Concat", concatOf],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
  ["Reshape", reshapeOf],
  [
    "Flatten",
    (c) => {
      const x = c.tensor(0);
      const given = c.number("axis", 1);
      const axis = given < 0 ? given + x.rank : given;
      if (axis < 0 || axis > x.rank) c.fail(`axis is from -${x.rank} to ${x.rank}, got ${given}`);
      const rows = x.shape.slice(0, axis).reduce((a, b) => a * b, 1);
      return reshape(x, [rows, x.size / rows]);
    },
  ],
  ["Transpose", transposeOf],
  [
    "Cast",
    (c) => {
      const to = c.number("to", 0);
      const x = c.value(0);
      return to === (x instanceof Tensor ? 1 : 7) ? x : c.fail(`floats stay float32, integers int64, got type ${to}`);
    },
  ],
  ["Pad", padOf],
]);
