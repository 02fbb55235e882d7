/** Operators that move elements: reshape, transpose, broadcast, concat, split, slice, pad, flip. @module */
import { full } from "../leaves.ts";
import {
  apply,
  applyAll,
  check,
  checkFloat,
  normalAxis,
  type Op,
  type Shape,
  sameShape,
  show,
  sizeOf,
  type Tensor,
} from "../tensor.ts";
import { sumTo } from "./reduce.ts";

type To = { readonly shape: Shape };

const reshapeOp: Op<To> = {
  name: "reshape",
  infer([x], { shape }) {
    check(sizeOf(shape) === x.size, "reshape()", `cannot make ${show(shape)} of ${show(x.shape)}`);
    return [{ shape, dtype: x.dtype }];
  },
  emit: (e, [x], { attrs }) => [e.reshape(x, attrs.shape)],
  gradient: ({ inputs: [x] }, [g]) => [reshape(g!, x.shape)],
};

/** Same elements, new shape; one entry may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((d) => d !== -1));
  const target = shape.map((d) => (d === -1 ? x.size / known : d));
  return sameShape(target, x.shape) ? x : apply(reshapeOp, [x], { shape: target });
}

type Perm = { readonly perm: readonly number[] };
const transposeOp: Op<Perm> = {
  name: "transpose",
  infer([x], { perm }) {
    check(
      perm.length === x.rank && new Set(perm).size === x.rank && perm.every((p) => p >= 0 && p < x.rank),
      "transpose()",
      `permutation ${show(perm)} does not fit ${show(x.shape)}`,
    );
    return [{ shape: perm.map((p) => x.shape[p]), dtype: x.dtype }];
  },
  emit: (e, [x], { attrs }) => [e.transpose(x, attrs.perm)],
  gradient: ({ attrs }, [g]) => [
    transpose(
      g!,
      attrs.perm.map((_, i) => attrs.perm.indexOf(i)),
    ),
  ],
};

/** Axes reordered: output axis i is input axis perm[i]. */
export function transpose(x: Tensor, perm: readonly number[]): Tensor {
  return perm.every((p, i) => p === i) ? x : apply(transposeOp, [x], { perm });
}

const broadcastOp: Op<To> = {
  name: "broadcastTo",
  infer([x], { shape }) {
    const lead = shape.length - x.rank;
    check(
      lead >= 0 && x.shape.every((d, i) => d === 1 || d === shape[i + lead]),
      "broadcastTo()",
      `${show(x.shape)} does not broadcast to ${show(shape)}`,
    );
    return [{ shape, dtype: x.dtype }];
  },
  emit: (e, [x], { attrs }) => [e.op("Expand", [x, e.ints(attrs.shape)])],
  gradient: ({ inputs: [x] }, [g]) => [sumTo(g!, x.shape)],
};

export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(broadcastOp, [x], { shape });
}

type Axis = { readonly axis: number };
const concatOp: Op<Axis> = {
  name: "concat",
  infer(inputs, { axis }) {
    const first = inputs[0];
    for (const t of inputs)
      check(
        t.dtype === first.dtype && t.rank === first.rank && t.shape.every((d, i) => i === axis || d === first.shape[i]),
        "concat()",
        `${show(t.shape)} does not join ${show(first.shape)} along axis ${axis}`,
      );
    const total = inputs.reduce((n, t) => n + t.shape[axis], 0);
    return [{ shape: first.shape.map((d, i) => (i === axis ? total : d)), dtype: first.dtype }];
  },
  emit: (e, inputs, { attrs }) => [e.op("Concat", inputs, { axis: attrs.axis })],
  gradient: ({ inputs, attrs }, [g]) => [
    ...split(
      g!,
      inputs.map((t) => t.shape[attrs.axis]),
      attrs.axis,
    ),
  ],
};

export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  check(tensors.length > 0, "concat()", "needs at least one tensor");
  if (tensors.length === 1) return tensors[0];
  return apply(concatOp, tensors, { axis: normalAxis(axis, tensors[0].rank, "concat()") });
}

