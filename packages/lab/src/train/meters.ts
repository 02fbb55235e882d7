/** Running means for logs and progress bars. @module */
import type { TypedArray } from "@scenograph/graph/runtime/runtime";

/** Means of scalar outputs: since the last `take`, and over the latest steps. */
export class LossWindow {
  #sums: Float64Array;
  #recent: Float64Array;
  #steps = 0;
  count = 0;

  constructor(readonly names: readonly string[]) {
    this.#sums = new Float64Array(names.length);
    this.#recent = new Float64Array(names.length);
  }

  add(outputs: Readonly<Record<string, TypedArray>>): void {
    this.count++;
    this.#steps++;
    // an average over about 50 steps, over all of them before that
    const rate = 1 / Math.min(this.#steps, 50);
    this.names.forEach((name, i) => {
      const value = Number(outputs[name][0]);
      this.#sums[i] += value;
      this.#recent[i] += (value - this.#recent[i]) * rate;
    });
  }

  /** Means since the last call; begins anew. */
  take(): Record<string, number> {
    const means = Object.fromEntries(this.names.map((name, i) => [name, this.#sums[i] / Math.max(1, this.count)]));
    this.#sums.fill(0);
    this.count = 0;
    return means;
  }

  recent(): Record<string, number> {
    return Object.fromEntries(this.names.map((name, i) => [name, this.#recent[i]]));
  }
}

/** Throughput of training steps; validation, samples and saving are not counted. */
export class RateMeter {
  #steps = 0;
  #milliseconds = 0;
  #waiting = 0;
  #allSteps = 0;
  #allMilliseconds = 0;
  #recent = 0;

  constructor(readonly batchSize: number) {}

  /** A step that took `milliseconds`, of which it waited for its batch for `waiting`. */
  add(milliseconds: number, waiting: number): void {
    this.#steps++;
    this.#milliseconds += milliseconds;
    this.#waiting += waiting;
    this.#allSteps++;
    this.#allMilliseconds += milliseconds;
    this.#recent += (milliseconds - this.#recent) / Math.min(this.#allSteps, 50);
  }

  /** Samples a second and the share of the time spent waiting for batches, since the last call. */
  take(): { samplesPerSecond: number; waiting: number } {
    const seconds = Math.max(1e-6, this.#milliseconds / 1000);
    const result = {
      samplesPerSecond: (this.#steps * this.batchSize) / seconds,
      waiting: this.#waiting / 1000 / seconds,
    };
    this.#steps = this.#milliseconds = this.#waiting = 0;
    return result;
  }

  /** Over the latest 50 steps or so. */
  secondsPerStep(): number {
    return this.#recent / 1000;
  }

  /** Samples a second over the latest steps. */
  recent(): number {
    return this.#recent > 0 ? (1000 * this.batchSize) / this.#recent : 0;
  }

  /** Samples a second over all steps. */
  mean(): number {
    return this.#allMilliseconds > 0 ? (1000 * this.batchSize * this.#allSteps) / this.#allMilliseconds : 0;
  }
}
