/**
 * Weights of TensorFlow.js models: a manifest of names, shapes and types, and the shards' bytes laid end to end
 * (tfjs-core io/types.ts, WeightsManifestConfig; linear uint8/uint16 quantisation: value = q * scale + min).
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";

export interface TfjsWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface TfjsWeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly min: number; readonly scale: number };
}

const BYTES: Record<string, number> = { float32: 4, int32: 4, uint8: 1, uint16: 2, bool: 1 };

/** All float32 weights, quantised ones as the values they stand for; others are skipped. @throws FormatError */
export function readTfjsWeights(specs: readonly TfjsWeightSpec[], bytes: Uint8Array): Map<string, TfjsWeight> {
  const out = new Map<string, TfjsWeight>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const { name, shape, dtype, quantization } of specs) {
    const stored = quantization?.dtype ?? dtype;
    const size = BYTES[stored];
    if (size === undefined || (quantization && stored !== "uint8" && stored !== "uint16"))
      throw new FormatError(`readTfjsWeights(): weight "${name}" is stored as ${stored}, which is not supported`);
    const n = shape.reduce((a, b) => a * b, 1);
    if (at + n * size > bytes.length)
      throw new FormatError(`readTfjsWeights(): the shards end inside "${name}"; fetch the package again`);
    if (dtype === "float32") {
      const data = new Float32Array(n);
      for (let i = 0; i < n; i++) {
        const p = at + i * size;
        data[i] = quantization
          ? (size === 1 ? view.getUint8(p) : view.getUint16(p, true)) * quantization.scale + quantization.min
          : view.getFloat32(p, true);
      }
      out.set(name, { shape, data });
    }
    at += n * size;
  }
  if (at !== bytes.length)
    throw new FormatError(`readTfjsWeights(): the manifest covers ${at} bytes, the shards have ${bytes.length}`);
  return out;
}

/** A convolution weight [kh, kw, I, O] as [O, I, kh, kw], each output channel times `scale`. */
export function convWeight(w: TfjsWeight, scale?: Float32Array): TfjsWeight {
  const [kh, kw, ci, co] = w.shape;
  const data = new Float32Array(w.data.length);
  for (let o = 0; o < co; o++)
    for (let i = 0; i < ci; i++)
      for (let k = 0; k < kh * kw; k++)
        data[(o * ci + i) * kh * kw + k] = w.data[(k * ci + i) * co + o] * (scale ? scale[o] : 1);
  return { shape: [co, ci, kh, kw], data };
}

/** A depthwise weight [kh, kw, C, 1] as [C, 1, kh, kw], each channel times `scale`. */
export function depthwiseWeight(w: TfjsWeight, scale?: Float32Array): TfjsWeight {
  const [kh, kw, c, multiplier] = w.shape;
  if (multiplier !== 1)
    throw new FormatError(`depthwiseWeight(): one filter a channel is supported, got ${multiplier}`);
  return convWeight({ shape: [kh, kw, 1, c], data: w.data }, scale);
}

/** Scale and shift of an inference-time batch norm: gamma (x - mean) / sqrt(variance + epsilon) + beta. */
export function batchNormAffine(
  gamma: Float32Array | undefined,
  beta: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  epsilon: number,
): { readonly scale: Float32Array; readonly shift: Float32Array } {
  const scale = Float32Array.from(variance, (v, i) => (gamma ? gamma[i] : 1) / Math.sqrt(v + epsilon));
  const shift = Float32Array.from(beta, (b, i) => b - mean[i] * scale[i]);
  return { scale, shift };
}
