/** The client: a function for each route, errors of the server as `ServerError`. @module */
import { type AnswerOf, type BodyOf, ROUTES, type Route, type RouteName } from "../server/api.ts";
import type { Problem } from "../server/schemas.ts";
import { readEvents } from "./events.ts";

export interface ClientOptions {
  /** Address of the server, e.g. "http://127.0.0.1:8080". */
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  /** Aborting it cancels the work on the server too. */
  readonly signal?: AbortSignal;
}

/** What the server refused or failed at; `message` is its one line. */
export class ServerError extends Error {
  override name = "ServerError";
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly requestId: string | undefined,
    /** Seconds after which to try again, where the server says so. */
    readonly retryAfter: number | undefined,
  ) {
    super(message);
  }
}

type Call<N extends RouteName> = (body: BodyOf<N>, options?: CallOptions) => Promise<AnswerOf<N>>;
type InferBody = Omit<BodyOf<"infer">, "stream">;
type Job = AnswerOf<"job">;

export interface Client {
  /** The models, the default one first. */
  models(options?: CallOptions): Promise<AnswerOf<"models">["data"]>;
  /** The words of a sentence as the model reads them. */
  sentence: Call<"sentence">;
  /** Sentence -> labelled boxes. */
  scene: Call<"scene">;
  /** The distribution of the next object. */
  next: Call<"next">;
  /** Boxes -> masks. */
  masks: Call<"masks">;
  /** Masks -> picture. */
  render: Call<"render">;
  /** Any stretch of the pipeline; with `onStage`, told after each stage. */
  infer(
    body: InferBody,
    options?: CallOptions & { readonly onStage?: (stage: string, ms: number) => void },
  ): Promise<AnswerOf<"infer">>;
  createJob: Call<"createJob">;
  job(id: string, options?: CallOptions): Promise<Job>;
  cancelJob(id: string, options?: CallOptions): Promise<AnswerOf<"cancelJob">>;
  /** The job now and at each change, until it is done, failed or cancelled. */
  watchJob(id: string, options?: CallOptions): AsyncGenerator<Job>;
  ready(options?: CallOptions): Promise<boolean>;
}

export function createClient({ baseUrl, apiKey, fetch: send = fetch }: ClientOptions): Client {
  const base = baseUrl.replace(/\/+$/, "");

  async function request(name: RouteName, body: unknown, options: CallOptions, id = ""): Promise<Response> {
    const { method, path }: Route = ROUTES[name];
    return send(base + path.replace(":id", encodeURIComponent(id)), {
      method: method.toUpperCase(),
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(options.signal && { signal: options.signal }),
    });
  }

  async function call<N extends RouteName>(name: N, body: unknown, options: CallOptions = {}, id = "") {
    const response = await request(name, body, options, id);
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as AnswerOf<N>;
  }

  const post =
    <N extends RouteName>(name: N): Call<N> =>
    (body, options) =>
      call(name, body, options);

  return {
    models: async (options) => (await call("models", undefined, options)).data,
    sentence: post("sentence"),
    scene: post("scene"),
    next: post("next"),
    masks: post("masks"),
    render: post("render"),
    async infer(body, { onStage, ...options } = {}) {
      if (!onStage) return call("infer", body, options);
      const response = await request("infer", { ...body, stream: true }, options);
      for await (const { event, data } of events(response)) {
        const value = JSON.parse(data);
        if (event === "stage") onStage(value.stage, value.ms);
        else if (event === "done") return value as AnswerOf<"infer">;
        else throw problemError(value as Problem, response.status);
      }
      throw new Error("the server ended the stream before the answer; try again");
    },
    createJob: post("createJob"),
    job: (id, options) => call("job", undefined, options, id),
    cancelJob: (id, options) => call("cancelJob", undefined, options, id),
    async *watchJob(id, options = {}) {
      const response = await request("jobEvents", undefined, options, id);
      for await (const { event, data } of events(response)) {
        if (event === "error") throw problemError(JSON.parse(data) as Problem, response.status);
        yield JSON.parse(data) as Job;
      }
    },
    ready: async (options) => (await request("ready", undefined, options ?? {})).ok,
  };
}

async function* events(response: Response) {
  if (!response.ok || !response.body) throw await errorOf(response);
  yield* readEvents(response.body);
}

async function errorOf(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    const wait = response.headers.get("retry-after");
    return problemError(JSON.parse(text) as Problem, response.status, wait === null ? undefined : Number(wait));
  } catch {
    return new ServerError(`the server answered ${response.status}`, response.status, "unknown", undefined, undefined);
  }
}

function problemError({ error }: Problem, status: number, retryAfter?: number): ServerError {
  return new ServerError(error.message, status, error.code, error.request_id, retryAfter);
}
