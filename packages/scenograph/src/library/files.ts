/** A model's files over the network, with progress, kept in the browser by their hash so that they load once. @module */
import { joinBytes } from "@scenograph/graph/formats/bytes";

/** A download of a model's files, all together; `total` grows until all are known. */
export interface Download {
  readonly loaded: number;
  readonly total: number;
  /** Whether every byte so far was kept from an earlier time. */
  readonly cached: boolean;
}

const STORE = "scenograph-models-1";

/**
 * Reads files below `folder`. "model.json" comes from the network while there is one; weight files are kept under the
 * hash that model.json gives them.
 */
export function fileReader(
  folder: string,
  onProgress: (download: Download) => void,
): (path: string) => Promise<Uint8Array> {
  const progress = { loaded: 0, total: 0, cached: true };
  const hashes = new Map<string, string>();
  return async (path) => {
    const url = new URL(path, folder).href;
    const store = await openStore();
    if (path === "model.json") {
      const bytes = await freshest(url, store);
      for (const [file, hash] of hashesOf(bytes)) hashes.set(file, hash);
      return bytes;
    }
    const key = `${url}?sha256=${hashes.get(path) ?? ""}`;
    const kept = await store?.match(key);
    const response = kept ?? (await fetched(url));
    if (!kept) progress.cached = false;
    progress.total += Number(response.headers.get("content-length") ?? 0);
    const bytes = await readAll(response, (n) => {
      progress.loaded += n;
      onProgress({ ...progress, total: Math.max(progress.total, progress.loaded) });
    });
    // a full disk must not keep the model from running
    if (!kept) await store?.put(key, kept ?? responseOf(bytes)).catch(() => {});
    return bytes;
  };
}

/**
 * Puts a model's files into the browser's storage without using them. Quietly: where that fails, they are loaded when they
 * are needed.
 */
export async function keepModel(folder: string): Promise<void> {
  if (!(await openStore())) return;
  const read = fileReader(folder, () => {});
  try {
    const files = hashesOf(await read("model.json")).map(([file]) => file);
    for (const file of new Set(files)) await read(file);
  } catch {
    // no connection any more
  }
}

/** JSON from the network, or as it was when there last was one. @throws Error where neither has it */
export async function freshestJson(url: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await freshest(url, await openStore())));
}

/** Cache Storage is there only where the page is secure; without it everything is loaded anew. */
async function openStore(): Promise<Cache | undefined> {
  return "caches" in self ? caches.open(STORE).catch(() => undefined) : undefined;
}

async function freshest(url: string, store: Cache | undefined): Promise<Uint8Array> {
  try {
    const bytes = new Uint8Array(await (await fetched(url)).arrayBuffer());
    await store?.put(url, responseOf(bytes)).catch(() => {});
    return bytes;
  } catch (error) {
    const kept = await store?.match(url);
    if (!kept) throw error;
    return new Uint8Array(await kept.arrayBuffer());
  }
}

function responseOf(bytes: Uint8Array): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-length": String(bytes.length) } });
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url).catch(() => {
    throw new Error(`the model could not be loaded from ${url}: no connection; try again when there is one`);
  });
  if (!response.ok)
    throw new Error(`the model could not be loaded from ${url}: the server answered ${response.status}`);
  return response;
}

async function readAll(response: Response, onBytes: (n: number) => void): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    onBytes(value.length);
  }
  return joinBytes(parts);
}

/** File name -> SHA-256 as model.json says; whatever is wrong with it is said where it is parsed. */
export function hashesOf(json: Uint8Array): [string, string][] {
  try {
    const { files, sha256 } = JSON.parse(new TextDecoder().decode(json)) as {
      files: Record<string, string>;
      sha256: Record<string, string>;
    };
    return Object.entries(files).map(([stage, file]) => [file, sha256[stage]]);
  } catch {
    return [];
  }
}
