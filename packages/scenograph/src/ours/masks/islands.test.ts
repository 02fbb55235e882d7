import { expect, test } from "vitest";
import { dropIslands, piecesOf, withoutIslands } from "./islands.ts";

/** 5 x 5: a block of six, one speck, and one pixel that touches the block by a corner alone. */
const MAP = Float32Array.from("11000 11000 11000 00100 00001".replaceAll(" ", ""), Number);

test("pieces are joined by sides, not by corners", () => {
  expect(piecesOf(MAP, 5, 0.5).areas).toEqual([6, 1, 1]);
});

test("small pieces go, large ones and what is below the threshold stay", async () => {
  const soft = MAP.map((v) => v * 0.8 + 0.1);
  const kept = withoutIslands(soft, 5, 0.5, 0.2);
  expect(piecesOf(kept, 5, 0.5).areas).toEqual([6]);
  expect(kept[2]).toBe(soft[2]);
  expect(withoutIslands(soft, 5, 0.5, 0.1)).toEqual(soft);
  const draw = dropIslands(0.2, 5, 0.5, async () => [soft]);
  expect(await draw({ objects: [], noise: [], seed: 0, ids: [] })).toEqual([kept]);
});
