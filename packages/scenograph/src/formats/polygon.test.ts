import { FormatError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { describe, expect, test } from "vitest";
import { polygonsToMask, polygonToMask } from "./polygon.ts";
import { maskArea } from "./rle.ts";

/** The outline walked step by step, as maskApi.c (rleFrPoly) does it. */
function walked(polygon: readonly number[], width: number, height: number): number[] {
  const fine = polygon.map((v) => Math.trunc(5 * v + 0.5));
  const points: [u: number, v: number][] = [];
  const corners = fine.length / 2;
  for (let i = 0; i < corners; i++) {
    const n = (i + 1) % corners;
    let [xs, ys, xe, ye] = [fine[2 * i], fine[2 * i + 1], fine[2 * n], fine[2 * n + 1]];
    const [dx, dy] = [Math.abs(xe - xs), Math.abs(ys - ye)];
    const flip = (dx >= dy && xs > xe) || (dx < dy && ys > ye);
    if (flip) [xs, ys, xe, ye] = [xe, ye, xs, ys];
    const slope = dx >= dy ? (ye - ys) / dx : (xe - xs) / dy;
    for (let d = 0; d <= Math.max(dx, dy); d++) {
      const t = flip ? Math.max(dx, dy) - d : d;
      if (dx === 0 && dy === 0) continue;
      if (dx >= dy) points.push([t + xs, Math.trunc(ys + slope * t + 0.5)]);
      else points.push([Math.trunc(xs + slope * t + 0.5), t + ys]);
    }
  }
  const flips: number[] = [];
  for (let j = 1; j < points.length; j++) {
    const [[u, v], [lastU, lastV]] = [points[j], points[j - 1]];
    if (u === lastU) continue;
    const x = (Math.min(u, lastU) + 0.5) / 5 - 0.5;
    if (Math.floor(x) !== x || x < 0 || x > width - 1) continue;
    const y = Math.ceil((Math.min(v, lastV) + 0.5) / 5 - 0.5);
    flips.push(x * height + Math.max(0, Math.min(height, y)));
  }
  const on = new Array<number>(width * height + 1).fill(0);
  for (const f of flips) on[f] ^= 1;
  const counts = [0];
  for (let p = 0, value = 0, last = 0; p < width * height; p++) {
    value ^= on[p];
    if (value !== last) counts.push(0);
    last = value;
    counts[counts.length - 1]++;
  }
  return counts;
}

describe("polygonToMask", () => {
  test("is what walking the outline gives, inside the picture, over its edges and far out", () => {
    const random = stream(1, "polygons");
    for (let n = 0; n < 600; n++) {
      const [width, height] = [1 + random.int(30), 1 + random.int(30)];
      const scale = random.pick([1, 1, 3, 20]);
      const whole = random.bool(0.3);
      const polygon = Array.from({ length: 2 * (2 + random.int(6)) }, () => {
        const v = random.uniform(-12, 42) * scale;
        return whole ? Math.round(v) : v;
      });
      expect({ polygon, counts: polygonToMask(polygon, width, height).counts }).toEqual({
        polygon,
        counts: walked(polygon, width, height),
      });
    }
  });

  test("costs what the picture is wide, however long the outline", () => {
    const start = performance.now();
    // 16 million fine pixels each
    const far = Array.from({ length: 100 }, (_, i) => [-i, 0, 1e6, 1e6, 0, 1e6]);
    expect(maskArea(polygonsToMask(far, 64, 64))).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("refuses what crosses the picture without end, before memory is full", () => {
    const zigzag = Array.from({ length: 4000 }, (_, i) => (i % 4 === 0 ? 0 : i % 4 === 2 ? 400 : 7));
    expect(() => polygonToMask(zigzag, 400, 400)).toThrow(FormatError);
    expect(() => polygonsToMask([zigzag, zigzag], 200, 400)).toThrow(/crosses at most 262144 pixel columns/);
  });

  test("thousands of polygons are joined in a moment", () => {
    const many = Array.from({ length: 5000 }, (_, i) => {
      const [x, y] = [(i * 3) % 510, 3 * Math.floor(i / 170)];
      return [x, y, x + 2, y, x + 2, y + 2, x, y + 2];
    });
    const start = performance.now();
    expect(maskArea(polygonsToMask(many, 512, 512))).toBeGreaterThan(5000);
    expect(performance.now() - start).toBeLessThan(1500);
  });
});
