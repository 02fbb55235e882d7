/**
 * A file server for the studio: folders under addresses, read only, with the headers that wasm threads need
 * (cross-origin isolation) and revalidation by size and time. A file that the build has compressed ("app.js.br" beside
 * "app.js") is sent so to whom takes it; weights, which no build goes over, are compressed when they are first asked for.
 * @module
 */
import { createReadStream } from "node:fs";
import { lstat, readFile, realpath, stat } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export interface StaticOptions {
  /** Address prefix -> folder; the longest prefix that fits wins: { "/": "dist/studio", "/models/": "models" }. */
  readonly folders: Readonly<Record<string, string>>;
  /** Address -> JSON that is made anew for each request. */
  readonly json?: Readonly<Record<string, () => Promise<unknown>>>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
  webmanifest: "application/manifest+json",
  wasm: "application/wasm",
  svg: "image/svg+xml",
  png: "image/png",
  ttf: "font/ttf",
  woff2: "font/woff2",
  safetensors: "application/octet-stream",
};

/** What pages with wasm threads need of everything that they load. */
export const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Handler of GET and HEAD requests. Nothing outside the folders is ever read, through symbolic links neither; hidden files
 * are not there. Who may ask is the guard's in front (`listen` of scenograph/http).
 */
export function staticHandler(options: StaticOptions): RequestListener {
  const prefixes = Object.keys(options.folders).sort((a, b) => b.length - a.length);
  return (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else fail(response, 500, "the file could not be read");
    });
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") return fail(response, 405, "only GET and HEAD");
    const path = decoded(request.url ?? "/");
    if (path === undefined) return fail(response, 400, "the address is damaged");
    const made = options.json?.[path];
    if (made) {
      const body = JSON.stringify(await made());
      response.writeHead(200, { ...ISOLATION, "Content-Type": TYPES.json, "Cache-Control": "no-store" });
      response.end(body);
      return;
    }
    const prefix = prefixes.find((p) => path.startsWith(p));
    if (prefix === undefined) return fail(response, 404, "not found");
    const folder = resolve(options.folders[prefix]);
    const inside = path.slice(prefix.length);
    const file = resolve(join(folder, inside.endsWith("/") || inside === "" ? `${inside}index.html` : inside));
    const hidden = inside.split("/").some((part) => part.startsWith("."));
    if (hidden || !file.startsWith(folder + sep)) return fail(response, 404, "not found");
    const info = (await leadsOut(file, folder)) ? undefined : await stat(file).catch(() => undefined);
    if (!info?.isFile()) return fail(response, 404, "not found");
    const accepted = takes(request.headers["accept-encoding"]);
    const packed = (await compressed(file, info.mtimeMs, accepted)) ?? (await weights(file, info, accepted));
    const tag = `"${packed?.encoding ?? ""}${info.size.toString(36)}-${Math.round(info.mtimeMs).toString(36)}"`;
    const headers = {
      ...ISOLATION,
      "Content-Type": TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream",
      "Cache-Control": /\/assets\/[^/]+-[\w-]{8}\.\w+$/.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
      ETag: tag,
      Vary: "Accept-Encoding",
      ...(packed && { "Content-Encoding": packed.encoding }),
    };
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, "Content-Length": packed?.size ?? info.size });
    if (request.method === "HEAD") response.end();
    else if (packed && "bytes" in packed) response.end(packed.bytes);
    else
      createReadStream(packed?.file ?? file)
        .on("error", () => response.destroy())
        .pipe(response);
  }
}

/** Encodings by preference, and the ending of a file that has one. */
const ENCODINGS = { br: ".br", gzip: ".gz" } as const;

/** The compressed form of a file, unless it is older, or the reader takes none that there is. */
async function compressed(file: string, since: number, accepted: ReadonlySet<string>) {
  for (const [encoding, ending] of Object.entries(ENCODINGS)) {
    if (!accepted.has(encoding)) continue;
    const info = await lstat(file + ending).catch(() => undefined);
    if (info?.isFile() && info.mtimeMs >= since) return { file: file + ending, size: info.size, encoding };
  }
  return undefined;
}

/** What a request's Accept-Encoding names. */
function takes(accepted: string | string[] = ""): ReadonlySet<string> {
  return new Set(
    String(accepted)
      .split(",")
      .map((part) => part.trim().split(";"))
      .filter(([, q]) => !/^\s*q=0(\.0*)?$/.test(q ?? ""))
      .map(([name]) => name.toLowerCase()),
  );
}

/** Compressed weights by file, time and encoding, the last few; a tenth of a second for each: higher levels save no more. */
const kept = new Map<string, Promise<Buffer>>();
const KEPT = 16;
const LARGEST = 2 ** 26;
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 24 } };

async function weights(file: string, info: { size: number; mtimeMs: number }, accepted: ReadonlySet<string>) {
  const encoding = (["br", "gzip"] as const).find((name) => accepted.has(name));
  if (!encoding || !file.endsWith(".safetensors") || info.size > LARGEST) return undefined;
  const key = `${encoding} ${info.mtimeMs} ${info.size} ${file}`;
  const made =
    kept.get(key) ??
    readFile(file).then((b) => (encoding === "br" ? promisify(brotliCompress)(b, BROTLI) : promisify(gzip)(b)));
  kept.delete(key);
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > KEPT) kept.delete(oldest);
  const bytes = await made;
  return { bytes, size: bytes.length, encoding };
}

/** Whether the file, its links followed, lies outside the folder; the folder itself may be a link. */
async function leadsOut(file: string, folder: string): Promise<boolean> {
  try {
    const [real, root] = await Promise.all([realpath(file), realpath(folder)]);
    return !real.startsWith(root.endsWith(sep) ? root : root + sep);
  } catch {
    return true;
  }
}

/** Path of an address without its query; undefined when it is no valid one. */
function decoded(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/)[0]);
    return path.includes("\0") || path.includes("\\") ? undefined : path;
  } catch {
    return undefined;
  }
}

function fail(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { ...ISOLATION, "Content-Type": TYPES.json });
  response.end(JSON.stringify({ error }));
}
