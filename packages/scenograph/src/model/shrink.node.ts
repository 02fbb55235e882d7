/**
 * A model's weight files, smaller: tensors as 8-bit integers with a scale a row or column, which sessions and readers widen to the same
 * floats everywhere, and vectors of rare words in fewer steps, which compress better.
 * @module
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { int8Of, SCALES } from "@scenograph/graph/formats/packed";
import { readSafetensors, type Tensor, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { WORD_DIM } from "../paper/text/vocabulary.ts";
import { parseModelInfo } from "./info.ts";
import { sha256Hex } from "./load.node.ts";

/** Smaller tensors stay as they are: biases, scales, gains. */
const LEAST = 1024;
/** Steps of int8 that become one in the vectors of words without a correction, all but the most frequent of the captions. */
const RARE_STEP = 8;

/** Rewrites the model's own files and its model.json; files of its neighbours are hashed anew. -> bytes before and after */
export async function shrinkModel(folder: string): Promise<{ before: number; after: number }> {
  const file = join(folder, "model.json");
  const text = await readFile(file, "utf8");
  const { files } = parseModelInfo(text, file);
  const json = JSON.parse(text) as { sha256: Record<string, string> };
  let [before, after] = [0, 0];
  for (const path of new Set(Object.values(files))) {
    const at = join(folder, path);
    let bytes: Uint8Array = await readFile(at);
    if (!path.startsWith("..")) {
      before += bytes.length;
      bytes = shrunk(bytes);
      after += bytes.length;
      await replace(at, bytes);
    }
    for (const [stage, name] of Object.entries(files)) if (name === path) json.sha256[stage] = sha256Hex(bytes);
  }
  await replace(file, `${JSON.stringify(json, null, 2)}\n`);
  return { before, after };
}

async function replace(file: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${file}.partial`, content);
  await rename(`${file}.partial`, file);
}

/** The same bytes again where nothing is left to do. */
export function shrunk(file: Uint8Array): Uint8Array {
  const { tensors, metadata } = readSafetensors(file, { lazy: true });
  const out = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const packed = "packed" in tensor && tensor.packed?.dtype === "I8" ? tensor.packed : whole(name, tensor);
    if (packed) {
      const { values, scales, scaleShape } = packed;
      out.set(name, { dtype: "I8", shape: tensor.shape, data: values });
      out.set(name + SCALES, { dtype: "F32", shape: scaleShape, data: scales });
    } else out.set(name, tensor);
  }
  coarsen(out);
  return writeSafetensors(out, metadata);
}

/** What a tensor is as int8; undefined for one that stays. */
function whole(name: string, { dtype, shape, data }: Tensor): ReturnType<typeof int8Of> | undefined {
  const table = name.startsWith("vocabulary.") || name === "boxes.statistics";
  if (table || !["F16", "F32"].includes(dtype) || shape.length < 2 || data.length < LEAST) return undefined;
  return int8Of(data as Float32Array, shape);
}

function coarsen(tensors: Map<string, Tensor>): void {
  const part = (name: string) => tensors.get(`vocabulary.${name}`);
  const [vectors, scales, delta] = [part("vectors"), part("scales"), part("delta")];
  if (vectors?.dtype !== "I8" || scales?.dtype !== "F32" || delta?.dtype !== "I32") return;
  const [values, sizes] = [Int8Array.from(vectors.data), Float32Array.from(scales.data)];
  for (let row = delta.data[0]; row < sizes.length; row++) {
    const word = values.subarray(row * WORD_DIM, (row + 1) * WORD_DIM);
    // done before
    if (word.every((v) => Math.abs(v) <= 128 / RARE_STEP)) continue;
    word.forEach((v, i) => {
      word[i] = Math.round(v / RARE_STEP);
    });
    sizes[row] *= RARE_STEP;
  }
  tensors.set("vocabulary.vectors", { ...vectors, data: values });
  tensors.set("vocabulary.scales", { ...scales, data: sizes });
}
