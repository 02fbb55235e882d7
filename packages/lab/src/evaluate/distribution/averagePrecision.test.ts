import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { averagePrecision, type DetectedBox, type TrueBox } from "./averagePrecision.ts";

const truth = (image: number, x: number, label = 1): TrueBox => ({ image, label, box: [x, 0, 10, 10] });
const found = (image: number, x: number, score: number, label = 1): DetectedBox => ({
  image,
  label,
  box: [x, 0, 10, 10],
  score,
});

describe("averagePrecision, by hand", () => {
  test("perfect detections give 1, none give 0", () => {
    const truths = [truth(1, 0), truth(2, 0), truth(2, 50)];
    const perfect = averagePrecision([found(1, 0, 0.9), found(2, 0, 0.8), found(2, 50, 0.7)], truths);
    expect([perfect.ap, perfect.ap50, perfect.ap75]).toEqual([1, 1, 1]);
    expect(averagePrecision([], truths).ap).toBe(0);
  });

  test("hit, miss, hit of 4 true boxes: precision 1 up to recall .25, 2/3 up to .5, then 0", () => {
    const truths = [truth(1, 0), truth(1, 50), truth(2, 0), truth(2, 50)];
    const { ap50 } = averagePrecision([found(1, 0, 0.9), found(1, 200, 0.8), found(2, 0, 0.7)], truths);
    // recalls 0 .. .25 are 26 points, .26 .. .50 are 25
    expect(ap50).toBeCloseTo((26 * 1 + 25 * (2 / 3)) / 101, 12);
  });

  test("a second detection of one true box is a miss, the better box wins it", () => {
    const { ap50 } = averagePrecision([found(1, 0, 0.9), found(1, 1, 0.95)], [truth(1, 0), truth(1, 500)]);
    // the first in score takes the box (IoU 9/11); the second finds nothing free: recall .5 at precision 1
    expect(ap50).toBeCloseTo(51 / 101, 12);
  });

  test("IoU 2/3 counts at .5, .55, .6 and .65 only", () => {
    // overlap 8 of 10 + 10 - 8 = 12
    const { ap, ap50, ap75 } = averagePrecision([found(1, 2, 0.9)], [truth(1, 0)]);
    expect([ap50, ap75]).toEqual([1, 0]);
    expect(ap).toBeCloseTo(0.4, 12);
  });

  test("a detection in another picture or of another class does not count; classes are averaged", () => {
    const truths = [truth(1, 0), truth(1, 0, 2)];
    const result = averagePrecision([found(1, 0, 0.9), found(2, 0, 0.8, 2), found(1, 0, 0.7, 3)], truths);
    expect(result.ap).toBe(0.5);
    expect(result.classes.map(({ label, ap, truths: n, detections }) => [label, ap, n, detections])).toEqual([
      [1, 1, 1, 1],
      [2, 0, 1, 1],
    ]);
  });

  test("a free box with less overlap is taken when the best one is gone", () => {
    // both true boxes overlap the second detection by at least .5
    const truths = [truth(1, 0), truth(1, 3)];
    const { ap50 } = averagePrecision([found(1, 0, 0.9), found(1, 1, 0.8)], truths);
    expect(ap50).toBe(1);
  });

  test("only the 100 best detections of a picture count", () => {
    const noise = Array.from({ length: 100 }, (_, i) => found(1, 1000 + 20 * i, 0.9));
    expect(averagePrecision([...noise, found(1, 0, 0.1)], [truth(1, 0)]).ap50).toBe(0);
    expect(averagePrecision([...noise.slice(1), found(1, 0, 0.1)], [truth(1, 0)]).ap50).toBeCloseTo(0.01, 12);
  });

  test("refuses no true boxes and scores that are not finite", () => {
    expect(() => averagePrecision([], [])).toThrow(/at least one true box/);
    expect(() => averagePrecision([found(7, 0, Number.NaN)], [truth(1, 0)])).toThrow(/got NaN in picture 7/);
  });
});

test("pycocotools 2.0.11 on random boxes (test/fixtures/average-precision.py)", () => {
  const file = new URL("../../../../../test/fixtures/average-precision.json", import.meta.url);
  const golden = JSON.parse(readFileSync(file, "utf8"));
  const result = averagePrecision(golden.detections, golden.truths);
  for (const key of ["ap", "ap50", "ap75"] as const) expect(result[key]).toBeCloseTo(golden[key], 12);
  for (const own of golden.classes) {
    const { ap, ap50 } = result.classes.find(({ label }) => label === own.label)!;
    expect(ap).toBeCloseTo(own.ap, 12);
    expect(ap50).toBeCloseTo(own.ap50, 12);
  }
});
