import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { FormatError, ShapeError } from "../../errors.ts";
import { gradients } from "../../gradients.ts";
import { input } from "../../leaves.ts";
import { compile } from "../../program.ts";
import { createNodeRuntime } from "../../runtime/node.ts";
import { CONV_1, cocoSsdFeatures, perceptualLoss, type Weight } from "./index.ts";

interface Fixture {
  readonly weights: Record<string, { shape: number[]; weight: number[]; bias: number[] }>;
  readonly x: { shape: number[]; data: number[] };
  readonly y: number[];
  readonly taps: { shape: number[]; data: number[] }[];
  readonly relativeL1: number;
  readonly squaredL2: number;
  readonly gradient: { relativeL1: number[]; squaredL2: number[] };
}

// made by mobilenet.py with PyTorch: an odd width, so that both kinds of "SAME" padding occur
const fixture: Fixture = JSON.parse(
  await readFile(new URL("../../../../../test/fixtures/mobilenet.json", import.meta.url), "utf8"),
);
const weights = new Map<string, Weight>();
for (const [name, { shape, weight, bias }] of Object.entries(fixture.weights)) {
  weights.set(`${name}.weight`, { shape, data: Float32Array.from(weight) });
  weights.set(`${name}.bias`, { shape: [bias.length], data: Float32Array.from(bias) });
}
const runtime = createNodeRuntime({ threads: 1 });
const feeds = { x: Float32Array.from(fixture.x.data), y: Float32Array.from(fixture.y) };

function close(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  expect(Math.max(...expected.map((e, i) => Math.abs(e - got[i])))).toBeLessThan(tolerance);
}

describe("cocoSsdFeatures", () => {
  test("all six taps agree with PyTorch", async () => {
    const taps = cocoSsdFeatures(weights)(input("x", fixture.x.shape), CONV_1);
    expect(taps.map((t) => t.shape)).toEqual(fixture.taps.map((t) => t.shape));
    const program = compile({ outputs: Object.fromEntries(taps.map((t, i) => [`tap${i}`, t])) });
    const got = await (await runtime.load(program)).run({ x: feeds.x });
    for (const [i, { data }] of fixture.taps.entries()) close(got[`tap${i}`] as Float32Array, data, 1e-4);
  });

  test("stops at the block asked for and shares its weights between calls", () => {
    const features = cocoSsdFeatures(weights);
    const x = input("x", fixture.x.shape);
    expect(features(x, 1)).toHaveLength(2);
    expect(features(x)).toHaveLength(4);
    const bytes = (...outputs: Record<string, ReturnType<typeof input>>[]) =>
      compile({ outputs: Object.assign({}, ...outputs) }).bytes.length;
    const one = { a: features(x)[3] };
    // the same constants and the same picture: the second call adds an output and nothing else
    expect(bytes(one, { b: features(x)[3] }) - bytes(one)).toBeLessThan(200);
  });

  test("refuses other pictures, other blocks and other files", () => {
    const features = cocoSsdFeatures(weights);
    expect(() => features(input("x", [1, 1, 8, 8]))).toThrow(ShapeError);
    expect(() => features(input("x", [1, 3, 8, 8]), 18)).toThrow(/last is 0 to 17, got 18/);
    expect(() => cocoSsdFeatures(new Map())(input("x", [1, 3, 8, 8]))).toThrow(FormatError);
  });
});

describe("perceptualLoss", () => {
  test.each(["relativeL1", "squaredL2"] as const)("%s: value and gradient agree with PyTorch", async (norm) => {
    const x = input("x", fixture.x.shape);
    const y = input("y", fixture.x.shape);
    const loss = perceptualLoss(cocoSsdFeatures(weights), x, y, norm);
    const [gx, gy] = gradients(loss, [x, y]);
    const got = await (await runtime.load(compile({ outputs: { loss, gx, gy } }))).run(feeds);
    expect(got.loss[0]).toBeCloseTo(fixture[norm], 5);
    close(got.gx as Float32Array, fixture.gradient[norm], 2e-6);
    expect((got.gy as Float32Array).every((v) => v === 0)).toBe(true);
  });

  test("no network, no loss", async () => {
    const x = input("x", [1, 3, 2, 2]);
    const program = compile({ outputs: { loss: perceptualLoss(() => [], x, x) } });
    expect((await (await runtime.load(program)).run({})).loss[0]).toBe(0);
  });
});
