/**
 * onnxruntime-node behind the Runtime interface. State lives in two sets of preallocated tensors that a training step
 * reads and writes in turn, so no memory grows between steps. `run` blocks its thread: see worker.node.ts.
 * @module
 */
import "./silence.node.ts";
import { cpus } from "node:os";
import * as ort from "onnxruntime-node";
import { ConfigError } from "../errors.ts";
import { freeze } from "../freeze.ts";
import { nextName, type Program } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import type { Executable, Feeds, LoadedProgram, Runtime, RuntimeOptions, TypedArray } from "./runtime.ts";
import { createSession } from "./sessions.node.ts";
import { allocate, checkFeeds, checkState, portsOf } from "./state.ts";

/** Throws ConfigError when the device is not present on this machine. */
export function createNodeRuntime(options: RuntimeOptions = {}): Runtime {
  const device = options.device ?? "cpu";
  const present = ort.listSupportedBackends().map((b) => b.name);
  if (!present.includes(device))
    throw new ConfigError(`device: "${device}" is not in this onnxruntime; choose one of ${present.join(", ")}`);
  const threads = options.threads ?? Math.max(1, cpus().length);
  const settings = { ...options, device, threads };
  return {
    device,
    async load(program, constants) {
      const whole = constants ? freeze(program, constants()) : program;
      return new NodeExecutable(portsOf(whole), await sessionOf(whole, settings));
    },
    async close() {},
  };
}

async function sessionOf(
  program: Program,
  settings: Parameters<typeof createSession>[1],
): Promise<ort.InferenceSession> {
  const { device } = settings;
  try {
    return await createSession(program, settings);
  } catch (error) {
    if (device === "cpu") throw error;
    throw new ConfigError(`device: "${device}" could not start (${reasonOf(error as Error)}); use --device cpu`);
  }
}

/** The words of an error of onnxruntime, without places in its source. */
function reasonOf({ message }: Error): string {
  const [first] = message.replace(/^.* was false\. /s, "").split("\n");
  return first.trim().replace(/\.$/, "");
}

class NodeExecutable implements Executable {
  #current = new Map<string, ort.Tensor>();
  /** Where the next values are written; the sets change places after each run. */
  #next = new Map<string, ort.Tensor>();

  constructor(
    readonly program: LoadedProgram,
    private readonly session: ort.InferenceSession,
  ) {
    const zeros = (shape: readonly number[]) => new ort.Tensor("float32", new Float32Array(sizeOf(shape)), shape);
    for (const s of program.state) {
      this.#current.set(s.name, zeros(s.shape));
      if (s.updated) this.#next.set(s.name, zeros(s.shape));
    }
  }

  async run(feeds: Feeds): Promise<Record<string, TypedArray>> {
    checkFeeds(this.program, feeds);
    const inputs: Record<string, ort.Tensor> = Object.fromEntries(this.#current);
    for (const p of this.program.inputs) inputs[p.name] = new ort.Tensor(p.dtype, feeds[p.name], p.shape);
    const fetches: Record<string, ort.Tensor> = {};
    const result: Record<string, TypedArray> = {};
    for (const p of this.program.outputs) {
      result[p.name] = allocate(p.dtype, sizeOf(p.shape));
      fetches[p.name] = new ort.Tensor(p.dtype, result[p.name], p.shape);
    }
    for (const [name, tensor] of this.#next) fetches[nextName(name)] = tensor;
    await this.session.run(inputs, fetches);
    for (const [name, tensor] of this.#next) {
      this.#next.set(name, this.#current.get(name)!);
      this.#current.set(name, tensor);
    }
    return result;
  }

  async readState(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    const wanted = names ?? [...this.#current.keys()];
    return Object.fromEntries(wanted.map((n) => [n, Float32Array.from(this.#data(n))]));
  }

  async writeState(values: Record<string, Float32Array>): Promise<void> {
    checkState(this.program, values);
    for (const [name, value] of Object.entries(values)) this.#data(name).set(value);
  }

  async release(): Promise<void> {
    await this.session.release();
    this.#current.clear();
    this.#next.clear();
  }

  #data(name: string): Float32Array {
    const tensor = this.#current.get(name);
    if (!tensor) checkState(this.program, { [name]: new Float32Array() });
    return tensor!.data as Float32Array;
  }
}
