import { FormatError, UserError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonErrorAt, parseJson, readJson } from "./coco-json.ts";

describe("parseJson", () => {
  it("parses JSON, with or without a byte-order mark", () => {
    expect(parseJson('{"a":[1,2]}', "x")).toEqual({ a: [1, 2] });
    expect(parseJson('\ufeff{"a":1}', "x")).toEqual({ a: 1 });
  });

  it.each([
    ['{"a":1,}', 7],
    ['{"a":x}', 5],
    ["[1,2", 4],
    ["[1 2]", 3],
    ['{"a" 1}', 5],
    ["{1:2}", 1],
    ["[1]]", 3],
    ['["a\nb"]', 1],
    ["", 0],
    ["[01]", 2],
    ['{"a":{"b":[{}, [], "\\u00e9", -1.5e3, tru]}}', 37],
  ])("finds where %j breaks", (text, at) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonErrorAt(text)).toBe(at);
  });

  it("have a position when the text is damaged", () => {
    const damage = fc.tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom("", ",", "}", "]", '"', "x", "\\", "\n"),
    );
    fc.assert(
      fc.property(damage, ([text, at, put]) => {
        const i = at % (text.length + 1);
        const damaged = text.slice(0, i) + put + text.slice(i + 1);
        try {
          JSON.parse(damaged);
        } catch {
          const position = jsonErrorAt(damaged);
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(damaged.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("names file, line and column", () => {
    expect(() => parseJson('{\n  "images": [\n    {"id": 1,}\n]}', "dir/a.json")).toThrow(FormatError);
    expect(() => parseJson('{\n  "images": [\n    {"id": 1,}\n]}', "dir/a.json")).toThrow(/^dir\/a\.json:3:14: /);
    expect(() => parseJson('{"images": [', "a.json")).toThrow(/ends too early/);
  });

  it("finds the break of a text of many millions of characters", () => {
    expect(jsonErrorAt(`["${"x".repeat(2e7)}`)).toBe(1);
    expect(jsonErrorAt(`["${"x".repeat(2e7)}", "\\u00e9", ?`)).toBe(2e7 + 15);
  });

  it("says which file cannot be read", async () => {
    await expect(readJson("/nonexistent/a.json")).rejects.toThrow(UserError);
    await expect(readJson("/nonexistent/a.json")).rejects.toThrow(/nonexistent\/a\.json/);
  });
});
