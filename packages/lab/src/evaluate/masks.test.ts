import { ShapeError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { bitmapToMask } from "scenograph/formats/rle";
import { describe, expect, it } from "vitest";
import {
  bitmapIou,
  edgeRatio,
  evaluateMasks,
  fullBox,
  inscribedEllipse,
  MASK_CANVAS,
  objectSize,
  stretchMask,
} from "./masks.ts";

const N = MASK_CANVAS;
const draw = (inside: (x: number, y: number) => boolean, size = N) =>
  Uint8Array.from({ length: size * size }, (_, i) => (inside((i % size) + 0.5, Math.floor(i / size) + 0.5) ? 1 : 0));

describe("edgeRatio", () => {
  it("is 0 for the full box, 3.66 for the inscribed ellipse, 4.51 for a disc inside", () => {
    expect(edgeRatio(fullBox())).toBe(0);
    expect(edgeRatio(inscribedEllipse())).toBeCloseTo(3.66, 2);
    expect(edgeRatio(draw((x, y) => Math.hypot(x - 32, y - 32) < 20))).toBeCloseTo(8 / Math.sqrt(Math.PI), 1);
  });

  it("counts a square's sides, not those on the canvas's edge", () => {
    expect(edgeRatio(draw((x, y) => x < 16 && y < 16))).toBeCloseTo(32 / 16);
    expect(edgeRatio(draw((x, y) => x > 8 && x < 24 && y > 8 && y < 24))).toBeCloseTo(64 / 16);
  });

  it("grows with noise, and is undefined for nothing", () => {
    const random = stream(1, "mask test");
    const noisy = inscribedEllipse().map((v) => (random.bool(0.1) ? 1 - v : v));
    expect(edgeRatio(noisy)).toBeGreaterThan(10);
    expect(edgeRatio(new Uint8Array(N * N))).toBeUndefined();
    expect(() => edgeRatio(new Uint8Array(10))).toThrow(ShapeError);
  });
});

describe("stretchMask", () => {
  it("takes the box to the canvas", () => {
    const half = draw((x) => x < 20, 40);
    const mask = bitmapToMask(half, 40, 40);
    expect(stretchMask(mask, [0.25, 0.25, 0.25, 0.5], 4)).toEqual(new Uint8Array(16).fill(1));
    expect([...stretchMask(mask, [0.25, 0, 0.5, 1], 4)]).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
  });

  it("is 0 outside the picture and refuses an empty box", () => {
    const mask = bitmapToMask(new Uint8Array(16).fill(1), 4, 4);
    expect([...stretchMask(mask, [-0.5, 0.5, 1, 1], 2)]).toEqual([0, 1, 0, 0]);
    expect(() => stretchMask(mask, [0, 0, 0, 1])).toThrow(ShapeError);
  });
});

describe("bitmapIou and objectSize", () => {
  it("counts pixels", () => {
    expect(bitmapIou([1, 1, 0, 0], [0, 1, 1, 0])).toBeCloseTo(1 / 3);
    expect(bitmapIou([0, 0], [0, 0])).toBe(1);
    expect(bitmapIou([1, 0], [0, 0])).toBe(0);
    expect(() => bitmapIou([1], [1, 0])).toThrow(ShapeError);
    expect(bitmapIou(inscribedEllipse(), fullBox())).toBeCloseTo(Math.PI / 4, 2);
  });

  it("scales COCO's limits to the picture", () => {
    expect([0.003, 0.0034, 0.029, 0.031, 1].map(objectSize)).toEqual(["small", "medium", "medium", "large", "large"]);
  });
});

describe("evaluateMasks", () => {
  const ellipse = inscribedEllipse();
  const left = draw((x) => x < 32);

  it("gives the first sample's IoU by size, the best of all, edges and diversity", () => {
    const got = evaluateMasks([
      { image: 1, areaShare: 0.001, truth: fullBox(), generated: [left, fullBox()] },
      { image: 2, areaShare: 0.5, truth: ellipse, generated: [ellipse, ellipse] },
    ]);
    expect(got.iou.value).toBeCloseTo(0.75);
    expect(got["iou-small"]).toMatchObject({ value: 0.5, n: 1 });
    expect(got["iou-medium"].n).toBe(0);
    expect(got["iou-large"].value).toBe(1);
    expect(got.best.value).toBe(1);
    expect(got.diversity.value).toBeCloseTo(0.25);
    expect(got["true-edge"].value).toBeCloseTo(3.66 / 2, 1);
    expect(got.edge.value).toBeCloseTo((64 / Math.sqrt(2048) + 3.66) / 2, 1);
  });

  it("needs a sample and canvases of one size", () => {
    expect(() => evaluateMasks([{ image: 1, areaShare: 1, truth: ellipse, generated: [] }])).toThrow(ShapeError);
    const small = { image: 1, areaShare: 1, truth: new Uint8Array(4), generated: [new Uint8Array(4)] };
    expect(() => evaluateMasks([small])).toThrow(ShapeError);
  });
});
