/** Blobs as plain files of a folder: the default of one machine; a network file system makes it one of several. @module */
import { randomUUID } from "node:crypto";
import { access, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../formats/folders.node.ts";
import { type Blob, type BlobStore, checkKey, checkPrefix, StoreError } from "./blobs.ts";

/** Ends names that are being written; no key can end like this, since keys have no "~". */
const PARTIAL = "~partial";

/** Media types by ending: a file system keeps no other. */
const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  json: "application/json",
  jsonl: "application/jsonl",
  txt: "text/plain; charset=utf-8",
};

export class FolderStore implements BlobStore {
  constructor(private readonly folder: string) {}

  /** `type` is not kept: `get` tells it by the key's ending. @throws StoreError when the disk is full or the folder cannot be written */
  async put(key: string, bytes: Uint8Array, _type: string): Promise<void> {
    const path = this.#path(key);
    const partial = `${path}.${randomUUID()}${PARTIAL}`;
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(partial, "wx");
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(partial, { force: true }).catch(() => {});
      throw storeError(error, path);
    }
  }

  async get(key: string): Promise<Blob | undefined> {
    const path = this.#path(key);
    try {
      const type = TYPES[/\.([a-z]+)$/.exec(key)?.[1] ?? ""] ?? "application/octet-stream";
      return { bytes: new Uint8Array(await readFile(path)), type };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw storeError(error, path);
    }
  }

  async has(key: string): Promise<boolean> {
    const path = this.#path(key);
    try {
      await access(path);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw storeError(error, path);
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await rm(path, { force: true }).catch((error) => {
      throw storeError(error, path);
    });
  }

  async list(prefix: string): Promise<string[]> {
    // only the folder that can hold such keys is read
    const parts = checkPrefix(prefix).split("/").filter(Boolean);
    const found: string[] = [];
    const walk = async (parent: readonly string[]): Promise<void> => {
      const folder = join(this.folder, ...parent);
      const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
        if (isAbsent(error)) return [];
        throw storeError(error, folder);
      });
      for (const entry of entries) {
        const path = [...parent, entry.name];
        if (entry.isDirectory()) await walk(path);
        else if (entry.isFile() && !entry.name.endsWith(PARTIAL)) found.push(path.join("/"));
      }
    };
    await walk(parts);
    return found.filter((key) => key.startsWith(prefix)).sort();
  }

  #path(key: string): string {
    return join(this.folder, ...checkKey(key).split("/"));
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Waits until files and their folder are on the disk, all at a time: the disk flushes them together. */
export async function syncFiles(folder: string, names: Iterable<string>): Promise<void> {
  const sync = async (path: string) => {
    const handle = await open(path, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  await Promise.all([...names].map((name) => sync(join(folder, name))));
  await syncFolder(folder);
}

const FULL: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function storeError(error: unknown, path: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  if (FULL.has(code))
    return new StoreError(
      `store: the disk is full, ${path} was not written; free some space, nothing older was touched`,
      true,
    );
  return new StoreError(`store: ${path} cannot be read or written (${code}); check --store and its permissions`);
}
