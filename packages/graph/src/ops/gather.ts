/** Indexing: rows of a table, their adjoint, one-hot vectors. @module */
import { apply, check, checkFloat, type Op, show, type Tensor } from "../tensor.ts";

type None = Record<string, never>;

const gatherOp: Op<None> = {
  name: "gather",
  infer([table, indices]) {
    checkFloat(table, "gather()");
    check(indices.dtype === "int64", "gather()", `indices must be int64, got ${indices.dtype}`);
    return [{ shape: [...indices.shape, ...table.shape.slice(1)], dtype: "float32" }];
  },
  emit: (e, inputs) => [e.op("Gather", inputs, { axis: 0 })],
  gradient: ({ inputs: [table, indices] }, [g]) => [scatterRows(indices, g!, table.shape[0])],
};

/** Rows of `table` [V, ...] at `indices` (int64, any shape) -> [...indices, ...]. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return apply(gatherOp, [table, indices], {});
}

type Rows = { readonly rows: number };
const scatterRowsOp: Op<Rows> = {
  name: "scatterRows",
  infer([indices, values], { rows }) {
    checkFloat(values, "scatterRows()");
    const lead = values.shape.slice(0, indices.rank);
    check(
      lead.every((d, i) => d === indices.shape[i]),
      "scatterRows()",
      `indices ${show(indices.shape)} do not lead values ${show(values.shape)}`,
    );
    return [{ shape: [rows, ...values.shape.slice(indices.rank)], dtype: "float32" }];
  },
  emit(e, [indices, values], { inputs, attrs }) {
    const n = inputs[0].size;
    const width = inputs[1].size / n;
    const zero = e.op("Expand", [e.scalar(0), e.ints([attrs.rows, width])]);
    const index = e.op("Expand", [e.reshape(indices, [n, 1]), e.ints([n, width])]);
    // ScatterElements adds duplicates one after another: the same order, and so the same bits, at every run
    const sum = e.op("ScatterElements", [zero, index, e.reshape(values, [n, width])], { axis: 0, reduction: "add" });
    return [e.reshape(sum, [attrs.rows, ...inputs[1].shape.slice(inputs[0].rank)])];
  },
  gradient: ({ inputs: [indices] }, [g]) => [undefined, gather(g!, indices)],
};

/** Sum of `values` rows that share an index: the adjoint of `gather`. -> [rows, ...]. */
export function scatterRows(indices: Tensor, values: Tensor, rows: number): Tensor {
  return apply(scatterRowsOp, [indices, values], { rows });
}

type Depth = { readonly depth: number };
const oneHotOp: Op<Depth> = {
  name: "oneHot",
  infer([indices], { depth }) {
    check(indices.dtype === "int64", "oneHot()", `indices must be int64, got ${indices.dtype}`);
    return [{ shape: [...indices.shape, depth], dtype: "float32" }];
  },
  emit: (e, [indices], { attrs }) => [
    e.op("OneHot", [indices, e.ints([attrs.depth]), e.floats(Float32Array.of(0, 1), [2])], { axis: -1 }),
  ],
};

/** [...] int64 -> [..., depth] of 0 and 1. Indices in [-depth, -1] count from the end; others outside give all zeros. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  return apply(oneHotOp, [indices], { depth });
}
