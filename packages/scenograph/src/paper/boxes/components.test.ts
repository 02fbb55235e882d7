import { mixtureLogDensity, mixtureOf } from "@scenograph/graph/nn/mixture";
import { expect, test } from "vitest";
import { centreComponents } from "./components.ts";

test("components are the mixture's own, in fractions of the picture, the heaviest first", () => {
  const statistics = { mean: Float32Array.of(0.5, 0.4, 0, 0), std: Float32Array.of(0.2, 0.1, 1, 1) };
  // weights 1 : 3, raw as the network gives it
  const mixture = mixtureOf([0, Math.log(3), 1, -2, 0.5, 0, 0, -1, 0.2, -0.3, 0, 1]);
  const [first, second] = centreComponents(mixture, statistics);
  expect([first.weight, second.weight]).toEqual([expect.closeTo(0.75, 6), expect.closeTo(0.25, 6)]);
  expect([first.x, first.y, second.x, second.y].map((v) => Number(v.toFixed(4)))).toEqual([0.1, 0.4, 0.7, 0.45]);
  // their sum is the mixture's density, per picture instead of per standard deviation
  const at = [0.3, 0.42];
  const density = [first, second].reduce((sum, c) => {
    const [dx, dy] = [(at[0] - c.x) / c.sigmaX, (at[1] - c.y) / c.sigmaY];
    const one = 1 - c.rho ** 2;
    const z = (dx * dx + dy * dy - 2 * c.rho * dx * dy) / (2 * one);
    return sum + (c.weight * Math.exp(-z)) / (2 * Math.PI * c.sigmaX * c.sigmaY * Math.sqrt(one));
  }, 0);
  const standard = Math.exp(mixtureLogDensity(mixture, (at[0] - 0.5) / 0.2, (at[1] - 0.4) / 0.1));
  expect(density).toBeCloseTo(standard / (0.2 * 0.1), 4);
});
