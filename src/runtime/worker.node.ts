/**
 * The other side of `createWorkerRuntime`: a worker thread that owns a node runtime and its executables, and serves
 * `load`, `run`, `readState`, `writeState`, `release` by message. Array buffers of results are transferred, not copied.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { createNodeRuntime } from "./node.ts";
import type { Request, Response } from "./remote.node.ts";
import type { Executable, RuntimeOptions } from "./runtime.ts";

const runtime = createNodeRuntime(workerData as RuntimeOptions);
const executables = new Map<number, Executable>();
let nextId = 0;

parentPort!.on("message", async (request: Request) => {
  try {
    const value = await serve(request);
    const buffers = value && typeof value === "object" ? Object.values(value).map((a) => a.buffer as ArrayBuffer) : [];
    reply({ call: request.call, value }, [...new Set(buffers)]);
  } catch (error) {
    const { name, message } = error as Error;
    reply({ call: request.call, error: { name, message } }, []);
  }
});

function reply(response: Response, transfer: ArrayBuffer[]): void {
  parentPort!.postMessage(response, transfer);
}

async function serve(request: Request): Promise<Response["value"]> {
  if (request.type === "load") {
    // several may load at a time
    const id = nextId++;
    executables.set(id, await runtime.load(request.program));
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
