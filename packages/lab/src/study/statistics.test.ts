import { ConfigError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bradleyTerry, crossedBootstrap, fleissKappa, median, quantile, wilson } from "./statistics.ts";

describe("wilson", () => {
  it.each([
    // Newcombe 1998, Statistics in Medicine 17, table I, method 3
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("%d of %d: the published interval", (x, n, low, high) => {
    const got = wilson(x, n);
    expect(got.value).toBeCloseTo(x / n, 12);
    expect(got.low).toBeCloseTo(low, 4);
    expect(got.high).toBeCloseTo(high, 4);
  });

  it("is symmetric, inside [0, 1], and holds the proportion", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const x = Math.round(share * n);
        const a = wilson(x, n);
        const b = wilson(n - x, n);
        expect(a.low).toBeCloseTo(1 - b.high, 10);
        expect(a.low).toBeGreaterThanOrEqual(0);
        expect(a.high).toBeLessThanOrEqual(1);
        expect(a.low).toBeLessThanOrEqual(a.value);
        expect(a.high).toBeGreaterThanOrEqual(a.value);
      }),
    );
  });

  it("says NaN of nothing and refuses more successes than trials", () => {
    expect(wilson(0, 0).value).toBeNaN();
    expect(() => wilson(3, 2)).toThrow(ConfigError);
    expect(() => wilson(Number.NaN, 2)).toThrow(ConfigError);
  });
});

/** The worked example of 14 raters, 10 subjects, 5 categories ("Fleiss' kappa", Wikipedia): kappa = 0.210. */
const WORKED = [
  [0, 0, 0, 0, 14],
  [0, 2, 6, 4, 2],
  [0, 0, 3, 5, 6],
  [0, 3, 9, 2, 0],
  [2, 2, 8, 1, 1],
  [7, 7, 0, 0, 0],
  [3, 2, 6, 3, 0],
  [2, 5, 3, 2, 2],
  [6, 5, 2, 1, 0],
  [0, 2, 2, 3, 7],
];

describe("fleissKappa", () => {
  it("gives the published worked example", () => {
    const got = fleissKappa(WORKED);
    expect(got.observed).toBeCloseTo(0.378, 3);
    expect(got.expected).toBeCloseTo(0.213, 3);
    expect(got.kappa).toBeCloseTo(0.21, 3);
    expect(got.items).toBe(10);
  });

  it("two raters, by hand: observed 3/4, expected 1/2, kappa 1/2", () => {
    const got = fleissKappa([
      [2, 0],
      [0, 2],
      [1, 1],
      [2, 0],
      [0, 2],
      [1, 1],
      [2, 0],
      [0, 2],
    ]);
    expect(got).toEqual({ kappa: 0.5, observed: 0.75, expected: 0.5, items: 8 });
  });

  it("is 1 in complete agreement, leaves out single answers, NaN where chance explains all", () => {
    expect(
      fleissKappa([
        [3, 0],
        [0, 5],
        [1, 0],
      ]),
    ).toMatchObject({ kappa: 1, observed: 1, items: 2 });
    expect(fleissKappa([[4, 0]]).kappa).toBeNaN();
    expect(fleissKappa([[1, 0]]).kappa).toBeNaN();
    expect(fleissKappa([])).toMatchObject({ items: 0 });
  });
});

/** American League East, 1987 (Agresti, Categorical Data Analysis, table 10.10): wins of row over column. */
const BASEBALL = [
  [0, 7, 9, 7, 7, 9, 11], // Milwaukee
  [6, 0, 7, 5, 11, 9, 9], // Detroit
  [4, 6, 0, 7, 7, 8, 12], // Toronto
  [6, 8, 6, 0, 6, 7, 10], // New York
  [6, 2, 6, 7, 0, 7, 12], // Boston
  [4, 4, 5, 6, 6, 0, 6], // Cleveland
  [2, 4, 1, 3, 1, 7, 0], // Baltimore
];

describe("bradleyTerry", () => {
  it("gives the published strengths of the baseball example", () => {
    const { strengths, regularised } = bradleyTerry(BASEBALL);
    expect(regularised).toBe(false);
    // log strengths relative to Baltimore
    const published = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0];
    published.forEach((value, i) => {
      expect(Math.log(strengths[i] / strengths[6])).toBeCloseTo(value, 4);
    });
    expect(strengths.reduce((s, x) => s + x, 0)).toBeCloseTo(1, 12);
  });

  it("two conditions: the share of wins", () => {
    const { strengths } = bradleyTerry([
      [0, 30],
      [10, 0],
    ]);
    expect(strengths[0]).toBeCloseTo(0.75, 10);
  });

  it("is finite and says so when a condition never lost; NaN when conditions were never compared", () => {
    const got = bradleyTerry([
      [0, 9],
      [0, 0],
    ]);
    expect(got.regularised).toBe(true);
    expect(got.strengths[0]).toBeCloseTo(0.95, 10);
    expect(
      bradleyTerry([
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 0],
      ]).strengths,
    ).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it("recovers the strengths that expected wins were made from", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }),
        (strengths) => {
          const wins = strengths.map((a, i) => strengths.map((b, j) => (i === j ? 0 : (100 * a) / (a + b))));
          const total = strengths.reduce((s, x) => s + x, 0);
          bradleyTerry(wins).strengths.forEach((got, i) => {
            expect(got).toBeCloseTo(strengths[i] / total, 6);
          });
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("crossedBootstrap", () => {
  const mean = (answers: readonly { y: number }[], weights: Float64Array) => {
    const total = weights.reduce((s, w) => s + w, 0);
    return [total === 0 ? Number.NaN : answers.reduce((s, a, i) => s + weights[i] * a.y, 0) / total];
  };
  const random = stream(5, "test");
  const raterEffect = Array.from({ length: 12 }, () => random.normal());
  const answers = raterEffect.flatMap((e, rater) =>
    Array.from({ length: 20 }, (_, sentence) => ({ rater, sentence, y: e + 0.1 * random.normal() })),
  );

  it("sees that answers of one rater depend on each other", () => {
    const [got] = crossedBootstrap(answers, mean, { draws: 1000 });
    const centre = raterEffect.reduce((s, x) => s + x, 0) / 12;
    const spread = Math.sqrt(raterEffect.reduce((s, x) => s + (x - centre) ** 2, 0) / 12);
    // standard error of a mean of 12 raters, not of 240 answers
    const half = (1.96 * spread) / Math.sqrt(12);
    expect((got.high - got.low) / 2 / half).toBeGreaterThan(0.85);
    expect((got.high - got.low) / 2 / half).toBeLessThan(1.2);
    expect(got.low).toBeLessThan(got.value);
    expect(got.high).toBeGreaterThan(got.value);
  });

  it("is fixed by its seed and does not depend on names", () => {
    const renamed = answers.map((a) => ({ ...a, rater: `r${a.rater}` }));
    const a = crossedBootstrap(answers, mean, { draws: 50, seed: 3 });
    expect(crossedBootstrap(renamed, mean, { draws: 50, seed: 3 })).toEqual(a);
    expect(crossedBootstrap(answers, mean, { draws: 50, seed: 4 })).not.toEqual(a);
    expect(crossedBootstrap([], mean)[0].low).toBeNaN();
  });
});

describe("quantile, median", () => {
  it("is type 7", () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(median([5, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});
