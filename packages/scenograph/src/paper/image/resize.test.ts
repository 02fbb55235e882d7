import { expect, test } from "vitest";
import { ellipseBitmap } from "../../formats/rle.ts";
import { resizeBitmap } from "./data.ts";

const area = (b: Uint8Array) => b.reduce((n, v) => n + v, 0);

test("a disc enlarged keeps its share of the picture and has no stairs of two pixels", () => {
  const small = ellipseBitmap([0.1, 0.1, 0.8, 0.8], 64, 64);
  const large = resizeBitmap(small, 64, 128);
  expect(area(large) / 128 ** 2).toBeCloseTo(area(small) / 64 ** 2, 2);
  const exact = ellipseBitmap([0.1, 0.1, 0.8, 0.8], 128, 128);
  const wrong = exact.reduce((n, v, i) => n + (v === large[i] ? 0 : 1), 0);
  const stairs = exact.reduce((n, v, i) => {
    const [y, x] = [Math.floor(i / 128) >> 1, (i % 128) >> 1];
    return n + (v === small[y * 64 + x] ? 0 : 1);
  }, 0);
  expect(wrong).toBeLessThan(stairs);
});

test("shrinking takes what is covered by half or more; the same size is the same bitmap", () => {
  const b = Uint8Array.of(1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1);
  expect([...resizeBitmap(b, 4, 2)]).toEqual([1, 0, 0, 1]);
  expect(resizeBitmap(b, 4, 4)).toBe(b);
});

test("a line of one pixel survives enlarging", () => {
  const line = new Uint8Array(64 * 64);
  for (let i = 0; i < 64; i++) line[i * 64 + 20] = 1;
  expect(area(resizeBitmap(line, 64, 128))).toBe(2 * 128);
});

test("full and empty stay full and empty", () => {
  expect(area(resizeBitmap(new Uint8Array(64 * 64).fill(1), 64, 128))).toBe(128 ** 2);
  expect(area(resizeBitmap(new Uint8Array(64 * 64), 64, 128))).toBe(0);
});
