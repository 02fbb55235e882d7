/** Requests a minute by caller: a token bucket each. @module */

interface Bucket {
  tokens: number;
  at: number;
}

/** Callers that are remembered; the one that asked longest ago is forgotten first. */
const MOST = 10_000;

export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Takes `n` tokens of the caller's bucket, which holds `perMinute` and fills at that rate. -> seconds until they are there;
   * 0: they were taken.
   */
  take(caller: string, perMinute: number, n = 1): number {
    const now = this.now();
    const known = this.#buckets.get(caller);
    const filled = known ? known.tokens + ((now - known.at) / 60_000) * perMinute : perMinute;
    const tokens = Math.min(perMinute, filled);
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: tokens >= n ? tokens - n : tokens, at: now });
    if (this.#buckets.size > MOST) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return tokens >= n ? 0 : Math.max(1, Math.ceil(((n - tokens) * 60) / perMinute));
  }
}
