/**
 * API keys: a file of names and SHA-256 hashes. A key is 256 random bits, so a fast hash is enough. The keys themselves are
 * shown once, when they are made.
 * @module
 */
import { createHash, randomBytes } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BusyError, FormatError, UserError } from "@scenograph/graph/errors";
import { z } from "zod";

const NAME = /^[\w.-]{1,64}$/;

const keysSchema = z.strictObject({
  keys: z.array(
    z.strictObject({
      name: z.string().regex(NAME),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      created: z.string(),
      /** Requests a minute; left out: the server's. */
      rate: z.int().min(1).optional(),
      /** Pictures a minute; left out: the server's. */
      pictures: z.int().min(1).optional(),
    }),
  ),
});

export type ApiKey = z.infer<typeof keysSchema>["keys"][number];

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** The keys of a file; none where there is no file. @throws FormatError, UserError naming the file */
export async function readKeys(file: string): Promise<ApiKey[]> {
  let json: string;
  try {
    json = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new UserError(`keys: ${file} cannot be read (${code}); check the path`);
  }
  try {
    return keysSchema.parse(JSON.parse(json)).keys;
  } catch {
    throw new FormatError(`keys: ${file} is no file of API keys; make one with: scenograph serve keys add NAME`);
  }
}

/** Adds a key. -> the key, which is stored nowhere. @throws UserError for a taken or malformed name */
export async function addKey(file: string, name: string, rate?: number, pictures?: number): Promise<string> {
  if (!NAME.test(name))
    throw new UserError(`keys: a name is 1 to 64 letters, digits, ".", "_", "-", got ${JSON.stringify(name)}`);
  return locked(file, async () => {
    const keys = await readKeys(file);
    if (keys.some((k) => k.name === name))
      throw new UserError(`keys: there is a key "${name}" already; choose another name or remove it first`);
    const key = `sg-${randomBytes(32).toString("base64url")}`;
    const limits = { ...(rate !== undefined && { rate }), ...(pictures !== undefined && { pictures }) };
    await writeKeys(file, [...keys, { name, sha256: hashOf(key), created: new Date().toISOString(), ...limits }]);
    return key;
  });
}

/** @throws UserError naming the keys there are */
export async function removeKey(file: string, name: string): Promise<void> {
  await locked(file, async () => {
    const keys = await readKeys(file);
    const left = keys.filter((k) => k.name !== name);
    if (left.length === keys.length) {
      const there = keys.length > 0 ? keys.map((k) => k.name).join(", ") : "none";
      throw new UserError(`keys: there is no key "${name}", there are ${there}`);
    }
    await writeKeys(file, left);
  });
}

/** A change takes milliseconds: who holds the lock for longer is dead. */
const STALE_MS = 10_000;

/** Between reading the file and writing it nobody else does, in no process of this machine. */
async function locked<T>(file: string, change: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  const end = performance.now() + 2 * STALE_MS;
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") throw new UserError(`keys: ${lock} cannot be written (${code}); check the folder`);
      const since = (await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - since > STALE_MS) await rm(lock, { force: true });
      else if (performance.now() > end) throw new BusyError(`keys: ${lock} is held by another process; try again`);
      else await sleep(10 + 20 * Math.random());
    }
  }
  try {
    return await change();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Whole or not at all, readable by its owner alone. */
async function writeKeys(file: string, keys: readonly ApiKey[]): Promise<void> {
  const partial = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(partial, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
  await rename(partial, file);
}

/** How often the file is looked at: a removed key is refused so much later at most. */
const FRESH_MS = 2000;

/** Looks keys up by their hash; the file is read again when it has changed. */
export class KeyRing {
  #byHash = new Map<string, ApiKey>();
  #version = "";
  #checked = Number.NEGATIVE_INFINITY;

  private constructor(private readonly file: string) {}

  /** @throws UserError, FormatError; a file without keys is an error too, since nobody could get in */
  static async open(file: string): Promise<KeyRing> {
    const ring = new KeyRing(file);
    await ring.#refresh();
    if (ring.#byHash.size === 0)
      throw new UserError(`keys: ${file} has no keys; make one with: scenograph serve keys add NAME --keys ${file}`);
    return ring;
  }

  /** The key's entry; undefined for a key that is none. */
  async find(key: string): Promise<ApiKey | undefined> {
    // a file that is damaged meanwhile leaves the keys as they were
    if (performance.now() - this.#checked > FRESH_MS) await this.#refresh().catch(() => {});
    // looked up by hash: what the time tells of a hash tells nothing of the key
    return this.#byHash.get(hashOf(key));
  }

  async #refresh(): Promise<void> {
    this.#checked = performance.now();
    const info = await stat(this.file).catch(() => undefined);
    const version = info ? `${info.mtimeMs} ${info.size} ${info.ino}` : "none";
    if (version === this.#version) return;
    this.#byHash = new Map((await readKeys(this.file)).map((k) => [k.sha256, k]));
    this.#version = version;
  }
}
