/**
 * Which samples make up which batch: a pure function of (seed, epoch, index), so that a resumed run sees exactly the
 * batches that an uninterrupted one would have seen; and a look-ahead that prepares the next batch meanwhile.
 * @module
 */
import { ConfigError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";

/**
 * The order of n samples over endless epochs, shuffled afresh in each. With weights an epoch still has n places, and
 * sample i gets n w_i / sum(w) of them, rounded up or down at random (systematic resampling: the least variance).
 * Random access costs O(1), amortised over an epoch.
 */
export class Order {
  readonly n: number;
  readonly seed: number;
  readonly #weights?: readonly number[];
  readonly #total: number;
  // a batch may lie across two epochs
  readonly #epochs = new Map<number, number[]>();

  /** @throws ConfigError when there is no sample, or a weight is negative or not finite, or all are 0. */
  constructor(n: number, seed: number, weights?: readonly number[]) {
    if (!Number.isInteger(n) || n < 1)
      throw new ConfigError(`Order(): needs at least one sample, got ${n}; choose another split`);
    if (weights && (weights.length !== n || !weights.every((w) => w >= 0 && Number.isFinite(w))))
      throw new ConfigError(`Order(): needs ${n} finite weights from 0, got ${weights.length} weights`);
    this.n = n;
    this.seed = seed;
    this.#weights = weights;
    this.#total = weights?.reduce((a, b) => a + b, 0) ?? n;
    if (this.#total <= 0) throw new ConfigError("Order(): at least one weight is positive, got only zeros");
  }

  /** Sample indices of batch `step` (from 0), [batchSize]; the batches follow each other without gaps across epochs. */
  at(step: number, batchSize: number): number[] {
    if (!(Number.isSafeInteger(step) && step >= 0 && Number.isSafeInteger(batchSize) && batchSize >= 1))
      throw new ConfigError(`Order.at(): step from 0 and batchSize from 1, got ${step} and ${batchSize}`);
    const first = step * batchSize;
    return Array.from({ length: batchSize }, (_, i) => {
      const position = first + i;
      const epoch = Math.floor(position / this.n);
      return this.#epoch(epoch)[position - epoch * this.n];
    });
  }

  /** Epoch that the first sample of batch `step` belongs to. */
  epochOf(step: number, batchSize: number): number {
    return Math.floor((step * batchSize) / this.n);
  }

  #epoch(epoch: number): readonly number[] {
    const known = this.#epochs.get(epoch);
    if (known) return known;
    const random = stream(this.seed, "data", "epoch", epoch);
    const places = this.#weights ? this.#resample(random.uniform()) : Array.from({ length: this.n }, (_, i) => i);
    const order = random.shuffle(places);
    for (const other of this.#epochs.keys()) if (this.#epochs.size > 1) this.#epochs.delete(other);
    this.#epochs.set(epoch, order);
    return order;
  }

  #resample(offset: number): number[] {
    const weights = this.#weights!;
    const places: number[] = [];
    let sum = 0;
    for (let i = 0; i < this.n; i++) {
      sum += (weights[i] / this.#total) * this.n;
      while (places.length + offset < sum && places.length < this.n) places.push(i);
    }
    // rounding of the sum may leave the last place open
    while (places.length < this.n) places.push(weights.findLastIndex((w) => w > 0));
    return places;
  }
}

/**
 * Weights for class-balanced sampling [ours]: a picture's weight is the largest f_c^-1/2 over the classes c in it, f_c
 * being the share of the pictures that hold c. Pictures without objects get 1, the least that any other can have.
 */
export function classBalance(
  samples: readonly { readonly objects: readonly { readonly classIndex: number }[] }[],
): number[] {
  const counts = new Map<number, number>();
  const present = samples.map((s) => [...new Set(s.objects.map((o) => o.classIndex))]);
  for (const classes of present) for (const c of classes) counts.set(c, (counts.get(c) ?? 0) + 1);
  return present.map((classes) => Math.max(1, ...classes.map((c) => Math.sqrt(samples.length / counts.get(c)!))));
}

export interface PrefetchOptions {
  /** First step. Default 0. */
  readonly from?: number;
  /** Ends before this step. Default: never. */
  readonly to?: number;
  /** Batches being prepared while one is in use. Default 2. */
  readonly ahead?: number;
  readonly signal?: AbortSignal;
}

/**
 * Yields `make(step)` in order while the next `ahead` are under way. An error comes at its own place in the order;
 * leaving the loop starts no further work.
 */
export async function* prefetch<T>(
  make: (step: number) => Promise<T>,
  { from = 0, to = Number.POSITIVE_INFINITY, ahead = 2, signal }: PrefetchOptions = {},
): AsyncGenerator<T, void, undefined> {
  const pending: Promise<T>[] = [];
  let next = from;
  for (let step = from; step < to; step++) {
    for (; next < to && next <= step + ahead; next++) {
      const made = make(next);
      // it is awaited later: until then a failure must not count as unhandled
      made.catch(() => {});
      pending.push(made);
    }
    signal?.throwIfAborted();
    yield await pending.shift()!;
  }
}
