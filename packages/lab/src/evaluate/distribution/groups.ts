/** Intervals of whole-set statistics by the delete-group jackknife. @module */
import type { Interval } from "../bootstrap.ts";
import { jackknifeVariance, normalInterval } from "./jackknife.ts";

/**
 * The statistic of items 0 .. count - 1 with a 95 % interval: `groups` interleaved parts of them are left out in turn. Undefined
 * where the statistic is (for the whole set, or for a part).
 */
export function groupInterval(
  count: number,
  statistic: (items: readonly number[]) => number | undefined,
  groups = 20,
): Interval | undefined {
  const all = Array.from({ length: count }, (_, i) => i);
  const value = statistic(all);
  const parts = Math.min(groups, count);
  if (value === undefined || parts < 2) return undefined;
  const leftOut = Array.from({ length: parts }, (_, g) => statistic(all.filter((i) => i % parts !== g)));
  if (leftOut.some((v) => v === undefined)) return undefined;
  return normalInterval(value, jackknifeVariance(leftOut as number[]), count);
}
