/**
 * Pixels -> PNG (W3C PNG, third edition), in TypeScript alone: for the browser, and for files whose bytes must be the same on
 * every machine. Each row is filtered by whichever of None, Sub, Up and Paeth leaves the smallest sum of differences.
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

/** @throws FormatError when the data is not width x height x channels */
export async function writePng(pixels: Pixels): Promise<Uint8Array<ArrayBuffer>> {
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
    chunk("IDAT", await deflate(filtered(pixels), "deflate")),
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

function filtered({ height, channels, width, data }: Pixels): Uint8Array {
  const stride = width * channels;
  const out = new Uint8Array(height * (stride + 1));
  const zeros = new Uint8Array(stride);
  const tries = [1, 2, 4].map((type) => ({ type, row: new Uint8Array(stride) }));
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * stride, (y + 1) * stride);
    const above = y === 0 ? zeros : data.subarray((y - 1) * stride, y * stride);
    let best: { type: number; row: Uint8Array } = { type: 0, row };
    let least = cost(row, Number.POSITIVE_INFINITY);
    for (const one of tries) {
      if (least === 0) break;
      filterRow(one.type, row, above, channels, one.row);
      const sum = cost(one.row, least);
      if (sum < least) [best, least] = [one, sum];
    }
    out[y * (stride + 1)] = best.type;
    out.set(best.row, y * (stride + 1) + 1);
  }
  return out;
}

function filterRow(type: number, row: Uint8Array, above: Uint8Array, channels: number, out: Uint8Array): void {
  for (let i = 0; i < row.length; i++) {
    const left = i < channels ? 0 : row[i - channels];
    if (type === 1) out[i] = row[i] - left;
    else if (type === 2) out[i] = row[i] - above[i];
    else {
      const corner = i < channels ? 0 : above[i - channels];
      const guess = left + above[i] - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above[i]), Math.abs(guess - corner)];
      out[i] = row[i] - (a <= b && a <= c ? left : b <= c ? above[i] : corner);
    }
  }
}

/** Sum of the bytes as signed numbers, given up at `most`. */
function cost(row: Uint8Array, most: number): number {
  let sum = 0;
  for (let i = 0; i < row.length && sum < most; i++) sum += row[i] < 128 ? row[i] : 256 - row[i];
  return sum;
}
