/** The OpenAPI 3.1 document, written from the routes and the schemas that validate. @module */
import { z } from "zod";
import { ROUTES, type Route } from "./api.ts";
import * as schemas from "./schemas.ts";

type Json = Record<string, unknown>;

const IDEMPOTENCY =
  "Sent again under the same key within an hour, the request is not computed again: the first answer comes back";
const TAGS: Readonly<Record<Route["tag"], string>> = {
  native: "The interface of this project",
  jobs: "Work in the background",
  openai: "As OpenAI's clients speak",
  "stable diffusion web ui": "As clients of the Stable Diffusion web UI speak",
  operations: "For who runs the server",
};

/** Refusals by what a route is; a test compares them with what the routes answer. */
const GUARDED = {
  400: "The request breaks a rule",
  403: "A foreign Host or Origin",
  500: "The server failed; its log has the request id",
};
const CALLER = {
  401: "No valid API key",
  429: "Too many requests or pictures; see Retry-After",
  503: "Shutting down; see Retry-After",
};
const BODY = {
  400: "The body breaks a rule",
  413: "The body is too large",
  415: "A Content-Encoding that is not read",
};
const POSTED = {
  409: "The first request of this Idempotency-Key still runs",
  422: "This Idempotency-Key came with another body",
};
const USES = {
  model: { 404: "There is no such model" },
  engine: { 429: "Too many requests, or the queue is full; see Retry-After", 504: "Not done before the deadline" },
  store: { 503: "Shutting down, or the store does not work; see Retry-After", 507: "The store of results is full" },
  queue: {
    429: "Too many requests, or the queue is full; see Retry-After",
    503: "Shutting down, or the queue does not answer; see Retry-After",
  },
} as const;

/** Statuses of a route besides its own, with what they mean. */
export function refusalsOf(route: Route): Readonly<Record<number, string>> {
  return {
    ...(route.unguarded ? { 400: "An address that is none" } : GUARDED),
    ...(!route.open && CALLER),
    ...(route.method === "post" && { ...BODY, ...POSTED }),
    ...(route.path.includes(":") && { 404: "There is none of this name" }),
    ...Object.assign({}, ...(route.uses ?? []).map((what) => USES[what])),
    ...route.refusals,
  };
}

/** @param url how clients reach the server, where it is known */
export function openApiDocument(version: string, url = "/"): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const [operationId, r] of Object.entries(ROUTES) as [string, Route][]) {
    const path = r.path.replace(/:(\w+)/g, "{$1}");
    const parameter = (name: string, place: string, more: Json): Json => ({
      name,
      in: place,
      schema: { type: "string" },
      ...more,
    });
    const parameters = [
      ...[...r.path.matchAll(/:(\w+)/g)].map(([, name]) => parameter(name, "path", { required: true })),
      ...Object.entries(r.query ?? {}).map(([name, description]) => parameter(name, "query", { description })),
      ...(r.method === "post" ? [parameter("Idempotency-Key", "header", { description: IDEMPOTENCY })] : []),
    ];
    const content = r.answer
      ? { "application/json": { schema: named(r.answer, "output", components) } }
      : { [r.media as string]: { schema: { type: "string" } } };
    const problem = { "application/json": { schema: named(schemas.problem, "output", components) } };
    paths[path] ??= {};
    paths[path][r.method] = {
      operationId,
      tags: [r.tag],
      summary: r.summary,
      ...(parameters.length > 0 && { parameters }),
      ...(r.body && {
        requestBody: {
          required: true,
          content: { "application/json": { schema: named(r.body, "input", components) } },
        },
      }),
      responses: {
        [r.status ?? 200]: { description: "OK", content },
        ...Object.fromEntries(
          Object.entries(refusalsOf(r)).map(([status, description]) => [
            status,
            { description, content: r.path === "/readyz" ? content : problem },
          ]),
        ),
      },
      ...(r.open && { security: [] }),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Scenograph",
      version,
      description: "A sentence becomes labelled boxes, the boxes become masks, the masks become a picture.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url }],
    tags: [...new Set(Object.values(ROUTES).map((r) => r.tag))].map((name) => ({ name, description: TAGS[name] })),
    security: [{ key: [] }],
    paths,
    components: { schemas: components, securitySchemes: { key: { type: "http", scheme: "bearer" } } },
  };
}

/** A reference to the schema, which is put among the components with all it uses. */
function named(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const json = z.toJSONSchema(schema, { io, target: "draft-2020-12", unrepresentable: "any" }) as Json;
  const { $schema: _, $defs = {}, ...own } = json;
  for (const [name, definition] of Object.entries($defs as Json)) components[name] = relocated(definition);
  const { id, ...rest } = relocated(own) as Json & { id?: string };
  if (id === undefined) return rest;
  components[id] = rest;
  return { $ref: `#/components/schemas/${id}` };
}

/** References to $defs become references to components. */
function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [
      key,
      key === "$ref" && typeof v === "string" ? v.replace("#/$defs/", "#/components/schemas/") : relocated(v),
    ]),
  );
}
