import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError, FormatError } from "../../errors.ts";
import { writeSafetensors } from "../../formats/safetensors.ts";
import { constant, input } from "../../leaves.ts";
import { conv2d } from "../../ops/convolution.ts";
import { relu } from "../../ops/elementwise.ts";
import { compile } from "../../program.ts";
import { loadPerceptual } from "./load.node.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "scenograph-test-"));
});
afterEach(() => rm(cache, { recursive: true }));

test("a network that is not installed: one line that says what to do", async () => {
  const error = await loadPerceptual("cocossd", cache).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).toMatch(/run: scenograph judges install$/);
  expect((error as Error).message).not.toContain("\n");
});

test("the file must be the one that was installed", async () => {
  const one = { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const;
  const bytes = writeSafetensors([["a", one]]);
  const folder = join(cache, "judges");
  await mkdir(folder);
  await writeFile(join(folder, "coco-ssd.safetensors"), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await writeFile(join(folder, "judges.json"), JSON.stringify({ "coco-ssd": { sha256 } }));
  expect((await loadPerceptual("cocossd", cache)).id).toBe(`cocossd-${sha256.slice(0, 12)}`);
  await writeFile(join(folder, "coco-ssd.safetensors"), bytes.with(bytes.length - 1, 7));
  await expect(loadPerceptual("cocossd", cache)).rejects.toThrow(FormatError);
  await writeFile(join(folder, "judges.json"), "{");
  await expect(loadPerceptual("cocossd", cache)).rejects.toThrow(/judges install/);
});

test("settings", async () => {
  expect((await loadPerceptual("none", cache)).features(input("x", [1, 3, 4, 4]))).toEqual([]);
  await expect(loadPerceptual("discriminator", cache)).rejects.toThrow(/picture stage/);
  await expect(loadPerceptual("vgg", cache)).rejects.toThrow(/"cocossd", "none", "discriminator" or a path/);
});

test("an ONNX file: every output is a tap", async () => {
  const x = input("pictures", [2, 3, 8, 8]);
  const weight = constant(new Float32Array(4 * 3 * 9).fill(0.1), [4, 3, 3, 3]);
  const a = relu(conv2d(x, weight, undefined, { stride: 2, padding: 1 }));
  const file = join(cache, "network.onnx");
  await writeFile(file, compile({ outputs: { a, b: relu(a) } }).bytes);
  const { id, features } = await loadPerceptual(file, cache);
  expect(id).toMatch(/^onnx-[0-9a-f]{12}$/);
  expect(features(input("x", [2, 3, 8, 8])).map((t) => t.shape)).toEqual([
    [2, 4, 4, 4],
    [2, 4, 4, 4],
  ]);
  await writeFile(file, compile({ outputs: { a: relu(a), b: input("second", [1]) } }).bytes);
  await expect(loadPerceptual(file, cache)).rejects.toThrow(/one input, the pictures, got 2/);
  await expect(loadPerceptual(join(cache, "other.onnx"), cache)).rejects.toThrow(/check the path/);
});
