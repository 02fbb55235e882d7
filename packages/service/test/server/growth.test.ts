import { expect, test } from "vitest";
import { growthOf } from "../../../../bench/growth.ts";

test("a line's slope in percent of the mean, without error", () => {
  expect(growthOf([0, 1, 2, 3, 4], [98, 99, 100, 101, 102])).toEqual({ percent: 1, error: 0 });
  expect(growthOf([0, 1, 2], [50, 50, 50])).toEqual({ percent: 0, error: 0 });
});

test("scatter shows in the error, not in the slope", () => {
  const y = [0, 1, 2, 3, 4, 5, 6, 7].map((x) => 100 + 2 * x + [1, -1, -1, 1, 1, -1, -1, 1][x]);
  const { percent, error } = growthOf([0, 1, 2, 3, 4, 5, 6, 7], y);
  expect(percent).toBeCloseTo(2 / 1.07, 1);
  // residuals of 1 over sum of squares 42: sqrt(8 / 6 / 42) = 0.178 of 107
  expect(error).toBeCloseTo(0.17, 2);
});
