import { FormatError } from "@scenograph/graph/errors";
import { expect, test } from "vitest";
import { writePixels } from "./pixels.ts";

// a 5 x 4 RGB picture and its 3 x 3 resize by Pillow (BILINEAR on float channels), red, green, blue planes
const data = Uint8Array.from([
  172, 10, 127, 140, 47, 170, 196, 151, 117, 166, 22, 183, 192, 204, 33, 216, 67, 179, 78, 154, 251, 82, 162, 219, 195,
  118, 125, 139, 103, 125, 229, 216, 9, 164, 116, 108, 211, 222, 161, 159, 21, 81, 89, 165, 242, 214, 102, 98, 36, 183,
  5, 112, 87, 58, 43, 76, 70, 60, 75, 228,
]);
const shrunk = [
  157.857, 155.689, 175.5, 179.0, 147.611, 141.0, 156.743, 112.544, 72.6, 49.386, 114.589, 121.029, 138.714, 152.111,
  106.357, 147.643, 120.256, 83.786, 164.757, 161.978, 105.6, 130.643, 168.333, 149.0, 56.129, 73.656, 164.1,
];

test("shrinking is Pillow's antialiased bilinear", () => {
  const out = new Float32Array(30).fill(9);
  writePixels({ width: 5, height: 4, data }, 3, 3, out, 2);
  expect(out[1]).toBe(9);
  expect(out[29]).toBe(9);
  for (const [i, v] of shrunk.entries()) expect((out[i + 2] + 1) * 127.5).toBeCloseTo(v, 2);
});

test("the same size copies, a larger one interpolates between half-pixel centres", () => {
  const same = new Float32Array(60);
  writePixels({ width: 5, height: 4, data }, 5, 4, same, 0);
  expect(same[0]).toBeCloseTo(172 / 127.5 - 1, 6);
  expect(same[59]).toBeCloseTo(228 / 127.5 - 1, 6);
  const two = Uint8Array.of(0, 0, 0, 255, 255, 255);
  const wide = new Float32Array(12);
  writePixels({ width: 2, height: 1, data: two }, 4, 1, wide, 0);
  for (const [i, v] of [-1, -0.5, 0.5, 1].entries()) expect(wide[i]).toBeCloseTo(v, 6);
});

test("a picture without its pixels is refused", () => {
  expect(() => writePixels({ width: 5, height: 5, data }, 3, 3, new Float32Array(27), 0)).toThrow(FormatError);
});
