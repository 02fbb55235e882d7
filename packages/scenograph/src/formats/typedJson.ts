/**
 * JSON in which typed arrays survive: each becomes {"$typed": name, "base64": little-endian bytes}. For messages between
 * our own programs; plain JSON where there are none.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";

type Typed = Uint8Array | Uint8ClampedArray | Int32Array | Float32Array | Float64Array;

const KINDS = { Uint8Array, Uint8ClampedArray, Int32Array, Float32Array, Float64Array } as const;

export function toTypedJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => {
    if (!ArrayBuffer.isView(v)) return v;
    const { name } = v.constructor;
    if (!(name in KINDS)) throw new FormatError(`toTypedJson(): an array is one of ${Object.keys(KINDS)}, got ${name}`);
    return { $typed: name, base64: toBase64(new Uint8Array(v.buffer, v.byteOffset, v.byteLength)) };
  });
}

/** @throws FormatError for what is no JSON, or an array of an unknown kind or a length that its kind does not divide */
export function fromTypedJson(text: string): unknown {
  try {
    return JSON.parse(text, (_, v: unknown) => (isPacked(v) ? unpacked(v) : v));
  } catch (error) {
    throw error instanceof FormatError ? error : new FormatError(`fromTypedJson(): ${(error as Error).message}`);
  }
}

interface Packed {
  readonly $typed: string;
  readonly base64: string;
}

function isPacked(v: unknown): v is Packed {
  return typeof v === "object" && v !== null && "$typed" in v && "base64" in v && typeof v.base64 === "string";
}

function unpacked({ $typed, base64 }: Packed): Typed {
  const make = KINDS[$typed as keyof typeof KINDS] as (typeof KINDS)[keyof typeof KINDS] | undefined;
  if (!make) throw new FormatError(`fromTypedJson(): an array is one of ${Object.keys(KINDS)}, got ${$typed}`);
  const bytes = fromBase64(base64);
  if (bytes.length % make.BYTES_PER_ELEMENT !== 0)
    throw new FormatError(`fromTypedJson(): ${bytes.length} bytes are no whole ${$typed}`);
  return new make(bytes.buffer);
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  // in pieces: a call has only so many arguments
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new FormatError("fromTypedJson(): an array's bytes are not base64");
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
