/** The OpenAPI 3.1 document, written from the routes and the schemas that validate. @module */
import { z } from "zod";
import { ROUTES, type Route } from "./api.ts";
import * as schemas from "./schemas.ts";

type Json = Record<string, unknown>;

const ERRORS: Readonly<Record<number, string>> = {
  400: "The request breaks a rule",
  401: "No valid API key",
  413: "The body is too large",
  429: "Too many requests, or the queue is full; see Retry-After",
  503: "Shutting down or warming up; see Retry-After",
  504: "Not done before the deadline",
};

export function openApiDocument(version: string): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const [operationId, r] of Object.entries(ROUTES) as [string, Route][]) {
    const path = r.path.replace(/:(\w+)/g, "{$1}");
    const parameters = [...r.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    }));
    const content = r.answer
      ? { "application/json": { schema: named(r.answer, "output", components) } }
      : { [r.media as string]: { schema: { type: "string" } } };
    const errors = r.open && !r.body ? [] : Object.entries(ERRORS);
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
        ...(parameters.length > 0 && { 404: { description: "There is none of this name", content: problem } }),
        ...Object.fromEntries(errors.map(([status, description]) => [status, { description, content: problem }])),
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
