import { stream } from "@scenograph/graph/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxPixels } from "../../scene/geometry.ts";
import { batchFeeds, chooseObjects, hasPixels, layoutFeeds, readingOrder, snapBox, stepNoise } from "./data.ts";
import { randomBox, randomPictures, snap } from "./masks.fixture.ts";

describe("boxPixels", () => {
  it("stays in the picture, has at least a pixel a side, and agrees with the box to a pixel and a half", () => {
    const side = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(side, side, side, side, (x, y, w, h) => {
        const box = [x, y, w * (1 - x), h * (1 - y)] as const;
        const [left, top, right, bottom] = boxPixels(box, 64);
        expect(left >= 0 && top >= 0 && right <= 64 && bottom <= 64).toBe(true);
        expect(right - left >= 1 && bottom - top >= 1).toBe(true);
        expect(Math.abs(left - box[0] * 64)).toBeLessThanOrEqual(1.5);
        expect(Math.abs(right - (box[0] + box[2]) * 64)).toBeLessThanOrEqual(1.5);
        // a snapped box is exact in float32, and stays where it is
        const snapped = snapBox(box, 64);
        expect(snapped.map(Math.fround)).toEqual(snapped);
        expect(boxPixels(snapped, 64)).toEqual([left, top, right, bottom]);
      }),
    );
  });
});

describe("feeds", () => {
  const pictures = randomPictures([3, 0, 2]);

  it("pads every picture to T objects with zeros", () => {
    const { boxes, labels, valid } = layoutFeeds(pictures, 3, snap);
    expect([...valid]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 0]);
    expect([...boxes.slice(3 * 4, 6 * 4)]).toEqual(new Array(12).fill(0));
    expect(Number(labels[6])).toBe(pictures[2][0].classIndex);
    expect([...boxes.slice(6 * 4, 7 * 4)]).toEqual([...snap(pictures[2][0].box)]);
  });

  it("marks the objects that have a mask", () => {
    const [first, second] = pictures[0];
    const noise = new Float32Array(2 * 3);
    const { masked, masks } = batchFeeds(
      [[first, { ...second, mask: undefined }]],
      3,
      noise,
      { width: 64, height: 64 },
      snap,
    );
    expect([...masked]).toEqual([1, 0, 0]);
    expect(masks.slice(0, 4096)).toEqual(first.mask);
    expect(masks.slice(4096).every((v) => Number(v) === 0)).toBe(true);
  });

  it("draws noise from seed and step alone", () => {
    expect(stepNoise(1, 5, 8)).toEqual(stepNoise(1, 5, 8));
    expect(stepNoise(1, 5, 8)).not.toEqual(stepNoise(1, 6, 8));
  });
});

describe("reading order", () => {
  const boxes = [{ box: [0.5, 0, 0.2, 0.2] }, { box: [0, 0, 0.9, 0.9] }, { box: [0.3, 0.3, 0.2, 0.2] }] as const;

  it("is by area or by centre; equals keep their order", () => {
    expect(readingOrder(boxes, "largest-first")).toEqual([1, 0, 2]);
    expect(readingOrder(boxes, "left-to-right")).toEqual([2, 1, 0]);
  });

  it("chooseObjects keeps all, or so many as there is room for", () => {
    const random = stream(1, "choose");
    const objects = Array.from({ length: 9 }, (_, classIndex) => ({ classIndex, box: randomBox(random) }));
    expect(new Set(chooseObjects(objects, 9, "largest-first", random))).toEqual(new Set(objects));
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const chosen = chooseObjects(objects, 4, "largest-first", random);
      expect(chosen.length).toBe(4);
      expect(readingOrder(chosen, "largest-first")).toEqual([0, 1, 2, 3]);
      for (const o of chosen) seen.add(o.classIndex);
    }
    expect(seen.size).toBe(9);
    for (let i = 0; i < 20; i++) {
      const chosen = chooseObjects(objects, 4, "largest-first", random, (o) =>
        o.classIndex < 2 ? 1 : o.classIndex < 4 ? 0.5 : 0,
      );
      expect(new Set(chosen.map((o) => o.classIndex))).toEqual(new Set([0, 1, 2, 3]));
    }
  });
});

describe("hasPixels", () => {
  it("looks inside the box alone", () => {
    const mask = new Uint8Array(4096);
    mask[10 * 64 + 10] = 1;
    expect(hasPixels(mask, [0, 0, 0.5, 0.5], 64)).toBe(true);
    expect(hasPixels(mask, [0.5, 0.5, 0.5, 0.5], 64)).toBe(false);
  });
});