/** New axis of length tensors.length at `axis`. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  return concat(
    tensors.map((t) => reshape(t, [...t.shape.slice(0, axis), 1, ...t.shape.slice(axis)])),
    axis,
  );
}

type Split = { readonly sizes: readonly number[]; readonly axis: number };
const splitOp: Op<Split> = {
  name: "split",
  infer([x], { sizes, axis }) {
    const total = sizes.reduce((a, b) => a + b, 0);
    check(total === x.shape[axis], "split()", `sizes ${show(sizes)} do not add up to ${x.shape[axis]}`);
    return sizes.map((n) => ({ shape: x.shape.map((d, i) => (i === axis ? n : d)), dtype: x.dtype }));
  },
  emit: (e, [x], { attrs }) => e.ops("Split", [x, e.ints(attrs.sizes)], { axis: attrs.axis }, attrs.sizes.length),
  gradient: (node, gs) => [
    concat(
      gs.map((g, i) => g ?? full(node.outputs[i].shape, 0)),
      node.attrs.axis,
    ),
  ],
};

/** Consecutive parts of the given sizes, or `sizes` equal parts, along one axis. */
export function split(x: Tensor, sizes: number | readonly number[], axis: number): readonly Tensor[] {
  const a = normalAxis(axis, x.rank, "split()");
  const list = typeof sizes === "number" ? new Array<number>(sizes).fill(x.shape[a] / sizes) : sizes;
  check(list.every(Number.isInteger), "split()", `${x.shape[a]} is not divisible by ${sizes}`);
  return list.length === 1 ? [x] : applyAll(splitOp, [x], { sizes: list, axis: a });
}

type Slice = { readonly start: number; readonly end: number; readonly axis: number };
const sliceOp: Op<Slice> = {
  name: "slice",
  infer([x], { start, end, axis }) {
    check(
      0 <= start && start < end && end <= x.shape[axis],
      "slice()",
      `[${start}, ${end}) is not inside axis ${axis} of ${show(x.shape)}`,
    );
    return [{ shape: x.shape.map((d, i) => (i === axis ? end - start : d)), dtype: x.dtype }];
  },
  emit: (e, [x], { attrs }) => [e.slice(x, [attrs.start], [attrs.end], [attrs.axis])],
  gradient({ inputs: [x], attrs }, [g]) {
    const before = x.shape.map((_, i) => (i === attrs.axis ? attrs.start : 0));
    const after = x.shape.map((d, i) => (i === attrs.axis ? d - attrs.end : 0));
    return [pad(g!, before, after)];
  },
};

/** Elements [start, end) along one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const a = normalAxis(axis, x.rank, "slice()");
  return start === 0 && end === x.shape[a] ? x : apply(sliceOp, [x], { start, end, axis: a });
}

type Pad = { readonly before: readonly number[]; readonly after: readonly number[]; readonly value: number };
const padOp: Op<Pad> = {
  name: "pad",
  infer([x], { before, after }) {
    checkFloat(x, "pad()");
    check(
      before.length === x.rank && after.length === x.rank && [...before, ...after].every((n) => n >= 0),
      "pad()",
      `amounts ${show(before)}, ${show(after)} do not fit ${show(x.shape)}`,
    );
    return [{ shape: x.shape.map((d, i) => d + before[i] + after[i]), dtype: "float32" }];
  },
  emit: (e, [x], { attrs }) => [e.op("Pad", [x, e.ints([...attrs.before, ...attrs.after]), e.scalar(attrs.value)])],
  gradient({ inputs: [x], attrs }, [g]) {
    return [x.shape.reduce((t, d, i) => slice(t, i, attrs.before[i], attrs.before[i] + d), g!)];
  },
};

/** `value` added before and after each axis. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[], value = 0): Tensor {
  return [...before, ...after].every((n) => n === 0) ? x : apply(padOp, [x], { before, after, value });
}

type Axes = { readonly axes: readonly number[] };
const flipOp: Op<Axes> = {
  name: "flip",
  infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  emit: (e, [x], { attrs }) => {
    const n = attrs.axes.length;
    const minus = e.ints(new Array<number>(n).fill(-1));
    const end = e.ints(new Array<number>(n).fill(-(2 ** 31)));
    return [e.op("Slice", [x, minus, end, e.ints(attrs.axes), minus])];
  },
  gradient: ({ attrs }, [g]) => [flip(g!, attrs.axes)],
};

/** Order reversed along `axes`. */
export function flip(x: Tensor, axes: readonly number[]): Tensor {
  return apply(flipOp, [x], { axes: axes.map((a) => normalAxis(a, x.rank, "flip()")) });
}
