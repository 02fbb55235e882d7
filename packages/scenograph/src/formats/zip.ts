/**
 * Files -> a zip archive (PKWARE APPNOTE 6.3.3, without zip64): stored or deflated, names in UTF-8, one fixed date, so that the
 * same files give the same bytes.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { crc32 } from "./crc.ts";
import { deflate } from "./deflate.ts";

export interface ZipEntry {
  /** With "/" between folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Not compressed: what is compressed already, and the first file of an OpenRaster picture. */
  readonly store?: boolean;
}

const UTF8_NAMES = 0x0800;
/** 1980-01-01 00:00, the earliest that DOS knows. */
const DATE = 0x0021;

/** The archive, in the order of the entries. @throws FormatError for two entries of one name, or 4 GiB and more */
export async function writeZip(entries: readonly ZipEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) throw new FormatError(`writeZip(): names differ, got ${JSON.stringify(name)} twice`);
    seen.add(name);
  }
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes, store } of entries) {
    const packed = store ? bytes : await deflate(bytes, "deflate-raw");
    const deflated = packed.length < bytes.length;
    const body = deflated ? packed : bytes;
    const encoded = new TextEncoder().encode(name);
    const facts = [deflated ? 8 : 0, 0, DATE];
    const sizes = [crc32(bytes), body.length, bytes.length];
    const head = record(0x04034b50, [20, UTF8_NAMES, ...facts], sizes, encoded, [0]);
    directory.push(record(0x02014b50, [20, 20, UTF8_NAMES, ...facts], sizes, encoded, [0, 0, 0, 0], at));
    parts.push(head, body);
    at += head.length + body.length;
    if (at >= 2 ** 32) throw new FormatError("writeZip(): an archive has less than 4 GiB, got more; write fewer files");
  }
  const index = joinBytes(directory);
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, entries.length, true);
  view.setUint16(10, entries.length, true);
  view.setUint32(12, index.length, true);
  view.setUint32(16, at, true);
  return joinBytes([...parts, index, end]);
}

/** A local header, or (with `offset`) an entry of the directory: 16-bit fields, 32-bit fields, the name's length, 16-bit fields. */
function record(
  signature: number,
  shorts: readonly number[],
  longs: readonly number[],
  name: Uint8Array,
  after: readonly number[],
  offset?: number,
): Uint8Array {
  const extra = offset === undefined ? 0 : 8;
  const out = new Uint8Array(4 + 2 * shorts.length + 4 * longs.length + 2 + 2 * after.length + extra + name.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, signature, true);
  let at = 4;
  const put16 = (v: number) => {
    view.setUint16(at, v, true);
    at += 2;
  };
  shorts.forEach(put16);
  for (const v of longs) {
    view.setUint32(at, v, true);
    at += 4;
  }
  [name.length, ...after].forEach(put16);
  // external attributes, then where the file begins; disk number and internal attributes are among `after`
  if (offset !== undefined) {
    view.setUint32(at + 4, offset, true);
    at += 8;
  }
  out.set(name, at);
  return out;
}
