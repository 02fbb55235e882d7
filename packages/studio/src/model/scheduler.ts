/** One inference at a time; of those that wait only the latest is run. @module */

export type Task = (signal: AbortSignal) => Promise<void>;

export class Scheduler {
  #running: AbortController | undefined;
  #waiting: Task | undefined;
  readonly #onBusy: (busy: boolean) => void;

  constructor(onBusy: (busy: boolean) => void = () => {}) {
    this.#onBusy = onBusy;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /**
   * @param preempt stop what is running, as its result is no longer wanted; otherwise it ends first, so that a drag shows
   * pictures while it goes on
   */
  submit(task: Task, preempt = true): void {
    this.#waiting = task;
    if (this.#running) {
      if (preempt) this.#running.abort();
    } else void this.#drain();
  }

  /** Stops what runs and forgets what waits. */
  cancel(): void {
    this.#waiting = undefined;
    this.#running?.abort();
  }

  async #drain(): Promise<void> {
    this.#onBusy(true);
    while (this.#waiting) {
      const task = this.#waiting;
      this.#waiting = undefined;
      this.#running = new AbortController();
      // tasks report their own errors; the queue goes on in any case
      await task(this.#running.signal).catch(() => {});
    }
    this.#running = undefined;
    this.#onBusy(false);
  }
}
