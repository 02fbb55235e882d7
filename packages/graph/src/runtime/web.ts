/**
 * onnxruntime-web behind the Runtime interface (wasm, or WebGPU where the browser has it). Next values of state are
 * taken from the returned tensors: the wasm backend leaves preallocated outputs as zeros.
 * @module
 */
/// <reference path="./ort.d.ts" />
import * as wasmBuild from "#onnxruntime-web";
import { ConfigError } from "../errors.ts";
import { freeze } from "../freeze.ts";
import { nextName } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import type { Executable, Feeds, LoadedProgram, Runtime, RuntimeOptions, TypedArray } from "./runtime.ts";
import { checkFeeds, checkState, portsOf } from "./state.ts";

export interface WebRuntimeOptions extends RuntimeOptions {
  /** Where the .wasm files are served from; onnxruntime's default otherwise. */
  readonly wasmPaths?: string;
}

type Ort = typeof wasmBuild;

/** onnxruntime's build for WebGPU has a binary twice as large; it is fetched where it is used alone. */
async function buildFor(device: "wasm" | "webgpu", options: WebRuntimeOptions): Promise<Ort> {
  const ort: Ort = device === "wasm" ? wasmBuild : await import("onnxruntime-web/webgpu");
  if (options.wasmPaths) ort.env.wasm.wasmPaths = options.wasmPaths;
  if (options.threads) ort.env.wasm.numThreads = options.threads;
  return ort;
}

export function createWebRuntime(options: WebRuntimeOptions = {}): Runtime {
  const device = options.device ?? "wasm";
  if (device !== "wasm" && device !== "webgpu")
    throw new ConfigError(`device: onnxruntime-web has wasm and webgpu, got "${device}"`);
  return {
    device,
    async load(program, constants) {
      const ort = await buildFor(device, options);
      const whole = constants ? freeze(program, constants()) : program;
      const session = await ort.InferenceSession.create(whole.bytes, {
        executionProviders: [device],
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      });
      return new WebExecutable(ort, portsOf(whole), session);
    },
    async close() {},
  };
}

class WebExecutable implements Executable {
  readonly #state = new Map<string, wasmBuild.Tensor>();

  constructor(
    private readonly ort: Ort,
    readonly program: LoadedProgram,
    private readonly session: wasmBuild.InferenceSession,
  ) {
    for (const s of program.state)
      this.#state.set(s.name, new ort.Tensor("float32", new Float32Array(sizeOf(s.shape)), s.shape));
  }

  async run(feeds: Feeds): Promise<Record<string, TypedArray>> {
    checkFeeds(this.program, feeds);
    const inputs: Record<string, wasmBuild.Tensor> = Object.fromEntries(this.#state);
    for (const p of this.program.inputs) inputs[p.name] = new this.ort.Tensor(p.dtype, feeds[p.name], p.shape);
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
      this.#state.set(name, new this.ort.Tensor("float32", Float32Array.from(value), this.#state.get(name)!.dims));
  }

  async release(): Promise<void> {
    await this.session.release();
    this.#state.clear();
  }
}
