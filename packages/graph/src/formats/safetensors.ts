/**
 * Safetensors files: named arrays behind a JSON header (huggingface/safetensors, "Format"). The reader refuses every
 * file that breaks the format; nothing is allocated before the header has been checked against the file's size.
 * @module
 */

import { FormatError } from "../errors.ts";
import { fromBfloat16, fromFloat16, toFloat16 } from "./float16.ts";
import { type Packed, SCALES, widened } from "./packed.ts";
import { type HeaderValue, readHeaderJson } from "./safetensors-json.ts";

const BYTES = { F32: 4, F16: 2, BF16: 2, I8: 1, U8: 1, I32: 4, I64: 8, BOOL: 1 } as const;
/** Bits of types that other programs write: files that hold them are whole, and can be listed, but are not read as numbers here. */
const OTHER_BITS = {
  F64: 64,
  U64: 64,
  U32: 32,
  U16: 16,
  I16: 16,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E5M2FNUZ: 8,
  F8_E4M3FNUZ: 8,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
  C64: 64,
} as const;

export type Dtype = keyof typeof BYTES;
/** Every type of the format, as of safetensors 0.6. */
export type FileDtype = Dtype | keyof typeof OTHER_BITS;

/** An array with its shape. F16 and BF16 are held as the float32 values they stand for; BOOL as 0 and 1. */
export type Tensor = { readonly shape: readonly number[] } & (
  | {
      readonly dtype: "F32" | "F16" | "BF16";
      readonly data: Float32Array;
      /** What `data` is made of, where the file was read lazily. */
      readonly packed?: Packed;
    }
  | { readonly dtype: "I8"; readonly data: Int8Array }
  | { readonly dtype: "U8" | "BOOL"; readonly data: Uint8Array }
  | { readonly dtype: "I32"; readonly data: Int32Array }
  | { readonly dtype: "I64"; readonly data: BigInt64Array }
);

export interface Safetensors {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Record<string, string>;
}

/** Where a tensor lies: bytes [begin, end) of the file. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: FileDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const MAX_HEADER = 16 * 1024 * 1024;
const MAX_TENSORS = 100_000;

/**
 * All tensors of a file, in file order. Data are views of `bytes` where alignment and type allow (little-endian
 * machines, which is all that JavaScript engines run on), else copies. With `lazy`, 16-bit floats are widened each time that
 * `data` is read: whoever needs them once need not hold them twice. An int8 tensor with scales beside it (`packed.ts`) is read as
 * the floats that it stands for.
 * @throws FormatError for a damaged, truncated or foreign file.
 */
export function readSafetensors(bytes: Uint8Array, { lazy = false } = {}): Safetensors {
  const { entries, metadata } = readSafetensorsHeader(bytes);
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) tensors.set(entry.name, tensorOf(bytes, entry, lazy));
  for (const [name, tensor] of tensors) {
    const scales = tensor.dtype === "I8" ? tensors.get(name + SCALES) : undefined;
    if (!scales) continue;
    tensors.set(name, scaled(name, tensor, scales, lazy));
    tensors.delete(name + SCALES);
  }
  return { tensors, metadata };
}

/** @throws FormatError for scales that are not one for each index of the first or the last axis */
function scaled(name: string, { shape, data }: Tensor, scales: Tensor, lazy: boolean): Tensor {
  const [along, ...others] = scales.shape.flatMap((d, axis) => (d === 1 ? [] : [axis]));
  const fits =
    scales.dtype === "F32" &&
    scales.shape.length === shape.length &&
    shape.length >= 2 &&
    others.length === 0 &&
    (along === undefined || ((along === 0 || along === shape.length - 1) && scales.shape[along] === shape[along]));
  if (!fits) throw bad(`"${name + SCALES}" of ${scales.dtype} [${scales.shape}] fits no int8 tensor of [${shape}]`);
  const values = data as Int8Array;
  const packed: Packed = { dtype: "I8", values, scales: scales.data as Float32Array, scaleShape: scales.shape };
  if (!lazy) return { dtype: "F32", shape, data: widened(packed) };
  return {
    dtype: "F32",
    shape,
    packed,
    get data() {
      return widened(packed);
    },
  };
}

