/** weights.safetensors: what ships. @module */
import { readFile } from "node:fs/promises";
import { ConfigError, FormatError } from "@scenograph/graph/errors";
import {
  readSafetensors,
  type Safetensors,
  type Tensor,
  writeSafetensors,
} from "@scenograph/graph/formats/safetensors";
import type { Weights } from "./task.ts";

const LARGEST_HALF = 65504;

/**
 * Trained F32 tensors become F16 where all values fit (relative rounding 2^-11); others (a vocabulary's scales, values
 * beyond 65504) stay as they are.
 */
export function encodeWeights(
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
  isTrained: (name: string) => boolean,
): Uint8Array {
  return writeSafetensors(
    [...weights].map(([name, tensor]) => [name, isTrained(name) ? halved(tensor) : tensor] as const),
    metadata,
  );
}

function halved(tensor: Tensor): Tensor {
  if (tensor.dtype !== "F32" || tensor.data.some((v) => Math.abs(v) > LARGEST_HALF)) return tensor;
  return { ...tensor, dtype: "F16" };
}

/** Weights of another run to begin from. @throws ConfigError when unreadable, FormatError when damaged. */
export async function readWeights(path: string): Promise<Weights> {
  return (await readWeightFile(path)).tensors;
}

/** Tensors and metadata. @throws ConfigError when unreadable, FormatError when damaged; both name the file */
export async function readWeightFile(path: string): Promise<Safetensors> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`"${path}" cannot be read (${error.code}); name a .safetensors file`);
  });
  return namingFile(path, () => readSafetensors(bytes));
}

/** `read`, whose FormatErrors name the file. */
export function namingFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`);
    throw error;
  }
}
