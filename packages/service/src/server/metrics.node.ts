/** Prometheus metrics of one service. @module */
import { setTimeout as sleep } from "node:timers/promises";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { StageName } from "scenograph/pipeline";
import type { JobQueue } from "scenograph/queue/queue";

export interface Watched {
  readonly engine: {
    readonly admitted: number;
    readonly busyThreads: number;
    readonly threads: number;
    readonly rate: number;
  };
  readonly queue: JobQueue;
  /** Kind of the jobs that are counted. */
  readonly kind: string;
  readonly results: { works(): Promise<boolean>; readonly failures: number };
}

/** A queue that does not answer by then has no numbers in this answer. */
const QUEUE_MS = 1000;

export interface Metrics {
  readonly registry: Registry;
  request(route: string, method: string, status: number, ms: number): void;
  stage(stage: StageName, ms: number): void;
  batch(operation: string, size: number): void;
  pictures(n: number): void;
  threadLost(): void;
  /** What is read when metrics are asked for. */
  watch(parts: Watched): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "scenograph_" });
  const requests = new Histogram({
    name: "scenograph_request_seconds",
    help: "Time of requests by route and status",
    labelNames: ["route", "method", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  const stages = new Histogram({
    name: "scenograph_stage_seconds",
    help: "Time of a request in a stage, waiting included",
    labelNames: ["stage"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  const batches = new Histogram({
    name: "scenograph_batch_size",
    help: "Requests computed together, by stage",
    labelNames: ["stage"],
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  });
  const pictures = new Counter({ name: "scenograph_pictures_total", help: "Pictures drawn", registers });
  const lost = new Counter({ name: "scenograph_threads_lost_total", help: "Computing threads that died", registers });
  return {
    registry,
    request: (route, method, status, ms) => requests.observe({ route, method, status }, ms / 1000),
    stage: (stage, ms) => stages.observe({ stage }, ms / 1000),
    batch: (stage, size) => batches.observe({ stage }, size),
    pictures: (n) => pictures.inc(n),
    threadLost: () => lost.inc(),
    watch({ engine, queue, kind, results }) {
      const gauge = (name: string, help: string, value: () => number | Promise<number>) =>
        new Gauge({
          name,
          help,
          registers,
          async collect() {
            this.set(await value());
          },
        });
      gauge("scenograph_admitted_pictures", "Pictures that wait or are computed", () => engine.admitted);
      gauge("scenograph_rate_pictures", "Pictures a second, as measured for admission", () => engine.rate);
      gauge("scenograph_busy_threads", "Computing threads at work", () => engine.busyThreads);
      gauge("scenograph_threads", "Computing threads", () => engine.threads);
      gauge("scenograph_store_up", "1 while the store takes what is written", async () =>
        Number(await results.works()),
      );
      gauge("scenograph_store_failures", "Results that could not be kept", () => results.failures);
      const counts = () => {
        const late = sleep(QUEUE_MS, undefined, { ref: false });
        return Promise.race([queue.counts(kind), late]).catch(() => undefined);
      };
      gauge("scenograph_queue_up", "1 while the queue answers", async () => ((await counts()) ? 1 : 0));
      new Gauge({
        name: "scenograph_queue_jobs",
        help: "Jobs by state, and how many may wait",
        labelNames: ["state"],
        registers,
        async collect() {
          this.reset();
          const found = await counts();
          for (const state of ["waiting", "running", "capacity"] as const) if (found) this.set({ state }, found[state]);
        },
      });
    },
  };
}
