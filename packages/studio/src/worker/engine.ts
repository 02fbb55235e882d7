/** The page's side of the inference worker: calls with answers, cancelling, and a new worker where one has died. @module */
import type { StageName } from "scenograph/pipeline";
import type { Answers, Download, FromWorker, ModelFacts, OpenRequest, Request, ToWorker } from "./protocol.ts";

export interface EngineEvents {
  onDownload?(download: Download): void;
  onStage?(stage: StageName, ms: number): void;
  /** A worker died and another took its place. */
  onRestart?(reason: string): void;
}

/** As much of a Worker as is used; tests bring their own. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?: () => void }) => void) | null;
}

interface OpenCall {
  readonly request: Request;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  /** Workers that this call has seen die. */
  crashes: number;
}

/** A call that two workers did not survive is given up: a third would not either. */
const MOST_CRASHES = 2;
/** A worker that says nothing for so long while it has work is taken for dead. */
const SILENCE_MS = 60_000;

/** Something that answers calls: a worker of this browser, a server, or whichever of them is at hand. */
export interface Engine {
  /** Loads a model. May be called again, after a failure or for another model. */
  open(request: Omit<OpenRequest, "type">): Promise<ModelFacts>;
  ask<R extends Request>(request: R, signal?: AbortSignal): Promise<Answers[R["type"]]>;
  close(): void;
}

export class WorkerEngine implements Engine {
  #worker: WorkerLike | undefined;
  #opening: OpenRequest | undefined;
  #facts: ModelFacts | undefined;
  #calls = 0;
  readonly #open = new Map<number, OpenCall>();
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly spawn: () => WorkerLike,
    private readonly events: EngineEvents = {},
  ) {}

  async open(request: Omit<OpenRequest, "type">): Promise<ModelFacts> {
    this.#opening = { type: "open", ...request };
    this.#facts = await this.ask(this.#opening);
    return this.#facts;
  }

  ask<R extends Request>(request: R, signal?: AbortSignal): Promise<Answers[R["type"]]> {
    signal?.throwIfAborted();
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#open.set(call, { request, resolve, reject, crashes: 0 });
      signal?.addEventListener("abort", () => {
        if (this.#open.has(call)) this.#worker?.postMessage({ type: "cancel", call });
      });
      this.#send(call, request);
    });
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    clearTimeout(this.#watch);
  }

  #send(call: number, request: Request): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage({ call, ...request } as ToWorker);
    this.#listen();
  }

  #start(): WorkerLike {
    const worker = this.spawn();
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#crashed(event.message || "the worker could not go on");
    };
    return worker;
  }

  #receive(message: FromWorker): void {
    this.#listen();
    if (message.type === "download") this.events.onDownload?.(message.download);
    else if (message.type === "stage") this.events.onStage?.(message.stage, message.ms);
    else {
      const call = this.#open.get(message.call);
      this.#open.delete(message.call);
      if (message.type === "done") call?.resolve(message.value as never);
      else call?.reject(Object.assign(new Error(message.message), { name: message.name }));
      if (this.#open.size === 0) clearTimeout(this.#watch);
    }
  }

  /** Begins to wait for the worker's next word. */
  #listen(): void {
    clearTimeout(this.#watch);
    if (this.#open.size > 0) this.#watch = setTimeout(() => this.#crashed("the worker was silent"), SILENCE_MS);
  }

  /** Another worker opens the model and takes over what was asked of the dead one. */
  #crashed(reason: string): void {
    this.close();
    const calls = [...this.#open];
    const wasReady = this.#facts !== undefined;
    for (const [id, call] of calls) {
      call.crashes++;
      if (call.crashes < MOST_CRASHES) continue;
      this.#open.delete(id);
      call.reject(new Error(`inference stopped twice (${reason}); reload the page or choose a smaller model`));
    }
    const left = calls.filter(([id]) => this.#open.has(id));
    if (wasReady && this.#opening && !left.some(([, c]) => c.request.type === "open")) {
      const opening = this.#opening;
      // its answer is known already; calls behind it wait in the worker
      this.ask(opening).catch((error: Error) => {
        for (const [id, call] of this.#open) {
          this.#open.delete(id);
          call.reject(error);
        }
      });
    }
    for (const [id, call] of left) this.#send(id, call.request);
    this.events.onRestart?.(reason);
  }
}
