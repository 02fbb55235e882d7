import { evaluate, node } from "@scenograph/graph/check.fixture";
import { input } from "@scenograph/graph/leaves";
import { compile } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { expect, test } from "vitest";
import { augmentation, augmentationFeeds } from "./augment.ts";

const [n, size] = [2, 4];
const program = compile({ outputs: { seen: augmentation(n, size)(input("picture", [n, 3, size, size])) } });
const picture = stream(1, "picture").normals(n * 3 * size * size);
const see = async (colour: readonly number[], kept = new Uint8Array(n * size * size).fill(1)) => {
  const feeds = { picture, "augment.colour": Float32Array.from(colour), "augment.kept": kept };
  return (await evaluate(node, { program, feeds, state: {} })).seen as Float32Array;
};
const area = size * size;
/** Value of channel c at pixel p of the first picture. */
const at = (x: Float32Array, c: number, p: number) => x[c * area + p];
const meanOf = (x: Float32Array) => x.slice(0, 3 * area).reduce((a, b) => a + b, 0) / (3 * area);

test("brightness is added, saturation stretches about a pixel's grey, contrast about the picture's mean", async () => {
  for (const [i, v] of (await see([0, 1, 1, 0, 1, 1])).entries()) expect(v).toBeCloseTo(picture[i], 5);
  const bright = await see([0.25, 1, 1, 0, 1, 1]);
  expect(at(bright, 1, 7) - at(picture, 1, 7)).toBeCloseTo(0.25, 5);
  expect(bright[3 * area]).toBeCloseTo(picture[3 * area], 5);
  const grey = await see([0, 0, 1, 0, 1, 1]);
  expect(at(grey, 0, 5)).toBeCloseTo((at(picture, 0, 5) + at(picture, 1, 5) + at(picture, 2, 5)) / 3, 5);
  expect(at(grey, 2, 5)).toBeCloseTo(at(grey, 0, 5), 5);
  const flat = await see([0, 1, 0.5, 0, 1, 1]);
  expect(at(flat, 0, 3)).toBeCloseTo(meanOf(picture) + 0.5 * (at(picture, 0, 3) - meanOf(picture)), 5);
});

test("what is cut out is 0 in every channel, the rest is untouched", async () => {
  const kept = new Uint8Array(n * area).fill(1);
  kept.fill(0, 0, 4);
  const seen = await see([0, 1, 1, 0, 1, 1], kept);
  for (let c = 0; c < 3; c++) expect([0, 1, 2, 3].map((p) => Math.abs(at(seen, c, p)))).toEqual([0, 0, 0, 0]);
  expect(at(seen, 0, 4)).toBeCloseTo(at(picture, 0, 4), 5);
});

test("a square of 3/8 of the side is cut, whole or partly outside, in the stated ranges of colour", () => {
  const side = 16;
  const feeds = augmentationFeeds(200, side, stream(2, "augment"));
  const kept = feeds["augment.kept"] as Uint8Array;
  const cut = Array.from({ length: 200 }, (_, i) =>
    kept.subarray(i * side * side, (i + 1) * side * side).reduce((a, v) => a + 1 - v, 0),
  );
  expect(Math.max(...cut)).toBe(36);
  expect(Math.min(...cut)).toBeLessThan(18);
  const colour = feeds["augment.colour"] as Float32Array;
  const range = (k: number) => {
    const values = Array.from({ length: 200 }, (_, i) => colour[3 * i + k]);
    return [Math.min(...values), Math.max(...values)];
  };
  for (const [k, low, high] of [
    [0, -0.3, 0.3],
    [1, 0.4, 1.6],
    [2, 0.6, 1.4],
  ] as const) {
    const [least, most] = range(k);
    expect(least).toBeGreaterThanOrEqual(low - 1e-6);
    expect(most).toBeLessThanOrEqual(high + 1e-6);
    expect(most - least).toBeGreaterThan(0.9 * (high - low));
  }
});
