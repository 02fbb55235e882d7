/**
 * Protocol Buffers wire format, the part that ONNX models and TensorBoard events use: varints, fixed 32 and 64 bit
 * numbers (floats), length-delimited fields. No groups. Source: protobuf.dev, "Encoding".
 * @module
 */

import { FormatError } from "../errors.ts";
import { joinBytes } from "./bytes.ts";

const utf8 = new TextEncoder();

/**
 * Builds one message. Fields are written in call order, nothing is left out for being a default, so the same calls
 * give the same bytes. Byte payloads are kept by reference until `finish`, which copies each once.
 */
export class ProtoWriter {
  readonly #chunks: Uint8Array[] = [];
  #small: number[] = [];
  #length = 0;

  /** Unsigned integer, enum or bool: `value` a safe integer >= 0. */
  uint(field: number, value: number): this {
    this.#tag(field, 0);
    this.#uint(value);
    return this;
  }

  /** int64 (int32, uint64, bool, enum) as a two's complement varint: `value` in [-2^63, 2^64). */
  varint(field: number, value: number | bigint): this {
    if (typeof value === "number" && value >= 0) return this.uint(field, value);
    this.#tag(field, 0);
    this.#varint(value);
    return this;
  }

  /** 32-bit float. */
  float(field: number, value: number): this {
    this.#tag(field, 5);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    for (const b of bytes) this.#small.push(b);
    return this;
  }

  /** 64-bit float. */
  double(field: number, value: number): this {
    this.#tag(field, 1);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    for (const b of bytes) this.#small.push(b);
    return this;
  }

  /** UTF-8 text. */
  string(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  /** Raw bytes; do not change them before `finish`. */
  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, 2);
    this.#uint(value.length);
    if (value.length <= 64) for (const b of value) this.#small.push(b);
    else {
      this.#flush();
      this.#chunks.push(value);
      this.#length += value.length;
    }
    return this;
  }

  /** A nested message. `message` is flattened as it is now; later calls on it do not show. */
  message(field: number, message: ProtoWriter): this {
    message.#flush();
    this.#tag(field, 2);
    this.#uint(message.#length);
    this.#flush();
    for (const chunk of message.#chunks) this.#chunks.push(chunk);
    this.#length += message.#length;
    return this;
  }

  /** `repeated float [packed = true]`. */
  packedFloats(field: number, values: ArrayLike<number>): this {
    const bytes = new Uint8Array(values.length * 4);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i], true);
    return this.bytes(field, bytes);
  }

  /** `repeated int64 [packed = true]`. */
  packedInts(field: number, values: ArrayLike<number | bigint>): this {
    const body = new ProtoWriter();
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === "number" && value >= 0) body.#uint(value);
      else body.#varint(value);
    }
    return this.message(field, body);
  }

  /** The message's bytes. The writer stays usable. */
  finish(): Uint8Array {
    this.#flush();
    return joinBytes(this.#chunks);
  }

  #tag(field: number, wire: number): void {
    if (!Number.isInteger(field) || field < 1 || field > MAX_FIELD)
      throw new RangeError(`ProtoWriter: a field number is an integer in [1, 2^29), got ${field}`);
    this.#uint(field * 8 + wire);
  }

  #uint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`ProtoWriter: an unsigned integer below 2^53 is needed, got ${value}; pass a bigint`);
    while (value >= 128) {
      this.#small.push((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    this.#small.push(value);
  }

  #varint(value: number | bigint): void {
    if (typeof value === "number" && !Number.isSafeInteger(value))
      throw new RangeError(`ProtoWriter: an integer within +-2^53 is needed, got ${value}; pass a bigint`);
    const wide = BigInt(value);
    if (wide < -(1n << 63n) || wide >= 1n << 64n)
      throw new RangeError(`ProtoWriter: a 64-bit integer is needed, got ${wide}`);
    let rest = BigInt.asUintN(64, wide);
    while (rest >= 128n) {
      this.#small.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#small.push(Number(rest));
  }

  #flush(): void {
    if (this.#small.length === 0) return;
    this.#chunks.push(Uint8Array.from(this.#small));
    this.#length += this.#small.length;
    this.#small = [];
  }
}

