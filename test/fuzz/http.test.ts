import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { fuzz } from "./suite.ts";
import { checkAnswer, endService, HTTP, service } from "./targets/http.ts";

afterAll(endService);
fuzz(HTTP);

const word = fc.oneof(
  fc.constantFrom(
    "",
    "..",
    "%2e%2e",
    "%00",
    "%",
    "etc",
    "passwd",
    "model.json",
    "v1",
    "pictures",
    "results",
    "jobs",
    "models",
    "__proto__",
    "*",
    ":id",
  ),
  fc.string({ unit: "binary", maxLength: 20 }).map((s) => encodeURIComponent(s)),
);
const value = fc.oneof(
  fc.constantFrom(
    "",
    "null",
    "https://evil.example",
    "127.0.0.1:8080",
    "Bearer x",
    "Bearer ",
    "Basic eA==",
    "gzip",
    "multipart/form-data",
    "chunked",
    "-1",
    "9".repeat(400),
    "a".repeat(4000),
    "bytes=0-",
    "*/*",
  ),
  fc.string({ minLength: 1, maxLength: 30 }).map((s) => s.replace(/[^\x21-\x7e]/g, "x")),
);
const header = fc.constantFrom(
  "host",
  "origin",
  "authorization",
  "x-api-key",
  "x-request-id",
  "content-type",
  "content-length",
  "content-encoding",
  "accept",
  "range",
  "x-forwarded-for",
  "x-forwarded-proto",
  "if-none-match",
  "upgrade",
  "connection",
);
const request = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"),
  path: fc.array(word, { maxLength: 6 }).map((words) => `/${words.join("/")}`.replace(/^\/+/, "/")),
  query: fc.option(
    fc.tuple(word, word).map(([a, b]) => `?${a}=${b}`),
    { nil: "" },
  ),
  headers: fc.dictionary(header, value, { maxKeys: 4 }),
});

test("any method, address and headers get an answer, and never a file", async () => {
  const { fetch } = await service();
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, headers }) => {
      const body = method === "POST" || method === "PUT" || method === "PATCH" ? "{}" : undefined;
      const response = await fetch(path + query, { method, headers, body });
      if (method === "HEAD") {
        expect(response.status).toBeLessThan(500);
        return;
      }
      const text = await checkAnswer(response);
      expect(text).not.toMatch(/root:|"sha256"/);
      // what came is not put into headers
      const id = response.headers.get("x-request-id");
      expect(id).toMatch(/^[\w.-]{1,64}$/);
    }),
    { seed: 1, numRuns: 300 },
  );
});
