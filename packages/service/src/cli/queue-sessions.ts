/** A worker's open models, each with a runtime of its own; the calls of one take turns. @module */
import { UserError } from "@scenograph/graph/errors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import { runPrepared, type Session } from "scenograph/cli/session";
import { loadModel } from "scenograph/model/load.node";
import type { Model } from "scenograph/model/model";

interface Opened {
  readonly runtime: Runtime;
  readonly model: Model;
}

export class ModelSessions {
  readonly #open = new Map<string, Promise<Opened>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: RuntimeOptions) {}

  /** Runs `work` with the model, which is opened at its first use. @throws UserError for an unknown or damaged model */
  use<T>(name: string | undefined, work: (session: Pick<Session, "model" | "run">) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      const key = name ?? "";
      try {
        const { model } = await this.#of(key, name);
        return await work({ model, run: (scenes, options) => runPrepared(model, scenes, options) });
      } catch (error) {
        // whatever broke it, the next job begins with a fresh one
        if (!(error instanceof UserError)) await this.#drop(key);
        throw error;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    await Promise.all([...this.#open.keys()].map((key) => this.#drop(key)));
  }

  #of(key: string, name: string | undefined): Promise<Opened> {
    let opened = this.#open.get(key);
    if (!opened) {
      const { threads, device } = this.options;
      const runtime = createWorkerRuntime({ threads, device });
      opened = loadModel(name, runtime).then(
        (model) => ({ runtime, model }),
        async (error) => {
          this.#open.delete(key);
          await runtime.close();
          throw error;
        },
      );
      this.#open.set(key, opened);
    }
    return opened;
  }

  async #drop(key: string): Promise<void> {
    const opened = this.#open.get(key);
    this.#open.delete(key);
    await opened?.then(
      ({ runtime }) => runtime.close().catch(() => {}),
      () => {},
    );
  }
}
