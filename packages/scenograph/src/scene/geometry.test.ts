import { describe, expect, it } from "vitest";
import { maskArea } from "../formats/rle.ts";
import { inscribedEllipse, mirrorBox, mirrorMap } from "./geometry.ts";

describe("inscribedEllipse", () => {
  it("touches the four sides and never is empty", () => {
    const mask = inscribedEllipse([0.25, 0.25, 0.5, 0.25], 64);
    expect(maskArea(mask) / (32 * 16)).toBeCloseTo(Math.PI / 4, 1);
    expect(maskArea(inscribedEllipse([0.5, 0.5, 0.001, 0.001], 64))).toBe(1);
    expect(maskArea(inscribedEllipse([0, 0, 0.03, 0.015], 64))).toBeGreaterThan(0);
  });
});

describe("mirrors", () => {
  it("turn rows, pixel by pixel, and boxes; twice is the identity", () => {
    const map = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    expect([...mirrorMap(map, 3)]).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]);
    expect([...mirrorMap(map, 3, 2)]).toEqual([5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8]);
    expect(mirrorMap(mirrorMap(map, 2, 3), 2, 3)).toEqual(map);
    expect(mirrorBox([0.25, 0.1, 0.5, 0.3])).toEqual([0.25, 0.1, 0.5, 0.3]);
    expect(mirrorBox([0, 0.1, 0.25, 0.3])).toEqual([0.75, 0.1, 0.25, 0.3]);
  });
});
