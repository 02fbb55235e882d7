/** Reductions and the softmax family. @module */
import {
  apply,
  check,
  checkFloat,
  normalAxis,
  type Op,
  type Shape,
  sameShape,
  sizeOf,
  type Tensor,
} from "../tensor.ts";
import { add, cast, div, equal, exp, log, mul, stopGradient, sub } from "./elementwise.ts";
import { broadcastTo, reshape } from "./shape.ts";

type Reduction = { readonly axes: readonly number[]; readonly keepDims: boolean };

function reducedShape(shape: Shape, { axes, keepDims }: Reduction): number[] {
  return shape.flatMap((d, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [d]));
}

/** The shape with reduced axes kept as 1. */
function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((d, i) => (axes.includes(i) ? 1 : d));
}

const sumOp: Op<Reduction> = {
  name: "sum",
  infer([x], attrs) {
    checkFloat(x, "sum()");
    return [{ shape: reducedShape(x.shape, attrs), dtype: "float32" }];
  },
  emit: (e, [x], { attrs }) => [e.sum(x, attrs.axes, attrs.keepDims)],
  gradient: ({ inputs: [x], attrs }, [g]) => [broadcastTo(reshape(g!, keptShape(x.shape, attrs.axes)), x.shape)],
};

const maxOp: Op<Reduction> = {
  name: "max",
  infer([x], attrs) {
    checkFloat(x, "max()");
    return [{ shape: reducedShape(x.shape, attrs), dtype: "float32" }];
  },
  emit: (e, [x], { attrs }) => [e.op("ReduceMax", [x], { axes: attrs.axes, keepdims: attrs.keepDims ? 1 : 0 })],
  gradient({ inputs: [x], outputs: [y], attrs }, [g]) {
    const kept = keptShape(x.shape, attrs.axes);
    const hit = cast(equal(x, reshape(y, kept)));
    // equal maxima share the gradient
    return [mul(div(hit, sum(hit, attrs.axes, true)), reshape(g!, kept))];
  },
};

function allAxes(x: Tensor, axes: number | readonly number[] | undefined, where: string): number[] {
  const list = axes === undefined ? x.shape.map((_, i) => i) : typeof axes === "number" ? [axes] : axes;
  return list.map((a) => normalAxis(a, x.rank, where)).sort((a, b) => a - b);
}

/** Sum over `axes` (all by default). */
export function sum(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const list = allAxes(x, axes, "sum()");
  return list.length === 0 ? x : apply(sumOp, [x], { axes: list, keepDims });
}

export function mean(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const list = allAxes(x, axes, "mean()");
  const n = sizeOf(list.map((a) => x.shape[a]));
  return mul(sum(x, list, keepDims), 1 / n);
}

export function max(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const list = allAxes(x, axes, "max()");
  return list.length === 0 ? x : apply(maxOp, [x], { axes: list, keepDims });
}

/** Sum the axes along which `shape` was broadcast to x's shape: the adjoint of broadcasting. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((d, i) => (i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : []));
  return reshape(sum(x, axes, true), shape);
}

type Axis = { readonly axis: number };
const softmaxOp: Op<Axis> = {
  name: "softmax",
  infer([x]) {
    checkFloat(x, "softmax()");
    return [{ shape: x.shape, dtype: "float32" }];
  },
  emit: (e, inputs, { attrs }) => [e.op("Softmax", inputs, { axis: attrs.axis })],
  gradient({ outputs: [y], attrs }, [g]) {
    const gy = mul(g!, y);
    return [sub(gy, mul(y, sum(gy, attrs.axis, true)))];
  },
};

const logSoftmaxOp: Op<Axis> = {
  name: "logSoftmax",
  infer([x]) {
    checkFloat(x, "logSoftmax()");
    return [{ shape: x.shape, dtype: "float32" }];
  },
  emit: (e, inputs, { attrs }) => [e.op("LogSoftmax", inputs, { axis: attrs.axis })],
  gradient({ outputs: [y], attrs }, [g]) {
    return [sub(g!, mul(exp(y), sum(g!, attrs.axis, true)))];
  },
};

export function softmax(x: Tensor, axis = -1): Tensor {
  return apply(softmaxOp, [x], { axis: normalAxis(axis, x.rank, "softmax()") });
}

export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return apply(logSoftmaxOp, [x], { axis: normalAxis(axis, x.rank, "logSoftmax()") });
}

/** log sum_i e^{x_i} along one axis, shifted by the maximum so that it neither overflows nor loses the tail. */
export function logSumExp(x: Tensor, axis = -1, keepDims = false): Tensor {
  const a = normalAxis(axis, x.rank, "logSumExp()");
  const m = stopGradient(max(x, a, true));
  const y = add(log(sum(exp(sub(x, m)), a, true)), m);
  return keepDims
    ? y
    : reshape(
        y,
        x.shape.filter((_, i) => i !== a),
      );
}

const argMaxOp: Op<Axis> = {
  name: "argMax",
  infer([x], { axis }) {
    checkFloat(x, "argMax()");
    return [{ shape: x.shape.filter((_, i) => i !== axis), dtype: "int64" }];
  },
  emit: (e, inputs, { attrs }) => [e.op("ArgMax", inputs, { axis: attrs.axis, keepdims: 0 })],
};

/** Index of the (first) largest element along one axis, int64; no gradient. */
export function argMax(x: Tensor, axis = -1): Tensor {
  check(x.rank > 0, "argMax()", "needs at least one axis");
  return apply(argMaxOp, [x], { axis: normalAxis(axis, x.rank, "argMax()") });
}
