import { expect, test } from "vitest";
import type { Box } from "../scene/scene.ts";
import { medoid } from "./medoid.ts";

test("the medoid is the box that overlaps the others most; of equals the first; none of none", () => {
  const boxes: Box[] = [
    [0, 0, 0.3, 0.3],
    [0.12, 0, 0.3, 0.3],
    [0.2, 0, 0.3, 0.3],
    [0.7, 0.7, 0.1, 0.1],
  ];
  expect(medoid(boxes)).toBe(1);
  expect(medoid([boxes[3], boxes[3]])).toBe(0);
  expect(medoid([boxes[0], boxes[3]])).toBe(0);
  expect(medoid([])).toBe(-1);
});
