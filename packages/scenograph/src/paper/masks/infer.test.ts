import type { Tensor as StoredTensor } from "@scenograph/graph/formats/safetensors";
import { initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import { maskArea, maskToBitmap } from "../../formats/rle.ts";
import { CATEGORIES } from "../../scene/categories.ts";
import type { SceneObject } from "../../scene/scene.ts";
import { boxPixels, mirrorRows, snapBox } from "./data.ts";
import { buildInference, createMaskGenerator, inscribedEllipse, medoid, objectBucket } from "./infer.ts";
import { randomBox, runtime, tinyConfig } from "./masks.fixture.ts";

const config = tinyConfig();

function weightsFor(seed: number, bias = 0): Map<string, StoredTensor> {
  // one object alone needs no recurrent weights, two need all
  const program = buildInference(config, 1, 2);
  const values = initialise(program, seed);
  values["masks.generator.up64.bias"].fill(bias);
  return new Map(program.state.map((s) => [s.name, { dtype: "F32", shape: s.shape, data: values[s.name] }]));
}

function objects(n: number, seed = 1): SceneObject[] {
  const random = stream(seed, "objects");
  return Array.from({ length: n }, (_, i) => ({
    id: `o${i}`,
    label: random.pick(CATEGORIES).name,
    box: randomBox(random),
  }));
}

describe("createMaskGenerator", () => {
  const generator = createMaskGenerator(runtime, config, weightsFor(1, 1));

  it("gives every object a mask that is not empty and zero outside its box, for 0, 1 and 10 objects", async () => {
    const requests = [0, 1, 10].map((n) => ({ objects: objects(n, n), seed: 4 }));
    const found = await generator.infer(requests);
    requests.forEach(({ objects }, i) => {
      expect(found[i].length).toBe(objects.length);
      objects.forEach(({ box }, k) => {
        const mask = found[i][k];
        expect([mask.width, mask.height]).toEqual([64, 64]);
        expect(maskArea(mask)).toBeGreaterThan(0);
        const [left, top, right, bottom] = boxPixels(box);
        maskToBitmap(mask).forEach((on, at) => {
          const [x, y] = [at % 64, at >> 6];
          if (on) expect(x >= left && x < right && y >= top && y < bottom).toBe(true);
        });
      });
    });
  });

  it("gives the same bytes for the same seed, others for another seed or id", async () => {
    const list = objects(3);
    const one = await generator.probabilities([{ objects: list, seed: 4 }]);
    expect(await generator.probabilities([{ objects: list, seed: 4 }])).toEqual(one);
    expect(await generator.probabilities([{ objects: list, seed: 5 }])).not.toEqual(one);
    const renamed = list.map((o) => ({ ...o, id: `${o.id}x` }));
    expect(await generator.probabilities([{ objects: renamed, seed: 4 }])).not.toEqual(one);
  });

  it("does not depend on padding, on the batch, or on the order of the list", async () => {
    const list = objects(3);
    const [alone] = await generator.probabilities([{ objects: list, seed: 4 }]);
    const batch = await generator.probabilities([
      { objects: objects(5, 9), seed: 1 },
      { objects: [list[2], list[0], list[1]], seed: 4 },
      { objects: [], seed: 2 },
    ]);
    const again = [batch[1][1], batch[1][2], batch[1][0]];
    alone.forEach((p, k) => {
      for (let i = 0; i < p.length; i++) expect(Math.abs(again[k][i] - p[i])).toBeLessThan(1e-5);
    });
    expect(batch[2]).toEqual([]);
  });

  it("infers half of the seeds in a mirror", async () => {
    const plain = createMaskGenerator(runtime, { ...config, mirror: false }, weightsFor(1, 1));
    const [object] = objects(1);
    const [x, y, w, h] = snapBox(object.box);
    const other = { ...object, box: [1 - x - w, y, w, h] as const };
    let turned = 0;
    for (let seed = 0; seed < 12; seed++) {
      const [[found], [same], [mirror]] = await Promise.all([
        generator.probabilities([{ objects: [object], seed }]).then(([p]) => p),
        plain.probabilities([{ objects: [object], seed }]).then(([p]) => p),
        plain.probabilities([{ objects: [other], seed }]).then(([p]) => p),
      ]);
      const isTurned = stream(seed, "mask", "mirror").bool();
      expect(found).toEqual(isTurned ? mirrorRows(mirror) : same);
      if (isTurned) turned++;
    }
    expect(turned).toBeGreaterThan(0);
    expect(turned).toBeLessThan(12);
    await plain.release();
  });

  it("lets objects see each other", async () => {
    const list = objects(3);
    const [all] = await generator.probabilities([{ objects: list, seed: 4 }]);
    const [two] = await generator.probabilities([{ objects: list.slice(0, 2), seed: 4 }]);
    expect(two[0]).not.toEqual(all[0]);
  });

  it("keeps the mask of a locked object", async () => {
    const [a, b] = objects(2);
    const locked = { ...a, locked: true, mask: { width: 2, height: 2, counts: [1, 2, 1] } };
    const [[kept, made]] = await generator.infer([{ objects: [locked, b], seed: 4 }]);
    expect(kept).toBe(locked.mask);
    expect(made.width).toBe(64);
  });

  it("takes the inscribed ellipse where no pixel passes, and says so", async () => {
    const told: string[] = [];
    const shy = createMaskGenerator(runtime, config, weightsFor(1, -50), { onEmpty: (o) => told.push(o.id) });
    const list = objects(2);
    const [masks] = await shy.infer([{ objects: list, seed: 4 }]);
    expect(masks).toEqual(list.map((o) => inscribedEllipse(o.box)));
    expect(told).toEqual(["o0", "o1"]);
    await shy.release();
  });

  it("draws masks made in the boxes' frames as fine as asked, in their boxes, for any batch and either direction", async () => {
    const framed = tinyConfig({ frame: "box", boxTensor: "box", resolution: 160, mirror: true });
    const program = buildInference(framed, 1, 2);
    const values = initialise(program, 1);
    const weights = new Map(
      program.state.map((s) => [s.name, { dtype: "F32" as const, shape: s.shape, data: values[s.name] }]),
    );
    const fine = createMaskGenerator(runtime, framed, weights);
    const small: SceneObject = { ...objects(1)[0], id: "small", box: [0.4, 0.4, 0.03, 0.06] };
    const list = [...objects(2), small];
    for (const seed of [1, 2, 3]) {
      const [alone] = await fine.probabilities([{ objects: list, seed }]);
      const [, again] = await fine.probabilities([
        { objects: objects(5, 9), seed: 1 },
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

  it("refuses a label that is no category, and weights of another configuration", async () => {
    const [object] = objects(1);
    await expect(generator.infer([{ objects: [{ ...object, label: "unicorn" }], seed: 1 }])).rejects.toThrow(
      /"unicorn"/,
    );
    const other = createMaskGenerator(runtime, tinyConfig({ trunk: 4 }), weightsFor(1));
    await expect(other.infer([{ objects: [object], seed: 1 }])).rejects.toThrow(/shape/);
  });
});

describe("inscribedEllipse", () => {
  it("touches the four sides and never is empty", () => {
    const mask = inscribedEllipse([0.25, 0.25, 0.5, 0.25]);
    expect(maskArea(mask) / (32 * 16)).toBeCloseTo(Math.PI / 4, 1);
    expect(maskArea(inscribedEllipse([0.5, 0.5, 0.001, 0.001]))).toBe(1);
    expect(maskArea(inscribedEllipse([0, 0, 0.03, 0.015]))).toBeGreaterThan(0);
  });
});

describe("objectBucket", () => {
  it("is at least the count, and at most half more", () => {
    for (let n = 1; n <= 70; n++) {
      expect(objectBucket(n)).toBeGreaterThanOrEqual(n);
      expect(objectBucket(n)).toBeLessThanOrEqual(Math.max(2 * n - 1, 1));
    }
    expect([1, 2, 3, 5, 7, 9, 13, 20].map(objectBucket)).toEqual([1, 2, 4, 6, 8, 12, 16, 24]);
  });
});

describe("medoid", () => {
  const map = (...v: number[]) => Float32Array.from(v);
  it("is the map whose mask the others agree with most", () => {
    const maps = [map(0.9, 0, 0, 0), map(0.9, 0.9, 0.9, 0), map(0.9, 0.9, 0, 0)];
    expect(medoid(maps, 0.5)).toBe(maps[2]);
    expect(medoid(maps.slice(0, 2), 0.5)).toBe(maps[0]);
    expect(medoid([map(0, 0), map(0, 0), map(0.9, 0)], 0.5)).toEqual(map(0, 0));
  });

  it("is taken of the candidates, an object at a time", async () => {
    const requests = [
      { objects: objects(6), seed: 3 },
      { objects: objects(2, 7), seed: 4 },
    ];
    const draw = async (changes: Partial<typeof config>) => {
      const generator = createMaskGenerator(runtime, { ...config, ...changes }, weightsFor(1, 1));
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
