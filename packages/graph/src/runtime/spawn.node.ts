/** Worker threads that run a module of this package, from source (through tsx) or compiled, and how they end. @module */
import "./silence.node.ts";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Told to a computing thread, which ends when it has finished what it computes. */
export const CLOSE = "close";
/** A thread that computes for so long after it was told to end will not end by itself. */
const CLOSE_MS = 60_000;

const computing = new Set<Worker>();
let leaving = false;

/**
 * @param module file name beside `base` without extension, e.g. `spawnWorker("./worker.node", import.meta.url, data)`
 */
export function spawnWorker(module: string, base: string, workerData: unknown): Worker {
  if (!base.endsWith(".ts")) return new Worker(new URL(`${module}.js`, base), { workerData });
  const entry = new URL(`${module}.ts`, base).href;
  return new Worker(new URL("./boot.mjs", import.meta.url), { workerData, argv: [entry], execArgv: [] });
}

/** A worker whose thread calls onnxruntime and understands `CLOSE`; `exitProcess` waits for it. */
export function spawnComputing(...args: Parameters<typeof spawnWorker>): Worker {
  const worker = spawnWorker(...args);
  computing.add(worker);
  worker.on("exit", () => computing.delete(worker));
  return worker;
}

/** Ends a computing thread once it has finished its call: one that is torn down inside onnxruntime aborts the whole process. */
export async function closeComputing(worker: Worker): Promise<void> {
  worker.ref();
  const ended = once(worker, "exit").catch(() => {});
  worker.postMessage(CLOSE);
  const timer = setTimeout(() => void worker.terminate(), CLOSE_MS);
  await ended;
  clearTimeout(timer);
}

/**
 * `process.exit`, but the calls that computing threads are in are finished first. What else was asked of them is not done,
 * and nobody is told so: the process is about to be gone.
 */
export async function exitProcess(code: number): Promise<never> {
  leaving = true;
  await Promise.all([...computing].map(closeComputing));
  process.exit(code);
}

/** Has `exitProcess` begun? */
export function isLeaving(): boolean {
  return leaving;
}
