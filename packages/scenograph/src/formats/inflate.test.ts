import { constants, deflateSync } from "node:zlib";
import { FormatError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inflate } from "./inflate.ts";

const LIMIT = 2 ** 22;
const repeating = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 }))
  .map(([piece, times]) => Uint8Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length]));

describe("what zlib has written comes back", () => {
  test.each([0, 1, 6, 9])("level %i", (level) => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), repeating), (bytes) => {
        expect(Buffer.from(inflate(deflateSync(bytes, { level }), LIMIT)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("fixed codes, and a text longer than the window", () => {
    const text = Buffer.from(
      Array.from({ length: 30000 }, (_, i) => `object ${i % 977} at ${(i * 7919) % 1013};`).join(""),
    );
    for (const strategy of [constants.Z_FIXED, constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE])
      expect(text.equals(inflate(deflateSync(text, { strategy }), LIMIT))).toBe(true);
  });
});

test("a megabyte of zeros behind a kilobyte is refused at the limit", () => {
  const bomb = deflateSync(new Uint8Array(2 ** 24));
  expect(bomb.length).toBeLessThan(20000);
  expect(() => inflate(bomb, 2 ** 20)).toThrow(/at most 1048576 bytes, got more/);
  expect(inflate(bomb, 2 ** 24).length).toBe(2 ** 24);
});

test("damaged data are a FormatError, whatever the damage", () => {
  const whole = deflateSync(Buffer.from("a dog on the beach ".repeat(50)));
  for (let cut = 0; cut < whole.length; cut++)
    expect(() => inflate(whole.subarray(0, cut), LIMIT)).toThrow(FormatError);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = Uint8Array.from(whole);
      damaged[at] ^= flip;
      const attempt = () => inflate(damaged, LIMIT);
      // bits of the header that say nothing about the data may pass
      if (at >= 2) expect(attempt).toThrow(FormatError);
    }),
  );
});
