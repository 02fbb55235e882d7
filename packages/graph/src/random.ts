/**
 * Seeded randomness with named streams: `stream(seed, "init")`, `stream(seed, "object", id)`.
 * Nothing in Scenograph draws from any other source, so a seed fixes every byte of a result.
 * Generator: xoshiro128** 1.1 (Blackman & Vigna), seeded through a 32-bit FNV-1a / murmur finaliser chain.
 * @module
 */

/** A restorable generator; `state` is five 32-bit words and one cached normal deviate. */
export interface RandomState {
  words: [number, number, number, number];
  spare: number | null;
}

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare: number | null = null;

  constructor(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#d] = state.words;
    this.#spare = state.spare;
  }

  get state(): RandomState {
    return { words: [this.#a, this.#b, this.#c, this.#d], spare: this.#spare };
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const r = Math.imul(rotl(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotl(this.#d, 11);
    return r;
  }

  /** Uniform in [low, high), 32 bits of resolution. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() / 4294967296);
  }

  /** An integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal deviate (Box-Muller, polar form). */
  normal(): number {
    if (this.#spare !== null) {
      const s = this.#spare;
      this.#spare = null;
      return s;
    }
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const k = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spare = v * k;
      return u * k;
    }
  }

  bool(p = 0.5): boolean {
    return this.uniform() < p;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)];
  }

  /** An index drawn in proportion to non-negative `weights`; the last positive one if rounding runs over. */
  weighted(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i];
    let u = this.uniform() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] <= 0) continue;
      last = i;
      u -= weights[i];
      if (u < 0) return i;
    }
    return last;
  }

  /** Fisher-Yates, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }

  /** n standard normal deviates. */
  normals(n: number): Float32Array {
    const out = new Float32Array(n);
    for (let i = 0; i < n; i++) out[i] = this.normal();
    return out;
  }
}

/** The generator named by a seed and any path of names; different paths are independent streams. */
export function stream(seed: number, ...path: (string | number)[]): Random {
  let h = hash32(`${seed}`, 0x811c9dc5);
  for (const part of path) h = hash32(`\u0000${part}`, h);
  const words: number[] = [0, 1, 2, 3].map((i) => finalise(h + Math.imul(i + 1, 0x9e3779b9)));
  // the all-zero state is the one that xoshiro never leaves
  if (!words.some((w) => w > 0)) words[0] = 1;
  return new Random({ words: words as [number, number, number, number], spare: null });
}

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hash32(text: string, start = 0x811c9dc5): number {
  let h = start;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h = Math.imul(h ^ (c & 255), 0x01000193);
    h = Math.imul(h ^ (c >> 8), 0x01000193);
  }
  return finalise(h);
}

function finalise(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function rotl(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
