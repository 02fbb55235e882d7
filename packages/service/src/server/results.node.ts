/**
 * Pictures and scenes that answers name by address. An address holds when it expires and 128 bits that nobody guesses; who
 * has it may read, without a key, so that it works in a page's <img>.
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import type { Blob, BlobStore } from "scenograph/queue/blobs";

const ID = /^([0-9a-z]{6,8})-([0-9a-f]{32})$/;
const FOLDER = "results";
const SWEEP_MS = 600_000;

export type ResultKind = "png" | "jpeg" | "webp" | "json";
export const TYPES: Readonly<Record<ResultKind, string>> = {
  png: "image/png",
  jpeg: "image/jpeg",
  webp: "image/webp",
  json: "application/json",
};

/** A disk that has no room for a page of 4 kB has none for pictures. */
const PROBE = new TextEncoder().encode(`"${"probe ".repeat(700)}"`);

export interface Kept {
  readonly id: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** How long `works` believes what it found: shortly after a failure, so that a mended store is soon used again. */
const WELL_MS = 30_000;
const ILL_MS = 2000;

export class Results {
  readonly #timer: NodeJS.Timeout;
  #health = { ok: true, at: Number.NEGATIVE_INFINITY };
  #probe: Promise<boolean> | undefined;
  /** Results that could not be kept. */
  failures = 0;

  constructor(
    readonly store: BlobStore,
    readonly seconds: number,
  ) {
    // a failure is one of the store, which requests will meet and tell
    this.#timer = setInterval(() => void this.sweep().catch(() => {}), SWEEP_MS).unref();
  }

  async keep(bytes: Uint8Array, kind: ResultKind): Promise<Kept> {
    const expires = Math.ceil(Date.now() / 1000) + this.seconds;
    const id = resultId(expires);
    try {
      await putResult(this.store, id, kind, bytes);
    } catch (error) {
      this.failures++;
      this.#health = { ok: false, at: performance.now() };
      throw error;
    }
    return { id, expires };
  }

  /** Whether the store takes what is written; tried with a small file, at most every 2 s while it does not. */
  works(): Promise<boolean> {
    const { ok, at } = this.#health;
    if (performance.now() - at < (ok ? WELL_MS : ILL_MS)) return Promise.resolve(ok);
    this.#probe ??= putResult(this.store, resultId(Math.ceil(Date.now() / 1000) + 60), "json", PROBE)
      .then(
        () => true,
        () => false,
      )
      .then((result) => {
        this.#health = { ok: result, at: performance.now() };
        this.#probe = undefined;
        return result;
      });
    return this.#probe;
  }

  /** Undefined for what never was, is over or is no id. */
  async get(id: string, kind: ResultKind): Promise<Uint8Array | undefined> {
    const expires = expiryOf(id);
    if (expires === undefined || expires * 1000 < Date.now()) return undefined;
    return (await this.store.get(keyOf(id, kind)))?.bytes;
  }

  /** Deletes what is over. */
  async sweep(): Promise<void> {
    for (const key of await this.store.list(`${FOLDER}/`)) {
      const expires = expiryOf(key.slice(FOLDER.length + 1).replace(/\.\w+$/, ""));
      if (expires !== undefined && expires * 1000 < Date.now()) await this.store.delete(key);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** An id that ends its life at `expires` (seconds since 1970): a random one, or always the same of a secret and a name. */
export function resultId(expires: number, secret?: string, name = ""): string {
  const bits =
    secret === undefined
      ? randomBytes(16).toString("hex")
      : createHmac("sha256", secret).update(name).digest("hex").slice(0, 32);
  return `${expires.toString(36)}-${bits}`;
}

export function putResult(store: BlobStore, id: string, kind: ResultKind, bytes: Uint8Array): Promise<void> {
  return store.put(keyOf(id, kind), bytes, TYPES[kind]);
}

/** Folders tell a blob's type by its ending. */
function keyOf(id: string, kind: ResultKind): string {
  return `${FOLDER}/${id}.${kind}`;
}

function expiryOf(id: string): number | undefined {
  const [, expires] = ID.exec(id) ?? [];
  return expires === undefined ? undefined : Number.parseInt(expires, 36);
}

/** Blobs in memory, bounded in bytes: the oldest make room. The default of one process. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Blob>();
  #bytes = 0;

  constructor(private readonly most = 2 ** 28) {}

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    await this.delete(key);
    this.#blobs.set(key, { bytes, type });
    this.#bytes += bytes.length;
    for (const oldest of this.#blobs.keys()) {
      if (this.#bytes <= this.most || oldest === key) return;
      await this.delete(oldest);
    }
  }

  async get(key: string): Promise<Blob | undefined> {
    return this.#blobs.get(key);
  }

  async has(key: string): Promise<boolean> {
    return this.#blobs.has(key);
  }

  async delete(key: string): Promise<void> {
    this.#bytes -= this.#blobs.get(key)?.bytes.length ?? 0;
    this.#blobs.delete(key);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#blobs.keys()].filter((k) => k.startsWith(prefix)).sort();
  }
}
