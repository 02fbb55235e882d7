import { deflateSync } from "node:zlib";
import { FormatError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32 } from "./crc.ts";
import { isPng, readPngChunks, readPngHeader, readPngText, writePngText } from "./png.ts";

function chunk(type: string, data: readonly number[] | Uint8Array): number[] {
  const body = [...new TextEncoder().encode(type), ...data];
  const u32 = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  return [...u32(data.length), ...body, ...u32(crc32(Uint8Array.from(body)))];
}

const signature = [137, 80, 78, 71, 13, 10, 26, 10];
const header = (w: number, h: number, depth = 8, type = 2) => [
  w >>> 24,
  0,
  0,
  w & 255,
  h >>> 24,
  0,
  0,
  h & 255,
  depth,
  type,
  0,
  0,
  0,
];

/** A valid 2 x 1 RGB picture, with further chunks before its pixels. */
function png(...extra: number[][]): Uint8Array {
  const pixels = deflateSync(Uint8Array.of(0, 255, 0, 0, 0, 0, 255));
  return Uint8Array.from([
    ...signature,
    ...chunk("IHDR", header(2, 1)),
    ...extra.flat(),
    ...chunk("IDAT", pixels),
    ...chunk("IEND", []),
  ]);
}

describe("header", () => {
  test("is read from the first chunk alone", () => {
    const bytes = png();
    expect(readPngHeader(bytes)).toEqual({ width: 2, height: 1, bitDepth: 8, colorType: 2, interlaced: false });
    expect(readPngHeader(bytes.subarray(0, 33)).width).toBe(2);
    expect(isPng(bytes)).toBe(true);
    expect(isPng(bytes.subarray(1))).toBe(false);
  });

  test.each<[string, number[], RegExp]>([
    [
      "a bomb",
      [...signature, ...chunk("IHDR", header(0x7f0000ff, 0x7f0000ff))],
      /at most 16777216 pixels, got 2130706687/,
    ],
    ["no pixels", [...signature, ...chunk("IHDR", header(0, 5))], /at least one pixel, got 0 x 5/],
    ["a depth that is not", [...signature, ...chunk("IHDR", header(2, 1, 3))], /no such kind/],
    ["a colour type that is not", [...signature, ...chunk("IHDR", header(2, 1, 8, 5))], /no such kind/],
    ["another first chunk", [...signature, ...chunk("IDAT", header(2, 1))], /first chunk is IHDR, got IDAT/],
    ["a JPEG", [0xff, 0xd8, 0xff, 0xe0], /signature/],
    ["nothing", [], /signature/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readPngHeader(Uint8Array.from(bytes))).toThrow(FormatError);
    expect(() => readPngHeader(Uint8Array.from(bytes))).toThrow(message);
  });

  test("takes the caller's limit", () => {
    expect(() => readPngHeader(png(), { maxPixels: 1 })).toThrow(/at most 1 pixels, got 2 x 1/);
  });
});

