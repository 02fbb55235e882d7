/** An engine whose calls the server answers, with its native runtime (packages/service/src/server/calls.node.ts). @module */
import { fromTypedJson, toTypedJson } from "scenograph/formats/typedJson";
import type { StageName } from "scenograph/pipeline";
import type { Engine, EngineEvents } from "./engine.ts";
import type { Answers, ModelFacts, OpenRequest, Request } from "./protocol.ts";

/** The server does not answer: it was ended, or there is no connection. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** What a server says of itself. */
export interface ServerFacts {
  readonly models: readonly string[];
  readonly device: string;
  readonly threads: number;
}

/** Answers of a plain file server, and of a proxy whose server has ended. */
const ABSENT = [404, 405, 502, 503, 504];
/** A server that takes longer to say that it is there is taken for absent. */
const PROBE_MS = 1500;

interface Line {
  readonly stage?: StageName;
  readonly ms?: number;
  readonly done?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** @param address of the calls, ending in "/" -> undefined where no server answers there */
export async function probeServer(address: string): Promise<ServerFacts | undefined> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PROBE_MS) });
    if (!response.ok || !response.headers.get("content-type")?.startsWith("application/json")) return undefined;
    const { models, device, threads } = (await response.json()) as Partial<ServerFacts>;
    if (!Array.isArray(models) || typeof device !== "string" || typeof threads !== "number") return undefined;
    return { models, device, threads };
  } catch {
    return undefined;
  }
}

export class ServerEngine implements Engine {
  #model = "";

  /** @param address of the calls, ending in "/" */
  constructor(
    private readonly address: string,
    private readonly events: EngineEvents = {},
  ) {}

  async open({ name }: Omit<OpenRequest, "type">): Promise<ModelFacts> {
    this.#model = name;
    return (await this.#call({ type: "open" })) as ModelFacts;
  }

  async ask<R extends Request>(request: R, signal?: AbortSignal): Promise<Answers[R["type"]]> {
    return (await this.#call(request, signal)) as Answers[R["type"]];
  }

  close(): void {}

  async #call(request: object, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    const gone = (cause: unknown) => {
      signal?.throwIfAborted();
      return new Unreachable("the server does not answer; start it again, or compute in this browser", { cause });
    };
    const response = await fetch(new URL(encodeURIComponent(this.#model), this.address), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: toTypedJson(request),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw gone(error);
    });
    if (!response.ok || !response.body) throw await failure(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw gone(error);
      });
      if (done) throw gone("the answer ended early");
      const lines = (rest + value).split("\n");
      rest = lines.pop() as string;
      for (const line of lines.map((text) => fromTypedJson(text) as Line)) {
        if (line.stage !== undefined) this.events.onStage?.(line.stage, line.ms ?? 0);
        else if (line.error) throw Object.assign(new Error(line.error.message), { name: line.error.name });
        else return line.done;
      }
    }
  }
}

async function failure(response: Response): Promise<Error> {
  const { error } = (await response.json().catch(() => ({}))) as { error?: string };
  if (ABSENT.includes(response.status) || error === undefined)
    return new Unreachable(`the server does not compute (it answered ${response.status}); compute in this browser`);
  return new Error(error);
}
