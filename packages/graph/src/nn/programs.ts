/** The programs of one network at the sizes that were asked for. @module */
import type { Program } from "../program.ts";
import type { Executable, Runtime } from "../runtime/runtime.ts";
import { loadWith, type Weights } from "./weights.ts";

/** Each program is built and loaded once, with its weights as constants; one that failed is tried again. */
export class ProgramCache {
  readonly #loaded = new Map<string, Promise<Executable>>();

  constructor(
    private readonly runtime: Runtime,
    private readonly weights: Weights,
  ) {}

  /** @param key the sizes that `build` builds for, and its name where there are several */
  get(key: string | number, build: () => Program): Promise<Executable> {
    const name = String(key);
    let ready = this.#loaded.get(name);
    if (!ready) {
      ready = Promise.resolve().then(() => loadWith(this.runtime, build(), this.weights));
      ready.catch(() => this.#loaded.delete(name));
      this.#loaded.set(name, ready);
    }
    return ready;
  }

  /** Frees all sessions; later calls load again. */
  async release(): Promise<void> {
    const all = [...this.#loaded.values()];
    this.#loaded.clear();
    for (const one of await Promise.allSettled(all)) if (one.status === "fulfilled") await one.value.release();
  }
}
