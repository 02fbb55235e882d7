/**
 * Runtimes that load but do not compute: programs and weights are prepared (or recorded) while a stage believes that it
 * runs. So one description of a stage serves warming up and export too.
 * @module
 */
import type { Program } from "@scenograph/graph/program";
import type { Executable, Runtime, TypedArray } from "@scenograph/graph/runtime/runtime";
import { allocate } from "@scenograph/graph/runtime/state";
import { sizeOf } from "@scenograph/graph/tensor";

/** A program as a stage loaded it, with its weights. */
export interface LoadedProgram {
  readonly program: Program;
  readonly weights: Record<string, Float32Array>;
}

/** Keeps what is loaded through it, in order; every run answers zeros. */
export function recordingRuntime(): { readonly runtime: Runtime; readonly loaded: LoadedProgram[] } {
  const loaded: LoadedProgram[] = [];
  const runtime: Runtime = {
    device: "cpu",
    async load(program) {
      const weights: Record<string, Float32Array> = {};
      loaded.push({ program, weights });
      return {
        program,
        run: async () => zeros(program),
        readState: async () => ({ ...weights }),
        writeState: async (values) => void Object.assign(weights, values),
        release: async () => {},
      };
    },
    close: async () => {},
  };
  return { runtime, loaded };
}

/** Like `runtime`, but while `isDry()` is true a run answers zeros at once. Loading is real in any case. */
export function dryableRuntime(runtime: Runtime, isDry: () => boolean): Runtime {
  return {
    device: runtime.device,
    async load(program): Promise<Executable> {
      const inner = await runtime.load(program);
      return {
        program,
        run: async (feeds) => (isDry() ? zeros(program) : inner.run(feeds)),
        readState: (names) => inner.readState(names),
        writeState: (values) => inner.writeState(values),
        release: () => inner.release(),
      };
    },
    close: () => runtime.close(),
  };
}

function zeros(program: Program): Record<string, TypedArray> {
  return Object.fromEntries(program.outputs.map((p) => [p.name, allocate(p.dtype, sizeOf(p.shape))]));
}
