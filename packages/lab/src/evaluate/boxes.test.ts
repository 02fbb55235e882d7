import { readFileSync } from "node:fs";
import { boxIou } from "scenograph/formats/rle";
import { classIndex } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import { describe, expect, it } from "vitest";
import { BOX_METRICS, boxContributions, evaluateBoxes, type LayoutObject, matchBoxes, relation } from "./boxes.ts";

const object = (name: string, ...box: [number, number, number, number]): LayoutObject => ({
  label: classIndex(name),
  box,
});
const value = ({ numerator, denominator }: { numerator: number; denominator: number }) => numerator / denominator;

describe("box IoU", () => {
  const golden = JSON.parse(
    readFileSync(new URL("../../../../test/fixtures/distribution-metrics.json", import.meta.url), "utf8"),
  ) as { boxIou: { id: string; boxesA: Box[]; boxesB: Box[]; expected: { iou: number[][]; bestForA: number[] } }[] };

  it.each(golden.boxIou)("agrees with the reference program: $id", ({ boxesA, boxesB, expected }) => {
    boxesA.forEach((a, i) => {
      boxesB.forEach((b, j) => {
        expect(boxIou(a, b)).toBeCloseTo(expected.iou[i][j], 9);
      });
      expect(Math.max(...boxesB.map((b) => boxIou(a, b)))).toBeCloseTo(expected.bestForA[i], 9);
    });
  });
});

describe("matchBoxes", () => {
  it("pairs within a class, for the best sum", () => {
    const predicted = [object("dog", 0, 0, 0.4, 1), object("dog", 0.1, 0, 0.4, 1), object("cat", 0, 0, 1, 1)];
    const truth = [object("dog", 0.1, 0, 0.4, 1), object("dog", 0.5, 0, 0.4, 1), object("bird", 0, 0, 1, 1)];
    const pairs = matchBoxes(predicted, truth);
    // in the order given the sum is .6 + 0, crossed it is 0 + 1
    expect(pairs.map((p) => [predicted.indexOf(p.predicted), truth.indexOf(p.truth)])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(pairs.map((p) => p.iou)).toEqual([0, 1]);
  });
});

describe("boxContributions", () => {
  const caption = "Two dogs and a cat on a couch";
  const truth = [object("dog", 0, 0.5, 0.2, 0.2), object("dog", 0.6, 0.5, 0.2, 0.4), object("cat", 0.4, 0, 0.2, 0.2)];

  it("counts classes as multisets, pairs over all boxes, and named categories", () => {
    const predicted = [object("dog", 0, 0.5, 0.2, 0.2), object("bird", 0, 0, 0.1, 0.1)];
    const got = boxContributions({ image: 1, caption, predicted, truth });
    expect(value(got.precision)).toBeCloseTo(1 / 2);
    expect(value(got.recall)).toBeCloseTo(1 / 3);
    expect(value(got.f1)).toBeCloseTo(0.4);
    expect(got["r@0.3"]).toEqual({ numerator: 1, denominator: 3 });
    expect(got["p@0.5"]).toEqual({ numerator: 1, denominator: 2 });
    expect(got.named).toEqual({ numerator: 1, denominator: 3 }); // dog of dog, cat, couch
    expect(got["count-error"]).toEqual({ numerator: 1, denominator: 1 });
    expect(got.rscp2.denominator).toBe(0); // one pair only
  });

  it("compares relations, aspects and scales of pairs, by hand", () => {
    const predicted = [
      object("dog", 0, 0.5, 0.2, 0.2), // as in truth
      object("dog", 0.6, 0.5, 0.4, 0.2), // lies down: half the aspect, same area
      object("cat", 0.4, 0.8, 0.4, 0.4), // below instead of above, four times the area
    ];
    const got = boxContributions({ image: 1, caption, predicted, truth });
    // dog and dog: left and right in both. The true cat is above both dogs, the predicted one right of and below
    const shares = [relation(predicted[2].box, predicted[0].box), relation(truth[2].box, truth[0].box)];
    expect(shares).toEqual(["right", "above"]);
    expect(value(got.rscp2)).toBeCloseTo(2 / 6);
    const flat = Math.abs(Math.atan2(0.2, 0.4) - Math.atan2(0.4, 0.2));
    expect(value(got.ar)).toBeCloseTo(flat / 3);
    expect(value(got.logrs)).toBeCloseTo((0 + 2 * Math.log(4)) / 3);
  });

  it("scores empty layouts", () => {
    const none = boxContributions({ image: 1, caption, predicted: [], truth });
    expect([none.f1, none.precision, none.recall].map(value)).toEqual([0, 0, 0]);
    const both = boxContributions({ image: 1, caption: "grass", predicted: [], truth: [] });
    expect(value(both.f1)).toBe(1);
    expect(both.named.denominator).toBe(0);
    const flat = boxContributions({
      image: 1,
      caption,
      predicted: [object("dog", 0, 0, 0, 0), object("dog", 0, 0, 1, 1)],
      truth: truth.slice(0, 2),
    });
    expect(Number.isFinite(value(flat.logrs))).toBe(true);
  });
});

describe("relation", () => {
  it.each([
    ["left", [0, 0.5, 0.1, 0.1]],
    ["right", [0.9, 0.5, 0.1, 0.1]],
    ["above", [0.5, 0, 0.1, 0.1]],
    ["below", [0.5, 0.9, 0.1, 0.1]],
  ] as const)("%s", (expected, box) => {
    expect(relation(box, [0.45, 0.45, 0.1, 0.1])).toBe(expected);
  });
});

describe("evaluateBoxes", () => {
  it("pools boxes, averages captions, keeps a picture's captions together", () => {
    const truth = [object("dog", 0, 0, 0.5, 0.5)];
    const good = { image: 1, caption: "a dog", predicted: truth, truth };
    const bad = { image: 2, caption: "a dog", predicted: [], truth: [...truth, ...truth, ...truth] };
    const got = evaluateBoxes([good, good, bad], { seed: 3, draws: 200 });
    expect(got.f1).toMatchObject({ value: 2 / 3, low: 0, high: 1, n: 2 });
    expect(got["r@0.5"].value).toBeCloseTo(2 / 5);
    expect(got["p@0.5"]).toMatchObject({ value: 1, n: 1 });
    expect(got["true-objects"].value).toBeCloseTo(5 / 3);
    expect(Object.keys(got)).toEqual([...BOX_METRICS]);
  });
});
