/** The page's side of the enlarging worker. @module */
import type { Factor } from "scenograph/enlarge/enlarge";
import type { Picture } from "scenograph/scene/scene";
import { gpuChoice, workerThreads } from "../worker/threads.ts";
import type { EnlargeProgress, EnlargeRequest, FromEnlarger } from "./protocol.ts";

export interface EnlargerWorker {
  postMessage(request: EnlargeRequest): void;
  terminate(): void;
  onmessage: ((event: { data: FromEnlarger }) => void) | null;
  onerror: ((event: { message?: string }) => void) | null;
}

export class EnlargeClient {
  #worker: EnlargerWorker | undefined;

  constructor(
    /** Address of the studio, ending in "/". */
    private readonly base: string,
    private readonly spawn: () => EnlargerWorker = start,
  ) {}

  /**
   * One at a time. The worker stays for the next picture until `close`.
   * @throws AbortError once the signal says so, at once; Error of the worker, or saying that it died
   */
  enlarge(
    picture: Picture,
    factor: Factor,
    { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress?: (progress: EnlargeProgress) => void },
  ): Promise<Picture> {
    signal.throwIfAborted();
    this.#worker ??= this.spawn();
    const worker = this.#worker;
    return new Promise<Picture>((resolve, reject) => {
      const fail = (error: Error) => {
        this.close();
        reject(error);
      };
      signal.addEventListener("abort", () => fail(signal.reason as Error), { once: true });
      worker.onerror = ({ message }) => fail(new Error(`enlarging stopped (${message || "out of memory"}); try again`));
      worker.onmessage = ({ data }) => {
        if (data.type === "progress") onProgress?.(data.progress);
        else if (data.type === "done") resolve(data.picture);
        else fail(new Error(data.message));
      };
      const { base } = this;
      worker.postMessage({
        picture,
        factor,
        network: `${base}enlarge/`,
        wasm: `${base}ort/`,
        threads: workerThreads(),
        gpu: gpuChoice(),
      });
    });
  }

  /** Ends the worker and what it does. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function start(): EnlargerWorker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "enlarging" }) as EnlargerWorker;
}
