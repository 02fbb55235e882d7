import { expect, test } from "vitest";
import { centresOf, classCentres, nearestCentre } from "./kmeans.ts";

test("centres of three heaps in two dimensions are their means, and each point's nearest is its own", () => {
  const heaps = [0, 10, -7].map((at) => [-1, 0, 1].map((d) => [at + d, 2 * at]));
  const centres = centresOf(heaps.flat(), 3, 1);
  for (const heap of heaps) {
    const [k, ...rest] = heap.map((point) => nearestCentre(point, centres));
    expect(rest).toEqual([k, k]);
    expect([...centres.slice(2 * k, 2 * k + 2)]).toEqual(heap[1]);
  }
});

test("every class has centres of its own points alone; one without points has zeros", () => {
  const points = [[1], [5], [101], [105]];
  const book = classCentres(points, [0, 0, 2, 2], { classes: 3, count: 2 }, 4);
  const of = (c: number) => [...book.slice(2 * c, 2 * c + 2)].sort((a, b) => a - b);
  expect([of(0), of(1), of(2)]).toEqual([
    [1, 5],
    [0, 0],
    [101, 105],
  ]);
});
