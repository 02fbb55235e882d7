import { constant } from "@scenograph/graph/leaves";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { mul } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { max, sum } from "@scenograph/graph/ops/reduce";
import { reshape } from "@scenograph/graph/ops/shape";
import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import { COCO } from "../../scene/categories.ts";
import { boxPixels } from "../../scene/geometry.ts";
import { boxConv, boxMasks, layoutInputs, maskConv, mergedParts } from "./boxes.ts";
import { layoutFeeds } from "./data.ts";
import { evaluate, randomPictures, snap } from "./masks.fixture.ts";

const random = (shape: number[], seed: number) =>
  constant(stream(seed, "values").normals(shape.reduce((a, b) => a * b, 1)), shape);

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((m, v, i) => Math.max(m, Math.abs(v - b[i])), 0);

describe("boxMasks", () => {
  it("is 1 in exactly the pixels of each box, and nowhere in padding", async () => {
    const pictures = randomPictures([2, 1]);
    const layout = layoutInputs(2, 2, 64);
    const out = await evaluate({ masks: boxMasks(layout), coarse: boxMasks(layout, 4) }, feedsFor(["boxes"]));
    pictures.forEach((objects, n) => {
      for (let t = 0; t < 2; t++) {
        const at = (n * 2 + t) * 4096;
        const [left, top, right, bottom] = objects[t] ? boxPixels(objects[t].box, 64) : [0, 0, 0, 0];
        let wrong = 0;
        for (let y = 0; y < 64; y++)
          for (let x = 0; x < 64; x++) {
            const inside = x >= left && x < right && y >= top && y < bottom;
            if (out.masks[at + y * 64 + x] !== (inside ? 1 : 0)) wrong++;
            if (inside && out.coarse[(n * 2 + t) * 256 + (y >> 2) * 16 + (x >> 2)] !== 1) wrong++;
          }
        expect(wrong).toBe(0);
      }
    });
    const cells = (out.coarse as Float32Array).reduce((a, b) => a + b, 0);
    expect(cells * 16).toBeLessThan(2 * (out.masks as Float32Array).reduce((a, b) => a + b, 0));

    function feedsFor(names: string[]) {
      const all = layoutFeeds(pictures, 2, snap);
      return Object.fromEntries(names.map((name) => [name, all[name]]));
    }
  });
});

describe("boxConv", () => {
  it.each([
    [1, 4, 2],
    [3, 3, 2],
    [2, 3, 1],
  ])(
    "equals the convolution over the dense tensor of H x W x L (%i channels a class, %ix, stride %i)",
    async (c, k, stride) => {
      const [m, out, classes, size] = [3, 4, 5, 10];
      const maps = random([m, c, size, size], 1);
      const weight = random([out, classes * c, k, k], 2);
      const { labels } = layoutFeeds(
        [[4, 0, 2].map((classIndex) => ({ classIndex, box: [0, 0, 1, 1] as const }))],
        3,
        snap,
      );
      const input = layoutInputs(1, 3, 64).labels;
      const channels = reshape(oneHot(input, classes), [m, classes, 1, 1, 1]);
      const dense = reshape(mul(channels, reshape(maps, [m, 1, c, size, size])), [m, classes * c, size, size]);
      const result = await evaluate(
        {
          cheap: boxConv(maps, input, weight, stride),
          full: conv2d(dense, weight, undefined, { stride, padding: 1 }),
        },
        { labels },
      );
      expect(result.cheap.length).toBe(result.full.length);
      expect(largest(result.cheap as Float32Array, result.full as Float32Array)).toBeLessThan(1e-5);
    },
  );
});

describe("maskConv", () => {
  it("equals conv2d", async () => {
    const [maps, weight] = [random([2, 1, 8, 8], 3), random([3, 1, 4, 4], 4)];
    const r = await evaluate({
      a: maskConv(maps, weight, 2),
      b: conv2d(maps, weight, undefined, { stride: 2, padding: 1 }),
    });
    expect(largest(r.a as Float32Array, r.b as Float32Array)).toBeLessThan(1e-5);
  });
});

describe("mergedParts", () => {
  it("sums to the maximum of the box tensors, channel by channel, over the present objects", async () => {
    // overlapping boxes of one class, another class, one that is not counted
    const objects = [
      { classIndex: 3, box: [0, 0, 0.6, 0.6] as const },
      { classIndex: 3, box: [0.3, 0.2, 0.5, 0.7] as const },
      { classIndex: 7, box: [0.1, 0.1, 0.8, 0.5] as const },
      { classIndex: 3, box: [0.2, 0.2, 0.8, 0.8] as const },
    ];
    const layout = layoutInputs(1, 4, 64);
    const { valid: _, ...feeds } = layoutFeeds([objects], 4, snap);
    const present = constant([1, 1, 1, 0], [1, 4]);
    const classes = reshape(mul(oneHot(layout.labels, COCO.count), reshape(present, [1, 4, 1])), [4, COCO.count, 1, 1]);
    const r = await evaluate(
      {
        merged: max(mul(classes, boxMasks(layout)), 0),
        parts: sum(mul(classes, mergedParts(layout, present, 80)), 0),
      },
      feeds,
    );
    expect(largest(r.parts as Float32Array, r.merged as Float32Array)).toBe(0);
    expect((r.parts as Float32Array).reduce((a, b) => Math.max(a, b), 0)).toBe(1);
  });
});
