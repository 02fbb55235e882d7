import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { BusyError } from "@scenograph/graph/errors";
import { afterEach, beforeEach, expect, it } from "vitest";
import { acquireLock } from "./lock.ts";
import { openRun } from "./run.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  path = join(folder, "lock.json");
});
afterEach(() => rm(folder, { recursive: true }));

it("is held once, and given back", async () => {
  const release = await acquireLock(path);
  await expect(acquireLock(path)).rejects.toThrow(new RegExp(`process ${process.pid} is training in this folder`));
  await expect(acquireLock(path)).rejects.toBeInstanceOf(BusyError);
  await release();
  await (await acquireLock(path))();
  expect(await readdir(folder)).toEqual([]);
});

it("of a dead process is taken over", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  await writeFile(path, JSON.stringify({ pid, host: hostname(), start: "1" }));
  const release = await acquireLock(path);
  expect(JSON.parse(await readFile(path, "utf8")).pid).toBe(process.pid);
  await release();
  expect(await readdir(folder)).toEqual([]);
});

it.runIf(process.platform === "linux")("of a dead process whose number was given out again is taken over", async () => {
  await writeFile(path, JSON.stringify({ pid: process.pid, host: hostname(), start: "1" }));
  await (await acquireLock(path))();
});

it("that was cut off while being written is taken over once it is old", async () => {
  await writeFile(path, '{"pi');
  await expect(acquireLock(path)).rejects.toThrow(/has just been taken/);
  await utimes(path, 1, 1);
  await (await acquireLock(path))();
});

it("of another machine cannot be judged", async () => {
  await writeFile(path, JSON.stringify({ pid: 1, host: "elsewhere", start: null }));
  await expect(acquireLock(path)).rejects.toThrow(
    /held by process 1 on elsewhere; if that run is over, delete the file/,
  );
});

it("of several that take over a dead one at once, one wins", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  await writeFile(path, JSON.stringify({ pid, host: hostname(), start: "1" }));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(path)));
  expect(results.filter((r) => r.status === "fulfilled")).toHaveLength(1);
  for (const r of results) if (r.status === "rejected") expect(r.reason).toBeInstanceOf(BusyError);
});

it("keeps a second run out of a run folder, and other stages too", async () => {
  const first = await openRun(folder, {}, { stage: "boxes", seed: 1 }, { resume: false });
  const second = () => openRun(folder, {}, { stage: "boxes", seed: 1 }, { resume: true });
  await expect(second()).rejects.toBeInstanceOf(BusyError);
  await first.close();
  await (await second()).close();
  await expect(openRun(folder, {}, { stage: "image", seed: 1 }, { resume: false })).rejects.toThrow(
    /holds a run of stage boxes, not image/,
  );
  // the lock was given back
  await (await second()).close();
});
