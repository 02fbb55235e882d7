/** IEEE 754 half precision <-> Float32Array, and bfloat16 -> Float32Array. @module */

/** float16 bits of every value, rounded to nearest, ties to even; beyond 65504 becomes infinity. */
export function toFloat16(values: ArrayLike<number>): Uint16Array {
  const out = new Uint16Array(values.length);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let i = 0; i < values.length; i++) {
    float[0] = values[i];
    out[i] = halfOf(bits[0]);
  }
  return out;
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 255;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction ? 0x200 | (fraction >>> 13) : 0);
  const e = exponent - 112; // Bias 127 -> 15.
  if (e >= 31) return sign | 0x7c00;
  // Shift away what does not fit; below the normal range the hidden bit becomes explicit.
  const shift = e > 0 ? 13 : 14 - e;
  if (shift > 24) return sign;
  const whole = e > 0 ? (e << 23) | fraction : fraction | 0x800000;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  // A carry out of the fraction runs into the exponent, which is the right result, infinity included.
  return sign | (kept + (rest > half || (rest === half && kept & 1) ? 1 : 0));
}

let halves: Float32Array | undefined;

/** The exact values of float16 bits. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, h) => {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >>> 10) & 31;
    const fraction = h & 1023;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = halves[bits[i]];
  return out;
}

/** The exact values of bfloat16 bits (the upper half of a float32). */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = bits[i] << 16;
  return new Float32Array(out.buffer);
}
