/** What the routes share: the parts of a service, a request's caller, reading bodies. @module */
import { randomInt } from "node:crypto";
import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { JobQueue } from "scenograph/queue/queue";
import type { Categories } from "scenograph/scene/categories";
import { extentOf, type Size } from "scenograph/scene/geometry";
import { restoreScene } from "scenograph/scene/restore";
import type { Scene } from "scenograph/scene/scene";
import type { z } from "zod";
import type { AnswerOf, ParsedOf, Route, RouteName } from "./api.ts";
import { ROUTES } from "./api.ts";
import type { Engine } from "./engine/engine.node.ts";
import { API_LIMITS } from "./limits.ts";
import type { Log } from "./log.node.ts";
import type { Metrics } from "./metrics.node.ts";
import type { Proxies } from "./middleware/forwarded.node.ts";
import { ApiError, validated } from "./problems.ts";
import type { Results } from "./results.node.ts";
import type * as schemas from "./schemas.ts";

export interface Env {
  Variables: {
    requestId: string;
    /** Whose request it is: a key's name, or the address where there are no keys. */
    caller: string;
    /** Counts pictures against the caller's quota. @throws ApiError 429 */
    spend: (pictures: number) => void;
  };
}

export interface Parts {
  readonly proxies: Proxies;
  readonly engine: Engine;
  readonly queue: JobQueue;
  readonly results: Results;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Aborted when the server shuts down: streams that only watch end. */
  readonly stopping: AbortSignal;
  /** Begins addresses of results: "https://pictures.example"; left out: as the request called the server. */
  readonly publicUrl?: string;
}

export type App = Hono<Env>;

/** Registers a JSON route of `ROUTES`: the body arrives validated, what is returned is the answer. */
export function handle<N extends RouteName>(
  app: App,
  name: N,
  work: (
    body: ParsedOf<N>,
    c: Context<Env>,
  ) => Promise<NoInfer<AnswerOf<N>> | Response> | NoInfer<AnswerOf<N>> | Response,
): void {
  const route: Route = ROUTES[name];
  app.on(route.method.toUpperCase(), route.path, async (c) => {
    const body = route.body ? validated(route.body, await jsonBody(c)) : undefined;
    const answer = await work(body as ParsedOf<N>, c);
    if (answer instanceof Response) return answer;
    return c.json(answer as object, (route.status ?? 200) as ContentfulStatusCode);
  });
}

async function jsonBody(c: Context<Env>): Promise<unknown> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = text === "" ? "nothing" : (error as Error).message.slice(0, 120);
    throw new ApiError(400, "invalid_json", `the body is JSON, got ${reason}; correct it`);
  }
  checkStructure(value);
  return value;
}

/** Refuses what would take long to validate, and no client sends. @throws ApiError */
function checkStructure(body: unknown): void {
  const open: [value: unknown, depth: number][] = [[body, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= API_LIMITS.depth)
      throw new ApiError(400, "invalid_json", `the body is nested at most ${API_LIMITS.depth} deep; correct it`);
    const inner = Array.isArray(value) ? value : Object.values(value);
    if (!Array.isArray(value) && inner.length > API_LIMITS.fields)
      throw new ApiError(400, "invalid_json", `an object has at most ${API_LIMITS.fields} fields, got ${inner.length}`);
    for (const one of inner) if (typeof one === "object" && one !== null) open.push([one, depth + 1]);
  }
}

/** Address of a result as the client reaches it. */
export function resultUrl(
  c: Context<Env>,
  { publicUrl, proxies }: Pick<Parts, "publicUrl" | "proxies">,
  path: string,
): string {
  return new URL(path, publicUrl ?? proxies.origin(c)).href;
}

/** The scene of a request, mended where it can be; size and seed filled in. `categories`: of its model. @throws FormatError, ApiError */
export function sceneOf(
  input: z.output<typeof schemas.sceneInput>,
  size: Size,
  categories?: Categories,
): { readonly scene: Scene; readonly notes: string[] } {
  const own = extentOf(size);
  const { width = own.width, height = own.height, seed = anySeed(), ...rest } = input;
  const notes: string[] = [];
  const scene = restoreScene({ version: 2, objects: [], ...rest, width, height, seed }, notes, categories);
  checkPixels(width, height, 1);
  return { scene, notes };
}

/** @throws ApiError when so many pictures of this size have too many pixels */
export function checkPixels(width: number, height: number, pictures: number): void {
  const pixels = width * height * pictures;
  if (pixels > API_LIMITS.pixels)
    throw new ApiError(
      400,
      "too_many_pixels",
      `a request has at most ${API_LIMITS.pixels} pixels, got ${pictures} x ${width} x ${height}; ask for fewer or smaller pictures`,
    );
}

export function anySeed(): number {
  return randomInt(API_LIMITS.seed + 1);
}
