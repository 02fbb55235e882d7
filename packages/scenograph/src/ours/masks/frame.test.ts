import { gradients } from "@scenograph/graph/gradients";
import { constant, input } from "@scenograph/graph/leaves";
import { mul } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../paper/masks/masks.fixture.ts";
import { depthToSpace } from "../../paper/masks/model.ts";
import type { Box } from "../../scene/scene.ts";
import { blur, boxFeatures, cutOut, drawShape, paste } from "./frame.ts";

const BOXES: readonly Box[] = [
  [0, 0, 1, 1],
  [0.1, 0.33, 0.37, 0.52],
  [0.71, 0.02, 0.011, 0.3],
];
const boxes = constant(BOXES.flat(), [1, 3, 4]);
const grid = { width: 64, height: 64 };

/** An ellipse, soft, in the box's frame. */
function ellipse(): Float32Array {
  return Float32Array.from({ length: 4096 }, (_, i) => {
    const [u, v] = [((i % 64) + 0.5) / 32 - 1, (Math.floor(i / 64) + 0.5) / 32 - 1];
    return 1 / (1 + Math.exp(-12 * (1 - u * u - v * v)));
  });
}

describe("paste", () => {
  it("keeps the area: a pixel holds the share that the mask covers of it", async () => {
    const full = new Float32Array(3 * 4096).fill(1);
    const { out } = await evaluate({ out: paste(constant(full, [3, 64, 64]), { boxes, grid }) });
    BOXES.forEach(([, , w, h], k) => {
      const pixels = (out as Float32Array).slice(k * 4096, (k + 1) * 4096);
      expect(pixels.reduce((a, b) => a + b) / 4096).toBeCloseTo(w * h, 4);
      expect(Math.max(...pixels)).toBeLessThan(1 + 1e-4);
    });
    // the whole picture is its own frame
    const shape = ellipse();
    const same = await evaluate({
      out: paste(constant(shape, [1, 64, 64]), { boxes: constant([0, 0, 1, 1], [1, 1, 4]), grid }),
    });
    expect(Math.max(...shape.map((v, i) => Math.abs(Number(same.out[i]) - v)))).toBeLessThan(1e-4);
  });

  it("has the derivative of finite differences", async () => {
    const random = stream(4, "paste");
    const shapes = input("shapes", [3, 64, 64]);
    const loss = sum(mul(paste(shapes, { boxes, grid }), constant(random.normals(3 * 4096), [3, 64, 64])));
    const [g] = gradients(loss, [shapes]);
    const [start, direction] = [random.normals(3 * 4096), random.normals(3 * 4096)];
    const first = await evaluate({ loss, g }, { shapes: start });
    const other = await evaluate({ loss }, { shapes: start.map((v, i) => v + 0.01 * direction[i]) });
    const slope = direction.reduce((s, d, i) => s + d * Number(first.g[i]), 0);
    // linear: no remainder but rounding
    const difference = (Number(other.loss[0]) - Number(first.loss[0])) / 0.01;
    expect(Math.abs(difference - slope)).toBeLessThan(2e-2 * Math.abs(slope) + 0.1);
  });
});

describe("cutOut", () => {
  it("reads a ramp at the places of the box, and passes gradients", async () => {
    const ramp = Float32Array.from({ length: 3 * 2 * 256 }, (_, i) =>
      Math.floor(i / 256) % 2 ? (i >> 4) % 16 : i % 16,
    );
    const maps = input("maps", [3, 2, 16, 16]);
    const piece = cutOut(maps, boxes);
    const weights = stream(5, "cut").normals(piece.size);
    const [g] = gradients(sum(mul(piece, constant(weights, piece.shape))), [maps]);
    const { piece: found, g: slopes } = await evaluate({ piece, g }, { maps: ramp });
    BOXES.forEach(([x, y, w, h], k) => {
      for (let r = 0; r < 8; r++)
        for (let c = 0; c < 8; c++) {
          const clamp = (v: number) => Math.min(15, Math.max(0, v * 16 - 0.5));
          const at = (channel: number) => Number(found[((k * 2 + channel) * 8 + r) * 8 + c]);
          expect(at(0)).toBeCloseTo(clamp(x + ((c + 0.5) / 8) * Math.max(w, 1 / 256)), 3);
          expect(at(1)).toBeCloseTo(clamp(y + ((r + 0.5) / 8) * Math.max(h, 1 / 256)), 3);
        }
    });
    // bilinear weights of a place sum to 1
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    expect(total(slopes as Float32Array)).toBeCloseTo(total(weights), 2);
  });
});

