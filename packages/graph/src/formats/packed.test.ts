import { expect, test } from "vitest";
import { int8Of, SCALES, widened } from "./packed.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.ts";

/** Rows, or columns, of very different sizes. */
const data = (shape: readonly number[], along: "row" | "column") =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => {
    const columns = shape[shape.length - 1];
    const size = along === "row" ? Math.floor((i * shape[0]) / shape.reduce((a, b) => a * b)) : i % columns;
    return Math.sin(i) * 10 ** -size;
  });

test.each([
  ["row", [4, 3, 5], [4, 1, 1]],
  ["column", [7, 4], [1, 4]],
] as const)("int8 has a scale a %s where that loses less: half a step at most", (along, shape, scaleShape) => {
  const given = data(shape, along);
  const packed = int8Of(given, shape);
  expect(packed.scaleShape).toEqual(scaleShape);
  const wide = widened(packed);
  const size = (i: number) => packed.scales[along === "row" ? Math.floor(i / 15) : i % 4];
  wide.forEach((v, i) => {
    expect(Math.abs(v - given[i])).toBeLessThanOrEqual(0.5001 * size(i));
  });
  expect(widened(int8Of(new Float32Array(6), [2, 3]))).toEqual(new Float32Array(6));
});

test("a file with int8 and scales reads as the floats that they stand for", () => {
  const packed = int8Of(data([4, 3], "row"), [4, 3]);
  const { values, scales, scaleShape } = packed;
  const plain: Tensor = { dtype: "I8", shape: [2], data: Int8Array.of(1, 2) };
  const pair = (shape: readonly number[], of: readonly number[], s = scales): [string, Tensor][] => [
    ["w", { dtype: "I8", shape, data: values }],
    [`w${SCALES}`, { dtype: "F32", shape: of, data: s }],
  ];
  const file = writeSafetensors([...pair([4, 3], scaleShape), ["plain", plain]]);
  for (const lazy of [false, true]) {
    const { tensors } = readSafetensors(file, { lazy });
    expect([...tensors.keys()].sort()).toEqual(["plain", "w"]);
    expect(tensors.get("plain")).toEqual(plain);
    expect(tensors.get("w")).toMatchObject({ dtype: "F32", shape: [4, 3], data: widened(packed) });
  }
  for (const [shape, of] of [
    [[12], [4]],
    [
      [4, 3],
      [4, 3],
    ],
    [
      [4, 3],
      [3, 1],
    ],
    [
      [2, 2, 3],
      [1, 2, 1],
    ],
  ]) {
    const count = of.reduce((a, b) => a * b);
    const wrong = writeSafetensors(pair(shape, of, new Float32Array(count).fill(1)));
    expect(() => readSafetensors(wrong), `${shape} ${of}`).toThrow(/"w\.int8_scales" of F32 .* fits no int8 tensor/);
  }
});
