import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBfloat16, fromFloat16, toFloat16 } from "./float16.ts";

test("known values", () => {
  const cases: [number, number][] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 1],
    [2 ** -25, 0], // A tie goes to even.
    [1.0000001 * 2 ** -25, 1],
    [3 * 2 ** -25, 2],
    [2 ** -14, 0x0400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [Number.POSITIVE_INFINITY, 0x7c00],
  ];
  for (const [value, bits] of cases) expect(toFloat16([value])[0], `${value}`).toBe(bits);
  expect(fromFloat16(toFloat16([Number.NaN]))[0]).toBeNaN();
});

test("every one of the 65,536 halves survives the round trip", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const back = toFloat16(fromFloat16(all));
  const isNaNBits = (h: number) => (h & 0x7fff) > 0x7c00;
  const wrong = [...all].filter((h, i) => (isNaNBits(h) ? !isNaNBits(back[i]) : back[i] !== h));
  expect(wrong).toEqual([]);
});

test("rounding picks the nearest half", () => {
  fc.assert(
    fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (x) => {
      const h = toFloat16([x])[0];
      const error = Math.abs(fromFloat16(Uint16Array.of(h))[0] - x);
      for (const neighbour of [h - 1, h + 1]) {
        if (neighbour < 0 || (neighbour & 0x7fff) >= 0x7c00) continue;
        expect(error).toBeLessThanOrEqual(Math.abs(fromFloat16(Uint16Array.of(neighbour))[0] - x));
      }
    }),
  );
});

test("bfloat16 is the upper half of a float32", () => {
  expect([...fromBfloat16(Uint16Array.of(0x3f80, 0xc040, 0x0000))]).toEqual([1, -3, 0]);
});
