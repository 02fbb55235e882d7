/**
 * Work spread over the cores. A bench is one worker thread with its own networks; each runs single-threaded, so a result
 * does not depend on how many there are.
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors } from "@scenograph/graph/formats/safetensors";
import type { Weights } from "@scenograph/graph/nn/weights";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Device, Runtime } from "@scenograph/graph/runtime/runtime";
import { findModel, loadModel } from "scenograph/model/load.node";
import type { Model } from "scenograph/model/model";
import type { StageName } from "scenograph/pipeline";

export interface Bench {
  readonly runtime: Runtime;
  /** The model, opened at the first call. */
  model(): Promise<Model>;
  /** Tensors of the model's file of a stage. */
  weights(stage: StageName): Promise<Weights>;
  /** One of a kind a bench: a judge, a program. Made at the first call with this name. */
  tool<T>(name: string, make: (runtime: Runtime) => Promise<T>): Promise<T>;
}

export class Pool {
  readonly #benches: Bench[];

  constructor(
    jobs: number,
    model: string | undefined,
    private readonly signal?: AbortSignal,
    device?: Device,
  ) {
    this.#benches = Array.from({ length: jobs }, () => createBench(model, device));
  }

  /** Results in the order of the items; benches take the next free item. The first failure, or the signal, stops the rest. */
  async map<T, R>(items: readonly T[], work: (bench: Bench, item: T, index: number) => Promise<R>): Promise<R[]> {
    const results = new Array<R>(items.length);
    let next = 0;
    const serve = async (bench: Bench) => {
      while (next < items.length) {
        const index = next++;
        try {
          this.signal?.throwIfAborted();
          results[index] = await work(bench, items[index], index);
        } catch (error) {
          next = items.length;
          throw error;
        }
      }
    };
    const done = await Promise.allSettled(this.#benches.map(serve));
    for (const one of done) if (one.status === "rejected") throw one.reason;
    return results;
  }

  /** Bench `i`, or another one where there are fewer. */
  bench(i: number): Bench {
    return this.#benches[i % this.#benches.length];
  }

  /** The model, for its facts. */
  model(): Promise<Model> {
    return this.#benches[0].model();
  }

  async close(): Promise<void> {
    await Promise.all(this.#benches.map((bench) => bench.runtime.close()));
  }
}

function createBench(name: string | undefined, device?: Device): Bench {
  const runtime = createWorkerRuntime({ threads: 1, device });
  const tools = new Map<string, Promise<unknown>>();
  const tool = <T>(key: string, make: (runtime: Runtime) => Promise<T>): Promise<T> => {
    let made = tools.get(key) as Promise<T> | undefined;
    if (!made) {
      made = make(runtime);
      tools.set(key, made);
    }
    return made;
  };
  const model = () => tool("model", () => loadModel(name, runtime));
  return {
    runtime,
    tool,
    model,
    async weights(stage) {
      const { files } = (await model()).info;
      return readSafetensors(await readFile(join(await findModel(name), files[stage]))).tensors;
    },
  };
}

/** Consecutive pieces of fixed size: what is computed together does not depend on the number of jobs. */
export function pieces<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
