/** Against the numbers of the reference programs (test/fixtures/distribution-metrics.json). */
import { readFileSync } from "node:fs";
import { boxIou } from "scenograph/formats/rle";
import { describe, expect, test } from "vitest";
import { featuresFromRows } from "./features.ts";
import { frechetDistance, frechetFromMoments } from "./frechet.ts";
import { inceptionScore } from "./inceptionScore.ts";
import { type KidSubset, kid, kidOfSubsets } from "./kid.ts";
import { type FractionBox, pixelIou256, type SoaClass, semanticObjectAccuracy } from "./soa.ts";

interface FrechetExpected {
  frechet: number;
  tolerance: number;
}
interface Golden {
  inceptionScore: {
    id: string;
    splits: number;
    probabilities: number[][];
    expected: { mean: number; std: number; perSplit: number[] };
  }[];
  frechetFromSamples: { id: string; samples1: number[][]; samples2: number[][]; expected: FrechetExpected }[];
  frechetFromMoments: {
    id: string;
    mu1: number[];
    cov1: number[][];
    mu2: number[];
    cov2: number[][];
    expected: FrechetExpected;
  }[];
  kid: {
    id: string;
    features1: number[][];
    features2: number[][];
    subsets?: KidSubset[];
    expected: {
      mmd2Unbiased: number;
      mmd2Biased: number;
      subsetValues: number[];
      subsetMean: number;
      subsetStd: number;
    };
  }[];
  boxIou: {
    id: string;
    boxesA: FractionBox[];
    boxesB: FractionBox[];
    expected: { iou: number[][]; iouSoa256?: number[][] };
  }[];
  soa: {
    classes: (SoaClass & {
      expected: { accuracy: number; imagesDetected: number; imagesTotal: number; meanIou: number };
    })[];
    expected: { soaC: number; soaI: number; soaCIou: number; soaIIou: number };
  }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("../../../../../test/fixtures/distribution-metrics.json", import.meta.url), "utf8"),
);

function expectClose(actual: number, expected: number, tolerance = 1e-9): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));
}

describe("Inception score", () => {
  test.each(golden.inceptionScore)("$id", ({ splits, probabilities, expected }) => {
    const result = inceptionScore(featuresFromRows(probabilities), splits);
    expectClose(result.mean, expected.mean);
    expectClose(result.std, expected.std);
    expected.perSplit.forEach((value, i) => {
      expectClose(result.perSplit[i], value);
    });
  });
});

describe("Frechet distance", () => {
  test.each(golden.frechetFromSamples)("$id", ({ samples1, samples2, expected }) => {
    const [a, b] = [featuresFromRows(samples1), featuresFromRows(samples2)];
    const { value, singular, warning } = frechetDistance(a, b);
    expectClose(value, expected.frechet, expected.tolerance);
    expectClose(frechetDistance(b, a).value, expected.frechet, expected.tolerance);
    expect(singular).toBe(Math.min(a.count, b.count) <= a.width);
    expect(warning !== undefined).toBe(singular);
  });

  test.each(golden.frechetFromMoments)("moments: $id", ({ mu1, cov1, mu2, cov2, expected }) => {
    const flat = (rows: number[][]) => Float64Array.from(rows.flat());
    expectClose(frechetFromMoments(mu1, flat(cov1), mu2, flat(cov2)), expected.frechet, expected.tolerance);
  });
});

describe("KID", () => {
  test.each(golden.kid)("$id", ({ features1, features2, subsets, expected }) => {
    const [a, b] = [featuresFromRows(features1), featuresFromRows(features2)];
    const { unbiased, biased } = kid(a, b);
    expectClose(unbiased, expected.mmd2Unbiased);
    expectClose(biased, expected.mmd2Biased);
    if (!subsets) return;
    const drawn = kidOfSubsets(a, b, subsets);
    expected.subsetValues.forEach((value, i) => {
      expectClose(drawn.values[i], value);
    });
    expectClose(drawn.mean, expected.subsetMean);
    expectClose(drawn.std, expected.subsetStd);
  });
});

describe("boxes", () => {
  test.each(golden.boxIou)("IoU: $id", ({ boxesA, boxesB, expected }) => {
    boxesA.forEach((a, i) => {
      boxesB.forEach((b, j) => {
        expectClose(boxIou(a, b), expected.iou[i][j]);
        if (expected.iouSoa256) expectClose(pixelIou256(a, b), expected.iouSoa256[i][j]);
      });
    });
  });

  test.each(golden.soa)("semantic object accuracy", ({ classes, expected }) => {
    const result = semanticObjectAccuracy(classes);
    for (const key of ["soaC", "soaI", "soaCIou", "soaIIou"] as const) expectClose(result[key], expected[key]);
    classes.forEach((c, i) => {
      const { accuracy, imagesDetected, imagesTotal, meanIou } = result.classes[i];
      expectClose(accuracy, c.expected.accuracy);
      expectClose(meanIou, c.expected.meanIou);
      expect([imagesDetected, imagesTotal]).toEqual([c.expected.imagesDetected, c.expected.imagesTotal]);
    });
  });
});
