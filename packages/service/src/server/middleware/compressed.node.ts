/** Answers of JSON and text are sent packed to whom takes it; pictures are packed already, events are not held back. @module */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { MiddlewareHandler } from "hono";
import type { Env } from "../context.node.ts";

/** Bytes below which packing saves nothing. */
const LEAST = 1024;
/** Longer ones are mostly base64 of pictures, which hardly shrink: the time is better spent on pictures. */
const MOST = 2 ** 17;
const PACK = {
  br: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 5 }),
} as const;

export function compressed(): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    const { res } = c;
    const type = res.headers.get("content-type") ?? "";
    const text = /^(application\/json|text\/(html|plain))\b/.test(type) && !res.headers.has("content-encoding");
    if (!text || res.body === null || c.req.method === "HEAD") return;
    const bytes = new Uint8Array(await res.arrayBuffer());
    const takes = accepted(c.req.header("accept-encoding"));
    const encoding = takes.has("br") ? "br" : takes.has("gzip") ? "gzip" : undefined;
    const packs = encoding !== undefined && bytes.length >= LEAST && bytes.length <= MOST;
    const body = packs ? new Uint8Array(await PACK[encoding](bytes)) : bytes;
    c.res = new Response(body, res);
    c.res.headers.append("vary", "Accept-Encoding");
    c.res.headers.set("content-length", String(body.length));
    if (packs) c.res.headers.set("content-encoding", encoding);
  };
}

function accepted(header = ""): ReadonlySet<string> {
  const parts = header.split(",", 20).map((part) => part.trim().split(";"));
  return new Set(parts.filter(([, q]) => !/^\s*q=0(\.0*)?$/.test(q ?? "")).map(([name]) => name.toLowerCase()));
}
