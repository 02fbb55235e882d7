/** Intervals, refusals and numerical properties beyond the golden cases. */

import { UserError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { describe, expect, test } from "vitest";
import { type Features, featuresFromRows, selectRows } from "./features.ts";
import { frechetDistance, frechetFromMoments, frechetInterval } from "./frechet.ts";
import { inceptionScore, inceptionScoreInterval } from "./inceptionScore.ts";
import { jackknifeVariance } from "./jackknife.ts";
import { drawSubsets, kid, kidInterval, kidOfSubsets } from "./kid.ts";
import { cholesky, multiplyTransposed, symmetricEigenvalues, transpose } from "./linalg.ts";
import { semanticObjectAccuracy } from "./soa.ts";

/** Normal features with a shift. */
function normals(seed: number, count: number, width: number, shift = 0): Features {
  const random = stream(seed, "features");
  return { count, width, data: Float64Array.from({ length: count * width }, () => random.normal() + shift) };
}

describe("linear algebra", () => {
  test("eigenvalues of a known tridiagonal matrix: 2 - 2 cos(k pi / (n + 1))", () => {
    const n = 9;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
    }
    const values = [...symmetricEigenvalues(a, n)].sort((x, y) => x - y);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((i + 1) * Math.PI) / (n + 1)), 12);
    });
  });

  test("random symmetric matrices keep trace and sum of squares; Cholesky gives the matrix back", () => {
    for (const n of [1, 2, 3, 17, 40]) {
      const x = Float64Array.from(normals(n, n, n).data);
      const a = multiplyTransposed(x, n, x, n, n, { symmetric: true });
      const values = symmetricEigenvalues(a, n);
      let trace = 0;
      for (let i = 0; i < n; i++) trace += a[i * n + i];
      const squares = a.reduce((sum, v) => sum + v * v, 0);
      expect(values.reduce((sum, v) => sum + v, 0) / trace).toBeCloseTo(1, 11);
      expect(values.reduce((sum, v) => sum + v * v, 0) / squares).toBeCloseTo(1, 11);
      const l = cholesky(a, n);
      const back = multiplyTransposed(l, n, l, n, n);
      a.forEach((v, i) => {
        expect(back[i]).toBeCloseTo(v, 9);
      });
      const upper = transpose(l, n, n);
      expect(multiplyTransposed(upper, n, a, n, n, { upper: true })).toEqual(multiplyTransposed(upper, n, a, n, n));
    }
  });

  test("eigenvalues of matrices that need no rotation", () => {
    expect([...symmetricEigenvalues(Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 0), 3)].sort()).toEqual([0, 1, 3]);
  });
});

describe("Frechet distance", () => {
  test("both ways of computing it agree: few pictures against moments", () => {
    const [a, b] = [normals(1, 40, 12), normals(2, 30, 12, 0.5)];
    const direct = frechetDistance(a, b).value;
    // the same data with 60 constant features more: fewer pictures than features, same distance
    const padded = (f: Features): Features =>
      featuresFromRows(
        Array.from({ length: f.count }, (_, i) => [
          ...Array.from({ length: f.width }, (_, k) => f.data[i * f.width + k]),
          ...new Array<number>(60).fill(1),
        ]),
      );
    const wide = frechetDistance(padded(a), padded(b));
    expect(wide.singular).toBe(true);
    expect(wide.value).toBeCloseTo(direct, 9);
    const zeros = new Float64Array(4);
    expect(frechetFromMoments([1, 0], zeros, [0, 0], zeros)).toBe(1);
  });

  test("constant features (dead units) do not disturb the full-rank way", () => {
    const a = normals(3, 50, 6);
    const dead = (f: Features): Features => {
      const data = Float64Array.from(f.data);
      for (let i = 0; i < f.count; i++) data[i * f.width + 2] = 0;
      return { ...f, data };
    };
    const shifted = { ...a, data: Float64Array.from(a.data, (v) => v + 1) };
    expect(frechetDistance(dead(a), dead(shifted)).value).toBeCloseTo(5, 6);
  });

  test("the interval covers the value, shrinks with more pictures and is deterministic", () => {
    const few = frechetInterval(normals(1, 60, 4), normals(2, 60, 4, 0.3));
    const many = frechetInterval(normals(1, 960, 4), normals(2, 960, 4, 0.3));
    expect(few.low).toBeLessThan(few.value);
    expect(few.high).toBeGreaterThan(few.value);
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 2);
    expect(frechetInterval(normals(1, 60, 4), normals(2, 60, 4, 0.3))).toEqual(few);
  });

  test.each<[string, Features, Features, RegExp]>([
    ["other widths", normals(1, 5, 3), normals(1, 5, 4), /same network, got widths 3 and 4/],
    ["one picture", normals(1, 1, 3), normals(1, 5, 3), /at least 2 pictures/],
    ["not finite", featuresFromRows([[1], [Number.NaN]]), normals(1, 5, 1), /finite, got NaN in row 1/],
    ["too little data", { count: 3, width: 2, data: [1] }, normals(1, 5, 2), /3 rows of 2/],
  ])("refuses %s", (_name, a, b, message) => {
    expect(() => frechetDistance(a, b)).toThrow(UserError);
    expect(() => frechetDistance(a, b)).toThrow(message);
    expect(() => kid(a, b)).toThrow(message);
  });

  test("rows of different lengths are refused", () => {
    expect(() => featuresFromRows([[1, 2], [3]])).toThrow(/one length/);
  });
});