/** Names, types, shapes and places of the tensors, in file order, without touching their data. @throws FormatError */
export function readSafetensorsHeader(bytes: Uint8Array): {
  readonly entries: TensorEntry[];
  readonly metadata: Record<string, string>;
} {
  if (startsWith(bytes, "version https://git-lfs"))
    throw new FormatError("readSafetensors(): the file is a Git LFS pointer, not the weights; run git lfs pull");
  // no header is so long that its length begins like these
  if (["<!do", "<!DO", "<htm", "<HTM"].some((text) => startsWith(bytes, text)))
    throw new FormatError("readSafetensors(): the file is a web page; fetch the weights again");
  if (startsWith(bytes, "PK\x03\x04"))
    throw new FormatError("readSafetensors(): the file is a ZIP, perhaps of PyTorch; save it as safetensors");
  if (bytes.length < 8) throw bad(`a file has at least 8 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true) + view.getUint32(4, true) * 4294967296;
  if (size > MAX_HEADER) throw bad(`a header has at most ${MAX_HEADER} bytes, got ${size}`);
  if (size > bytes.length - 8) throw bad(`a header of ${size} bytes does not fit in a file of ${bytes.length}`);
  const header = readHeaderJson(bytes.subarray(8, 8 + size));
  if (header.size > MAX_TENSORS + 1) throw bad(`a file has at most ${MAX_TENSORS} tensors, got ${header.size}`);

  const dataStart = 8 + size;
  const metadata: Record<string, string> = {};
  const entries: TensorEntry[] = [];
  for (const [name, value] of header) {
    if (name === "__metadata__") {
      // the reference implementation takes it for none
      if (value === null) continue;
      if (!(value instanceof Map)) throw bad("__metadata__ is an object of strings");
      for (const [key, text] of value) {
        if (typeof text !== "string") throw bad(`metadata "${key}" is a string, got another type`);
        metadata[key] = text;
      }
    } else entries.push(entryOf(name, value, dataStart, bytes.length));
  }

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = dataStart;
  for (const { name, begin, end } of entries) {
    if (begin !== at)
      throw bad(`tensor "${name}" ${begin < at ? "overlaps its predecessor" : "leaves a hole before it"}`);
    at = end;
  }
  if (at !== bytes.length) throw bad(`the tensors end at byte ${at}, the file at ${bytes.length}`);
  return { entries, metadata };
}

function entryOf(name: string, value: HeaderValue, dataStart: number, fileSize: number): TensorEntry {
  if (!(value instanceof Map)) throw bad(`tensor "${name}" is described by an object`);
  for (const key of value.keys())
    if (key !== "dtype" && key !== "shape" && key !== "data_offsets")
      throw bad(`tensor "${name}" has dtype, shape and data_offsets only, got "${key}"`);
  const dtype = value.get("dtype");
  const bits = typeof dtype === "string" ? bitsOf(dtype) : undefined;
  if (bits === undefined)
    throw bad(
      `tensor "${name}" has a dtype of ${[...Object.keys(BYTES), ...Object.keys(OTHER_BITS)].join(", ")}, got ${JSON.stringify(dtype)}`,
    );
  const shape = integers(value.get("shape"), `the shape of tensor "${name}"`);
  const offsets = integers(value.get("data_offsets"), `data_offsets of tensor "${name}"`);
  if (offsets.length !== 2) throw bad(`data_offsets of tensor "${name}" are two integers, got ${offsets.length}`);
  const [begin, end] = offsets.map((o) => o + dataStart);
  if (begin > end || end > fileSize)
    throw bad(`tensor "${name}" lies at bytes ${begin} to ${end} of a file of ${fileSize}`);
  const need = shape.reduce((n, d) => n * d, bits) / 8;
  // A product beyond 2^53 is inexact, but then it is no file's size either.
  if (need !== end - begin)
    throw bad(`tensor "${name}" of shape [${shape}] and type ${dtype} needs ${need} bytes, got ${end - begin}`);
  return { name, dtype: dtype as FileDtype, shape, begin, end };
}

function bitsOf(dtype: string): number | undefined {
  if (Object.hasOwn(BYTES, dtype)) return 8 * BYTES[dtype as Dtype];
  return Object.hasOwn(OTHER_BITS, dtype) ? OTHER_BITS[dtype as keyof typeof OTHER_BITS] : undefined;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, text.length)) === text;
}

function integers(value: HeaderValue | undefined, what: string): number[] {
  if (!Array.isArray(value)) throw bad(`${what} is a list of integers`);
  return value.map((v) => {
    if (typeof v !== "number") throw bad(`${what} is a list of integers`);
    return v;
  });
}

function tensorOf(bytes: Uint8Array, { name, dtype, shape, begin, end }: TensorEntry, lazy: boolean): Tensor {
  if (!Object.hasOwn(BYTES, dtype)) throw notRead(name, dtype);
  const at = bytes.byteOffset + begin;
  // A view where the type's alignment allows, else a copy.
  const aligned = at % BYTES[dtype as Dtype] === 0;
  const buffer = aligned ? bytes.buffer : Uint8Array.prototype.slice.call(bytes, begin, end).buffer; // a Buffer's own slice() does not copy
  const offset = aligned ? at : 0;
  const n = (end - begin) / BYTES[dtype as Dtype];
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: new Float32Array(buffer, offset, n) };
    case "F16":
    case "BF16": {
      const bits = new Uint16Array(buffer, offset, n);
      const widen = dtype === "F16" ? fromFloat16 : fromBfloat16;
      if (!lazy) return { dtype, shape, data: widen(bits) };
      return {
        dtype,
        shape,
        ...(dtype === "F16" && { packed: { dtype, values: bits } }),
        get data() {
          return widen(bits);
        },
      };
    }
    case "I8":
      return { dtype, shape, data: new Int8Array(buffer, offset, n) };
    case "I32":
      return { dtype, shape, data: new Int32Array(buffer, offset, n) };
    case "I64":
      return { dtype, shape, data: new BigInt64Array(buffer, offset, n) };
    case "U8":
      return { dtype, shape, data: new Uint8Array(buffer, offset, n) };
    case "BOOL": {
      const data = new Uint8Array(buffer, offset, n);
      if (data.some((v) => v > 1)) throw bad(`tensor "${name}" of type BOOL holds 0 and 1 only`);
      return { dtype, shape, data };
    }
    default:
      throw notRead(name, dtype);
  }
}

function notRead(name: string, dtype: string): FormatError {
  return new FormatError(
    `readSafetensors(): tensor "${name}" is ${dtype}, which is listed but not read; save it as F32, F16 or BF16`,
  );
}

/**
 * A safetensors file. Tensors are laid out by falling size of their element, then by name (so that all are aligned and
 * the same tensors give the same bytes); the header is padded with spaces to a multiple of 8.
 * @throws FormatError when shape and data disagree, or a finite value does not fit into F16.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const list = [...tensors].sort(([a, x], [b, y]) => BYTES[y.dtype] - BYTES[x.dtype] || (a < b ? -1 : a > b ? 1 : 0));
  const lines: string[] = [];
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) {
    const pairs = keys.map((key) => `${JSON.stringify(checkName(key))}:${JSON.stringify(metadata[key])}`);
    lines.push(`"__metadata__":{${pairs.join(",")}}`);
  }
  const blocks: Uint8Array[] = [];
  const seen = new Set<string>();
  let at = 0;
  for (const [name, tensor] of list) {
    if (seen.has(checkName(name)) || name === "__metadata__")
      throw new FormatError(`writeSafetensors(): the name "${name}" is taken; give every tensor its own`);
    seen.add(name);
    const block = blockOf(name, tensor);
    const { dtype, shape } = tensor;
    const need = shape.reduce((n, d) => n * d, BYTES[dtype]);
    if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0) || need !== block.length)
      throw new FormatError(
        `writeSafetensors(): tensor "${name}" of shape [${shape}] needs ${need} bytes, got ${block.length}`,
      );
    lines.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${at},${at + block.length}]}`,
    );
    blocks.push(block);
    at += block.length;
  }
  const text = new TextEncoder().encode(`{${lines.join(",")}}`);
  const headerSize = Math.ceil(text.length / 8) * 8;
  if (headerSize > MAX_HEADER)
    throw new FormatError(`writeSafetensors(): a header has at most ${MAX_HEADER} bytes, got ${headerSize}`);
  const out = new Uint8Array(8 + headerSize + at);
  new DataView(out.buffer).setUint32(0, headerSize, true);
  out.fill(0x20, 8, 8 + headerSize);
  out.set(text, 8);
  let offset = 8 + headerSize;
  for (const block of blocks) {
    out.set(block, offset);
    offset += block.length;
  }
  return out;
}

function checkName(name: string): string {
  if (name === "__proto__") throw new FormatError(`writeSafetensors(): the name "__proto__" is reserved; take another`);
  return name;
}

function blockOf(name: string, tensor: Tensor): Uint8Array {
  if (tensor.dtype === "BF16") throw new FormatError(`writeSafetensors(): tensor "${name}" is BF16; write F16 or F32`);
  const { data } = tensor;
  if (tensor.dtype !== "F16") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const halves = toFloat16(tensor.data);
  const wrong = halves.findIndex((h, i) => (h & 0x7fff) === 0x7c00 && Number.isFinite(tensor.data[i]));
  if (wrong >= 0)
    throw new FormatError(
      `writeSafetensors(): F16 holds values up to 65504, tensor "${name}" has ${tensor.data[wrong]}; write F32`,
    );
  return new Uint8Array(halves.buffer);
}

function bad(what: string): FormatError {
  return new FormatError(`readSafetensors(): ${what}; the file is damaged or no safetensors file`);
}
