import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder } from "./folders.node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folders-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("makeFolder", () => {
  test("makes what is missing, leaves what is there, also when two do it at once", async () => {
    const path = join(folder, "a", "b", "c");
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, "a", "d"))]);
    await makeFolder(path);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect((await stat(join(folder, "a", "d"))).isDirectory()).toBe(true);
  });

  test("a file in the way is an error with the path", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(makeFolder(file)).rejects.toMatchObject({ code: "EEXIST", path: file });
    await expect(makeFolder(join(file, "x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  test.runIf(existsSync("/proc/self"))(
    "a place in which no folder can be made is an error, not an endless wait",
    async () => {
      await expect(makeFolder("/proc/none/deeper")).rejects.toMatchObject({ code: "ENOENT", path: "/proc/none" });
    },
  );
});
