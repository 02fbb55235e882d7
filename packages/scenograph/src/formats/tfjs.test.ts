import { FormatError } from "@scenograph/graph/errors";
import { expect, test } from "vitest";
import { batchNormAffine, convWeight, depthwiseWeight, readTfjsWeights, type TfjsWeight } from "./tfjs.ts";

test("shards: floats, quantised bytes and words; integers are skipped", () => {
  const bytes = new Uint8Array(4 + 4 + 2 + 4);
  const view = new DataView(bytes.buffer);
  view.setFloat32(0, 1.5, true);
  view.setInt32(4, 7, true);
  bytes.set([0, 10], 8);
  view.setUint16(10, 1000, true);
  view.setUint16(12, 2, true);
  const specs = [
    { name: "a", shape: [], dtype: "float32" },
    { name: "b", shape: [1], dtype: "int32" },
    { name: "c", shape: [2], dtype: "float32", quantization: { dtype: "uint8", min: -1, scale: 0.5 } },
    { name: "d", shape: [2, 1], dtype: "float32", quantization: { dtype: "uint16", min: 0, scale: 0.25 } },
  ];
  const weights = readTfjsWeights(specs, bytes);
  expect([...weights.keys()]).toEqual(["a", "c", "d"]);
  expect([...weights.values()].map((w) => [...w.data])).toEqual([[1.5], [-1, 4], [250, 0.5]]);
  expect(() => readTfjsWeights(specs, bytes.subarray(0, 13))).toThrow(/end inside "d"/);
  expect(() => readTfjsWeights(specs.slice(0, 3), bytes)).toThrow(/covers 10 bytes, the shards have 14/);
  expect(() => readTfjsWeights([{ name: "s", shape: [], dtype: "string" }], bytes)).toThrow(FormatError);
});

test("layouts: [kh, kw, I, O] to [O, I, kh, kw], scaled a channel", () => {
  const w: TfjsWeight = { shape: [1, 2, 2, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  expect(convWeight(w, Float32Array.of(1, 10))).toEqual({
    shape: [2, 2, 1, 2],
    data: Float32Array.of(1, 5, 3, 7, 20, 60, 40, 80),
  });
  const d: TfjsWeight = { shape: [1, 2, 2, 1], data: Float32Array.of(1, 2, 3, 4) };
  expect(depthwiseWeight(d, Float32Array.of(1, 10))).toEqual({
    shape: [2, 1, 1, 2],
    data: Float32Array.of(1, 3, 20, 40),
  });
  expect(() => depthwiseWeight({ shape: [1, 1, 1, 2], data: new Float32Array(2) })).toThrow(FormatError);
});

test("batch norm as scale and shift, by hand", () => {
  const one = (v: number) => Float32Array.of(v);
  const { scale, shift } = batchNormAffine(one(3), one(1), one(0.5), one(0.24), 0.01);
  expect(scale[0]).toBeCloseTo(6, 5);
  expect(shift[0]).toBeCloseTo(-2, 5);
  expect(batchNormAffine(undefined, one(1), one(0.5), one(0.24), 0.01).scale[0]).toBeCloseTo(2, 5);
});
