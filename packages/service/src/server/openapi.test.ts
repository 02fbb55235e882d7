import { expect, test } from "vitest";
import { ROUTES, type Route } from "./api.ts";
import { openApiDocument } from "./openapi.ts";

interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, { operationId: string; requestBody?: unknown; security?: unknown[] }>>;
  readonly components: { readonly schemas: Record<string, { properties?: Record<string, unknown> }> };
}
const document = JSON.parse(JSON.stringify(openApiDocument("1.2.3"))) as Document;
const { schemas } = document.components;

test("every route is there, once, with its body", () => {
  expect([document.openapi, document.info.version]).toEqual(["3.1.0", "1.2.3"]);
  const operations = Object.values(document.paths).flatMap((p) => Object.values(p));
  expect(operations.map((o) => o.operationId).sort()).toEqual(Object.keys(ROUTES).sort());
  for (const [name, route] of Object.entries(ROUTES) as [string, Route][]) {
    const operation = document.paths[route.path.replace(":id", "{id}")][route.method];
    expect([name, operation.operationId]).toEqual([name, name]);
    expect(operation.requestBody !== undefined).toBe(route.body !== undefined);
    expect(operation.security).toEqual(route.open ? [] : undefined);
  }
});

test("references lead to a schema, and none of zod's own names is left", () => {
  const json = JSON.stringify(document);
  const references = [...json.matchAll(/"\$ref":"([^"]+)"/g)].map((m) => m[1]);
  expect(references.length).toBeGreaterThan(50);
  for (const reference of references) {
    const [, name] = /^#\/components\/schemas\/(\w+)$/.exec(reference) ?? [];
    expect(schemas[name], reference).toBeDefined();
  }
  expect(json).not.toMatch(/\$defs|\$schema/);
});

test("limits and defaults are those that validate", () => {
  const { properties = {} } = schemas.SceneRequest;
  expect(properties.caption).toMatchObject({ type: "string", minLength: 1, maxLength: 4000 });
  expect(properties.maxObjects).toMatchObject({ minimum: 1, maximum: 32 });
  expect(schemas.InferRequest.properties?.from).toMatchObject({ default: "boxes", enum: ["boxes", "masks", "image"] });
  // what has a default need not be sent, but always comes back
  expect(schemas.InferRequest).toMatchObject({ required: ["scene"], additionalProperties: false });
  expect(schemas.Inference).toMatchObject({ required: ["scene", "sentence", "notes", "ms"] });
});
