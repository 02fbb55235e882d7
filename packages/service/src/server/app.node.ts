/**
 * The HTTP service: `createApp` puts engine, queue, results and routes together; what listens is another matter
 * (serve.node.ts, the studio, tests).
 * @module
 */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type AccessOptions, admission } from "scenograph/http/guard";
import type { BlobStore } from "scenograph/queue/blobs";
import type { JobQueue } from "scenograph/queue/queue";
import { MemoryQueue } from "../queue/memory.ts";
import { type App, type Env, handle, type Parts } from "./context.node.ts";
import { docsPage } from "./docsPage.ts";
import { Engine, type EngineOptions } from "./engine/engine.node.ts";
import { exportRoutes } from "./export.node.ts";
import { jobRoutes, workJobs } from "./jobs.node.ts";
import { type ApiKey, KeyRing } from "./keys.node.ts";
import { API_LIMITS } from "./limits.ts";
import type { Log } from "./log.node.ts";
import { createMetrics } from "./metrics.node.ts";
import { nativeRoutes } from "./native.node.ts";
import { openaiRoutes } from "./openai.node.ts";
import { openApiDocument } from "./openapi.ts";
import { ApiError, answered } from "./problems.ts";
import { RateLimiter } from "./rate.ts";
import { MemoryBlobs, Results } from "./results.node.ts";
import { sdapiRoutes } from "./sdapi.node.ts";

export interface ServiceOptions extends EngineOptions {
  readonly version?: string;
  /** File of API keys; left out: everybody who reaches the server may use it. */
  readonly keys?: string;
  /** Requests a minute by key (by address without keys); left out: as many as there is room for. */
  readonly rate?: number;
  /** Default: loopback, no further hosts or origins. */
  readonly access?: Partial<AccessOptions>;
  /** Answer /metrics without a key. Default: only on loopback without keys. */
  readonly openMetrics?: boolean;
  readonly bodyBytes?: number;
  /** Default: one in memory. Closed with the service. */
  readonly queue?: JobQueue;
  /** Whether this process runs jobs itself. Default true. */
  readonly work?: boolean;
  /** Where pictures and scenes of results lie. Default: memory, 256 MiB. */
  readonly store?: BlobStore;
  /** How long addresses of results hold. Default 3600. */
  readonly resultSeconds?: number;
  readonly publicUrl?: string;
  readonly log?: Log;
}

export interface Service {
  readonly app: App;
  readonly engine: Engine;
  /**
   * Takes no new requests (503), resolves when those in flight and the running jobs are done; jobs that take longer than
   * `ms` go back to the queue.
   */
  drain(ms?: number): Promise<void>;
  /** Ends everything. */
  close(): Promise<void>;
}

/**
 * The service, ready to be mounted or listened with.
 * @example
 * const { app, close } = await createApp({ model: "illustrated" });
 * serve({ fetch: app.fetch, port: 8080 }); // of @hono/node-server
 * @throws UserError for an unknown model or a file without keys
 */
