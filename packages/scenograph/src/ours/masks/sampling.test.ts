/** Ideas that change how masks are drawn. */
import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import { maskArea } from "../../formats/rle.ts";
import { hasPixels, snapBox } from "../../paper/masks/data.ts";
import { randomObjects, randomPictures, runtime, tinyConfig, weightsOf } from "../../paper/masks/masks.fixture.ts";
import { boxPixels, mirrorMap } from "../../scene/geometry.ts";
import type { SceneObject } from "../../scene/scene.ts";
import { medoid } from "../medoid.ts";
import { overlap } from "./candidates.ts";
import { createMaskGenerator, maskProgram } from "./index.ts";
import { mirrored } from "./mirror.ts";

const config = tinyConfig();
const weights = weightsOf(maskProgram(config, 1, 2), 1, 1);

describe("drawing", () => {
  it("infers half of the seeds in a mirror", async () => {
    const generator = createMaskGenerator(runtime, tinyConfig({ ours: { mirror: true } }), weights);
    const plain = createMaskGenerator(runtime, config, weights);
    const [object] = randomObjects(1);
    const [x, y, w, h] = snapBox(object.box, 64);
    const other = { ...object, box: [1 - x - w, y, w, h] as const };
    let turned = 0;
    for (let seed = 0; seed < 12; seed++) {
      const [[found], [same], [mirror]] = await Promise.all([
        generator.probabilities([{ objects: [object], seed }]).then(([p]) => p),
        plain.probabilities([{ objects: [object], seed }]).then(([p]) => p),
        plain.probabilities([{ objects: [other], seed }]).then(([p]) => p),
      ]);
      const isTurned = stream(seed, "mask", "mirror").bool();
      expect(found).toEqual(isTurned ? mirrorMap(mirror, 64) : same);
      if (isTurned) turned++;
    }
    expect(turned).toBeGreaterThan(0);
    expect(turned).toBeLessThan(12);
    await Promise.all([plain.release(), generator.release()]);
  });

  it("draws masks made in the boxes' frames as fine as asked, in their boxes, for any batch and either direction", async () => {
    const framed = tinyConfig({ ours: { frame: "box", resolution: 160, mirror: true } });
    const fine = createMaskGenerator(runtime, framed, weightsOf(maskProgram(framed, 1, 2), 1));
    const small: SceneObject = { ...randomObjects(1)[0], id: "small", box: [0.4, 0.4, 0.03, 0.06] };
    const list = [...randomObjects(2), small];
    for (const seed of [1, 2, 3]) {
      const [alone] = await fine.probabilities([{ objects: list, seed }]);
      const [, again] = await fine.probabilities([
        { objects: randomObjects(5, 9), seed: 1 },
        { objects: [list[2], list[0], list[1]], seed },
      ]);
      list.forEach(({ box: [x, y, w, h] }, k) => {
        const other = again[(k + 1) % 3];
        expect(Math.max(...alone[k].map((p, i) => Math.abs(p - other[i])))).toBeLessThan(1e-5);
        const outside = alone[k].filter((_, i) => {
          const [px, py] = [((i % 160) + 0.5) / 160, (Math.floor(i / 160) + 0.5) / 160];
          return px < x || px > x + w || py < y || py > y + h;
        });
        expect(outside.every((p) => p === 0)).toBe(true);
      });
      const [[mask]] = await fine.infer([{ objects: [small], seed }]);
      expect([mask.width, mask.height]).toEqual([160, 160]);
      expect(maskArea(mask)).toBeGreaterThan(0);
    }
    await fine.release();
  });

  it("the medoid of the candidates is taken, an object at a time", async () => {
    const requests = [
      { objects: randomObjects(6), seed: 3 },
      { objects: randomObjects(2, 7), seed: 4 },
    ];
    const draw = async (ours: object) => {
      const generator = createMaskGenerator(runtime, tinyConfig({ ours }), weights);
      const found = await generator.probabilities(requests);
      await generator.release();
      return found;
    };
    const one = await draw({});
    const many = await draw({ candidates: 5 });
    expect(many.map((m) => m.length)).toEqual([6, 2]);
    expect(many).not.toEqual(one);
    // without noise all candidates are the same
    expect(await draw({ candidates: 5, noiseScale: 0 })).toEqual(await draw({ noiseScale: 0 }));
  });
});

it("the medoid of masks is the map whose mask the others agree with most", () => {
  const map = (...v: number[]) => Float32Array.from(v);
  const of = (maps: Float32Array[]) => medoid(maps, (a, b) => overlap(a, b, 0.5));
  const maps = [map(0.9, 0, 0, 0), map(0.9, 0.9, 0.9, 0), map(0.9, 0.9, 0, 0)];
  expect(of(maps)).toBe(2);
  expect(of(maps.slice(0, 2))).toBe(0);
  expect(of([map(0, 0), map(0, 0), map(0.9, 0)])).toBe(0);
});

describe("mirrored", () => {
  it("turns boxes and masks over, and twice is the identity", () => {
    const [objects] = randomPictures([2]);
    const once = mirrored(objects, 64);
    expect(once[0].box[0]).toBeCloseTo(1 - objects[0].box[0] - objects[0].box[2], 12);
    const [left, top, right, bottom] = boxPixels(snapBox(objects[0].box, 64), 64);
    expect(hasPixels(once[0].mask!, [1 - right / 64, top / 64, (right - left) / 64, (bottom - top) / 64], 64)).toBe(
      true,
    );
    expect(once[0].mask).not.toEqual(objects[0].mask);
    expect(mirrored(once, 64)[0].mask).toEqual(objects[0].mask);
  });
});
