import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mirrorCaption } from "./mirror.ts";

describe("mirrorCaption", () => {
  it("swaps sides, keeping the case", () => {
    expect(mirrorCaption("Left of the dog, to the RIGHT: a right-hand turn, the leftmost cat")).toBe(
      "Right of the dog, to the LEFT: a left-hand turn, the rightmost cat",
    );
    expect(mirrorCaption("one on the left and one on the right on a bench")).toBe(
      "one on the right and one on the left on a bench",
    );
  });

  it("leaves idioms and other words alone", () => {
    for (const same of [
      "a bench right next to a tree",
      "leftover pizza",
      "food was left on a plate",
      "bright light",
      "Run for Rights",
    ])
      expect(mirrorCaption(same)).toBe(same);
  });

  it("is its own inverse", () => {
    const word = fc.constantFrom("left", "right", "the", "on", "next", "to", "a", "was", "Right", "behind", "and");
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join(" ");
        expect(mirrorCaption(mirrorCaption(text))).toBe(text);
      }),
    );
  });
});
