/**
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a POST that is sent again under its key, because the answer
 * was lost, gets the first answer and computes nothing. Kept in this process for an hour, of each caller its own.
 * @module
 */
import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Env } from "../context.node.ts";
import { ApiError } from "../problems.ts";

interface Entry {
  readonly body: string;
  readonly since: number;
  answer?: { readonly status: number; readonly type: string; readonly bytes: ArrayBuffer; readonly location?: string };
}

const KEEP_MS = 3_600_000;
/** Of all answers together; the oldest make room. */
const MOST_BYTES = 2 ** 26;
const MOST_ENTRIES = 10_000;

export function idempotency(now: () => number = Date.now): MiddlewareHandler<Env> {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const forget = (id: string) => {
    bytes -= entries.get(id)?.answer?.bytes.byteLength ?? 0;
    entries.delete(id);
  };
  return async (c, next) => {
    const key = c.req.header("idempotency-key");
    if (key === undefined || c.req.method !== "POST") return next();
    if (!/^[\x21-\x7e]{1,255}$/.test(key))
      throw new ApiError(
        400,
        "invalid_idempotency_key",
        "Idempotency-Key has 1 to 255 printable characters; correct it",
      );
    const id = hash(`${c.get("caller")}\n${c.req.path}\n${key}`);
    const body = hash(await c.req.text());
    const known = entries.get(id);
    if (known && now() - known.since > KEEP_MS) forget(id);
    else if (known) {
      if (known.body !== body)
        throw new ApiError(
          422,
          "idempotency_key_reused",
          "this Idempotency-Key came with another body; take a new key",
        );
      if (!known.answer)
        throw new ApiError(
          409,
          "idempotency_key_in_use",
          "the first request of this Idempotency-Key still runs; wait",
          {
            retryAfter: 1,
          },
        );
      const { status, type, bytes: found, location } = known.answer;
      const headers = { "content-type": type, "idempotent-replayed": "true", ...(location && { location }) };
      return c.body(found, status as 200, headers);
    }
    const entry: Entry = { body, since: now() };
    entries.set(id, entry);
    try {
      await next();
      const type = c.res.headers.get("content-type") ?? "";
      // failures may be tried again; streams are watched once
      if (!c.res.ok || !type.startsWith("application/json")) return;
      const location = c.res.headers.get("location");
      const answer = await c.res.clone().arrayBuffer();
      entry.answer = { status: c.res.status, type, bytes: answer, ...(location && { location }) };
      bytes += answer.byteLength;
    } finally {
      if (!entry.answer) entries.delete(id);
      for (const oldest of entries.keys()) {
        if (bytes <= MOST_BYTES && entries.size <= MOST_ENTRIES) break;
        forget(oldest);
      }
    }
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