export async function createApp(options: ServiceOptions = {}): Promise<Service> {
  const log: Log = options.log ?? (() => {});
  const metrics = createMetrics();
  const keys = options.keys === undefined ? undefined : await KeyRing.open(options.keys);
  const engine = await Engine.open({
    ...options,
    onBatch: (operation, size) => metrics.batch(operation, size),
    onStage: (stage, ms) => metrics.stage(stage, ms),
    onLost(reason) {
      metrics.threadLost();
      log("error", "a computing thread died", { reason });
    },
  });
  metrics.watch(() => engine);
  const queue = options.queue ?? new MemoryQueue();
  const results = new Results(options.store ?? new MemoryBlobs(), options.resultSeconds ?? 3600);
  const stopping = new AbortController();
  const parts: Parts = {
    engine,
    queue,
    results,
    metrics,
    log,
    stopping: stopping.signal,
    ...(options.publicUrl && { publicUrl: options.publicUrl }),
  };
  const worker = options.work === false ? undefined : workJobs(parts);
  const limiter = new RateLimiter();
  const access: AccessOptions = { loopback: true, hosts: [], origins: [], ...options.access };
  const version = options.version ?? "0.0.0";
  let draining = false;
  /** Requests in flight, and who waits for their end. */
  let open = 0;
  let onIdle = () => {};

  const app: App = new Hono<Env>();

  app.use(async (c, next) => {
    const start = performance.now();
    const given = c.req.header("x-request-id");
    const requestId = given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    c.set("requestId", requestId);
    c.set("caller", "");
    c.header("x-request-id", requestId);
    open++;
    try {
      await next();
    } finally {
      if (--open === 0) onIdle();
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
  });

  // before the guard: probes name a machine by its address, and the answers tell nothing
  handle(app, "health", () => ({ status: "ok" as const }));
  handle(app, "ready", async (_, c) => {
    const ready = draining ? "draining" : engine.warm ? "ok" : "warming up";
    const status = ready === "ok" && !(await results.works()) ? "store unavailable" : ready;
    return c.json({ status }, status === "ok" ? 200 : 503);
  });
  app.use(async (c, next) => {
    const request = admission({ host: c.req.header("host"), origin: c.req.header("origin") }, access);
    if (!request.admitted) {
      const flag = request.code === "foreign_host" ? "--allow-host" : "--cors";
      throw new ApiError(403, request.code, `${request.message}; see ${flag} of scenograph serve`);
    }
    const { cors: origin } = request;
    if (origin !== undefined) {
      c.header("access-control-allow-origin", origin);
      c.header("vary", "Origin");
      c.header("access-control-expose-headers", "x-request-id, retry-after");
      if (c.req.method === "OPTIONS") {
        c.header("access-control-allow-methods", "GET, POST, DELETE");
        c.header("access-control-allow-headers", "authorization, content-type, x-api-key, x-request-id");
        c.header("access-control-max-age", "600");
        return c.body(null, 204);
      }
    }
    return next();
  });

  // they tell how much the service is used, and by which routes
  const openMetrics = options.openMetrics ?? (access.loopback && !keys);
  app.get("/metrics", async (c) => {
    if (!openMetrics && !keys)
      throw new ApiError(403, "metrics_closed", "/metrics needs a key and this server has none; see --open-metrics");
    if (!openMetrics) await callerOf(c.req.header("authorization"), c.req.header("x-api-key"), "");
    return c.body(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType });
  });
  const document = JSON.stringify(openApiDocument(version));
  app.get("/openapi.json", (c) => c.body(document, 200, { "content-type": "application/json" }));
  app.get("/docs", (c) => {
    c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(docsPage(version));
  });

  app.use(async (c, next) => {
    if (draining)
      throw new ApiError(503, "draining", "the server is shutting down; try again, another one answers", {
        retryAfter: 5,
      });
    // addresses of results are secrets themselves
    if (c.req.method === "GET" && /^\/v1\/(pictures|results)\//.test(c.req.path)) return next();
    const caller = await callerOf(c.req.header("authorization"), c.req.header("x-api-key"), addressOf(c.env));
    c.set("caller", caller.name);
    const rate = caller.rate ?? options.rate;
    const wait = rate === undefined ? 0 : limiter.take(caller.name, rate);
    if (wait > 0)
      throw new ApiError(429, "rate_limited", `at most ${rate} requests a minute; try again in ${wait} s`, {
        retryAfter: wait,
      });
    return next();
  });

  const bodyBytes = options.bodyBytes ?? API_LIMITS.bodyBytes;
  app.use(
    bodyLimit({
      maxSize: bodyBytes,
      onError: () => {
        throw new ApiError(413, "body_too_large", `a request has at most ${bodyBytes} bytes; send less`);
      },
    }),
  );

  nativeRoutes(app, parts);
  exportRoutes(app);
  jobRoutes(app, parts);
  openaiRoutes(app, parts);
  sdapiRoutes(app, parts);

  app.notFound((c) => {
    const error = new ApiError(
      404,
      "not_found",
      "there is nothing at this address; GET /openapi.json lists what there is",
    );
    return c.json(answered(error, c.get("requestId")).problem, 404);
  });
  app.onError((error, c) => {
    const requestId = c.get("requestId");
    const { status, problem, retryAfter, failure } = answered(error, requestId);
    if (failure || status >= 500)
      log("error", "request failed", { requestId, status, error: error.stack ?? String(error) });
    if (retryAfter !== undefined) c.header("retry-after", String(retryAfter));
    if (status === 401) c.header("www-authenticate", "Bearer");
    return c.json(problem, status as ContentfulStatusCode);
  });

  async function callerOf(
    authorization: string | undefined,
    header: string | undefined,
    address: string,
  ): Promise<Pick<ApiKey, "name" | "rate">> {
    if (!keys) return { name: address };
    const key = header ?? /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    const found = key === undefined ? undefined : await keys.find(key);
    if (found) return found;
    const got = key === undefined ? "none" : "one that is not valid";
    throw new ApiError(401, "invalid_api_key", `an API key is needed, got ${got}; send Authorization: Bearer <key>`);
  }

  async function drain(ms = 25_000): Promise<void> {
    draining = true;
    stopping.abort();
    const requests = new Promise<void>((done) => {
      onIdle = done;
      if (open === 0) done();
    });
    await Promise.all([requests, engine.drained(), worker?.close({ drainMs: ms })]);
  }

  return {
    app,
    engine,
    drain,
    async close() {
      results.close();
      await queue.close();
      await engine.close();
    },
  };
}

/** The client's address, where there is a connection. */
function addressOf(env: unknown): string {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? "local";
}
