/** Worker threads that run a module of this package, from source (through tsx) or compiled. @module */
import "./silence.node.ts";
import { Worker } from "node:worker_threads";

/**
 * @param module file name beside `base` without extension, e.g. `spawnWorker("./worker.node", import.meta.url, data)`
 */
export function spawnWorker(module: string, base: string, workerData: unknown): Worker {
  if (!base.endsWith(".ts")) return new Worker(new URL(`${module}.js`, base), { workerData });
  const entry = new URL(`${module}.ts`, base).href;
  return new Worker(new URL("./boot.mjs", import.meta.url), { workerData, argv: [entry], execArgv: [] });
}
