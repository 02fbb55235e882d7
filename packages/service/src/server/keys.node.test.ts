import { mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addKey, KeyRing, readKeys, removeKey } from "./keys.node.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-keys-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("the file holds hashes, never keys, and only its owner reads it", async () => {
  const file = join(folder, "a.json");
  const key = await addKey(file, "anna", 60);
  const text = await readFile(file, "utf8");
  expect(text).not.toContain(key);
  expect(text).not.toContain(key.slice(3, 20));
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await readKeys(file)).toMatchObject([{ name: "anna", rate: 60 }]);
  const ring = await KeyRing.open(file);
  expect(await ring.find(key)).toMatchObject({ name: "anna", rate: 60 });
  for (const wrong of ["", "sg-", key.slice(0, -1), `${key}x`, key.toUpperCase()])
    expect(await ring.find(wrong)).toBeUndefined();
});

test("a removed key is found no more by a ring that is opened then; names are taken once", async () => {
  const file = join(folder, "b.json");
  const [a, b] = [await addKey(file, "a"), await addKey(file, "b")];
  await expect(addKey(file, "a")).rejects.toThrow('there is a key "a" already');
  await expect(addKey(file, "../a")).rejects.toThrow("a name is 1 to 64 letters");
  await removeKey(file, "a");
  await expect(removeKey(file, "a")).rejects.toThrow('there is no key "a", there are b');
  const ring = await KeyRing.open(file);
  expect([await ring.find(a), (await ring.find(b))?.name]).toEqual([undefined, "b"]);
});

test("a file without keys, or with something else, is said by name", async () => {
  await expect(KeyRing.open(join(folder, "none.json"))).rejects.toThrow(/none.json has no keys/);
  await writeFile(join(folder, "c.json"), '{"keys": [{"name": "x"}]}');
  await expect(KeyRing.open(join(folder, "c.json"))).rejects.toThrow(/c.json is no file of API keys/);
});

test("eight at the same moment: eight are stored, whatever the order; a lock of the dead is no obstacle", async () => {
  const file = join(folder, "parallel.json");
  await writeFile(`${file}.lock`, "1");
  await utimes(`${file}.lock`, new Date(), new Date(Date.now() - 60_000));
  const names = Array.from({ length: 8 }, (_, i) => `key-${i}`);
  const keys = await Promise.all(names.map((name) => addKey(file, name)));
  expect((await readKeys(file)).map((k) => k.name).sort()).toEqual(names);
  const ring = await KeyRing.open(file);
  expect(await Promise.all(keys.map(async (key) => (await ring.find(key))?.name))).toEqual(names);
  await Promise.all(names.map((name) => removeKey(file, name)));
  expect(await readKeys(file)).toEqual([]);
});
