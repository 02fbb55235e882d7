/**
 * The queue of one process: first come, first served, bounded, nothing on disk. Finished jobs are kept for an hour and
 * at most 1,000 of them, oldest dropped first.
 * @module
 */
import { BusyError, UserError } from "@scenograph/graph/errors";
import {
  type AddOptions,
  CancelledError,
  DeadlineError,
  type Handlers,
  isFinal,
  type JobQueue,
  type JobState,
  type ListOptions,
  type QueueCounts,
  QueueUnavailableError,
  type Worker,
  WorkerLostError,
  type WorkOptions,
} from "scenograph/queue/queue";
import { jobId } from "./names.ts";

export interface MemoryQueueOptions {
  /** Waiting jobs of one kind at which `add` throws BusyError. Default 64. */
  readonly capacity?: number;
  readonly keepFinished?: number;
  readonly keepMs?: number;
}

interface Entry {
  state: JobState;
  readonly input: unknown;
  readonly abort: AbortController;
  timer?: NodeJS.Timeout;
  readonly listeners: Set<() => void>;
}

interface Crew {
  readonly handlers: Handlers;
  readonly concurrency: number;
  readonly running: Map<Entry, { abort: AbortController; settled: Promise<void> }>;
  closed: boolean;
}

export class MemoryQueue implements JobQueue {
  readonly #capacity: number;
  readonly #keepFinished: number;
  readonly #keepMs: number;
  /** In order of adding. */
  readonly #entries = new Map<string, Entry>();
  /** Ids of finished jobs, oldest first. */
  readonly #finished: string[] = [];
  /** A map for its order and its removal by key in constant time. */
  readonly #waiting = new Map<string, Entry>();
  readonly #crews = new Set<Crew>();
  #closed = false;

  constructor(options: MemoryQueueOptions = {}) {
    this.#capacity = options.capacity ?? 64;
    this.#keepFinished = options.keepFinished ?? 1000;
    this.#keepMs = options.keepMs ?? 3_600_000;
  }

