import { loadWith } from "@scenograph/graph/nn/weights";
import { describe, expect, it } from "vitest";
import { maskArea, maskToBitmap } from "../../formats/rle.ts";
import { boxPixels, inscribedEllipse } from "../../scene/geometry.ts";
import { layoutFeeds } from "./data.ts";
import { createMaskGenerator, maskProgram, objectBucket } from "./infer.ts";
import { randomObjects, runtime, snap, tinyConfig, weightsOf } from "./masks.fixture.ts";

const config = tinyConfig();

const weightsFor = (seed: number, bias = 0) => weightsOf(maskProgram(config, 1, 2), seed, bias);

describe("createMaskGenerator", () => {
  const generator = createMaskGenerator(runtime, config, weightsFor(1, 1));

  it("gives every object a mask that is not empty and zero outside its box, for 0, 1 and 10 objects", async () => {
    const requests = [0, 1, 10].map((n) => ({ objects: randomObjects(n, n), seed: 4 }));
    const found = await generator.infer(requests);
    requests.forEach(({ objects }, i) => {
      expect(found[i].length).toBe(objects.length);
      objects.forEach(({ box }, k) => {
        const mask = found[i][k];
        expect([mask.width, mask.height]).toEqual([64, 64]);
        expect(maskArea(mask)).toBeGreaterThan(0);
        const [left, top, right, bottom] = boxPixels(box, 64);
        maskToBitmap(mask).forEach((on, at) => {
          const [x, y] = [at % 64, at >> 6];
          if (on) expect(x >= left && x < right && y >= top && y < bottom).toBe(true);
        });
      });
    });
  });

  it("gives the same bytes for the same seed, others for another seed or id", async () => {
    const list = randomObjects(3);
    const one = await generator.probabilities([{ objects: list, seed: 4 }]);
    expect(await generator.probabilities([{ objects: list, seed: 4 }])).toEqual(one);
    expect(await generator.probabilities([{ objects: list, seed: 5 }])).not.toEqual(one);
    const renamed = list.map((o) => ({ ...o, id: `${o.id}x` }));
    expect(await generator.probabilities([{ objects: renamed, seed: 4 }])).not.toEqual(one);
  });

  it("does not depend on padding", async () => {
    const list = randomObjects(3).map(({ box }, i) => ({ box, classIndex: i }));
    const noise = Float32Array.from({ length: 5 * config.noise }, (_, i) => Math.sin(i));
    const masksOf = async (places: number) => {
      const run = await loadWith(runtime, maskProgram(config, 1, places), weightsFor(1, 1));
      const feeds = { ...layoutFeeds([list], places, snap), noise: noise.slice(0, places * config.noise) };
      return ((await run.run(feeds)).masks as Float32Array).slice(0, 3 * 64 * 64);
    };
    const [exact, padded] = [await masksOf(3), await masksOf(5)];
    for (let i = 0; i < exact.length; i++) expect(Math.abs(padded[i] - exact[i])).toBeLessThan(1e-5);
  });

  it("does not depend on the batch, or on the order of the list", async () => {
    const list = randomObjects(3);
    const [alone] = await generator.probabilities([{ objects: list, seed: 4 }]);
    const batch = await generator.probabilities([
      { objects: randomObjects(5, 9), seed: 1 },
      { objects: [list[2], list[0], list[1]], seed: 4 },
      { objects: [], seed: 2 },
    ]);
    const again = [batch[1][1], batch[1][2], batch[1][0]];
    alone.forEach((p, k) => {
      for (let i = 0; i < p.length; i++) expect(Math.abs(again[k][i] - p[i])).toBeLessThan(1e-5);
    });
    expect(batch[2]).toEqual([]);
  });

  it("lets objects see each other", async () => {
    const list = randomObjects(3);
    const [all] = await generator.probabilities([{ objects: list, seed: 4 }]);
    const [two] = await generator.probabilities([{ objects: list.slice(0, 2), seed: 4 }]);
    expect(two[0]).not.toEqual(all[0]);
  });

  it("keeps the mask of a locked object", async () => {
    const [a, b] = randomObjects(2);
    const locked = { ...a, locked: true, mask: { width: 2, height: 2, counts: [1, 2, 1] } };
    const [[kept, made]] = await generator.infer([{ objects: [locked, b], seed: 4 }]);
    expect(kept).toBe(locked.mask);
    expect(made.width).toBe(64);
  });

  it("draws on a grid of any aspect, in the boxes", async () => {
    const wide = tinyConfig({ size: [96, 64] });
    const drawing = createMaskGenerator(runtime, wide, weightsOf(maskProgram(wide, 1, 2), 1, 1));
    const list = randomObjects(2);
    const [masks] = await drawing.infer([{ objects: list, seed: 4 }]);
    list.forEach(({ box }, k) => {
      expect([masks[k].width, masks[k].height]).toEqual([96, 64]);
      const [left, top, right, bottom] = boxPixels(box, [96, 64]);
      const outside = [...maskToBitmap(masks[k])].filter((on, at) => {
        const [x, y] = [at % 96, Math.floor(at / 96)];
        return on && !(x >= left && x < right && y >= top && y < bottom);
      });
      expect(outside).toEqual([]);
      expect(maskArea(masks[k])).toBeGreaterThan(0);
    });
    await drawing.release();
  });

  it("takes the inscribed ellipse where no pixel passes, and says so", async () => {
    const told: string[] = [];
    const shy = createMaskGenerator(runtime, config, weightsFor(1, -50), { onEmpty: (o) => told.push(o.id) });
    const list = randomObjects(2);
    const [masks] = await shy.infer([{ objects: list, seed: 4 }]);
    expect(masks).toEqual(list.map((o) => inscribedEllipse(o.box, 64)));
    expect(told).toEqual(["o0", "o1"]);
    await shy.release();
  });

  it("refuses a label that is no category, and weights of another configuration", async () => {
    const [object] = randomObjects(1);
    await expect(generator.infer([{ objects: [{ ...object, label: "unicorn" }], seed: 1 }])).rejects.toThrow(
      /"unicorn"/,
    );
    const other = createMaskGenerator(runtime, tinyConfig({ trunk: 4 }), weightsFor(1));
    await expect(other.infer([{ objects: [object], seed: 1 }])).rejects.toThrow(/shape/);
  });
});

describe("objectBucket", () => {
  it("is the count up to twelve, then at most half more", () => {
    for (let n = 1; n <= 70; n++) {
      expect(objectBucket(n)).toBeGreaterThanOrEqual(n);
      expect(objectBucket(n)).toBeLessThanOrEqual(n <= 12 ? n : 1.5 * n);
    }
    expect([1, 3, 12, 13, 17, 25, 33].map(objectBucket)).toEqual([1, 3, 12, 16, 24, 32, 48]);
  });
});
