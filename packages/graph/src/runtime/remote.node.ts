/** A Runtime whose work happens in a worker thread, so that the calling thread never blocks. @module */
import * as errors from "../errors.ts";
import { type Constant, detached } from "../formats/packed.ts";
import type { Program } from "../program.ts";
import type { Executable, Feeds, Runtime, RuntimeOptions, TypedArray } from "./runtime.ts";
import { closeComputing, isLeaving, spawnComputing } from "./spawn.node.ts";
import { portsOf } from "./state.ts";

export type Request = { readonly call: number } & (
  | { readonly type: "load"; readonly program: Program; readonly constants?: Readonly<Record<string, Constant>> }
  | { readonly type: "run"; readonly id: number; readonly feeds: Feeds }
  | { readonly type: "readState"; readonly id: number; readonly names?: readonly string[] }
  | { readonly type: "writeState"; readonly id: number; readonly values: Record<string, Float32Array> }
  | { readonly type: "release"; readonly id: number }
);
type Unnumbered<T> = T extends unknown ? Omit<T, "call"> : never;

export interface Response {
  readonly call: number;
  readonly value?: number | Record<string, TypedArray>;
  readonly error?: { readonly name: string; readonly message: string };
}

/** Same interface, other thread. Errors of the worker arrive as the same class; if it dies, every open call rejects. */
export function createWorkerRuntime(options: RuntimeOptions = {}): Runtime {
  const worker = spawnComputing("./worker.node", import.meta.url, options);
  const open = new Map<number, { resolve(value: Response["value"]): void; reject(error: Error): void }>();
  let calls = 0;
  let dead: Error | undefined;
  let closing: Promise<void> | undefined;
  const fail = (error: Error) => {
    dead = error;
    if (isLeaving()) return;
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };
  worker.on("message", ({ call, value, error }: Response) => {
    const waiting = open.get(call);
    open.delete(call);
    if (open.size === 0 && !closing) worker.unref();
    if (error) waiting?.reject(revive(error));
    else waiting?.resolve(value);
  });
  worker.on("error", (error) => fail(error instanceof Error ? revive(error) : new Error(String(error))));
  worker.on("exit", (code) => fail(dead ?? new Error(`the compute worker stopped (exit code ${code})`)));
  worker.unref();

  const ask = (request: Unnumbered<Request>, transfer: ArrayBuffer[] = []): Promise<Response["value"]> => {
    if (isLeaving()) return new Promise(() => {});
    if (dead) return Promise.reject(dead);
    const call = calls++;
    worker.ref();
    return new Promise((resolve, reject) => {
      open.set(call, { resolve, reject });
      worker.postMessage({ ...request, call }, transfer);
    });
  };

  return {
    device: options.device ?? "cpu",
    async load(program, constants): Promise<Executable> {
      // as they are stored, in memory that is handed over
      const stored = constants && Object.entries(constants()).map(([name, c]) => [name, detached(c)] as const);
      const memory = stored?.flatMap(([, c]) =>
        c instanceof Float32Array
          ? [c.buffer]
          : c.dtype === "F16"
            ? [c.values.buffer]
            : [c.values.buffer, c.scales.buffer],
      );
      const loading = ask(
        { type: "load", program, ...(stored && { constants: Object.fromEntries(stored) }) },
        memory as ArrayBuffer[] | undefined,
      );
      const id = (await loading) as number;
      return {
        program: stored ? { ...portsOf(program), state: [] } : portsOf(program),
        run: async (feeds) => (await ask({ type: "run", id, feeds })) as Record<string, TypedArray>,
        readState: async (names) => (await ask({ type: "readState", id, names })) as Record<string, Float32Array>,
        writeState: async (values) => void (await ask({ type: "writeState", id, values })),
        release: async () => void (await ask({ type: "release", id })),
      };
    },
    close() {
      closing ??= dead ? Promise.resolve() : closeComputing(worker);
      return closing;
    },
  };
}

/** The error again as an instance of its class. */
function revive({ name, message }: { name: string; message: string }): Error {
  const known = Object.values(errors).find((e) => typeof e === "function" && e.name === name) as
    | (new (
        message: string,
      ) => Error)
    | undefined;
  return known ? new known(message) : new Error(message);
}
