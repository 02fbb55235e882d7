import { expect, test } from "vitest";
import type { Box } from "../scene/scene.ts";
import { agreeing } from "./boxes/candidates.ts";
import { medoid } from "./medoid.ts";

test("the medoid is the box that overlaps the others most; of equals the first; none of none", () => {
  const boxes: Box[] = [
    [0, 0, 0.3, 0.3],
    [0.12, 0, 0.3, 0.3],
    [0.2, 0, 0.3, 0.3],
    [0.7, 0.7, 0.1, 0.1],
  ];
  expect(medoid(boxes, agreeing(0))).toBe(1);
  expect(medoid([boxes[3], boxes[3]], agreeing(0))).toBe(0);
  expect(medoid([boxes[0], boxes[3]], agreeing(0))).toBe(0);
  expect(medoid([], agreeing(0))).toBe(-1);
});

test("counted by boxes within IoU 1/2, two that agree beat the middle of four that overlap it less", () => {
  // IoU .4 with the first; those of its sides overlap each other by less
  const around: Box[] = [
    [0, 0],
    [0.43, 0],
    [-0.43, 0],
    [0, 0.43],
    [0, -0.43],
  ].map(([x, y]) => [x, y, 1, 1]);
  const boxes: Box[] = [...around, [5, 5, 1, 1], [5, 5.1, 1, 1]];
  expect(medoid(boxes, agreeing(0))).toBe(0);
  expect(medoid(boxes, agreeing(0.01))).toBe(5);
});