describe("text", () => {
  test("round trip; the rest stays as it was; a second text replaces the first", () => {
    const bytes = png(chunk("tEXt", [...new TextEncoder().encode("Author\0me")]));
    const once = writePngText(bytes, "scenograph", "zwölf Pferde 🐎\u0000\n");
    expect(readPngText(once, "scenograph")).toBe("zwölf Pferde 🐎\u0000\n");
    expect(readPngChunks(once).map((c) => c.type)).toEqual(["IHDR", "iTXt", "tEXt", "IDAT", "IEND"]);
    const twice = writePngText(once, "scenograph", "b");
    expect(readPngText(twice, "scenograph")).toBe("b");
    expect(readPngText(twice, "Author")).toBe("me");
    expect(readPngChunks(twice)).toHaveLength(5);
    expect(readPngText(bytes, "scenograph")).toBeUndefined();
    expect(writePngText(once, "scenograph", "b")).toEqual(twice);
  });

  const said = "a dog on the beach — café ☕";
  const [key, bytes] = [[0x6b, 0], [...new TextEncoder().encode(said)]];
  test.each<[string, number[], string]>([
    ["tEXt of Latin-1", chunk("tEXt", [...key, 0xe9]), "é"],
    ["tEXt of UTF-8, as ImageMagick and libvips leave it", chunk("tEXt", [...key, ...bytes]), said],
    ["zTXt", chunk("zTXt", [...key, 0, ...deflateSync(Uint8Array.from(bytes))]), said],
    ["zTXt of Latin-1", chunk("zTXt", [...key, 0, ...deflateSync(Uint8Array.of(0xe9))]), "é"],
    ["compressed iTXt", chunk("iTXt", [...key, 1, 0, 0x65, 0x6e, 0, 0, ...deflateSync(Uint8Array.from(bytes))]), said],
  ])("reads %s, before and behind the pixels", (_, extra, expected) => {
    expect(readPngText(png(extra), "k")).toBe(expected);
    const whole = png();
    const end = whole.length - 12;
    const behind = Uint8Array.from([...whole.subarray(0, end), ...extra, ...whole.subarray(end)]);
    expect(readPngText(behind, "k")).toBe(expected);
  });

  test("ASCII is written as tEXt, which every program keeps; other text as iTXt", () => {
    const kinds = (text: string) => readPngChunks(writePngText(png(), "k", text)).map((c) => c.type)[1];
    expect([kinds("{}\n"), kinds("é"), kinds("\u0000")]).toEqual(["tEXt", "iTXt", "iTXt"]);
  });

  test.each<[string, number[], RegExp]>([
    ["that is compressed and damaged", chunk("iTXt", [0x6b, 0, 1, 0, 0, 0, 1, 2]), /compressed data are damaged/],
    ["in a damaged zTXt", chunk("zTXt", [0x6b, 0, 0, 1, 2]), /compressed data are damaged/],
    ["of an unknown compression", chunk("zTXt", [0x6b, 0, 7, 1, 2]), /method 7/],
    ["that inflates without end", chunk("zTXt", [0x6b, 0, 0, ...deflateSync(new Uint8Array(2 ** 25))]), /at most/],
    ["without its fields", chunk("iTXt", [0x6b, 0, 0, 0, 0]), /cut off/],
    ["of broken UTF-8", chunk("iTXt", [0x6b, 0, 0, 0, 0, 0, 0xff]), /no UTF-8/],
  ])("refuses one %s", (_, extra, message) => {
    expect(() => readPngText(png(extra), "k")).toThrow(message);
  });

  test("refuses a keyword that PNG does not allow", () => {
    for (const keyword of ["", " a", "ä", "x".repeat(80)])
      expect(() => writePngText(png(), keyword, "")).toThrow(FormatError);
  });
});

describe("damage", () => {
  const bytes = writePngText(png(), "scenograph", "{}");

  test("every truncation and every flipped bit is noticed", () => {
    for (let n = 0; n < bytes.length; n++) expect(() => readPngChunks(bytes.subarray(0, n))).toThrow(FormatError);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => readPngText(damaged, "scenograph")).toThrow(FormatError);
    }
  });

  test("bytes after IEND are ignored", () => {
    const longer = new Uint8Array(bytes.length + 3);
    longer.set(bytes);
    expect(readPngText(longer, "scenograph")).toBe("{}");
    expect(writePngText(longer, "scenograph", "{}")).toEqual(bytes);
  });

  test("any chunks give a value or a FormatError", () => {
    const anyChunk = fc
      .tuple(fc.constantFrom("iTXt", "tEXt", "zTXt", "PLTE", "IEND"), fc.uint8Array({ maxLength: 12, max: 3 }))
      .map(([type, data]) => chunk(type, data));
    fc.assert(
      fc.property(fc.array(anyChunk, { maxLength: 4 }), (chunks) => {
        try {
          readPngText(png(...chunks), "\u0001");
        } catch (e) {
          expect(e).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
