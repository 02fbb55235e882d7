/** Weights of a fixed network: named float32 arrays that enter a graph as constants. @module */
import { FormatError } from "../../errors.ts";
import { readSafetensors } from "../../formats/safetensors.ts";
import { constant } from "../../leaves.ts";
import { sizeOf, type Tensor } from "../../tensor.ts";

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Weights = ReadonlyMap<string, Weight>;

/** All tensors of a safetensors file, which must be float32 (or float16). @throws FormatError */
export function readWeights(bytes: Uint8Array): Weights {
  const weights = new Map<string, Weight>();
  for (const [name, t] of readSafetensors(bytes).tensors) {
    if (!(t.data instanceof Float32Array))
      throw new FormatError(`readWeights(): weights are float32 or float16, got ${t.dtype} for "${name}"`);
    weights.set(name, { shape: t.shape, data: t.data });
  }
  return weights;
}

/**
 * Weights as constants of a graph, each made at its first use and then shared, so that a network applied to several
 * pictures (generated and real) is stored once in the program.
 */
export class Constants {
  readonly #weights: Weights;
  readonly #made = new Map<string, Tensor>();

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** @throws FormatError when there is no such weight. */
  get(name: string): Tensor {
    let tensor = this.#made.get(name);
    if (!tensor) {
      const weight = this.#weights.get(name);
      if (!weight) throw new FormatError(`weights: the network needs "${name}", the file does not have it`);
      if (weight.data.length !== sizeOf(weight.shape))
        throw new FormatError(`weights: "${name}" [${weight.shape}] has ${weight.data.length} values`);
      tensor = constant(weight.data, weight.shape);
      this.#made.set(name, tensor);
    }
    return tensor;
  }

  has(name: string): boolean {
    return this.#weights.has(name);
  }
}
