import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeWhole } from "./files.ts";
import { systemRefusal } from "./main.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file is replaced whole; what cannot be written leaves it, and nothing beside it", async () => {
  const file = join(folder, "new", "x.bin");
  await writeWhole(file, "one");
  await writeWhole(file, "two");
  // no name may be that long
  await expect(writeWhole(join(folder, "new", "n".repeat(300)), "three")).rejects.toThrow("ENAMETOOLONG");
  await expect(writeWhole(join(file, "x"), "three")).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(readFileSync(file, "utf8")).toBe("two");
  expect(readdirSync(join(folder, "new"))).toEqual(["x.bin"]);
});

test.each([
  ["ENOSPC: no space left on device, write", "the disk is full, a file was not written; free some space"],
  ["ENOENT: no such file or directory, open '/x/y.json'", "/x/y.json cannot be opened (ENOENT); check the path"],
  ["EACCES: permission denied, rename '/x/a' -> '/x/b'", "/x/a may not be read or written (EACCES)"],
])("%s is the user's to mend, in one line", (message, line) => {
  expect(systemRefusal(new Error(message))).toContain(line);
});

test("other errors are failures of the program", () => {
  expect(systemRefusal(new Error("x is undefined"))).toBeUndefined();
  expect(systemRefusal(new Error("ECONNRESET: the peer went away"))).toBeUndefined();
});