describe("KID", () => {
  test("the interval equals leaving out each picture by hand", () => {
    const [a, b] = [normals(5, 7, 3), normals(6, 5, 3)];
    const rows = (count: number, without: number) =>
      Array.from({ length: count }, (_, i) => i).filter((i) => i !== without);
    const byHand =
      jackknifeVariance(rows(7, -1).map((i) => kid(selectRows(a, rows(7, i)), b).unbiased)) +
      jackknifeVariance(rows(5, -1).map((j) => kid(a, selectRows(b, rows(5, j))).unbiased));
    const { value, low, high } = kidInterval(a, b);
    expect(value).toBeCloseTo(kid(a, b).unbiased, 12);
    expect((high - low) / (2 * 1.959963984540054)).toBeCloseTo(Math.sqrt(byHand), 10);
  });

  test("two sets of one distribution scatter around 0 and the interval holds it; a shifted set is outside", () => {
    const same = kidInterval(normals(1, 200, 8), normals(2, 200, 8));
    expect(same.low).toBeLessThan(0);
    expect(same.high).toBeGreaterThan(0);
    expect(kidInterval(normals(1, 200, 8), normals(2, 200, 8, 0.5)).low).toBeGreaterThan(0);
  });

  test("subsets hold different rows", () => {
    const [a, b] = [normals(1, 20, 3), normals(2, 30, 3)];
    const subsets = drawSubsets(a, b, 4, 10, stream(1, "kid"));
    for (const { rows1, rows2 } of subsets) expect([new Set(rows1).size, new Set(rows2).size]).toEqual([10, 10]);
    expect(kidOfSubsets(a, b, subsets).values).toHaveLength(4);
    expect(() => drawSubsets(a, b, 4, 21, stream(1, "kid"))).toThrow(/smaller set's 20/);
  });
});

describe("Inception score", () => {
  test("the interval equals leaving out each row by hand", () => {
    const random = stream(3, "rows");
    const p = featuresFromRows(
      Array.from({ length: 12 }, () => {
        const row = Array.from({ length: 4 }, () => random.uniform());
        const sum = row.reduce((a, b) => a + b, 0);
        return row.map((v) => v / sum);
      }),
    );
    const all = Array.from({ length: 12 }, (_, i) => i);
    const variance = jackknifeVariance(
      all.map(
        (i) =>
          inceptionScore(
            selectRows(
              p,
              all.filter((j) => j !== i),
            ),
            1,
          ).mean,
      ),
    );
    const { value, low, high, n } = inceptionScoreInterval(p, 1);
    expect(value).toBeCloseTo(inceptionScore(p, 1).mean, 12);
    expect((high - low) / (2 * 1.959963984540054)).toBeCloseTo(Math.sqrt(variance), 10);
    expect(n).toBe(12);
  });

  test.each<[string, Features, number, RegExp]>([
    ["rows that are no probabilities", featuresFromRows([[0.7, 0.7]]), 1, /sums to 1, got 1\.4/],
    ["negative numbers", featuresFromRows([[1.5, -0.5]]), 1, /0 or more, got -0\.5/],
    ["more splits than rows", featuresFromRows([[1, 0]]), 2, /splits is 1 to the number of pictures \(1\), got 2/],
  ])("refuses %s", (_name, p, splits, message) => {
    expect(() => inceptionScore(p, splits)).toThrow(message);
  });
});

test("semantic object accuracy refuses nothing to count", () => {
  expect(() => semanticObjectAccuracy([])).toThrow(/at least one class/);
  expect(() => semanticObjectAccuracy([{ label: 1, images: [] }])).toThrow(/got none for 1/);
});
