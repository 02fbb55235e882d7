/**
 * The other side of `createWorkerRuntime`: a worker thread that owns a node runtime and its executables, and serves
 * `load`, `run`, `readState`, `writeState`, `release` by message, until it is told to close. Array buffers of results are transferred, not copied.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { createNodeRuntime } from "./node.ts";
import type { Request, Response } from "./remote.node.ts";
import type { Executable, RuntimeOptions } from "./runtime.ts";
import { CLOSE } from "./spawn.node.ts";

const runtime = createNodeRuntime(workerData as RuntimeOptions);
const executables = new Map<number, Executable>();
let nextId = 0;

const running = new Set<Promise<void>>();

parentPort!.on("message", (request: Request | typeof CLOSE) => {
  if (request === CLOSE) {
    void Promise.all(running).then(end);
    return;
  }
  const answered = answer(request).finally(() => running.delete(answered));
  running.add(answered);
});

async function answer(request: Request): Promise<void> {
  try {
    const value = await serve(request);
    const buffers = value && typeof value === "object" ? Object.values(value).map((a) => a.buffer as ArrayBuffer) : [];
    reply({ call: request.call, value }, [...new Set(buffers)]);
  } catch (error) {
    const { name, message } = error as Error;
    reply({ call: request.call, error: { name, message } }, []);
  }
}

/** Sessions end before the thread, not with it. */
async function end(): Promise<void> {
  for (const executable of executables.values()) await executable.release();
  parentPort!.close();
}

function reply(response: Response, transfer: ArrayBuffer[]): void {
  parentPort!.postMessage(response, transfer);
}

async function serve(request: Request): Promise<Response["value"]> {
  if (request.type === "load") {
    // several may load at a time
    const id = nextId++;
    const { program, constants } = request;
    executables.set(id, await runtime.load(program, constants && (() => constants)));
    return id;
  }
  const executable = executables.get(request.id)!;
  switch (request.type) {
    case "run":
      return executable.run(request.feeds);
    case "readState":
      return executable.readState(request.names);
    case "writeState":
      await executable.writeState(request.values);
      return undefined;
    case "release":
      executables.delete(request.id);
      await executable.release();
      return undefined;
  }
}
