import { expect, test } from "vitest";
import type { SceneObject } from "../../scene/scene.ts";
import { understand } from "../../understand/understand.ts";
import { resample, tightBox } from "../codes/crops.ts";
import { centresOf, nearestCentre } from "../codes/kmeans.ts";
import { COCO_VOCABULARY } from "../text/coco.ts";
import { mainColour, paintedPixels, type Rgb, repaint } from "./colour.ts";
import { pasteLooks } from "./paste.ts";
import { PAINTS, saidColours } from "./said.ts";

const side = 16;
/** A red body with a lighter roof and black wheels. */
const bus = Uint8Array.from({ length: side * side * 3 }, (_, k) => {
  const y = Math.floor(k / 3 / side);
  const colour: Rgb = y < 4 ? [240, 120, 115] : y < 13 ? [210, 40, 35] : [20, 20, 20];
  return colour[k % 3];
});
const all = new Uint8Array(side * side).fill(1);

test("the main colour is the body's, not the mean of all", () => {
  const colour = mainColour(bus, all, side)!;
  expect(colour.map(Math.round)).toEqual([210, 40, 35]);
  expect(mainColour(bus, new Uint8Array(side * side), side)).toBeUndefined();
});

test("painting moves the colour in all its shades and nothing else", () => {
  const painted = paintedPixels(bus, all, [210, 40, 35]);
  expect(painted.reduce((a, b) => a + b, 0)).toBe(13 * side);
  const blue = repaint(bus, painted, [210, 40, 35], [40, 60, 200]);
  expect([...blue.slice(8 * side * 3, 8 * side * 3 + 3)]).toEqual([40, 60, 200]);
  expect([...blue.slice(0, 3)]).toEqual([70, 140, 255]);
  expect([...blue.slice(-3)]).toEqual([20, 20, 20]);
});

test("a palette holds the colours that there are", () => {
  const colours: Rgb[] = Array.from({ length: 60 }, (_, i) =>
    i % 2 ? [200 + (i % 5), 10, 10] : [10, 10, 200 + (i % 7)],
  );
  const centres = centresOf(colours, 2, 0);
  expect(nearestCentre([205, 0, 0], centres)).not.toBe(nearestCentre([0, 0, 205], centres));
  expect(Math.abs(centres[3 * nearestCentre([205, 0, 0], centres)] - 202)).toBeLessThan(2);
});

test("resampling keeps means, regions and, enlarged, straight edges", () => {
  const ramp = { width: 4, height: 1, channels: 1, data: [0, 10, 20, 30] };
  expect([...resample(ramp, [0, 0, 4, 1], 2, 1)]).toEqual([5, 25]);
  expect([...resample(ramp, [1, 0, 2, 1], 2, 1)]).toEqual([10, 20]);
  expect([...resample(ramp, [0, 0, 4, 1], 8, 1)].map((v) => Math.round(v * 10) / 10)).toEqual([
    0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30,
  ]);
  expect(tightBox(Uint8Array.of(0, 0, 1, 0), 2, 2)).toEqual([0, 0.5, 0.5, 0.5]);
});

test("a look is pasted in its box at any size and aspect, the later one over the earlier", () => {
  const bitmap = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64 >= 16 && i % 64 < 48 ? 1 : 0));
  const of = (v: number) => ({
    box: [0.25, 0, 0.5, 1] as const,
    look: new Float32Array(8 * 8 * 3).fill(v),
    side: 8,
    bitmap,
    mask: { width: 64, height: 64 },
  });
  for (const [width, height] of [
    [64, 64],
    [96, 64],
    [200, 120],
  ]) {
    const picture = { width, height, data: new Uint8Array(width * height * 3) };
    pasteLooks(picture, [of(250), of(100)]);
    const at = (u: number) => picture.data[(Math.floor(height / 2) * width + Math.floor(u * width)) * 3];
    expect([at(0.5), at(0.3), at(0.7)]).toEqual([100, 100, 100]);
    expect([at(0.1), at(0.9)]).toEqual([0, 0]);
    // the edge runs over two pixels at most, whatever the enlargement
    const row = picture.data.slice(0, width * 3).filter((_, k) => k % 3 === 0);
    expect(row.filter((v) => v > 5 && v < 95).length).toBeLessThanOrEqual(2 * Math.ceil(1.5 * (width / 64)));
  }
});

test("what goes beyond black and white is black and white, not the other end", () => {
  const bitmap = new Uint8Array(16 * 16).fill(1);
  for (const [v, shown] of [
    [262, 255],
    [-7, 0],
  ]) {
    const picture = { width: 16, height: 16, data: new Uint8Array(16 * 16 * 3).fill(128) };
    const look = new Float32Array(8 * 8 * 3).fill(v);
    pasteLooks(picture, [{ box: [0, 0, 1, 1], look, side: 8, bitmap, mask: { width: 16, height: 16 } }]);
    expect([...picture.data.slice((8 * 16 + 8) * 3, (8 * 16 + 9) * 3)]).toEqual([shown, shown, shown]);
  }
});

const one = (id: string, label: string, box: SceneObject["box"] = [0.1, 0.1, 0.4, 0.4]): SceneObject => ({
  id,
  label,
  box,
});

test.each([
  ["a red bus on the street", "bus", "red"],
  ["the bus is blue", "bus", "blue"],
  ["a bus painted green", "bus", "green"],
  ["a crimson couch", "couch", "red"],
  ["a man in a yellow shirt", "person", "yellow"],
])("%s: the %s is %s", (caption, label, colour) => {
  expect(saidColours([one("o1", label)], understand(caption, COCO_VOCABULARY)).get("o1")).toBe(PAINTS[colour]);
});

test("each thing has its own colour; what is not said is left open", () => {
  const objects = [one("a", "bus", [0, 0, 0.5, 0.5]), one("b", "car", [0.5, 0.5, 0.3, 0.3]), one("c", "dog")];
  const said = saidColours(objects, understand("a red bus beside a white car and a dog", COCO_VOCABULARY));
  expect(said.get("a")).toBe(PAINTS.red);
  expect(said.get("b")).toBe(PAINTS.white);
  expect(said.has("c")).toBe(false);
});
