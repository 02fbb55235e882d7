/**
 * Pixels -> PNG (W3C PNG, third edition), in TypeScript alone: for the browser, and for files whose bytes must be the same on
 * every machine. Rows are filtered by whichever of None, Sub, Up and Paeth leaves the smallest sum of differences.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { crc32 } from "./crc.ts";
import { deflate } from "./deflate.ts";

/** Rows top to bottom, 8 bits a channel: 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha (not premultiplied). */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

const COLOR_TYPES = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/**
 * @param level of deflate.ts: 1 is fast, 9 small
 * @throws FormatError when the data is not width x height x channels
 */
export async function writePng(pixels: Pixels, level?: number): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, channels, data } = pixels;
  if (width < 1 || height < 1 || data.length !== width * height * channels)
    throw new FormatError(
      `writePng(): ${width} x ${height} x ${channels} needs ${width * height * channels} bytes, got ${data.length}`,
    );
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPES[channels], 0, 0, 0], 8);
  return joinBytes([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", header),
    chunk("IDAT", await deflate(filtered(pixels), "deflate", level)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}

/** Every 16th row is tried with each filter; the one that leaves least serves all rows but empty ones, which stay as they are. */
function filtered({ height, channels, width, data }: Pixels): Uint8Array {
  const stride = width * channels;
  const zeros = new Uint8Array(stride);
  const rowAt = (y: number) => (y < 0 ? zeros : data.subarray(y * stride, (y + 1) * stride));
  const scratch = new Uint8Array(stride);
  let type = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const tried of [0, 2, 1, 4]) {
    let sum = 0;
    for (let y = 0; y < height && sum < least; y += 16) {
      filterRow(tried, rowAt(y), rowAt(y - 1), channels, scratch);
      sum += cost(scratch);
    }
    if (sum < least) [type, least] = [tried, sum];
  }
  const out = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    const row = rowAt(y);
    // most of a cut-out
    if (isEmpty(row)) continue;
    const at = y * (stride + 1);
    out[at] = type;
    filterRow(type, row, rowAt(y - 1), channels, out.subarray(at + 1, at + 1 + stride));
  }
  return out;
}

function isEmpty(row: Uint8Array): boolean {
  let i = 0;
  while (i < row.length && row[i] === 0) i++;
  return i === row.length;
}

/** In place of a byte (0) its difference to the left (1), the one above (2), or Paeth's guess (4). Plain numbers: it runs for every byte. */
function filterRow(type: number, row: Uint8Array, above: Uint8Array, channels: number, out: Uint8Array): void {
  const n = row.length;
  if (type === 0) {
    out.set(row);
    return;
  }
  if (type === 2) {
    for (let i = 0; i < n; i++) out[i] = row[i] - above[i];
    return;
  }
  const head = Math.min(channels, n);
  for (let i = 0; i < head; i++) out[i] = type === 1 ? row[i] : row[i] - above[i];
  if (type === 1) {
    for (let i = channels; i < n; i++) out[i] = row[i] - row[i - channels];
    return;
  }
  for (let i = channels; i < n; i++) {
    const left = row[i - channels];
    const up = above[i];
    const corner = above[i - channels];
    const a = Math.abs(up - corner);
    const b = Math.abs(left - corner);
    const c = Math.abs(left + up - 2 * corner);
    out[i] = row[i] - (a <= b && a <= c ? left : b <= c ? up : corner);
  }
}

/** Sum of the bytes as signed numbers. */
function cost(row: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] < 128 ? row[i] : 256 - row[i];
  return sum;
}
