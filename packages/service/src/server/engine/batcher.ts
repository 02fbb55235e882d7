/**
 * Dynamic batching across clients: calls of one key (stage, model, options) that arrive within a window of a few
 * milliseconds run together, at most `maxBatch` of them. Slots (worker threads) take the ready key whose oldest call
 * belongs to the request that was admitted first. Pure: no threads, no clock but the given one.
 * @module
 */

export interface BatchKey {
  /** Calls of one id may run together. */
  readonly id: string;
  readonly maxBatch: number;
  /**
   * Batches are powers of two, the rest waits for the next: where a batch is filled up to one anyway, and what fills it
   * costs as much as a call.
   */
  readonly powersOfTwo?: boolean;
}

export interface BatcherOptions<K extends BatchKey> {
  /** Workers; each runs one batch at a time. */
  readonly slots: number;
  /** A call waits at most so long for company while a slot is free. */
  readonly windowMs: number;
  /** Answers in the order of `items`. */
  readonly run: (slot: number, key: K, items: readonly unknown[]) => Promise<readonly unknown[]>;
  /** Requests that may still send calls; when all of them wait already, nobody waits for company. Default: unknown. */
  readonly expected?: () => number;
  readonly onBatch?: (key: K, size: number) => void;
  readonly now?: () => number;
}

interface Call {
  readonly item: unknown;
  readonly order: number;
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly leave: () => void;
}

interface Group<K> {
  readonly key: K;
  readonly calls: Call[];
}

export class Batcher<K extends BatchKey> {
  readonly #groups = new Map<string, Group<K>>();
  readonly #free: number[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #now: () => number;
  #waiting = 0;

  constructor(private readonly options: BatcherOptions<K>) {
    this.#free = Array.from({ length: options.slots }, (_, i) => options.slots - 1 - i);
    this.#now = options.now ?? (() => performance.now());
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Slots that run a batch. */
  get busy(): number {
    return this.options.slots - this.#free.length;
  }

  /**
   * The answer to `item`, computed together with others of its key. `order`: when its request was admitted, smaller is
   * served first. An aborted call leaves the queue at once; the answer of one that runs already is thrown away.
   */
  submit(key: K, item: unknown, order: number, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#remove(key, call);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const leave = () => signal?.removeEventListener("abort", onAbort);
      const call: Call = { item, order, since: this.#now(), resolve, reject, leave };
      let group = this.#groups.get(key.id);
      if (!group) {
        group = { key, calls: [] };
        this.#groups.set(key.id, group);
      }
      // nearly always the last place: requests send calls in the order in which they came
      let at = group.calls.length;
      while (at > 0 && group.calls[at - 1].order > order) at--;
      group.calls.splice(at, 0, call);
      this.#waiting++;
      // the calls of one request, sent in one turn, are seen together
      queueMicrotask(() => this.#dispatch());
    });
  }

  #remove(key: K, call: Call): void {
    const group = this.#groups.get(key.id);
    const at = group?.calls.indexOf(call) ?? -1;
    if (!group || at < 0) return;
    group.calls.splice(at, 1);
    this.#waiting--;
    if (group.calls.length === 0) this.#groups.delete(key.id);
    // those who waited for it have waited enough
    queueMicrotask(() => this.#dispatch());
  }

  #dispatch(): void {
    while (this.#free.length > 0 && this.#waiting > 0) {
      const now = this.#now();
      const everybody = this.#waiting >= (this.options.expected?.() ?? Number.POSITIVE_INFINITY);
      let chosen: Group<K> | undefined;
      let next = Number.POSITIVE_INFINITY;
      for (const group of this.#groups.values()) {
        const { calls, key } = group;
        const oldest = calls.reduce((least, c) => Math.min(least, c.since), Number.POSITIVE_INFINITY);
        const due = oldest + this.options.windowMs;
        if (!everybody && calls.length < key.maxBatch && due > now) next = Math.min(next, due);
        else if (!chosen || calls[0].order < chosen.calls[0].order) chosen = group;
      }
      if (!chosen) {
        clearTimeout(this.#timer);
        // never early: a timer may fire a fraction before its time
        this.#timer = setTimeout(() => this.#dispatch(), Math.max(1, Math.ceil(next - now)));
        return;
      }
      this.#start(chosen);
    }
  }

  #start({ key, calls }: Group<K>): void {
    const most = Math.min(calls.length, key.maxBatch);
    const batch = calls.splice(0, key.powersOfTwo ? 2 ** Math.floor(Math.log2(most)) : most);
    this.#waiting -= batch.length;
    if (calls.length === 0) this.#groups.delete(key.id);
    const slot = this.#free.pop() as number;
    this.options.onBatch?.(key, batch.length);
    this.options
      .run(
        slot,
        key,
        batch.map((c) => c.item),
      )
      .then(
        (answers) => batch.forEach((c, i) => c.resolve(answers[i])),
        (error) => batch.forEach((c) => c.reject(error)),
      )
      .finally(() => {
        for (const c of batch) c.leave();
        this.#free.push(slot);
        this.#dispatch();
      });
  }
}
