/** The computing threads: one call at a time each, a new thread in the place of one that died. @module */
import type { Worker } from "node:worker_threads";
import { closeComputing, spawnComputing } from "@scenograph/graph/runtime/spawn.node";
import type { BoxOptions } from "scenograph/pipeline";
import { WorkerLostError } from "scenograph/queue/queue";
import type { Batch, FromWorker, Operation, WorkerSetup } from "./protocol.ts";
import { revive } from "./revive.ts";

export interface Work {
  readonly operation: Operation;
  readonly model: string;
  readonly options: BoxOptions;
}

interface Slot {
  worker: Worker | undefined;
  waiting: { resolve(answers: readonly unknown[]): void; reject(error: Error): void } | undefined;
}

const RESTART_MS = 1000;

export class WorkerPool {
  readonly #slots: Slot[];
  readonly #warm = new Set<Slot>();
  #calls = 0;
  #closed = false;

  /**
   * @param onLost told when a thread died or could not warm up; another takes its place when there is work
   * @param onWarm told how many threads are warm by now (see `WorkerSetup.warm`)
   */
  constructor(
    size: number,
    private readonly setup: WorkerSetup,
    private readonly onLost: (reason: string) => void,
    private readonly onWarm: (threads: number) => void,
    private readonly spawn: (setup: WorkerSetup) => Worker = (s) => spawnComputing("./worker.node", import.meta.url, s),
  ) {
    this.#slots = Array.from({ length: size }, () => ({ worker: undefined, waiting: undefined }));
    if (setup.warm.length > 0) for (const slot of this.#slots) this.#start(slot);
  }

  /**
   * A batch on one thread. If the thread dies the batch runs once more on a new one.
   * @throws WorkerLostError when that dies too
   */
  async run(slot: number, work: Work, items: readonly unknown[]): Promise<readonly unknown[]> {
    try {
      return await this.#ask(slot, work, items);
    } catch (error) {
      if (!(error instanceof WorkerLostError) || this.#closed) throw error;
      return this.#ask(slot, work, items);
    }
  }

  /** Ends the threads when they have finished what they compute. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#slots.flatMap(({ worker }) => (worker ? [closeComputing(worker)] : [])));
  }

  #ask(index: number, work: Work, items: readonly unknown[]): Promise<readonly unknown[]> {
    const slot = this.#slots[index];
    if (this.#closed) return Promise.reject(new WorkerLostError("the engine is closed"));
    const worker = slot.worker ?? this.#start(slot);
    return new Promise((resolve, reject) => {
      slot.waiting = { resolve, reject };
      // the process waits for answers, not for idle threads
      worker.ref();
      const message: Batch = { call: this.#calls++, ...work, items };
      worker.postMessage(message);
    });
  }

  #revive(slot: Slot): void {
    if (!this.#closed && !slot.worker) this.#start(slot);
  }

  #start(slot: Slot): Worker {
    const worker = this.spawn(this.setup);
    slot.worker = worker;
    worker.unref();
    worker.on("message", (message: FromWorker) => {
      if ("warm" in message) {
        if (message.error !== undefined) this.onLost(`warming up failed: ${message.error}`);
        else if (!this.#warm.has(slot)) this.onWarm(this.#warm.add(slot).size);
        return;
      }
      const { answers, error } = message;
      const { waiting } = slot;
      slot.waiting = undefined;
      worker.unref();
      if (error) waiting?.reject(revive(error));
      else waiting?.resolve(answers as readonly unknown[]);
    });
    const lost = (reason: string) => {
      if (slot.worker !== worker) return;
      slot.worker = undefined;
      const { waiting } = slot;
      slot.waiting = undefined;
      if (!this.#closed) {
        this.onLost(reason);
        // not at once: one that dies while it starts would do so again and again
        if (this.setup.warm.length > 0) setTimeout(() => this.#revive(slot), RESTART_MS).unref();
      }
      waiting?.reject(new WorkerLostError(`a computing thread stopped: ${reason}`));
    };
    worker.on("error", (error) => lost(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => lost(`exit code ${code}`));
    return worker;
  }
}
