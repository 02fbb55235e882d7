/** Every request: its id, headers of every answer, metrics, the log, and how many are in flight. @module */
import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Env } from "../context.node.ts";
import type { Log } from "../log.node.ts";
import type { Metrics } from "../metrics.node.ts";

/** Requests in flight, and who waits for their end. */
export class InFlight {
  #open = 0;
  #onIdle: (() => void)[] = [];

  enter(): void {
    this.#open++;
  }

  leave(): void {
    if (--this.#open === 0) for (const done of this.#onIdle.splice(0)) done();
  }

  ended(): Promise<void> {
    return this.#open === 0 ? Promise.resolve() : new Promise((done) => this.#onIdle.push(done));
  }
}

/** First of all: what comes after may throw, and is logged all the same. */
export function requests(metrics: Metrics, log: Log, inFlight: InFlight): MiddlewareHandler<Env> {
  return async (c, next) => {
    const start = performance.now();
    const given = c.req.header("x-request-id");
    const requestId = given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    c.set("requestId", requestId);
    c.set("caller", "");
    c.header("x-request-id", requestId);
    inFlight.enter();
    try {
      await next();
    } finally {
      inFlight.leave();
    }
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
    const ms = performance.now() - start;
    // the pattern, not the address: those of results are secrets
    const route = c.req.routePath === "/*" || c.req.routePath === "*" ? "(none)" : c.req.routePath;
    metrics.request(route, c.req.method, c.res.status, ms);
    const { method } = c.req;
    const fields = { requestId, method, route, status: c.res.status, ms: Math.round(ms * 10) / 10 };
    log("info", "request", { ...fields, ...(c.get("caller") && { caller: c.get("caller") }) });
  };
}
