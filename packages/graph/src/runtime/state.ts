/** What both runtimes share: checking of feeds and state against a program. @module */
import { ShapeError } from "../errors.ts";
import type { Program } from "../program.ts";
import { type DType, sizeOf } from "../tensor.ts";
import type { Feeds, LoadedProgram, TypedArray } from "./runtime.ts";

const ARRAY: Record<DType, string> = {
  float32: "Float32Array",
  int64: "BigInt64Array",
  uint8: "Uint8Array",
  bool: "Uint8Array",
};

/** Throws ShapeError unless feeds are exactly the program's inputs. */
export function checkFeeds(program: LoadedProgram, feeds: Feeds): void {
  for (const port of program.inputs) {
    const value = feeds[port.name];
    if (!value) throw new ShapeError(`run(): input "${port.name}" [${port.shape}] is missing`);
    if (value.constructor.name !== ARRAY[port.dtype] || value.length !== sizeOf(port.shape))
      throw new ShapeError(
        `run(): input "${port.name}" wants ${ARRAY[port.dtype]} of ${sizeOf(port.shape)} [${port.shape}], got ${value.constructor.name} of ${value.length}`,
      );
  }
  if (Object.keys(feeds).length > program.inputs.length) {
    const extra = Object.keys(feeds).find((name) => !program.inputs.some((p) => p.name === name));
    throw new ShapeError(
      `run(): "${extra}" is not an input; inputs are ${program.inputs.map((p) => p.name).join(", ")}`,
    );
  }
}

export function checkState(program: LoadedProgram, values: Record<string, Float32Array>): void {
  for (const [name, value] of Object.entries(values)) {
    const spec = program.state.find((s) => s.name === name);
    if (!spec) throw new ShapeError(`writeState(): the program has no state "${name}"`);
    if (value.length !== sizeOf(spec.shape))
      throw new ShapeError(
        `writeState(): "${name}" wants ${sizeOf(spec.shape)} values [${spec.shape}], got ${value.length}`,
      );
  }
}

/** Newly allocated zeros for a dtype. */
export function allocate(dtype: DType, size: number): TypedArray {
  if (dtype === "int64") return new BigInt64Array(size);
  return dtype === "float32" ? new Float32Array(size) : new Uint8Array(size);
}

/** The program without its bytes, which a session needs only while it is made. */
export function portsOf({ bytes: _, ...ports }: Program): LoadedProgram {
  return ports;
}
