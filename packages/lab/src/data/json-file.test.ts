import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { parseExactly } from "scenograph/scene/jsonLists";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openJsonLists } from "./json-file.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "scenograph-json-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function streamed(text: string | Uint8Array, key: string): Promise<unknown[] | undefined> {
  const file = path.join(dir, "a.json");
  await writeFile(file, text);
  const list = (await openJsonLists(file, 0)).list(key);
  return list && [...list];
}

describe("a file in pieces", () => {
  it("gives what JSON.parse gives, whatever is in it", async () => {
    const list = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 });
    const file = fc.dictionary(
      fc.constantFrom("images", "info", 'a"]}', "annotations"),
      fc.oneof(list, fc.jsonValue()),
    );
    await fc.assert(
      fc.asyncProperty(file, fc.constantFrom(undefined, 1, "\t"), async (json, space) => {
        const text = JSON.stringify(json, null, space);
        const back = parseExactly(text) as Record<string, unknown>;
        for (const key of ["images", "annotations"])
          expect(await streamed(text, key)).toEqual(Array.isArray(back[key]) ? back[key] : undefined);
      }),
      { numRuns: 200 },
    );
  });

  it("goes on over the ends of pieces: records, texts and escapes of any length before them", async () => {
    const piece = 2 ** 22;
    for (const shift of [-3, -2, -1, 0, 1, 2]) {
      const images = [{ id: 1, s: 'é"\\' }, { id: 2, t: [1, { u: "]" }] }, 3.5, "x", null];
      const head = '{"pad":"';
      const pad = "p".repeat(piece - head.length + shift - 20);
      expect(await streamed(`${head}${pad}","images":${JSON.stringify(images)}}`, "images")).toEqual(images);
      const blanks = `{"images":[${" ".repeat(piece + shift - 11)}7]}`;
      expect(await streamed(blanks, "images")).toEqual([7]);
      const long = [{ s: "\\u00e9".repeat(piece / 3 + shift) }, { id: 9 }];
      expect(await streamed(JSON.stringify({ images: long }), "images")).toEqual(long);
    }
  });

  it("takes the last of equal keys, and a byte-order mark", async () => {
    expect(await streamed('{"images":[1],"images":[2]}', "images")).toEqual([2]);
    expect(await streamed('\ufeff{"images":[1]}', "images")).toEqual([1]);
  });

  it.each([
    ['{"images":[\n{"id":1,}]}', /a\.json:2:9: broken JSON/],
    ['{"images":[,]}', /a\.json:1:12: a value is expected/],
    ['{"images":[1 2]}', /a\.json:1:14: "," or "]" is expected/],
    ['{"images":[1,2', /ends too early/],
    ['{"images":[1]', /"," or "}" is expected/],
    ['{"images":[1]} x', /ends after its object/],
    ["[1]", /a COCO file is an object/],
    ['{"a":1,}', /a key is expected/],
    ["<!doctype html>", /is a web page or XML/],
    ["version https://git-lfs.github.com/spec/v1\n", /git lfs pull/],
  ])("says where %j breaks", async (text, message) => {
    await expect(streamed(text, "images")).rejects.toThrow(message);
  });

  it("keeps ids beyond 2^53", async () => {
    const [record] = (await streamed('{"images":[{"id":9223372036854775801}]}', "images")) as { id: string }[];
    expect(record.id).toMatch(/9223372036854775801$/);
  });
});
