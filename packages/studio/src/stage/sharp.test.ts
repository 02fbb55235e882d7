import type { Picture } from "scenograph/scene/scene";
import { expect, test } from "vitest";
import { objectAt } from "../model/model.fixture.ts";
import { boxMask } from "../model/paint.ts";
import { layersOf, seen } from "./sharp.ts";

const SIDE = 16;
/** Red in the left half on blue, a column of purple where they meet, as anti-aliasing leaves it. */
const picture: Picture = {
  width: SIDE,
  height: SIDE,
  data: Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % SIDE;
    const rgb = x < 7 ? [255, 0, 0] : x === 7 ? [128, 0, 128] : [0, 0, 255];
    return rgb[i % 3];
  }),
};
const half = objectAt("a", [0, 0, 0.5, 1], { mask: boxMask([0, 0, 0.5, 1], 64, 64) });

const at = (layer: Uint8ClampedArray, x: number, y: number) => [
  ...layer.slice((y * SIDE + x) * 4, (y * SIDE + x) * 4 + 4),
];

test("each layer has its own colours up to its edge and beyond, and none of what is beside it", () => {
  const [behind, thing] = layersOf(picture, seen([half]));
  for (const x of [0, 6, 7, 8, 9]) expect(at(thing, x, 5), `thing at ${x}`).toEqual([255, 0, 0, 255]);
  expect(at(thing, 13, 5)).toEqual([0, 0, 0, 0]);
  for (const x of [15, 8, 7, 6]) expect(at(behind, x, 5), `behind at ${x}`).toEqual([0, 0, 255, 255]);
  expect(at(behind, 2, 5)[3]).toBe(0);
});

test("a thing that is all edge keeps its pixels; hidden ones and those without silhouettes have no layer", () => {
  const dot = objectAt("b", [0.5, 0.5, 1 / SIDE, 1 / SIDE], { mask: boxMask([0.5, 0.5, 1 / SIDE, 1 / SIDE], 64, 64) });
  const layers = layersOf(picture, seen([{ ...half, hidden: true }, objectAt("c", [0, 0, 1, 1]), dot]));
  expect(layers).toHaveLength(2);
  expect(at(layers[1], 8, 8)).toEqual([0, 0, 255, 255]);
});
