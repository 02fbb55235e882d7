/** Weights as they are stored: what holds, copies and sends them has the small form alone; they are widened where a session is made. @module */
import { fromFloat16 } from "./float16.ts";

/** 16-bit floats; or 8-bit integers times a scale that is broadcast over them ([n, 1, ...] a row, [1, ..., n] a column). */
export type Packed =
  | { readonly dtype: "F16"; readonly values: Uint16Array }
  | {
      readonly dtype: "I8";
      readonly values: Int8Array;
      readonly scales: Float32Array;
      readonly scaleShape: readonly number[];
    };

export type Constant = Float32Array | Packed;

/** Number of values. */
export function lengthOf(constant: Constant): number {
  return constant instanceof Float32Array ? constant.length : constant.values.length;
}

/** The same with memory of its own, to hand to another thread: a view would take its whole file along. */
export function detached(constant: Constant): Constant {
  if (constant instanceof Float32Array) return constant.slice();
  if (constant.dtype === "F16") return { ...constant, values: constant.values.slice() };
  return { ...constant, values: constant.values.slice(), scales: constant.scales.slice() };
}

/** The values as float32. */
export function widened(constant: Constant): Float32Array {
  if (constant instanceof Float32Array) return constant;
  if (constant.dtype === "F16") return fromFloat16(constant.values);
  const { values, scales, scaleShape } = constant;
  const out = new Float32Array(values.length);
  if (scaleShape[0] === scales.length) {
    const row = values.length / scales.length;
    for (let r = 0, i = 0; r < scales.length; r++)
      for (const scale = scales[r], end = i + row; i < end; i++) out[i] = values[i] * scale;
    return out;
  }
  for (let i = 0; i < out.length; ) for (let c = 0; c < scales.length; c++, i++) out[i] = values[i] * scales[c];
  return out;
}

/** In a weight file the scales of an int8 tensor stand beside it, under its name and this. */
export const SCALES = ".int8_scales";

/**
 * 8-bit integers of a float tensor of two dimensions or more, a scale for each index of the first axis or of the last, whichever leaves
 * the smaller error: value = int8 * scale, scale = largest / 127.
 */
export function int8Of(data: Float32Array, shape: readonly number[]): Extract<Packed, { dtype: "I8" }> {
  const [rows, columns] = [shape[0], shape[shape.length - 1]];
  const ones = shape.map(() => 1);
  const both = [
    { count: rows, group: (i: number) => Math.floor(i / (data.length / rows)), scaleShape: [rows, ...ones.slice(1)] },
    { count: columns, group: (i: number) => i % columns, scaleShape: [...ones.slice(1), columns] },
  ].map(({ count, group, scaleShape }) => {
    const scales = new Float32Array(count);
    for (let i = 0; i < data.length; i++) scales[group(i)] = Math.max(scales[group(i)], Math.abs(data[i]));
    for (let k = 0; k < count; k++) scales[k] /= 127;
    const values = Int8Array.from(data, (v, i) => (scales[group(i)] > 0 ? Math.round(v / scales[group(i)]) : 0));
    const error = data.reduce((sum, v, i) => sum + (v - values[i] * scales[group(i)]) ** 2, 0);
    return { error, packed: { dtype: "I8" as const, values, scales, scaleShape } };
  });
  return both[0].error <= both[1].error ? both[0].packed : both[1].packed;
}
