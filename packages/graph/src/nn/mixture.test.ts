import { describe, expect, test } from "vitest";
import { type Case, checkBackends, checkDerivatives, evaluate, node } from "../check.fixture.ts";
import { input } from "../leaves.ts";
import { compile } from "../program.ts";
import { stream } from "../random.ts";
import {
  DEFAULT_LIMITS,
  mixtureLogDensity,
  mixtureLogLikelihood,
  mixtureOf,
  mixtureParameters,
  sampleMixture,
} from "./mixture.ts";

const MIXTURE: Case = {
  name: "mixture likelihood",
  inputs: { raw: { shape: [2, 3, 24] }, points: { shape: [2, 3, 2] } },
  build: ({ raw, points }) => mixtureLogLikelihood(mixtureParameters(raw), points),
  step: 2 ** -9,
  tolerance: 2e-2,
};

test("first and second derivatives", () => checkDerivatives(MIXTURE));
test("wasm equals node", () => checkBackends(MIXTURE, 1e-3));

test("the layer and the plain numbers agree, limits included", async () => {
  const random = stream(2, "mixture");
  const raw = random.normals(5 * 12).map((v) => v * 4);
  const points = random.normals(10);
  const limits = { sigmaFloor: 0.1, rhoLimit: 0.8 };
  const y = mixtureLogLikelihood(mixtureParameters(input("raw", [5, 12]), limits), input("points", [5, 2]));
  const out = await evaluate(node, { program: compile({ outputs: { y } }), feeds: { raw, points }, state: {} });
  for (let i = 0; i < 5; i++) {
    const m = mixtureOf(raw.subarray(12 * i, 12 * i + 12), 1, limits);
    const density = mixtureLogDensity(m, points[2 * i], points[2 * i + 1]);
    expect(Math.abs(Number(out.y[i]) - density)).toBeLessThan(1e-4 * (1 + Math.abs(density)));
  }
});

test("a number of outputs that is not six a component is refused", () => {
  expect(() => mixtureParameters(input("raw", [2, 13]))).toThrow(
    "mixtureParameters(): 13 outputs are not 6 a component",
  );
});

describe("sampling", () => {
  const raw = [1, 0, -2, 1, 0.5, -1, -0.5, -1, -0.2, -1.2, 1.2, -0.8];
  const m = mixtureOf(raw);

  test("weights sum to 1, sigma and rho stay inside their limits", () => {
    const wild = mixtureOf([50, -50, 0, 0, 0, 0, 90, -90, 90, -90, 90, -90]);
    expect(wild.pi.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(wild.sigmaX[0]).toBeCloseTo(Math.exp(3) + DEFAULT_LIMITS.sigmaFloor, 10);
    expect(wild.sigmaX[1]).toBeCloseTo(Math.exp(-6) + DEFAULT_LIMITS.sigmaFloor, 10);
    expect(Math.abs(wild.rho[0])).toBeLessThanOrEqual(DEFAULT_LIMITS.rhoLimit);
  });

  test("draws have the mixture's mean and covariance", () => {
    const random = stream(4, "draws");
    const n = 60_000;
    const draws = Array.from({ length: n }, () => sampleMixture(m, random));
    const mean = (f: (x: number, y: number) => number) => draws.reduce((s, [x, y]) => s + f(x, y), 0) / n;
    const expected = (f: (k: number) => number) => m.pi.reduce((s, p, k) => s + p * f(k), 0);
    const near = (got: number, want: number) => expect(Math.abs(got - want)).toBeLessThan(0.05);
    near(
      mean((x) => x),
      expected((k) => m.muX[k]),
    );
    near(
      mean((_, y) => y),
      expected((k) => m.muY[k]),
    );
    near(
      mean((x) => x * x),
      expected((k) => m.muX[k] ** 2 + m.sigmaX[k] ** 2),
    );
    near(
      mean((_, y) => y * y),
      expected((k) => m.muY[k] ** 2 + m.sigmaY[k] ** 2),
    );
    near(
      mean((x, y) => x * y),
      expected((k) => m.muX[k] * m.muY[k] + m.rho[k] * m.sigmaX[k] * m.sigmaY[k]),
    );
  });

  test("the density integrates to 1", () => {
    let total = 0;
    for (let x = -8; x < 8; x += 0.05)
      for (let y = -8; y < 8; y += 0.05) total += Math.exp(mixtureLogDensity(m, x, y)) * 0.0025;
    expect(total).toBeCloseTo(1, 3);
  });

  test("temperature 0 is the mean of the likeliest component, without spread", () => {
    expect(sampleMixture(mixtureOf(raw, 0), stream(1, "a"))).toEqual(sampleMixture(mixtureOf(raw, 0), stream(2, "b")));
    expect(sampleMixture(mixtureOf(raw, 0), stream(1, "a"))[0]).toBeCloseTo(-2, 12);
  });

  test("low temperatures narrow the draws by its root", () => {
    expect(mixtureOf(raw, 0.25).sigmaX[0]).toBeCloseTo(m.sigmaX[0] / 2, 12);
    expect(mixtureOf(raw, 0.25).pi[0]).toBeCloseTo(1 / (1 + Math.exp(-4)), 12);
  });
});
