/**
 * PNG files at the level of chunks (W3C PNG, third edition): the header, to check sizes before anything is decoded, and
 * text, in which a picture carries its scene. No pixels are decoded here.
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { crc32 } from "./crc.ts";
import { inflate } from "./inflate.ts";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a channel: 1, 2, 4, 8 or 16. */
  readonly bitDepth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. */
  readonly colorType: number;
  readonly interlaced: boolean;
}

export interface PngChunk {
  /** Four letters, e.g. "IDAT". */
  readonly type: string;
  /** First byte of the chunk in the file. */
  readonly start: number;
  /** A view of the chunk's data. */
  readonly data: Uint8Array;
}

export interface PngLimits {
  /** Width times height; default 2^24 (4096 x 4096). */
  readonly maxPixels?: number;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const MAX_CHUNKS = 100_000;
const MAX_TEXT = 2 ** 24;
const DEPTHS: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Whether the bytes begin as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((b, i) => bytes[i] === b);
}

/** Size and kind of a picture, from its first chunk alone. @throws FormatError, also for more pixels than the limit. */
export function readPngHeader(bytes: Uint8Array, limits: PngLimits = {}): PngHeader {
  if (!isPng(bytes)) throw bad("a PNG file begins with its signature, these bytes do not");
  return headerOf(chunkAt(bytes, SIGNATURE.length), limits);
}

