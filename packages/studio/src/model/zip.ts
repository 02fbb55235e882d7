/** A ZIP archive of small files, stored without compression (APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16). @module */

import { FormatError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { crc32 } from "scenograph/formats/crc";

const DOS_EPOCH = 0x21;
const UTF8_NAMES = 0x800;

/** @param files names with "/" between folders, and their bytes; names must differ */
export function zip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [name, data] of files) {
    const path = new TextEncoder().encode(name);
    const local = header(0x04034b50, path, data, []);
    parts.push(local, data);
    central.push(header(0x02014b50, path, data, [offset]));
    offset += local.length + data.length;
  }
  const size = central.reduce((n, c) => n + c.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.size, true);
  end.setUint16(10, files.size, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return joinBytes([...parts, ...central, new Uint8Array(end.buffer)]);
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes.length > 30 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * A file of an archive that `zip` made; undefined where the archive has none of that name.
 * @throws FormatError where the file is compressed, as other programs' are, or damaged
 */
export function fileOfZip(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50; ) {
    const [size, path, extra] = [
      view.getUint32(at + 18, true),
      view.getUint16(at + 26, true),
      view.getUint16(at + 28, true),
    ];
    const start = at + 30 + path + extra;
    if (new TextDecoder().decode(bytes.subarray(at + 30, at + 30 + path)) === name) {
      const data = bytes.subarray(start, start + size);
      const stored = view.getUint16(at + 8, true) === 0;
      if (!stored || data.length !== size || crc32(data) !== view.getUint32(at + 14, true))
        throw new FormatError(`${name} in the ZIP is compressed or damaged; unpack it and open the file itself`);
      return data;
    }
    at = start + size;
  }
  return undefined;
}

/** A local header, or with an offset the entry of the central directory. */
function header(signature: number, path: Uint8Array, data: Uint8Array, [offset]: number[]): Uint8Array {
  const isCentral = offset !== undefined;
  const view = new DataView(new ArrayBuffer((isCentral ? 46 : 30) + path.length));
  view.setUint32(0, signature, true);
  // the central entry has one more version number in front
  const at = isCentral ? 2 : 0;
  if (isCentral) view.setUint16(4, 20, true);
  view.setUint16(4 + at, 20, true);
  view.setUint16(6 + at, UTF8_NAMES, true);
  view.setUint16(12 + at, DOS_EPOCH, true);
  view.setUint32(14 + at, crc32(data), true);
  view.setUint32(18 + at, data.length, true);
  view.setUint32(22 + at, data.length, true);
  view.setUint16(26 + at, path.length, true);
  if (isCentral) view.setUint32(42, offset, true);
  new Uint8Array(view.buffer).set(path, isCentral ? 46 : 30);
  return new Uint8Array(view.buffer);
}
