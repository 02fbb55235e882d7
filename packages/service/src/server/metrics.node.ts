/** Prometheus metrics of one service. @module */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { StageName } from "scenograph/pipeline";

export interface Metrics {
  readonly registry: Registry;
  request(route: string, method: string, status: number, ms: number): void;
  stage(stage: StageName, ms: number): void;
  batch(operation: string, size: number): void;
  pictures(n: number): void;
  threadLost(): void;
  /** Read when metrics are asked for. */
  watch(read: () => { readonly admitted: number; readonly busyThreads: number; readonly threads: number }): void;
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
    watch(read) {
      const gauge = (name: string, help: string, value: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(value());
          },
        });
      gauge("scenograph_admitted_pictures", "Pictures that wait or are computed", () => read().admitted);
      gauge("scenograph_busy_threads", "Computing threads at work", () => read().busyThreads);
      gauge("scenograph_threads", "Computing threads", () => read().threads);
    },
  };
}
