import { expect, test } from "vitest";
import { groupInterval } from "./groups.ts";

test("of a mean: the usual standard error, when every item is a group", () => {
  const values = [1, 2, 4, 8, 16, 3, 5, 7, 9, 11];
  const mean = (items: readonly number[]) => items.reduce((sum, i) => sum + values[i], 0) / items.length;
  const m = mean(values.map((_, i) => i));
  const error = Math.sqrt(values.reduce((s, v) => s + (v - m) ** 2, 0) / (values.length * (values.length - 1)));
  const interval = groupInterval(values.length, mean, 10)!;
  expect(interval.value).toBeCloseTo(m, 12);
  expect(interval.high - m).toBeCloseTo(1.959963984540054 * error, 10);
  expect(interval.n).toBe(10);
});

test("undefined where the statistic is, and for a single item", () => {
  expect(groupInterval(10, (items) => (items.includes(3) ? 1 : undefined))).toBeUndefined();
  expect(groupInterval(1, () => 1)).toBeUndefined();
});
