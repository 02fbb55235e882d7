/** Models for Node: by name, folder or URL. What comes over the network is kept on disk by its hash. @module */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { defaultCache } from "@scenograph/graph/nn/perceptual/cache.node";
import { writeAtomically } from "../formats/atomic.node.ts";
import { findModel, folderReader, sha256Hex } from "../model/load.node.ts";
import { type Download, hashesOf } from "./files.ts";

export interface ModelSource {
  /** Bytes of a file by its path relative to the model. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** How messages call it. */
  readonly where: string;
}

export interface SourceOptions {
  /** Folder for what is fetched. Default: SCENOGRAPH_CACHE, else scenograph/ in XDG_CACHE_HOME or ~/.cache. */
  readonly cache?: string;
  readonly onProgress?: (download: Download) => void;
}

/** @throws UserError where there is no such model; the reader throws where a file cannot be had */
export async function modelSource(model: string | URL | undefined, options: SourceOptions = {}): Promise<ModelSource> {
  const url = model === undefined ? undefined : addressOf(model);
  if (url?.protocol === "file:") return fromDisk(fileURLToPath(url), options);
  if (url) return fromNetwork(url, options);
  return fromDisk(model as string | undefined, options);
}

function addressOf(model: string | URL): URL | undefined {
  if (model instanceof URL) return model;
  return /^(https?|file):/.test(model) ? new URL(model) : undefined;
}

async function fromDisk(name: string | undefined, { onProgress }: SourceOptions): Promise<ModelSource> {
  const where = await findModel(name);
  const progress = new Progress(onProgress);
  const read = folderReader(where);
  return {
    where,
    read: async (path) => {
      const bytes = await read(path);
      if (path !== "model.json") progress.whole(bytes.length);
      return bytes;
    },
  };
}

function fromNetwork(url: URL, { cache = defaultCache(), onProgress }: SourceOptions): ModelSource {
  const folder = url.href.endsWith("/") ? url.href : `${url.href}/`;
  const kept = join(cache, "models");
  const progress = new Progress(onProgress);
  const hashes = new Map<string, string>();
  const read = async (path: string): Promise<Uint8Array> => {
    const address = new URL(path, folder).href;
    if (path === "model.json") {
      const bytes = await freshest(address, join(kept, `${sha256Hex(new TextEncoder().encode(address))}.json`));
      for (const [file, hash] of hashesOf(bytes)) hashes.set(file, hash);
      return bytes;
    }
    const hash = hashes.get(path);
    // a name that model.json does not give is no name of a file here
    const file = hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? join(kept, `${hash}.safetensors`) : undefined;
    const before = file && (await readFile(file).catch(() => undefined));
    if (before && sha256Hex(before) === hash) {
      progress.whole(before.length);
      return before;
    }
    const bytes = await progress.fetched(await answered(address));
    if (file && sha256Hex(bytes) === hash) await keep(file, bytes);
    return bytes;
  };
  return { read, where: folder };
}

/** From the network, or as it was when it last came from there. */
async function freshest(address: string, file: string): Promise<Uint8Array> {
  try {
    const bytes = new Uint8Array(await (await answered(address)).arrayBuffer());
    await keep(file, bytes);
    return bytes;
  } catch (error) {
    const before = await readFile(file).catch(() => undefined);
    if (!before) throw error;
    return before;
  }
}

async function answered(address: string): Promise<Response> {
  const response = await fetch(address).catch((error: Error) => {
    const reason = (error.cause as Error | undefined)?.message ?? error.message;
    throw new Error(`the model could not be loaded from ${address}: no connection (${reason}); try again`);
  });
  if (!response.ok)
    throw new Error(`the model could not be loaded from ${address}: the server answered ${response.status}`);
  return response;
}

/** A full or read-only disk must not keep a model from running. */
async function keep(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(join(file, ".."), { recursive: true });
    await writeAtomically(file, bytes);
  } catch {
    // fetched again next time
  }
}

/** Bytes of all files so far. */
class Progress {
  #loaded = 0;
  #total = 0;
  #cached = true;

  constructor(private readonly onProgress: ((download: Download) => void) | undefined) {}

  whole(bytes: number): void {
    this.#total += bytes;
    this.#add(bytes);
  }

  async fetched(response: Response): Promise<Uint8Array> {
    this.#cached = false;
    this.#total += Number(response.headers.get("content-length") ?? 0);
    const parts: Uint8Array[] = [];
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      parts.push(part);
      this.#add(part.length);
    }
    return joinBytes(parts);
  }

  #add(bytes: number): void {
    this.#loaded += bytes;
    const [loaded, total] = [this.#loaded, Math.max(this.#total, this.#loaded)];
    this.onProgress?.({ loaded, total, cached: this.#cached });
  }
}
