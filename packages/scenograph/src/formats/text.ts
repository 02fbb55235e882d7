/** Text files as people have them, and files that are taken for them. @module */
import { FormatError } from "@scenograph/graph/errors";

/** First bytes (as Latin-1, at a position) of files that are taken for text. */
const OTHERS: readonly (readonly [start: string, at: number, what: string])[] = [
  ["\xff\xd8", 0, "a JPEG, which holds no scene"],
  ["WEBP", 8, "a WebP picture, which holds no scene"],
  ["GIF8", 0, "a GIF, which holds no scene"],
  ["ftyp", 4, "an AVIF or HEIC picture, which holds no scene"],
  ["II*\0", 0, "a TIFF, which holds no scene"],
  ["MM\0*", 0, "a TIFF, which holds no scene"],
  ["PK\x03\x04", 0, "a ZIP; unpack it first"],
  ["\x1f\x8b", 0, "packed by gzip; unpack it first"],
  ["%PDF", 0, "a PDF"],
  ["version https://git-lfs", 0, "a Git LFS pointer, not the file; run git lfs pull"],
  ["<", 0, "a web page or XML, not JSON"],
];

/** What the bytes of a file are when they are something well known that is no text of ours: "a JPEG, ...". */
export function otherKind(bytes: Uint8Array): string | undefined {
  const head = firstBytes(bytes);
  return OTHERS.find(([start, at]) => head.startsWith(start, at))?.[2];
}

function firstBytes(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}

/**
 * The text of a file: UTF-8, or UTF-16 with a byte-order mark, as Windows editors write it; the mark is left out.
 * @param wanted what to do instead, for messages
 * @throws FormatError that says what the file is
 */
export function decodeText(bytes: Uint8Array, name: string, wanted = "give a text file"): string {
  const head = firstBytes(bytes);
  const other = otherKind(bytes);
  if (other) throw new FormatError(`${name} is ${other}; ${wanted}`);
  const utf16 = head.startsWith("\xff\xfe") ? "utf-16le" : head.startsWith("\xfe\xff") ? "utf-16be" : undefined;
  try {
    return new TextDecoder(utf16 ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(`${name} is no text in UTF-8 or UTF-16; ${wanted}`);
  }
}