const MAX_FIELD = 536870911;

/**
 * One field of a message. Wire type 0: the varint, unsigned (`BigInt.asIntN(64, value)` for int64). 1 and 5: the number
 * read as a double or a float. 2: a view of the bytes (a string, nested message or packed array).
 */
export type ProtoField =
  | { readonly field: number; readonly wire: 0; readonly value: bigint }
  | { readonly field: number; readonly wire: 1 | 5; readonly value: number }
  | { readonly field: number; readonly wire: 2; readonly value: Uint8Array };

export interface ReadFieldsLimits {
  /** At most this many fields; default 1,000,000. */
  readonly maxFields?: number;
}

/**
 * The fields of a message in file order; nested messages come as bytes, to be read in turn. Nothing is copied.
 * @throws FormatError when the bytes end too early or are no wire format.
 */
export function* readFields(bytes: Uint8Array, limits: ReadFieldsLimits = {}): Generator<ProtoField, void, undefined> {
  const maxFields = limits.maxFields ?? 1_000_000;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor = { at: 0 };
  const need = (n: number) => {
    if (n > bytes.length - cursor.at)
      throw bad(`a field of ${n} bytes does not fit in the ${bytes.length - cursor.at} left at byte ${cursor.at}`);
  };
  for (let count = 0; cursor.at < bytes.length; count++) {
    if (count === maxFields) throw bad(`a message holds at most ${maxFields} fields, got more`);
    const tag = readVarint(bytes, cursor);
    const field = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (field < 1 || field > MAX_FIELD) throw bad(`a field number is in [1, 2^29), got ${field}`);
    if (wire === 0) yield { field, wire, value: readVarint(bytes, cursor) };
    else if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      need(size);
      const value = wire === 1 ? view.getFloat64(cursor.at, true) : view.getFloat32(cursor.at, true);
      cursor.at += size;
      yield { field, wire, value };
    } else if (wire === 2) {
      const length = Number(readVarint(bytes, cursor));
      need(length);
      const value = bytes.subarray(cursor.at, cursor.at + length);
      cursor.at += length;
      yield { field, wire, value };
    } else throw bad(`wire type ${wire} of field ${field} is not supported (0, 1, 2 and 5 are)`);
  }
}

/** The unsigned integers of a packed field's bytes (`BigInt.asIntN(64, v)` for int64). @throws FormatError */
export function unpackInts(bytes: Uint8Array): bigint[] {
  const out: bigint[] = [];
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) out.push(readVarint(bytes, cursor));
  return out;
}

function readVarint(bytes: Uint8Array, cursor: { at: number }): bigint {
  // Small values, nearly all there are, stay in numbers.
  let low = 0;
  let scale = 1;
  for (let i = 0; i < 7; i++) {
    const b = bytes[cursor.at++];
    if (b === undefined) throw bad(`a varint is cut off at byte ${bytes.length}`);
    low += (b & 127) * scale;
    if (b < 128) return BigInt(low);
    scale *= 128;
  }
  let value = BigInt(low);
  for (let shift = 49n; shift <= 63n; shift += 7n) {
    const b = bytes[cursor.at++];
    if (b === undefined) throw bad(`a varint is cut off at byte ${bytes.length}`);
    value |= BigInt(b & 127) << shift;
    if (b < 128) {
      if (value >= 1n << 64n) break;
      return value;
    }
  }
  throw bad(`a varint has at most 64 bits, got more before byte ${cursor.at}`);
}

function bad(what: string): FormatError {
  return new FormatError(`readFields(): ${what}; the file is damaged or no protocol buffer`);
}
