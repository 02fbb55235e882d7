/** Worker threads that run a module of this package, from source (through tsx) or compiled. @module */
import { Worker } from "node:worker_threads";

/**
 * @param module file name beside `base` without extension, e.g. `spawnWorker("./worker.node", import.meta.url, data)`
 */
export function spawnWorker(module: string, base: string, workerData: unknown): Worker {
  if (!base.endsWith(".ts")) return new Worker(new URL(`${module}.js`, base), { workerData });
  const entry = JSON.stringify(new URL(`${module}.ts`, base).href);
  // a worker does not inherit tsx's loader in Node 20, so the loader is registered inside it first
  const boot = `import("tsx/esm/api").then((tsx) => { tsx.register(); return import(${entry}); })`;
  return new Worker(boot, { eval: true, workerData, execArgv: [] });
}
