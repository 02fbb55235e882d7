import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError } from "@scenograph/graph/errors";
import { readSafetensors, type Tensor } from "@scenograph/graph/formats/safetensors";
import { expect, it } from "vitest";
import { encodeWeights, readWeights } from "./export.ts";
import { readVocabulary } from "./tasks/text.ts";

it("trained tensors ship as float16, others and what does not fit as they are", () => {
  const f32 = (...values: number[]) => ({
    dtype: "F32" as const,
    shape: [values.length],
    data: Float32Array.from(values),
  });
  const words = { dtype: "I8" as const, shape: [2], data: Int8Array.from([3, -4]) };
  const weights = new Map<string, Tensor>([
    ["w", f32(1.5, 0.1)],
    ["large", f32(1, 70000)],
    ["scales", f32(0.1)],
    ["words", words],
  ]);
  const bytes = encodeWeights(weights, { stage: "text" }, (name) => name === "w" || name === "large");
  const { tensors, metadata } = readSafetensors(bytes);
  expect(metadata).toEqual({ stage: "text" });
  expect(Object.fromEntries([...tensors].map(([name, t]) => [name, t.dtype]))).toEqual({
    w: "F16",
    large: "F32",
    scales: "F32",
    words: "I8",
  });
  expect(tensors.get("w")!.data[1]).toBeCloseTo(0.1, 4);
  expect(tensors.get("large")!.data[1]).toBe(70000);
});

it("a missing weight file is told by name", async () => {
  await expect(readWeights("absent.safetensors")).rejects.toThrow('"absent.safetensors" cannot be read (ENOENT)');
});

it("a damaged or foreign weight file is told by name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "weights-"));
  const file = join(folder, "cut.safetensors");
  await writeFile(file, Uint8Array.of(9, 9));
  await expect(readWeights(file)).rejects.toThrow(`${file}: readSafetensors(): `);
  await writeFile(
    file,
    encodeWeights(new Map(), {}, () => false),
  );
  const read = readVocabulary({ vocabulary: file });
  await expect(read).rejects.toThrow(`${file}: Vocabulary.fromTensors(): "vocabulary.`);
  await expect(read).rejects.toBeInstanceOf(FormatError);
  await rm(folder, { recursive: true });
});
