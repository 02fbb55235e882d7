/** Whose request it is: a key's, or an address's where there are no keys; and how many it may make a minute. @module */
import type { Context, MiddlewareHandler } from "hono";
import type { Env } from "../context.node.ts";
import type { ApiKey, KeyRing } from "../keys.node.ts";
import { ApiError } from "../problems.ts";
import { RateLimiter } from "../rate.ts";
import type { Proxies } from "./forwarded.node.ts";

export interface CallerOptions {
  readonly keys?: KeyRing | undefined;
  /** Requests a minute of a caller whose key names no rate. */
  readonly rate?: number | undefined;
  /** Pictures a minute, the same. */
  readonly pictures?: number | undefined;
  readonly proxies: Proxies;
  /** Whether the server shuts down: new requests are refused. */
  readonly isDraining: () => boolean;
}

export function callers(options: CallerOptions): MiddlewareHandler<Env> {
  const requests = new RateLimiter();
  const pictures = new RateLimiter();
  return async (c, next) => {
    if (options.isDraining())
      throw new ApiError(503, "draining", "the server is shutting down; try again, another one answers", {
        retryAfter: 5,
      });
    // addresses of results are secrets themselves
    if (c.req.method === "GET" && /^\/v1\/(pictures|results)\//.test(c.req.path)) return next();
    const caller = await callerOf(c, options);
    c.set("caller", caller.name);
    const rate = caller.rate ?? options.rate;
    const wait = rate === undefined ? 0 : requests.take(caller.name, rate);
    if (wait > 0) throw limited("rate_limited", `at most ${rate} requests a minute`, wait);
    c.set("spend", (n) => {
      const most = caller.pictures ?? options.pictures;
      if (most === undefined) return;
      if (n > most)
        throw new ApiError(400, "too_many_pictures", `at most ${most} pictures a minute, got ${n}; ask for fewer`);
      const seconds = pictures.take(caller.name, most, n);
      if (seconds > 0) throw limited("pictures_limited", `at most ${most} pictures a minute`, seconds);
    });
    return next();
  };
}

/** @throws ApiError 401 */
export async function callerOf(
  c: Context<Env>,
  { keys, proxies }: Pick<CallerOptions, "keys" | "proxies">,
): Promise<Pick<ApiKey, "name" | "rate" | "pictures">> {
  if (!keys) return { name: proxies.address(c) };
  const key = c.req.header("x-api-key") ?? /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const found = key === undefined ? undefined : await keys.find(key);
  if (found) return found;
  const got = key === undefined ? "none" : "one that is not valid";
  throw new ApiError(401, "invalid_api_key", `an API key is needed, got ${got}; send Authorization: Bearer <key>`);
}

function limited(code: string, rule: string, seconds: number): ApiError {
  return new ApiError(429, code, `${rule}; try again in ${seconds} s`, { retryAfter: seconds });
}
