/** Initial values of parameters, as plain data so that a program can be sent to a worker. @module */
import { type Random, stream } from "./random.ts";
import { type Shape, sizeOf } from "./tensor.ts";

export type Init =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly std: number }
  | { readonly kind: "uniform"; readonly limit: number }
  /** Rows (first axis against the rest) orthonormal: for recurrent matrices. */
  | { readonly kind: "orthogonal"; readonly gain: number; readonly blocks: number }
  | { readonly kind: "values"; readonly values: Float32Array };

export const zeros: Init = { kind: "constant", value: 0 };
export const ones: Init = { kind: "constant", value: 1 };

/** He et al. 2015: std = sqrt(2 / ((1 + slope^2) fanIn)), for leaky ReLU of that slope. */
export function heNormal(fanIn: number, slope = 0): Init {
  return { kind: "normal", std: Math.sqrt(2 / ((1 + slope * slope) * fanIn)) };
}

/** Glorot & Bengio 2010: limit = sqrt(6 / (fanIn + fanOut)). */
export function glorotUniform(fanIn: number, fanOut: number): Init {
  return { kind: "uniform", limit: Math.sqrt(6 / (fanIn + fanOut)) };
}

/** PyTorch's default of linear, convolution and recurrent layers: uniform in +-1/sqrt(fanIn). */
export function fanInUniform(fanIn: number): Init {
  return { kind: "uniform", limit: 1 / Math.sqrt(fanIn) };
}

/** The initial value of the parameter `name`: depends on the seed and the name alone. */
export function initialValue(name: string, shape: Shape, init: Init, seed: number): Float32Array {
  const out = new Float32Array(sizeOf(shape));
  switch (init.kind) {
    case "constant":
      return out.fill(init.value);
    case "values":
      return Float32Array.from(init.values);
    case "normal":
    case "uniform": {
      const random = stream(seed, "init", name);
      for (let i = 0; i < out.length; i++)
        out[i] = init.kind === "normal" ? random.normal() * init.std : random.uniform(-init.limit, init.limit);
      return out;
    }
    case "orthogonal": {
      const random = stream(seed, "init", name);
      const rows = shape[0] / init.blocks;
      const columns = out.length / shape[0];
      for (let b = 0; b < init.blocks; b++) orthogonal(out, b * rows * columns, rows, columns, init.gain, random);
      return out;
    }
  }
}

/** Modified Gram-Schmidt on the shorter side of a normal matrix. */
function orthogonal(out: Float32Array, at: number, rows: number, columns: number, gain: number, random: Random): void {
  const tall = rows > columns;
  const [n, d] = tall ? [columns, rows] : [rows, columns];
  const basis: Float64Array[] = [];
  for (let i = 0; i < n; i++) {
    const v = Float64Array.from({ length: d }, () => random.normal());
    for (const u of basis) {
      let dot = 0;
      for (let k = 0; k < d; k++) dot += u[k] * v[k];
      for (let k = 0; k < d; k++) v[k] -= dot * u[k];
    }
    const norm = Math.hypot(...v);
    for (let k = 0; k < d; k++) v[k] /= norm;
    basis.push(v);
  }
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[at + r * columns + c] = gain * (tall ? basis[c][r] : basis[r][c]);
}