function headerOf(chunk: PngChunk, { maxPixels = 2 ** 24 }: PngLimits): PngHeader {
  if (chunk.type !== "IHDR" || chunk.data.length !== 13) throw bad(`the first chunk is IHDR, got ${chunk.type}`);
  const view = viewOf(chunk.data);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bitDepth, colorType, compression, filter, interlace] = chunk.data.subarray(8);
  if (width === 0 || height === 0) throw bad(`a picture has at least one pixel, got ${width} x ${height}`);
  if (width * height > maxPixels)
    throw new FormatError(`readPngHeader(): at most ${maxPixels} pixels, got ${width} x ${height}; scale it down`);
  if (!DEPTHS[colorType]?.includes(bitDepth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw bad(`no such kind of picture: ${[bitDepth, colorType, compression, filter, interlace]}`);
  return { width, height, bitDepth, colorType, interlaced: interlace === 1 };
}

/**
 * All chunks from IHDR to IEND, their checksums verified; what follows IEND is ignored.
 * @throws FormatError for a damaged or truncated file.
 */
export function readPngChunks(bytes: Uint8Array, limits: PngLimits = {}): PngChunk[] {
  readPngHeader(bytes, limits);
  const chunks: PngChunk[] = [];
  for (let at = SIGNATURE.length; ; ) {
    if (chunks.length === MAX_CHUNKS) throw bad(`a file has at most ${MAX_CHUNKS} chunks, got more`);
    const chunk = chunkAt(bytes, at);
    chunks.push(chunk);
    if (chunk.type === "IEND") return chunks;
    at += chunk.data.length + 12;
  }
}

function chunkAt(bytes: Uint8Array, start: number): PngChunk {
  const left = bytes.length - start;
  if (left < 12) throw bad(`the file ends at byte ${bytes.length}, inside a chunk or before IEND`);
  const view = viewOf(bytes);
  const length = view.getUint32(start);
  if (length > left - 12)
    throw bad(`a chunk of ${length} bytes does not fit in the ${left - 12} left at byte ${start}`);
  const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
  if (!/^[A-Za-z]{4}$/.test(type)) throw bad(`a chunk's type is four letters, got others at byte ${start + 4}`);
  const end = start + 8 + length;
  if (crc32(bytes.subarray(start + 4, end)) !== view.getUint32(end))
    throw bad(`the checksum of chunk ${type} is wrong`);
  return { type, start, data: bytes.subarray(start + 8, end) };
}

/**
 * The first text under a keyword, from an iTXt, tEXt or zTXt chunk wherever it stands; undefined when there is none. Programs that
 * save a picture again (libvips, ImageMagick) write texts as tEXt or zTXt and leave their bytes UTF-8, against the standard's
 * Latin-1: bytes that are valid UTF-8 are read as that.
 * @throws FormatError for a damaged file, or a text over 16 MiB, inflated or not.
 */
export function readPngText(bytes: Uint8Array, keyword: string): string | undefined {
  const chunk = readPngChunks(bytes).find((c) => keywordOf(c) === keyword);
  if (!chunk) return undefined;
  const { data, type } = chunk;
  if (data.length > MAX_TEXT) throw bad(`a text has at most ${MAX_TEXT} bytes, got ${data.length}`);
  const start = keyword.length + 1;
  if (type === "tEXt") return textOf(data.subarray(start));
  // zTXt: method; iTXt: flag, method, then language tag and translated keyword, each ended by a zero
  const compressed = type === "zTXt" || data[start] !== 0;
  const method = data[type === "zTXt" ? start : start + 1];
  if (compressed && method !== 0) throw bad(`the text "${keyword}" is compressed by method ${method}, 0 is known`);
  if (type === "zTXt") return textOf(inflate(data.subarray(start + 1), MAX_TEXT));
  let at = start + 2;
  for (let field = 0; field < 2; field++) {
    const end = data.indexOf(0, at);
    if (end < 0) throw bad(`the text "${keyword}" is cut off`);
    at = end + 1;
  }
  const body = compressed ? inflate(data.subarray(at), MAX_TEXT) : data.subarray(at);
  const text = utf8(body);
  if (text === undefined) throw bad(`the text "${keyword}" is no UTF-8`);
  return text;
}

function textOf(bytes: Uint8Array): string {
  return utf8(bytes) ?? new TextDecoder("latin1").decode(bytes);
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The file with `text` under `keyword` (1 to 79 printable ASCII characters) behind the header, in a tEXt chunk when it is
 * ASCII, else in an iTXt chunk, which ImageMagick does not keep; texts that were there under this keyword are replaced.
 * Pixels stay byte for byte. @throws FormatError
 */
export function writePngText(bytes: Uint8Array, keyword: string, text: string): Uint8Array {
  if (!/^[!-~]([ -~]{0,77}[!-~])?$/.test(keyword))
    throw new FormatError(
      `writePngText(): a keyword is 1 to 79 printable ASCII characters, got ${JSON.stringify(keyword)}`,
    );
  const encoder = new TextEncoder();
  const plain = /^[\n -~]*$/.test(text);
  const start = plain ? `tEXt${keyword}\0` : `iTXt${keyword}\0\0\0\0\0`;
  const body = joinBytes([encoder.encode(start), encoder.encode(text)]);
  if (body.length > MAX_TEXT)
    throw new FormatError(`writePngText(): a text has at most ${MAX_TEXT} bytes, got ${body.length}; shorten it`);
  const frame = new Uint8Array(body.length + 8);
  viewOf(frame).setUint32(0, body.length - 4);
  frame.set(body, 4);
  viewOf(frame).setUint32(body.length + 4, crc32(body));
  const [header, ...rest] = readPngChunks(bytes)
    .filter((c) => keywordOf(c) !== keyword)
    .map((c) => bytes.subarray(c.start, c.start + c.data.length + 12));
  return joinBytes([Uint8Array.from(SIGNATURE), header, frame, ...rest]);
}

function keywordOf({ type, data }: PngChunk): string | undefined {
  if (type !== "iTXt" && type !== "tEXt" && type !== "zTXt") return undefined;
  const end = data.subarray(0, 80).indexOf(0);
  return end < 0 ? undefined : String.fromCharCode(...data.subarray(0, end));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(what: string): FormatError {
  return new FormatError(`readPng(): ${what}; the file is damaged or no PNG`);
}
