/** Between weight files and the state of programs. @module */

import { FormatError } from "../errors.ts";
import type { Constant } from "../formats/packed.ts";
import type { Tensor as StoredTensor } from "../formats/safetensors.ts";
import { emaName } from "../optimizers.ts";
import type { Program } from "../program.ts";
import type { Executable, Runtime } from "../runtime/runtime.ts";
import { type Shape, sameShape, show } from "../tensor.ts";

export type Weights = ReadonlyMap<string, StoredTensor>;

/** The state of `program` out of a weight file. Throws FormatError naming what is missing or has another shape. */
export function stateFrom(program: Pick<Program, "state">, weights: Weights): Record<string, Float32Array> {
  return Object.fromEntries(program.state.map(({ name, shape }) => [name, floats(weights, name, shape)]));
}

/** The same as they are stored, for sessions that widen them. */
function constantsFrom(program: Pick<Program, "state">, weights: Weights): Record<string, Constant> {
  return Object.fromEntries(
    program.state.map(({ name, shape }) => {
      const t = weights.get(name);
      const packed = t && "packed" in t && sameShape(t.shape, shape) ? t.packed : undefined;
      return [name, packed ?? floats(weights, name, shape)];
    }),
  );
}

/** One float tensor of a weight file. `shape` undefined: any. */
export function floats(weights: Weights, name: string, shape?: Shape): Float32Array {
  const t = weights.get(name);
  if (!t) throw new FormatError(`weights: tensor "${name}" is missing; these weights belong to another model`);
  if (shape && !sameShape(t.shape, shape))
    throw new FormatError(`weights: "${name}" has shape ${show(t.shape)}, the configuration wants ${show(shape)}`);
  const { data } = t;
  if (!(data instanceof Float32Array))
    throw new FormatError(`weights: "${name}" has type ${t.dtype}, a float type is wanted`);
  return data;
}

/** Load a program for inference, its state filled from weights for good. */
export function loadWith(runtime: Runtime, program: Program, weights: Weights): Promise<Executable> {
  return runtime.load(program, () => constantsFrom(program, weights));
}

/**
 * Weights to keep out of a training state: the parameters `names`, their moving averages where there are any.
 * `shapes` gives each its shape. Stored as float16 when written with `half`.
 */
export function exportState(
  program: Pick<Program, "state">,
  state: Readonly<Record<string, Float32Array>>,
  keep: (name: string) => boolean,
): Map<string, StoredTensor> {
  const out = new Map<string, StoredTensor>();
  for (const { name, shape } of program.state) {
    if (!keep(name)) continue;
    const data = state[emaName(name)] ?? state[name];
    out.set(name, { dtype: "F32", shape, data });
  }
  return out;
}

/** The same weights as float16 (other types unchanged). */
export function halved(weights: Weights): Map<string, StoredTensor> {
  return new Map(
    [...weights].map(([name, t]) => [name, t.dtype === "F32" ? { dtype: "F16", shape: t.shape, data: t.data } : t]),
  );
}