  async add(kind: string, input: unknown, options: AddOptions = {}): Promise<JobState> {
    if (this.#closed) throw new QueueUnavailableError("add(): the queue is closed");
    const id = jobId(kind, options.id);
    const known = this.#entries.get(id);
    if (known) return known.state;
    if (this.#waitingOf(kind) >= this.#capacity)
      throw new BusyError(`add(): the queue holds its ${this.#capacity} waiting "${kind}" jobs; try again later`);
    const createdAt = Date.now();
    const entry: Entry = {
      state: {
        id,
        kind,
        status: "waiting",
        attempts: 0,
        createdAt,
        ...(options.deadlineMs !== undefined && { deadlineAt: createdAt + options.deadlineMs }),
      },
      input,
      abort: new AbortController(),
      listeners: new Set(),
    };
    if (options.deadlineMs !== undefined)
      entry.timer = setTimeout(
        () => this.#giveUp(entry, "failed", new DeadlineError(`job ${id}: not done after ${options.deadlineMs} ms`)),
        options.deadlineMs,
      ).unref();
    this.#entries.set(id, entry);
    this.#waiting.set(id, entry);
    this.#dispatch();
    return entry.state;
  }

  async get(id: string): Promise<JobState | undefined> {
    this.#forget();
    return this.#entries.get(id)?.state;
  }

  async *watch(id: string, signal?: AbortSignal): AsyncGenerator<JobState> {
    const entry = this.#entries.get(id);
    if (!entry) throw new UserError(`watch(): there is no job ${JSON.stringify(id).slice(0, 200)}`);
    let wake = () => {};
    const listener = () => wake();
    entry.listeners.add(listener);
    signal?.addEventListener("abort", listener);
    try {
      let last: JobState | undefined;
      while (!signal?.aborted) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (entry.state !== last) {
          last = entry.state;
          yield last;
          if (isFinal(last.status)) return;
        } else if (this.#closed) return;
        else await changed;
      }
    } finally {
      entry.listeners.delete(listener);
      signal?.removeEventListener("abort", listener);
    }
  }

  async cancel(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (!entry || isFinal(entry.state.status)) return false;
    this.#giveUp(entry, "cancelled", new CancelledError(`job ${id}: cancelled`));
    return true;
  }

  async list(kind: string, { prefix = "", limit = 100 }: ListOptions = {}): Promise<JobState[]> {
    this.#forget();
    const found = [...this.#entries.values()].filter(({ state }) => state.kind === kind && state.id.startsWith(prefix));
    return found
      .slice(-limit)
      .reverse()
      .map(({ state }) => state);
  }

  async counts(kind?: string): Promise<QueueCounts> {
    let running = 0;
    for (const crew of this.#crews)
      for (const entry of crew.running.keys()) if (kind === undefined || entry.state.kind === kind) running++;
    return {
      waiting: kind === undefined ? this.#waiting.size : this.#waitingOf(kind),
      running,
      capacity: this.#capacity,
    };
  }

  work(handlers: Handlers, options: WorkOptions = {}): Worker {
    const crew: Crew = { handlers, concurrency: options.concurrency ?? 1, running: new Map(), closed: false };
    this.#crews.add(crew);
    // not at once: who calls may still want to set up what its handlers use
    setImmediate(() => this.#dispatch());
    return {
      get running() {
        return crew.running.size;
      },
      close: async ({ drainMs } = {}) => {
        crew.closed = true;
        const all = Promise.all([...crew.running.values()].map((r) => r.settled));
        const timer =
          drainMs === undefined
            ? undefined
            : setTimeout(() => {
                for (const { abort } of crew.running.values()) abort.abort(new ClosingError("the worker closes"));
              }, drainMs);
        await all;
        clearTimeout(timer);
        this.#crews.delete(crew);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const entry of [...this.#waiting.values()])
      this.#giveUp(entry, "cancelled", new CancelledError(`job ${entry.state.id}: the queue was closed`));
    await Promise.all(
      [...this.#crews].map(async (crew) => {
        crew.closed = true;
        await Promise.all([...crew.running.values()].map((r) => r.settled));
      }),
    );
    this.#crews.clear();
    for (const entry of this.#entries.values()) {
      clearTimeout(entry.timer);
      for (const listener of entry.listeners) listener();
    }
  }

  #waitingOf(kind: string): number {
    let n = 0;
    for (const entry of this.#waiting.values()) if (entry.state.kind === kind) n++;
    return n;
  }

  #dispatch(): void {
    for (const crew of this.#crews) {
      if (crew.closed) continue;
      for (const entry of this.#waiting.values()) {
        if (crew.running.size >= crew.concurrency) break;
        if (Object.hasOwn(crew.handlers, entry.state.kind)) this.#begin(crew, entry);
      }
    }
  }

  #begin(crew: Crew, entry: Entry): void {
    const { id, kind } = entry.state;
    this.#waiting.delete(id);
    this.#set(entry, { status: "running", attempts: entry.state.attempts + 1, startedAt: Date.now() });
    const abort = new AbortController();
    const stop = () => abort.abort(entry.abort.signal.reason);
    entry.abort.signal.addEventListener("abort", stop, { once: true });
    const job = { id, kind, input: entry.input, attempt: entry.state.attempts };
    const report: Parameters<Handlers[string]>[1]["report"] = (progress) => {
      if (entry.state.status === "running" && entry.state.attempts === job.attempt) this.#set(entry, { progress });
    };
    // in a later turn, so that a handler that fails at once does not fail inside add()
    const settled = Promise.resolve()
      .then(() => crew.handlers[kind](job, { report, signal: abort.signal }))
      .then(
        (result) => this.#finish(entry, { status: "done", result }),
        (error: unknown) => {
          const closing = abort.signal.reason instanceof ClosingError;
          const again = closing || (error instanceof WorkerLostError && job.attempt < 2);
          if (again && entry.state.status === "running" && !this.#closed) {
            this.#set(entry, { status: "waiting", attempts: closing ? job.attempt - 1 : job.attempt });
            this.#waiting.set(id, entry);
          } else this.#finish(entry, { status: "failed", error: describe(error) });
        },
      )
      .then(() => {
        entry.abort.signal.removeEventListener("abort", stop);
        crew.running.delete(entry);
        this.#dispatch();
      });
    crew.running.set(entry, { abort, settled });
  }

  #giveUp(entry: Entry, status: "failed" | "cancelled", reason: Error): void {
    this.#waiting.delete(entry.state.id);
    this.#finish(entry, { status, error: describe(reason) });
    entry.abort.abort(reason);
  }

  #finish(entry: Entry, change: Partial<JobState>): void {
    if (isFinal(entry.state.status)) return;
    clearTimeout(entry.timer);
    this.#set(entry, { ...change, finishedAt: Date.now() });
    this.#finished.push(entry.state.id);
    this.#forget();
  }

  #set(entry: Entry, change: Partial<JobState>): void {
    entry.state = { ...entry.state, ...change };
    for (const listener of entry.listeners) listener();
  }

  #forget(): void {
    const horizon = Date.now() - this.#keepMs;
    while (this.#finished.length > 0) {
      const id = this.#finished[0];
      const finishedAt = this.#entries.get(id)?.state.finishedAt ?? 0;
      if (this.#finished.length <= this.#keepFinished && finishedAt > horizon) return;
      this.#finished.shift();
      this.#entries.delete(id);
    }
  }
}

/** An orderly end of a worker: the job goes back to the queue as if it had not been begun. */
class ClosingError extends WorkerLostError {}

export function describe(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "Error", message: String(error) };
}
