/**
 * The runtime of a computing thread: many programs, for days. Compiled sessions, which hold their weights, are bounded: the
 * one that was used longest ago goes; a run's memory goes back when it ends.
 * onnxruntime's arena is off: each session has its own and keeps what its largest run took, some 30 MB a session on
 * average and 390 MB for a batch of 8 pictures of 128 pixels (see docs/operations.md, Memory).
 * @module
 */
import "@scenograph/graph/runtime/silence.node";
import { freeze } from "@scenograph/graph/freeze";
import type { Program } from "@scenograph/graph/program";
import type {
  Constants,
  Executable,
  Feeds,
  LoadedProgram,
  Runtime,
  TypedArray,
} from "@scenograph/graph/runtime/runtime";
import { createSession } from "@scenograph/graph/runtime/sessions.node";
import { allocate, checkFeeds, checkState, portsOf } from "@scenograph/graph/runtime/state";
import { sizeOf } from "@scenograph/graph/tensor";
import * as ort from "onnxruntime-node";

export interface InferenceOptions {
  /** Threads inside one operator. */
  readonly threads: number;
  /** Compiled sessions that are kept. */
  readonly maxSessions: number;
}

export interface InferenceRuntime extends Runtime {
  /** Sessions compiled by now. */
  readonly sessions: number;
}

/**
 * A CPU runtime for programs with constants, or without state. A program whose session was let go is compiled again by its
 * next run.
 */
export function createInferenceRuntime({ threads, maxSessions }: InferenceOptions): InferenceRuntime {
  /** In the order of their last use. */
  const live = new Set<InferenceExecutable>();

  const makeRoom = async () => {
    for (const one of live) {
      if (live.size <= maxSessions) return;
      if (one.running > 0) continue;
      live.delete(one);
      await one.letGo();
    }
  };
  // enableMemPattern plans one block for a whole run, which the arena would keep
  const compile = (program: Program) =>
    createSession(program, { device: "cpu", threads }, { enableCpuMemArena: false, enableMemPattern: false });

  class InferenceExecutable implements Executable {
    running = 0;
    readonly program: LoadedProgram;
    #session: Promise<ort.InferenceSession> | undefined;

    constructor(
      private readonly source: Program,
      private readonly constants: Constants,
    ) {
      this.program = { ...portsOf(source), state: [] };
    }

    /** The compiled session, which is the last to go now. */
    session(): Promise<ort.InferenceSession> {
      live.delete(this);
      live.add(this);
      this.#session ??= this.#compiled().catch((error) => {
        this.#session = undefined;
        live.delete(this);
        throw error;
      });
      return this.#session;
    }

    async #compiled(): Promise<ort.InferenceSession> {
      return compile(freeze(this.source, this.constants()));
    }

    async letGo(): Promise<void> {
      const session = this.#session;
      this.#session = undefined;
      await (await session)?.release();
    }

    async run(feeds: Feeds): Promise<Record<string, TypedArray>> {
      checkFeeds(this.program, feeds);
      this.running++;
      try {
        const session = await this.session();
        await makeRoom();
        const inputs: Record<string, ort.Tensor> = {};
        for (const p of this.program.inputs) inputs[p.name] = new ort.Tensor(p.dtype, feeds[p.name], p.shape);
        const result: Record<string, TypedArray> = {};
        const fetches: Record<string, ort.Tensor> = {};
        for (const p of this.program.outputs) {
          result[p.name] = allocate(p.dtype, sizeOf(p.shape));
          fetches[p.name] = new ort.Tensor(p.dtype, result[p.name], p.shape);
        }
        await session.run(inputs, fetches);
        return result;
      } finally {
        this.running--;
      }
    }

    async readState(names: readonly string[] = []): Promise<Record<string, Float32Array>> {
      checkState(this.program, Object.fromEntries(names.map((name) => [name, new Float32Array()])));
      return {};
    }

    async writeState(values: Record<string, Float32Array>): Promise<void> {
      checkState(this.program, values);
    }

    async release(): Promise<void> {
      live.delete(this);
      await this.letGo();
    }
  }

  return {
    device: "cpu",
    get sessions() {
      return live.size;
    },
    async load(program, constants = () => ({})) {
      const executable = new InferenceExecutable(program, constants);
      await executable.session();
      await makeRoom();
      return executable;
    },
    async close() {
      for (const one of [...live]) await one.release();
    },
  };
}
