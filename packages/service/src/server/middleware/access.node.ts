/** Host and Origin of a request by the guard of all servers, and CORS for the sites that are allowed. @module */
import type { MiddlewareHandler } from "hono";
import { type AccessOptions, admission } from "scenograph/http/guard";
import type { Env } from "../context.node.ts";
import { ApiError } from "../problems.ts";

/** Headers that pages may send. */
const HEADERS = ["authorization", "content-type", "content-encoding", "idempotency-key", "x-api-key", "x-request-id"];
/** What OpenAI's client adds to each request: its language, version, retries and so on. */
const CLIENT_HEADERS = /^(x-stainless-[a-z0-9-]{1,40}|openai-[a-z0-9-]{1,40})$/;
/** Names of one preflight that are looked at. */
const MOST = 40;

export function access(options: AccessOptions): MiddlewareHandler<Env> {
  return async (c, next) => {
    const request = admission({ host: c.req.header("host"), origin: c.req.header("origin") }, options);
    if (!request.admitted) {
      const flag = request.code === "foreign_host" ? "--allow-host" : "--cors";
      throw new ApiError(403, request.code, `${request.message}; see ${flag} of scenograph serve`);
    }
    const { cors: origin } = request;
    if (origin === undefined) return next();
    c.header("access-control-allow-origin", origin);
    c.header("vary", "Origin");
    c.header("access-control-expose-headers", "x-request-id, retry-after, location, idempotent-replayed");
    if (c.req.method !== "OPTIONS") return next();
    c.header("access-control-allow-methods", "GET, POST, DELETE");
    c.header("access-control-allow-headers", allowed(c.req.header("access-control-request-headers")).join(", "));
    c.header("access-control-max-age", "600");
    return c.body(null, 204);
  };
}

function allowed(asked = ""): string[] {
  const names = asked
    .toLowerCase()
    .split(",", MOST)
    .map((name) => name.trim());
  return [...new Set([...HEADERS, ...names.filter((name) => CLIENT_HEADERS.test(name))])];
}
