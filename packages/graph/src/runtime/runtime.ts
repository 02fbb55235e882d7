/**
 * Running a compiled graph (`Program`) behind one interface: onnxruntime-node, onnxruntime-web, or either of them in a
 * worker. State (weights, optimiser moments) stays inside the executable between runs.
 * @module
 */
import type { Constant } from "../formats/packed.ts";
import type { Program } from "../program.ts";

export type TypedArray = Float32Array | BigInt64Array | Uint8Array | Int32Array;
export type Feeds = Record<string, TypedArray>;

/** What of a program stays known once it is loaded. */
export type LoadedProgram = Omit<Program, "bytes">;

/** Values of a program's state, asked for each time that a session is made, and not kept. */
export type Constants = () => Readonly<Record<string, Constant>>;

export interface Executable {
  readonly program: LoadedProgram;
  /**
   * Feed every input of the program, get every output. Where the program has updates (a training step) its state moves
   * on by one step. Throws ShapeError on a missing, unknown or wrongly sized feed.
   */
  run(feeds: Feeds): Promise<Record<string, TypedArray>>;
  /** Copies of state tensors (all, or those named). */
  readState(names?: readonly string[]): Promise<Record<string, Float32Array>>;
  /** Overwrite state tensors by name; unknown names and wrong sizes are a ShapeError. */
  writeState(values: Record<string, Float32Array>): Promise<void>;
  release(): Promise<void>;
}

export interface RuntimeOptions {
  /** Execution provider; "cpu" everywhere, others where onnxruntime has them. */
  readonly device?: Device;
  /** Threads inside one operator. Default: the machine's cores. */
  readonly threads?: number;
  /**
   * Threads spin while they wait for their next piece of work, within a run only. Faster for long programs of many small
   * operators on idle cores, slower as soon as another process wants them. Default false. onnxruntime-node alone.
   */
  readonly spin?: boolean;
}

export type Device = "cpu" | "webgpu" | "cuda" | "coreml" | "dml" | "wasm";

export interface Runtime {
  readonly device: Device;
  /** With `constants`, for inference, the program's state becomes part of it (`freeze`): faster, and no longer readable. */
  load(program: Program, constants?: Constants): Promise<Executable>;
  close(): Promise<void>;
}
