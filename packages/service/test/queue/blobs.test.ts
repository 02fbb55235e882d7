/** What every store promises, on a folder and on S3. */
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import fc from "fast-check";
import type { BlobStore } from "scenograph/queue/blobs";
import { checkKey } from "scenograph/queue/blobs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../src/queue/open.ts";
import { S3_KEYS, startS3, type TestS3 } from "./s3.fixture.ts";

let folder: string;
let s3: TestS3;
const env = () => ({
  AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
  AWS_ENDPOINT_URL: s3.endpoint,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-blobs-"));
  s3 = await startS3("pictures");
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

const bytes = (...values: number[]) => Uint8Array.from(values);

describe.each([
  ["folder", () => openStore(join(folder, "store"))],
  ["s3", () => openStore("s3://pictures/some/prefix", env())],
])("%s", (_, open) => {
  let store: BlobStore;
  beforeEach(() => {
    store = open();
  });

  test("bytes come back, are replaced, listed and deleted", async () => {
    await store.put("a/0.png", bytes(0, 255, 10), "image/png");
    await store.put("a/1.json", bytes(), "application/json");
    await store.put("a/b/2.bin", bytes(1), "application/octet-stream");
    await store.put("ab.bin", bytes(2), "application/octet-stream");
    expect(await store.get("a/0.png")).toEqual({ bytes: bytes(0, 255, 10), type: "image/png" });
    expect((await store.get("a/1.json"))?.bytes).toEqual(bytes());
    await store.put("a/0.png", bytes(7), "image/png");
    expect((await store.get("a/0.png"))?.bytes).toEqual(bytes(7));
    expect(await store.list("a/")).toEqual(["a/0.png", "a/1.json", "a/b/2.bin"]);
    expect(await store.list("")).toEqual(["a/0.png", "a/1.json", "a/b/2.bin", "ab.bin"]);
    expect(await store.list("none/")).toEqual([]);
    expect([await store.has("ab.bin"), await store.has("none"), await store.has("a/0.png/x")]).toEqual([
      true,
      false,
      false,
    ]);
    for (const key of await store.list("")) await store.delete(key);
    await store.delete("never");
    expect(await store.list("")).toEqual([]);
    expect(await store.get("a/0.png")).toBeUndefined();
  });

  test("what is no key is refused before anything is touched", async () => {
    const bad = [
      "",
      "/etc/passwd",
      "../x",
      "a/../../x",
      "a//b",
      "a/",
      ".x",
      "a/.x",
      "a\\b",
      "a\0b",
      "é",
      "a/b~partial",
    ];
    for (const key of [...bad, "x".repeat(600), Array(9).fill("a").join("/")]) {
      for (const call of [
        () => store.get(key),
        () => store.put(key, bytes(), ""),
        () => store.has(key),
        () => store.delete(key),
      ])
        await expect(call()).rejects.toThrow(UserError);
    }
    await expect(store.list("../")).rejects.toThrow(UserError);
  });
});

test("any text is refused as a key or stays a relative path without dots at its parts' beginnings", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a./\\_-]{1,20}$/)), (text) => {
      try {
        checkKey(text);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return;
      }
      expect(join("/store", text)).toBe(`/store/${text}`);
      for (const part of text.split("/")) expect(part).toMatch(/^[^.\\]/);
    }),
  );
});

describe("a folder's", () => {
  test("readers never see a part, and remains of a killed writer are no keys", async () => {
    const root = join(folder, "whole");
    const store = openStore(root);
    await mkdir(root);
    await writeFile(join(root, "a.bin.123~partial"), "half");
    expect(await store.list("")).toEqual([]);
    const versions = [0, 1, 2, 3].map((v) => new Uint8Array(100_000).fill(v));
    await store.put("a.bin", versions[0], "");
    await Promise.all([
      ...versions.map((v) => store.put("a.bin", v, "")),
      ...versions.map(async () => {
        const found = (await store.get("a.bin"))!.bytes;
        expect(found.every((v) => v === found[0]) && found.length === 100_000).toBe(true);
      }),
    ]);
    expect((await readdir(root)).filter((name) => !name.startsWith("a.bin.123"))).toEqual(["a.bin"]);
  });

  test("refusals of the system are one line that names the path", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(openStore(join(folder, "file")).put("a", bytes(), "")).rejects.toThrow(/store: .*file.* cannot be/);
    const full = openStore(join(folder, "full"));
    await mkdir(join(folder, "full"));
    await symlink("/dev/full", join(folder, "full", "x"));
    // replaced, never written through
    await full.put("x", bytes(1), "");
    expect((await full.get("x"))?.bytes).toEqual(bytes(1));
    if (process.getuid?.() !== 0) {
      await chmod(join(folder, "full"), 0o500);
      await expect(full.put("y", bytes(), "")).rejects.toThrow(/EACCES/);
      await chmod(join(folder, "full"), 0o700);
    }
  });
});

describe("S3's", () => {
  test("passing failures are tried again, lasting ones are told", async () => {
    const store = openStore("s3://pictures", env());
    s3.failures.push(503, 500);
    await store.put("k", bytes(1), "image/png");
    s3.failures.push(429);
    expect((await store.get("k"))?.type).toBe("image/png");
    await expect(openStore("s3://others", env()).get("k")).rejects.toThrow(/404, no such bucket/);
    const wrong = openStore("s3://pictures", { ...env(), AWS_SECRET_ACCESS_KEY: "no" });
    await expect(wrong.get("k")).rejects.toThrow(/403 .*check bucket/);
  });

  test("settings are checked", () => {
    for (const bad of ["s3://", "s3://UPPER", "ftp://x/y", "s3://bu/../c"])
      expect(() => openStore(bad, env())).toThrow(UserError);
    expect(() => openStore("s3://bu", {})).toThrow(/AWS_ACCESS_KEY_ID/);
    expect(() => openStore("s3://bu", { ...env(), AWS_ENDPOINT_URL: "nowhere" })).toThrow(/AWS_ENDPOINT_URL/);
  });
});
