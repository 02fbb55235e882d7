import { ConfigError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import { bootstrap, meanOf } from "./bootstrap.ts";

describe("bootstrap", () => {
  it("gives sum over sum, not the mean of ratios", () => {
    const { value, n } = bootstrap([
      { group: 1, numerator: 1, denominator: 1 },
      { group: 2, numerator: 0, denominator: 9 },
      { group: 3, numerator: 0, denominator: 0 },
    ]);
    expect(value).toBeCloseTo(0.1);
    expect(n).toBe(2);
  });

  it("comes near the normal interval of a mean", () => {
    const random = stream(3, "bootstrap test");
    const values = Array.from({ length: 400 }, () => 5 + 2 * random.normal());
    const mean = values.reduce((s, v) => s + v, 0) / 400;
    const sd = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 399);
    const got = bootstrap(
      values.map((v, i) => ({ group: i, ...meanOf(v) })),
      { seed: 1, draws: 2000 },
    );
    expect(got.value).toBeCloseTo(mean, 10);
    expect(got.low).toBeCloseTo(mean - (1.96 * sd) / 20, 1);
    expect(got.high).toBeCloseTo(mean + (1.96 * sd) / 20, 1);
    expect(got.low).toBeLessThan(mean);
    expect(got.high).toBeGreaterThan(mean);
  });

  it("keeps the items of a picture together: ten copies of an item do not narrow the interval", () => {
    const random = stream(4, "bootstrap test");
    const single = Array.from({ length: 50 }, (_, i) => ({ group: `p${i}`, ...meanOf(random.uniform()) }));
    const copies = single.flatMap((c) => new Array<typeof c>(10).fill(c));
    const one = bootstrap(single, { seed: 2 });
    const ten = bootstrap(copies, { seed: 2 });
    expect(ten.low).toBeCloseTo(one.low, 10);
    expect(ten.high).toBeCloseTo(one.high, 10);
    expect(ten.n).toBe(50);
  });

  it("is fixed by its seed", () => {
    const items = [1, 2, 3, 4, 5].map((v) => ({ group: v, ...meanOf(v * v) }));
    expect(bootstrap(items, { seed: 7 })).toEqual(bootstrap(items, { seed: 7 }));
    expect(bootstrap(items, { seed: 7, draws: 30 })).not.toEqual(bootstrap(items, { seed: 8, draws: 30 }));
    expect(bootstrap(items, { level: 0.5 }).high).toBeLessThan(bootstrap(items, { level: 0.99 }).high);
  });

  it("says NaN where nothing counts, and refuses bad options", () => {
    expect(bootstrap([])).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0 });
    expect(bootstrap([{ group: 1, ...meanOf(undefined) }]).n).toBe(0);
    expect(() => bootstrap([], { draws: 0 })).toThrow(ConfigError);
    expect(() => bootstrap([], { level: 95 })).toThrow(ConfigError);
  });
});
