import { describe, expect, test } from "vitest";
import { layouts, statistics } from "../../ours/boxes/boxes.fixture.ts";
import { mirrorBox, throughWindow } from "../../ours/boxes/training.ts";
import type { Box } from "../../scene/scene.ts";
import { boxFeeds } from "./batch.ts";
import { boxStatistics, decodeBox, encodeBox, logJacobian } from "./codec.ts";
import { endOf, startOf } from "./model.ts";

const L = 80;
const END = endOf(L);
const START = startOf(L);

const boxes = layouts.flat().map((o) => o.box);

describe("standardised boxes", () => {
  test("have mean 0 and standard deviation 1 over the boxes that made the statistics", () => {
    const encoded = boxes.map((b) => encodeBox(b, statistics));
    for (let i = 0; i < 4; i++) {
      const values = encoded.map((e) => e[i]);
      const mean = values.reduce((a, b) => a + b) / values.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length).toBeCloseTo(1, 4);
    }
  });

  test("decode to the boxes they came from, and always to a box inside the picture", () => {
    for (const box of boxes)
      decodeBox(encodeBox(box, statistics), statistics).forEach((v, i) => {
        expect(v).toBeCloseTo(box[i], 5);
      });
    for (const wild of [
      [9, 9, 9, 9],
      [-9, -9, -9, -9],
      [0, 9, -40, 5],
    ]) {
      const [x, y, w, h] = decodeBox(wild, statistics);
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.min(w, h)).toBeGreaterThanOrEqual(0.01 - 1e-9);
      expect(Math.max(x + w, y + h)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  test("the Jacobian turns densities of standardised boxes into densities over [0, 1]^4", () => {
    const box: Box = [0.2, 0.3, 0.25, 0.4];
    const h = 1e-4;
    // cx, cy, w, h move one encoded number each: the determinant is the product of the four slopes
    const move = (k: number, d: number): Box => {
      const [cx, cy, w, hh] = [0.325, 0.5, 0.25, 0.4].map((v, i) => v + (i === k ? d : 0));
      return [cx - w / 2, cy - hh / 2, w, hh];
    };
    const slope = (k: number) =>
      (encodeBox(move(k, h), statistics)[k] - encodeBox(move(k, -h), statistics)[k]) / (2 * h);
    const determinant = [0, 1, 2, 3].reduce((s, k) => s + Math.log(Math.abs(slope(k))), 0);
    expect(logJacobian(box, statistics)).toBeCloseTo(determinant, 5);
  });

  test("one box alone has a spread that can be divided by", () => {
    const { std } = boxStatistics([boxes[0]]);
    expect(encodeBox(boxes[0], boxStatistics([boxes[0]])).every(Number.isFinite)).toBe(true);
    expect(Math.min(...std)).toBeGreaterThan(0);
  });

  test("mirroring twice gives the box again", () => {
    expect(mirrorBox([0.1, 0.2, 0.3, 0.4])[0]).toBeCloseTo(0.6, 12);
    mirrorBox(mirrorBox([0.1, 0.2, 0.3, 0.4])).forEach((v, i) => {
      expect(v).toBeCloseTo([0.1, 0.2, 0.3, 0.4][i], 12);
    });
  });
});

describe("a window of the picture", () => {
  test("shows boxes in its own coordinates, cut at its edges", () => {
    const seen = throughWindow([{ classIndex: 3, box: [0.1, 0.4, 0.4, 0.4] }], [0.2, 0.2, 0.5, 0.8]);
    expect(seen?.map((o) => o.classIndex)).toEqual([3]);
    expect(seen?.[0].box.map((v) => Number(v.toFixed(6)))).toEqual([0, 0.25, 0.6, 0.5]);
    expect(throughWindow(layouts[0], [0, 0, 1, 1])?.map((o) => o.box[0])).toEqual(layouts[0].map((o) => o.box[0]));
  });

  test("that hides more than half of an object, or all of it, is no view of the same layout", () => {
    const one = (x: number) => throughWindow([{ classIndex: 3, box: [x, 0.4, 0.4, 0.4] }], [0.3, 0, 0.7, 1]);
    expect(one(0.11)).toHaveLength(1);
    expect(one(0.09)).toBeUndefined();
    expect(throughWindow([{ classIndex: 3, box: [0, 0, 0.1, 0.1] }], [0.3, 0.3, 0.7, 0.7])).toBeUndefined();
  });
});

test("feeds are time first: START and zeros, then the object before; END after the last, labelled but without a box", () => {
  const f = boxFeeds(layouts, 5, statistics, L);
  const column = (name: string, i: number) => Array.from({ length: 5 }, (_, t) => Number(f[name][t * 3 + i]));
  expect(column("boxes.labels", 0)).toEqual([0, 17, 0, END, END]);
  expect(column("boxes.previousLabels", 0)).toEqual([START, 0, 17, 0, END]);
  expect(column("boxes.labelled", 0)).toEqual([1, 1, 1, 1, 0]);
  expect(column("boxes.boxed", 0)).toEqual([1, 1, 1, 0, 0]);
  // a full layout ends by itself
  expect(column("boxes.labelled", 2)).toEqual([1, 1, 1, 1, 0]);
  const boxAt = (name: string, t: number, i: number) =>
    Array.from(f[name].slice((t * 3 + i) * 4, (t * 3 + i) * 4 + 4) as Float32Array);
  expect(boxAt("boxes.previousBoxes", 0, 2)).toEqual([0, 0, 0, 0]);
  expect(boxAt("boxes.previousBoxes", 2, 2)).toEqual(boxAt("boxes.boxes", 1, 2));
});
