/**
 * DEFLATE data -> bytes (RFC 1951, in the zlib wrapper of RFC 1950), at once and with a limit: what a browser's
 * DecompressionStream cannot do. For texts in pictures, not for large files.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131];
const LENGTHS = [...LENGTH_BASE, 163, 195, 227, 258];
const LENGTH_BITS = [...[8, 4, 4, 4, 4, 4].flatMap((n, bits) => new Array<number>(n).fill(bits)), 0];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049];
const DISTANCE_BASE = [...DISTANCES, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_BITS = 15;

/** A Huffman code: how many symbols each length has, and the symbols in the order of their codes. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function codeOf(lengths: ArrayLike<number>): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]]++;
  counts[0] = 0;
  const starts = new Uint16Array(MAX_BITS + 2);
  let left = 1;
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    left = 2 * left - counts[bits];
    if (left < 0) throw bad("more codes than fit");
    starts[bits + 1] = starts[bits] + counts[bits];
  }
  const symbols = new Uint16Array(starts[MAX_BITS + 1]);
  for (let i = 0; i < lengths.length; i++) if (lengths[i] > 0) symbols[starts[lengths[i]]++] = i;
  return { counts, symbols };
}

const fixed = {
  literals: codeOf(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  distances: codeOf(new Array<number>(30).fill(5)),
};

/**
 * The bytes of a zlib stream, its checksum verified; what follows it is ignored.
 * @throws FormatError for damaged data, or more than `maxBytes`
 */
export function inflate(data: Uint8Array, maxBytes: number): Uint8Array {
  if (data.length < 2 || (data[0] & 15) !== 8 || ((data[0] << 8) | data[1]) % 31 !== 0 || data[1] & 32)
    throw bad("no zlib header");
  let at = 2;
  let [held, have] = [0, 0];
  let out = new Uint8Array(Math.min(maxBytes, 4 * data.length + 64));
  let size = 0;

  const bits = (n: number): number => {
    while (have < n) {
      if (at >= data.length) throw bad("the data end too early");
      held |= data[at++] << have;
      have += 8;
    }
    const value = held & ((1 << n) - 1);
    held >>>= n;
    have -= n;
    return value;
  };
  const symbol = ({ counts, symbols }: Code): number => {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= bits(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw bad("a code is not known");
  };
  const room = (more: number): void => {
    if (size + more > maxBytes) throw new FormatError(`inflate(): at most ${maxBytes} bytes, got more`);
    if (size + more <= out.length) return;
    const larger = new Uint8Array(Math.min(maxBytes, Math.max(2 * out.length, size + more)));
    larger.set(out.subarray(0, size));
    out = larger;
  };
  const stored = (): void => {
    [held, have] = [0, 0];
    if (at + 4 > data.length) throw bad("the data end too early");
    const length = data[at] | (data[at + 1] << 8);
    if ((data[at + 2] | (data[at + 3] << 8)) !== (length ^ 0xffff)) throw bad("a block's length is wrong");
    at += 4;
    if (at + length > data.length) throw bad("the data end too early");
    room(length);
    out.set(data.subarray(at, at + length), size);
    at += length;
    size += length;
  };
  const dynamic = () => {
    const [literals, distances, order] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    if (literals > 286 || distances > 30) throw bad("too many codes");
    const lengths = new Uint8Array(19);
    for (let i = 0; i < order; i++) lengths[CODE_ORDER[i]] = bits(3);
    const lengthCode = codeOf(lengths);
    const all = new Uint8Array(literals + distances);
    for (let i = 0; i < all.length; ) {
      const s = symbol(lengthCode);
      if (s < 16) {
        all[i++] = s;
        continue;
      }
      if (s === 16 && i === 0) throw bad("nothing to repeat");
      const value = s === 16 ? all[i - 1] : 0;
      const times = s === 16 ? 3 + bits(2) : s === 17 ? 3 + bits(3) : 11 + bits(7);
      if (i + times > all.length) throw bad("too many code lengths");
      all.fill(value, i, i + times);
      i += times;
    }
    if (all[256] === 0) throw bad("a block has no end");
    return { literals: codeOf(all.subarray(0, literals)), distances: codeOf(all.subarray(literals)) };
  };
  const compressed = (codes: typeof fixed): void => {
    for (;;) {
      const s = symbol(codes.literals);
      if (s === 256) return;
      if (s < 256) {
        room(1);
        out[size++] = s;
        continue;
      }
      if (s > 285) throw bad("a length is not known");
      const length = LENGTHS[s - 257] + bits(LENGTH_BITS[s - 257]);
      const d = symbol(codes.distances);
      if (d >= DISTANCE_BASE.length) throw bad("a distance is not known");
      const distance = DISTANCE_BASE[d] + bits(d < 4 ? 0 : (d >> 1) - 1);
      if (distance > size) throw bad("a distance reaches before the beginning");
      room(length);
      for (let i = 0; i < length; i++, size++) out[size] = out[size - distance];
    }
  };

  for (let last = 0; last === 0; ) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) stored();
    else if (kind === 3) throw bad("a block's kind is not known");
    else compressed(kind === 1 ? fixed : dynamic());
  }
  const result = out.subarray(0, size);
  // whole bytes that were read ahead belong to the checksum
  at -= have >> 3;
  if (at + 4 > data.length) throw bad("the checksum is missing");
  const stated = ((data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]) >>> 0;
  if (stated !== adler32(result)) throw bad("the checksum is wrong");
  return result;
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let i = 0; i < bytes.length; ) {
    for (const end = Math.min(i + 3800, bytes.length); i < end; i++) b += a += bytes[i];
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

function bad(what: string): FormatError {
  return new FormatError(`inflate(): ${what}; the compressed data are damaged`);
}
