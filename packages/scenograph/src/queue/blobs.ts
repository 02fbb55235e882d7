/**
 * Where bytes of jobs lie: pictures, shards of results, weights of a training round. A folder on one machine, or any
 * S3-compatible store for many. Keys are relative paths of plain names ("jobs/a/0.png"); nothing else is accepted, so
 * that no key can name a file outside.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";

export interface Blob {
  readonly bytes: Uint8Array;
  /** Media type, e.g. "image/png". */
  readonly type: string;
}

export interface BlobStore {
  /** Whole or not at all: a reader sees the old bytes or the new ones. Resolved only when they are durable. @throws UserError on a key that is none. */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>;
  get(key: string): Promise<Blob | undefined>;
  has(key: string): Promise<boolean>;
  /** No error when there is none. */
  delete(key: string): Promise<void>;
  /** Keys that begin with `prefix`, sorted. */
  list(prefix: string): Promise<string[]>;
}

/**
 * The store cannot do what it should, and only who runs it can mend that: full (HTTP 507), or away, or not permitted (503).
 * The message names the place and is for them; a server's clients get `told`.
 */
export class StoreError extends UserError {
  override name = "StoreError";
  override readonly status: number;
  readonly told: string;
  constructor(
    message: string,
    readonly full = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = full ? 507 : 503;
    this.told = full
      ? "the store of results is full; its operator has to make room, try again later"
      : "the store of results does not work now; try again later";
  }
}

const PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** The key itself. @throws UserError unless it is 1 to 8 names of letters, digits, ".", "_", "-" (none beginning with "."), joined by "/". */
export function checkKey(key: string): string {
  const parts = key.split("/", 9);
  if (key.length > 512 || parts.length > 8 || !parts.every((p) => PART.test(p)))
    throw new UserError(
      `key: 1 to 8 names of letters, digits, ".", "_" and "-", joined by "/", got ${JSON.stringify(key).slice(0, 120)}`,
    );
  return key;
}

/** The folder part of a prefix, "" for none: only it can be checked, a key may go on after it. @throws UserError */
export function checkPrefix(prefix: string): string {
  const parent = prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")));
  if (parent !== "") checkKey(parent);
  return parent;
}
