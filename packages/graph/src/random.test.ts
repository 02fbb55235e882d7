import { describe, expect, test } from "vitest";
import { hash32, Random, stream } from "./random.ts";

describe("streams", () => {
  test("the same path gives the same numbers, any other path others", () => {
    const draw = (...path: (string | number)[]) =>
      Array.from(
        { length: 8 },
        (
          (r) => () =>
            r.uint32()
        )(stream(1, ...path)),
      );
    expect(draw("init", "w")).toEqual(draw("init", "w"));
    const paths = [["init", "v"], ["init"], ["initw"], ["init", "w", ""], ["object", 1], ["object", 2], []];
    const firsts = [draw("init", "w"), ...paths.map((p) => draw(...p))].map((d) => d.join());
    expect(new Set(firsts).size).toBe(firsts.length);
    expect(stream(2, "init", "w").uint32()).not.toBe(stream(1, "init", "w").uint32());
  });

  test("frozen: a changed generator would change every model and picture", () => {
    const r = stream(7, "frozen");
    expect([r.uint32(), r.uint32(), r.int(1000), r.uniform(), r.normal()]).toMatchInlineSnapshot(`
      [
        425258735,
        698926266,
        191,
        0.24030479229986668,
        -0.6681185971920796,
      ]
    `);
    expect(hash32("scenograph")).toMatchInlineSnapshot(`1225404499`);
  });

  test("go on from a saved state to the bit, the cached normal included", () => {
    const r = stream(3, "state");
    r.normal();
    const copy = new Random(JSON.parse(JSON.stringify(r.state)));
    expect(Array.from({ length: 9 }, () => copy.normal())).toEqual(Array.from({ length: 9 }, () => r.normal()));
  });
});

describe("distributions", () => {
  const r = stream(11, "moments");
  const N = 40_000;
  test("uniform", () => {
    const u = Array.from({ length: N }, () => r.uniform(2, 4));
    expect(Math.min(...u)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...u)).toBeLessThan(4);
    // 5 standard errors
    expect(Math.abs(u.reduce((a, b) => a + b) / N - 3)).toBeLessThan((5 * Math.sqrt(4 / 12)) / Math.sqrt(N));
  });

  test("normal: mean 0, variance 1, kurtosis 3", () => {
    const x = r.normals(N);
    const moment = (k: number) => x.reduce((a, b) => a + b ** k, 0) / N;
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(N));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / N));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / N));
  });

  test("int and weighted follow their weights; weight 0 never comes", () => {
    const weights = [0, 1, 3, 0, 4];
    const counts = new Array(5).fill(0);
    for (let i = 0; i < N; i++) counts[r.weighted(weights)]++;
    weights.forEach((w, i) => {
      expect(Math.abs(counts[i] / N - w / 8)).toBeLessThan(w === 0 ? 1e-12 : 5 * Math.sqrt(0.25 / N));
    });
    expect(r.weighted([0, 0, 1])).toBe(2);
  });

  test("shuffle permutes and reaches every order", () => {
    const seen = new Set(Array.from({ length: 200 }, () => r.shuffle([1, 2, 3]).join("")));
    expect(seen.size).toBe(6);
  });
});
