/** Cyclic redundancy checks: CRC-32 (PNG, IEEE 802.3) and CRC-32C (TensorBoard records, Castagnoli). @module */

/** CRC-32 of `bytes`, as PNG uses it; an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array): number {
  return crc(bytes, IEEE);
}

/** CRC-32C of `bytes`; an unsigned 32-bit integer. */
export function crc32c(bytes: Uint8Array): number {
  return crc(bytes, CASTAGNOLI);
}

// Reflected polynomials.
const IEEE = table(0xedb88320);
const CASTAGNOLI = table(0x82f63b78);

function table(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    let c = i;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ polynomial : c >>> 1;
    return c;
  });
}

function crc(bytes: Uint8Array, steps: Uint32Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = (c >>> 8) ^ steps[(c ^ bytes[i]) & 255];
  return (c ^ 0xffffffff) >>> 0;
}
