import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, FormatError } from "@scenograph/graph/errors";
import { constant, input } from "@scenograph/graph/leaves";
import type { Weight } from "@scenograph/graph/nn/perceptual/weights";
import { conv2d } from "@scenograph/graph/ops/convolution";
import { avgPool2d } from "@scenograph/graph/ops/pooling";
import { mean } from "@scenograph/graph/ops/reduce";
import { reshape } from "@scenograph/graph/ops/shape";
import { compile } from "@scenograph/graph/program";
import { createNodeRuntime } from "@scenograph/graph/runtime/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inceptionMixed5 } from "./inception.ts";
import { createDetector, detectorOf, judge } from "./index.ts";
import { ssdHead } from "./ssd.ts";

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}
interface Fixture {
  readonly weights: Record<string, { shape: number[]; weight: number[]; bias: number[] }>;
  readonly x: Numbers;
}

/** Made by <name>.py with PyTorch. */
async function load<T extends Fixture>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`../../../../../test/fixtures/${name}.json`, import.meta.url), "utf8"));
}

function weightsOf(layers: Fixture["weights"]): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const [name, { shape, weight, bias }] of Object.entries(layers)) {
    weights.set(`${name}.weight`, { shape, data: Float32Array.from(weight) });
    weights.set(`${name}.bias`, { shape: [bias.length], data: Float32Array.from(bias) });
  }
  return weights;
}

const fixture: Fixture & { codes: Numbers; scores: Numbers } = await load("mobilenet");
const weights = weightsOf(fixture.weights);
const runtime = createNodeRuntime({ threads: 1 });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

const picture = (width: number, height: number, value: number) => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(value),
});

describe("detector", () => {
  test("codes and scores agree with PyTorch", async () => {
    const { codes, scores } = ssdHead(weights)(input("x", fixture.x.shape));
    expect([codes.shape, scores.shape]).toEqual([fixture.codes.shape, fixture.scores.shape]);
    const executable = await runtime.load(compile({ outputs: { codes, scores } }));
    const got = await executable.run({ x: Float32Array.from(fixture.x.data) });
    for (const name of ["codes", "scores"] as const)
      for (const [i, v] of fixture[name].data.entries()) expect(got[name][i]).toBeCloseTo(v, 4);
  });

  test("boxes come with COCO's classes, best first, the same in any batch", async () => {
    const anchors: Weight = {
      shape: [11, 4],
      data: Float32Array.from({ length: 44 }, (_, i) => [0, 0, 0.5, 0.5][i % 4]),
    };
    const detector = await detectorOf(new Map([...weights, ["anchors", anchors]]), "h", { runtime, batch: 2 }, 16);
    const pictures = [picture(9, 20, 0), picture(16, 16, 128), picture(40, 30, 255)];
    const found = await detector.detect(pictures, { minScore: 0.05, maxIou: 1 });
    expect(found).toHaveLength(3);
    for (const list of found) {
      expect(list.length).toBeGreaterThan(0);
      expect(list.every((d) => d.classIndex === 0 || d.classIndex === 1)).toBe(true);
      expect(list.map((d) => d.score)).toEqual(list.map((d) => d.score).toSorted((a, b) => b - a));
    }
    expect((await detector.detect(pictures.slice(2), { minScore: 0.05, maxIou: 1 }))[0]).toEqual(found[2]);
    expect((await detector.detect(pictures, { minScore: 0.05, maxIou: 0.3 }))[0].length).toBeLessThan(found[0].length);
    await expect(detectorOf(weights, "h", { runtime }, 16)).rejects.toThrow(FormatError);
  });
});

describe("judge", () => {
  test("an ONNX file: maps are pooled, one row a picture", async () => {
    const x = input("x", [2, 3, 6, 8]);
    // red, green, blue and their sum
    const weight = constant([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1], [4, 3, 1, 1]);
    const file = join(folder, "sums.onnx");
    await writeFile(file, compile({ outputs: { y: avgPool2d(conv2d(x, weight), 2) } }).bytes);
    const j = await judge(file, { runtime });
    expect([j.label, j.dimension]).toEqual(["sums.onnx", 4]);
    const pictures = [picture(8, 6, 255), picture(3, 3, 0), { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }];
    const steps: number[] = [];
    const features = await j.features(pictures, (done) => steps.push(done));
    expect(steps).toEqual([2, 3]);
    expect([features.count, features.width]).toEqual([3, 4]);
    const expected = [1, 1, 1, 3, -1, -1, -1, -3, 1, -1, -1, -1];
    for (const [i, v] of expected.entries()) expect(features.data[i]).toBeCloseTo(v, 5);
  });

  test("an ONNX file with another output than features", async () => {
    const x = input("x", [2, 3, 6, 8]);
    const outputs = {
      scalar: mean(x),
      rows: mean(x, [1, 2, 3]),
      one: mean(x, [2, 3, 1], true),
      whole: reshape(x, [1, -1]),
    };
    for (const [name, y] of Object.entries(outputs)) {
      const file = join(folder, `${name}.onnx`);
      await writeFile(file, compile({ outputs: { y } }).bytes);
      await expect(judge(file, { runtime })).rejects.toThrow(/features \[N, D\] or maps .* got \[.*for 2 pictures/);
    }
  });

  test("unknown names and missing weights say what to do", async () => {
    await expect(judge("coco-sd", { runtime, cache: folder })).rejects.toThrow(/did you mean coco-ssd\?/);
    for (const name of ["coco-ssd", "inception-mixed5"])
      await expect(judge(name, { runtime, cache: folder })).rejects.toThrow(/run: scenograph judges install$/);
    await expect(createDetector({ runtime, cache: folder })).rejects.toThrow(ConfigError);
    await expect(judge(join(folder, "no.onnx"), { runtime })).rejects.toThrow(/check the path/);
  });
});

test("mixed5 agrees with PyTorch", async () => {
  const { weights: layers, x, mixed5 }: Fixture & { mixed5: Numbers } = await load("inception");
  const y = inceptionMixed5(weightsOf(layers))(input("x", x.shape));
  expect(y.shape).toEqual(mixed5.shape);
  const executable = await runtime.load(compile({ outputs: { y } }));
  const got = await executable.run({ x: Float32Array.from(x.data) });
  for (const [i, v] of mixed5.data.entries()) expect(got.y[i]).toBeCloseTo(v, 4);
});
