/**
 * The HTTP service: `createApp` puts engine, queue, results and routes together; what listens is another matter
 * (serve.node.ts, the studio, tests).
 * @module
 */
import { Hono } from "hono";
import type { AccessOptions } from "scenograph/http/guard";
import type { BlobStore } from "scenograph/queue/blobs";
import type { JobQueue } from "scenograph/queue/queue";
import { MemoryQueue } from "../queue/memory.ts";
import { ROUTES } from "./api.ts";
import { type App, type Env, handle, type Parts } from "./context.node.ts";
import { docsPage } from "./docsPage.ts";
import { Engine, type EngineOptions } from "./engine/engine.node.ts";
import { exportRoutes } from "./export.node.ts";
import { jobRoutes, SCENES_JOB, workJobs } from "./jobs.node.ts";
import { KeyRing } from "./keys.node.ts";
import { API_LIMITS } from "./limits.ts";
import type { Log } from "./log.node.ts";
import { createMetrics } from "./metrics.node.ts";
import { access } from "./middleware/access.node.ts";
import { limited, unpacked } from "./middleware/bodies.node.ts";
import { callerOf, callers } from "./middleware/callers.node.ts";
import { compressed } from "./middleware/compressed.node.ts";
import { Proxies } from "./middleware/forwarded.node.ts";
import { idempotency } from "./middleware/idempotency.node.ts";
import { notThere, problems } from "./middleware/problems.node.ts";
import { InFlight, requests } from "./middleware/requests.node.ts";
import { nativeRoutes } from "./native.node.ts";
import { openaiRoutes } from "./openai.node.ts";
import { openApiDocument } from "./openapi.ts";
import { ApiError } from "./problems.ts";
import { MemoryBlobs, Results } from "./results.node.ts";
import { sdapiRoutes } from "./sdapi/draw.node.ts";

export interface ServiceOptions extends EngineOptions {
  readonly version?: string;
  /** File of API keys; left out: everybody who reaches the server may use it. */
  readonly keys?: string;
  /** Requests a minute by key (by address without keys); left out: as many as there is room for. */
  readonly rate?: number;
  /** Pictures a minute by key, or by address. */
  readonly picturesRate?: number;
  /** Addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Default: none. */
  readonly trustedProxies?: readonly string[];
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
  const queue = options.queue ?? new MemoryQueue();
  const results = new Results(options.store ?? new MemoryBlobs(), options.resultSeconds ?? 3600);
  const stopping = new AbortController();
  metrics.watch({ engine, queue, results, kind: SCENES_JOB });
  const proxies = new Proxies(options.trustedProxies);
  const parts: Parts = {
    proxies,
    engine,
    queue,
    results,
    metrics,
    log,
    stopping: stopping.signal,
    ...(options.publicUrl && { publicUrl: options.publicUrl }),
  };
  const worker = options.work === false ? undefined : workJobs(parts);
  const hosts = (options.access?.hosts ?? []).map((name) => name.toLowerCase());
  const allowed: AccessOptions = { loopback: true, origins: [], ...options.access, hosts };
  const version = options.version ?? "0.0.0";
  const inFlight = new InFlight();
  let draining = false;

  const app: App = new Hono<Env>();
  app.use(requests(metrics, log, inFlight));
  app.use(compressed());
  // before the guard: probes name a machine by its address, and the answers tell nothing
  handle(app, "health", () => ({ status: "ok" as const }));
  handle(app, "ready", async (_, c) => {
    const ready = draining ? "draining" : engine.warm ? "ok" : "warming up";
    const status = ready === "ok" && !(await results.works()) ? "store unavailable" : ready;
    return c.json({ status }, status === "ok" ? 200 : 503);
  });
  app.use(access(allowed));
  // they tell how much the service is used, and by which routes
  const openMetrics = options.openMetrics ?? (allowed.loopback && !keys);
  app.get(ROUTES.metrics.path, async (c) => {
    if (!openMetrics && !keys)
      throw new ApiError(403, "metrics_closed", "/metrics needs a key and this server has none; see --open-metrics");
    if (!openMetrics) await callerOf(c, { keys, proxies });
    return c.body(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType });
  });
  const document = JSON.stringify(openApiDocument(version, options.publicUrl));
  app.get(ROUTES.openapi.path, (c) => c.body(document, 200, { "content-type": "application/json" }));
  app.get(ROUTES.docs.path, (c) => {
    c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(docsPage(version));
  });
  const { rate, picturesRate: pictures } = options;
  app.use(callers({ keys, rate, pictures, proxies, isDraining: () => draining }));
  const bodyBytes = options.bodyBytes ?? API_LIMITS.bodyBytes;
  app.use(limited(bodyBytes));
  app.use(unpacked(bodyBytes));
  app.use(idempotency());

  nativeRoutes(app, parts);
  exportRoutes(app, parts);
  jobRoutes(app, parts);
  openaiRoutes(app, parts);
  sdapiRoutes(app, parts);
  app.notFound(notThere);
  app.onError(problems(log));

  async function drain(ms = 25_000): Promise<void> {
    draining = true;
    stopping.abort();
    await Promise.all([inFlight.ended(), engine.drained(), worker?.close({ drainMs: ms })]);
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
