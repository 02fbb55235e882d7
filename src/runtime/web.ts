/**
 * onnxruntime-web behind the Runtime interface (wasm, or WebGPU where the browser has it). Next values of state are
 * taken from the returned tensors: the wasm backend leaves preallocated outputs as zeros.
 * @module
 */
import * as ort from "onnxruntime-web";
import { ConfigError } from "../errors.ts";
import { nextName, type Program } from "../graph/program.ts";
import { sizeOf } from "../graph/tensor.ts";
import type { Executable, Feeds, Runtime, RuntimeOptions, TypedArray } from "./runtime.ts";
import { checkFeeds, checkState } from "./state.ts";

export interface WebRuntimeOptions extends RuntimeOptions {
  /** Where the .wasm files are served from; onnxruntime's default otherwise. */
  readonly wasmPaths?: string;
}

export function createWebRuntime(options: WebRuntimeOptions = {}): Runtime {
  const device = options.device ?? "wasm";
  if (device !== "wasm" && device !== "webgpu")
    throw new ConfigError(`device: onnxruntime-web has wasm and webgpu, got "${device}"`);
  if (options.wasmPaths) ort.env.wasm.wasmPaths = options.wasmPaths;
  if (options.threads) ort.env.wasm.numThreads = options.threads;
  return {
    device,
    async load(program) {
      const session = await ort.InferenceSession.create(program.bytes, {
        executionProviders: [device],
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      });
      return new WebExecutable(program, session);
    },
    async close() {},
  };
}

class WebExecutable implements Executable {
  #state = new Map<string, ort.Tensor>();

  constructor(
    readonly program: Program,
    private readonly session: ort.InferenceSession,
  ) {
    for (const s of program.state)
      this.#state.set(s.name, new ort.Tensor("float32", new Float32Array(sizeOf(s.shape)), s.shape));
  }

  async run(feeds: Feeds): Promise<Record<string, TypedArray>> {
    checkFeeds(this.program, feeds);
    const inputs: Record<string, ort.Tensor> = Object.fromEntries(this.#state);
    for (const p of this.program.inputs) inputs[p.name] = new ort.Tensor(p.dtype, feeds[p.name], p.shape);
    const out = await this.session.run(inputs);
    const result: Record<string, TypedArray> = {};
    for (const p of this.program.outputs) result[p.name] = out[p.name].data as TypedArray;
    for (const s of this.program.state) if (s.updated) this.#state.set(s.name, out[nextName(s.name)]);
    return result;
  }

  async readState(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    const wanted = names ?? [...this.#state.keys()];
    for (const name of wanted) if (!this.#state.has(name)) checkState(this.program, { [name]: new Float32Array() });
    return Object.fromEntries(wanted.map((n) => [n, Float32Array.from(this.#state.get(n)!.data as Float32Array)]));
  }

  async writeState(values: Record<string, Float32Array>): Promise<void> {
    checkState(this.program, values);
    for (const [name, value] of Object.entries(values))
      this.#state.set(name, new ort.Tensor("float32", Float32Array.from(value), this.#state.get(name)!.dims));
  }

  async release(): Promise<void> {
    await this.session.release();
    this.#state.clear();
  }
}
