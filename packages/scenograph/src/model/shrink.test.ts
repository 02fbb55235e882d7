import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, type Tensor, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { expect, test } from "vitest";
import { Vocabulary, WORD_DIM } from "../paper/text/vocabulary.ts";
import { folderReader, sha256Hex } from "./load.node.ts";
import { openFiles } from "./model.ts";
import { packageFolder } from "./package.node.ts";
import { shrinkModel, shrunk } from "./shrink.node.ts";

const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(1 + i * i));
const floats = (tensors: ReadonlyMap<string, Tensor>, name: string) => tensors.get(name)?.data as Float32Array;

test("large float tensors become int8, the others and the tables stay; twice is once", () => {
  const words = ["a", "rare"].map((word, k) => ({ word, vector: wave(WORD_DIM).map((v) => v + k) }));
  const vocabulary = Vocabulary.fromVectors(words, 1);
  const given = new Map<string, Tensor>([
    ["boxes.w", { dtype: "F16", shape: [32, 40], data: wave(1280) }],
    ["boxes.b", { dtype: "F16", shape: [2000], data: wave(2000) }],
    ["boxes.small", { dtype: "F32", shape: [8, 8], data: wave(64) }],
    ["boxes.statistics", { dtype: "F32", shape: [64, 32], data: wave(2048) }],
    ...vocabulary.toTensors(),
  ]);
  const file = writeSafetensors(given, { stage: "boxes" });
  const small = shrunk(file);
  expect(small.length).toBeLessThan(file.length);
  expect(Buffer.compare(shrunk(small), small)).toBe(0);
  const { tensors, metadata } = readSafetensors(small);
  const before = readSafetensors(file).tensors;
  expect(metadata).toEqual({ stage: "boxes" });
  for (const name of ["boxes.b", "boxes.small", "boxes.statistics", "vocabulary.words"])
    expect(tensors.get(name), name).toEqual(before.get(name));
  const [w, wide] = [floats(before, "boxes.w"), floats(tensors, "boxes.w")];
  expect(wide).not.toEqual(w);
  expect(wide.every((v, i) => Math.abs(v - w[i]) <= 0.5001 / 127)).toBe(true);
  // words with a correction to the bit, the others in steps of eight
  const after = Vocabulary.fromTensors(tensors);
  expect(after.vector("a")).toEqual(vocabulary.vector("a"));
  const [rough, exact] = [after.vector("rare"), vocabulary.vector("rare")];
  expect(rough).not.toEqual(exact);
  expect(rough.every((v, i) => Math.abs(v - exact[i]) <= (4.001 * Math.max(...exact)) / 127)).toBe(true);
});

test("a model is shrunk in place, and its hashes with it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "scenograph-shrink-"));
  try {
    await cp(join(packageFolder(), "models/photo"), join(folder, "photo"), { recursive: true });
    await cp(join(packageFolder(), "models/illustrated"), join(folder, "illustrated"), { recursive: true });
    const text = await readFile(join(folder, "illustrated/text.safetensors"));
    await shrinkModel(join(folder, "photo"));
    const files = await openFiles(folderReader(join(folder, "photo")), { sha256: sha256Hex });
    for (const stage of ["text", "boxes", "masks", "image"] as const) await files.weightsOf(stage);
    // a neighbour's file is the neighbour's
    expect(text.equals(await readFile(join(folder, "illustrated/text.safetensors")))).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
