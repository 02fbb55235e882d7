import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign } from "./hungarian.ts";

/** The best sum by trying everything. */
function bruteForce(value: number[][], row = 0, used = new Set<number>(), left = 0): number {
  if (row === value.length) return 0;
  const columns = value[0].length;
  const skips = value.length - columns;
  let best = left < skips ? bruteForce(value, row + 1, used, left + 1) : -Infinity;
  for (let c = 0; c < columns; c++) {
    if (used.has(c)) continue;
    used.add(c);
    best = Math.max(best, value[row][c] + bruteForce(value, row + 1, used, left));
    used.delete(c);
  }
  return best;
}

describe("assign", () => {
  it("is as good as brute force, for wide and tall tables", () => {
    const table = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([rows, columns]) =>
      fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
    fc.assert(
      fc.property(table, (value) => {
        const columns = assign(value);
        const made = columns.filter((c) => c >= 0);
        expect(made).toHaveLength(Math.min(value.length, value[0].length));
        expect(new Set(made).size).toBe(made.length);
        const sum = columns.reduce((s, c, r) => s + (c < 0 ? 0 : value[r][c]), 0);
        expect(sum).toBe(bruteForce(value));
      }),
      { numRuns: 300 },
    );
  });

  it("gives up the greedy pair where the sum asks for it", () => {
    expect(
      assign([
        [0.9, 0.8],
        [0.85, 0.1],
      ]),
    ).toEqual([1, 0]);
  });

  it("handles empty tables", () => {
    expect(assign([])).toEqual([]);
    expect(assign([[], []])).toEqual([-1, -1]);
  });
});
