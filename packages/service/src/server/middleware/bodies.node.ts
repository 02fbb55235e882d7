/** Bodies of requests: how large, and how packed. @module */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Env } from "../context.node.ts";
import { ApiError } from "../problems.ts";

/** At most so many bytes, as sent. */
export function limited(bytes: number): MiddlewareHandler<Env> {
  const limit = bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw tooLarge(bytes);
    },
  });
  // nothing reads another one's
  return (c, next) => (c.req.method === "POST" ? limit(c, next) : next());
}

const UNPACK = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** Content-Encoding is undone; unpacked it has at most so many bytes too. Nothing is allocated beyond them. */
export function unpacked(bytes: number): MiddlewareHandler<Env> {
  return async (c, next) => {
    const encoding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "";
    if (c.req.method !== "POST" || encoding === "" || encoding === "identity") return next();
    const unpack = UNPACK[encoding as keyof typeof UNPACK];
    if (!Object.hasOwn(UNPACK, encoding))
      throw new ApiError(
        415,
        "unsupported_encoding",
        `Content-Encoding is gzip, deflate or br, got ${JSON.stringify(encoding.slice(0, 40))}; send the body as it is`,
      );
    const packed = await c.req.arrayBuffer();
    let body: Uint8Array;
    try {
      body = await unpack(packed, { maxOutputLength: bytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(bytes);
      throw new ApiError(400, "invalid_encoding", `the body is no whole ${encoding} stream; send it again`);
    }
    const headers = new Headers(c.req.raw.headers);
    headers.delete("content-encoding");
    headers.delete("content-length");
    const { method, signal, url } = c.req.raw;
    c.req.raw = new Request(url, { method, headers, signal, body: new Uint8Array(body) });
    c.req.bodyCache = {};
    return next();
  };
}

function tooLarge(bytes: number): ApiError {
  return new ApiError(413, "body_too_large", `a request has at most ${bytes} bytes; send less`);
}
