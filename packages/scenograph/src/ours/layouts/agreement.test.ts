import { expect, it } from "vitest";
import type { Box } from "../../scene/scene.ts";
import { agreedBoxes, type Drawn, mostAgreed, pairsOf } from "./agreement.ts";

const at = (label: string, x: number, y = 0.2): Drawn => ({ label, box: [x, y, 0.3, 0.3] });

it("pairs objects of one label, each once, the most overlapping first", () => {
  const a = [at("dog", 0.1), at("dog", 0.5), at("cat", 0.1)];
  const b = [at("dog", 0.48), at("cat", 0.7), at("bus", 0.1), at("dog", 0.45)];
  expect(pairsOf(a, b).map(([i, j]) => [i, j])).toEqual([
    [1, 0],
    [0, 3],
    [2, 1],
  ]);
});

it("takes the layout that has what the others have, where they have it", () => {
  const usual = [at("dog", 0.1), at("cat", 0.6)];
  // fewer, other places, other labels: all lose against it
  const layouts = [[at("dog", 0.1)], [at("dog", 0.65), at("cat", 0.1)], usual, [at("bus", 0.1)], [...usual]];
  expect(mostAgreed(layouts)).toBe(2);
  expect(mostAgreed([[]])).toBe(0);
  expect(mostAgreed([])).toBe(-1);
  // what it has beyond others is forgiven sooner than what it lacks
  expect(mostAgreed([[at("dog", 0.1)], usual])).toBe(1);
});

it("moves each object to where most layouts have it", () => {
  const chosen = [at("dog", 0.6), at("cat", 0.1)];
  const others = [0.1, 0.12, 0.14].map((x) => [at("dog", x), at("bus", 0.6)]);
  const boxes: Box[] = agreedBoxes(chosen, [chosen, ...others]);
  expect(boxes[0]).toEqual([0.12, 0.2, 0.3, 0.3]);
  expect(boxes[1]).toEqual(chosen[1].box);
});