it("boxFeatures tell the centre, the size and the edges that a box touches, and are finite for padding", async () => {
  const four = constant([...BOXES.flat(), 0, 0, 0, 0], [1, 4, 4]);
  const { out } = await evaluate({ out: boxFeatures(four) });
  const rows = Array.from({ length: 4 }, (_, k) => Array.from(out as Float32Array).slice(k * 9, k * 9 + 9));
  expect(rows[0]).toEqual([0, 0, 0.75, 0.75, 0, 1, 1, 1, 1]);
  expect(rows[1][0]).toBeCloseTo(2 * (0.1 + 0.37 / 2) - 1, 5);
  expect(rows[1][4]).toBeCloseTo(Math.log(0.37 / 0.52), 5);
  expect(rows.map((r) => r.slice(5))).toEqual([
    [1, 1, 1, 1],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [1, 1, 0, 0],
  ]);
  expect(rows.flat().every(Number.isFinite)).toBe(true);
});

it("depthToSpace lays four channels out as 2 x 2 pixels", async () => {
  const { out } = await evaluate({ out: depthToSpace(constant([1, 2, 3, 4, 5, 6, 7, 8], [1, 4, 1, 2])) });
  expect(Array.from(out as Float32Array)).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
});

it("blur keeps what is even, to the very edge, and takes away what alternates", async () => {
  const even = new Float32Array(64).fill(3);
  const stripes = Float32Array.from({ length: 64 }, (_, i) => (i % 2 ? 1 : -1));
  const { out } = await evaluate({ out: blur(constant([...even, ...stripes], [2, 1, 8, 8])) });
  const values = Array.from(out as Float32Array);
  expect(Math.max(...values.slice(0, 64).map((v) => Math.abs(v - 3)))).toBeLessThan(1e-5);
  const inner = values.slice(64).filter((_, i) => i % 8 > 1 && i % 8 < 6);
  expect(Math.max(...inner.map(Math.abs))).toBeLessThan(1e-5);
});

describe("drawShape", () => {
  it("draws where the box is, as fine as the picture, and agrees with paste", async () => {
    const shape = ellipse();
    for (const box of BOXES) {
      const drawn = drawShape(shape, box, 256);
      const [x, y, w, h] = box;
      let [inside, outside] = [0, 0];
      drawn.forEach((v, i) => {
        const [px, py] = [((i % 256) + 0.5) / 256, (Math.floor(i / 256) + 0.5) / 256];
        if (px < x || px > x + w || py < y || py > y + h) outside += v;
        if (v > 0.5) inside++;
      });
      expect(outside).toBe(0);
      expect(inside / 65536 / (w * h)).toBeGreaterThan(0.7);
      expect(inside / 65536 / (w * h)).toBeLessThan(0.86);
    }
    const { out } = await evaluate({
      out: paste(constant(shape, [1, 64, 64]), { boxes: constant([...BOXES[1]], [1, 1, 4]), grid }),
    });
    const coarse = drawShape(shape, BOXES[1], 64);
    const apart = coarse.reduce((s, v, i) => s + Math.abs(v - Number(out[i])), 0) / coarse.reduce((s, v) => s + v, 0);
    expect(apart).toBeLessThan(0.06);
  });

  it("gives a box between two pixels' centres the nearest pixel", () => {
    const drawn = drawShape(new Float32Array(4096).fill(1), [0.5, 0.5, 0.001, 0.001], 64);
    expect(drawn.filter((v) => v > 0).length).toBe(1);
    expect(drawShape(new Float32Array(4096).fill(1), [0.999, 0.999, 0.001, 0.001], 64)[4095]).toBe(1);
  });
});
