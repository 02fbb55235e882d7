/**
 * A disk that is full: a small one in memory where this user may mount it, /dev/full, and a limit on the size of files, which
 * needs no rights.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointSteps, loadLatest } from "@scenograph/lab/train/checkpoint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyModel } from "../cli/tinyModel.fixture.ts";
import { lines, materials, scenograph, shell, trainArguments } from "./process.fixture.ts";

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-disk-"));
  await materials(folder);
  model = (await tinyModel(folder)).path;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function newest(run: string) {
  const { meta } = await loadLatest(join(run, "checkpoints"), (line) => {
    throw new Error(line);
  });
  return { step: meta.step, sha256: meta.sha256 };
}

/** Mounts `size` bytes of memory on a folder. -> whether this user may */
function mounted(path: string, size: number): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(process.platform === "linux")("a full disk", () => {
  test("while a checkpoint is saved: one line, exit code 2, what was saved before is whole and goes on", async (context) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    if (!mounted(disk, 4 * 2 ** 20)) context.skip("this user may not mount a disk in memory");
    try {
      const [run, whole] = [join(disk, "run"), join(folder, "whole")];
      const untouched = scenograph(...trainArguments(folder, whole, 20));
      expect((await scenograph(...trainArguments(folder, run, 20, "--steps", "8")).end).code).toBe(0);
      const before = await newest(run);
      expect(before.step).toBe(8);
      // all but some room for logs
      const filler = join(disk, "filler");
      const { bsize, bavail } = await statfs(disk);
      await writeFile(filler, new Uint8Array(bsize * bavail - 2 ** 17));
      const { code, stderr } = await scenograph(...trainArguments(folder, run, 20, "--resume", "latest")).end;
      expect(lines(stderr).at(-1)).toMatch(
        /^scenograph: train: the disk is full, ".*step-00000020\.safetensors" was not written; what was saved before is intact: /,
      );
      expect(stderr).not.toMatch(/\n\s+at |failure of the program/);
      expect(code).toBe(2);
      expect(await newest(run)).toEqual(before);
      expect((await readdir(join(run, "checkpoints"))).filter((n) => n.endsWith(".partial"))).toEqual([]);
      await rm(filler);
      expect((await scenograph(...trainArguments(folder, run, 20, "--resume", "latest")).end).code).toBe(0);
      expect((await untouched.end).code).toBe(0);
      expect(await newest(run)).toEqual(await newest(whole));
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  test("behind standard output: one line and exit code 1", async () => {
    const { code, stderr } = await shell(`$SCENOGRAPH inspect ${model} --json > /dev/full`).end;
    expect(lines(stderr)).toEqual([expect.stringMatching(/^scenograph: standard output .*ENOSPC/)]);
    expect(code).toBe(1);
  });
});

describe("a limit on the size of files", () => {
  test("while a checkpoint is saved: the same as a full disk", async () => {
    const run = join(folder, "limited");
    const wide = ["--set", "text.hidden=128"];
    expect((await scenograph(...trainArguments(folder, run, 6, "--steps", "2", ...wide)).end).code).toBe(0);
    const before = await newest(run);
    const bytes = (await readFile(join(run, "checkpoints", "step-00000002.safetensors"))).length;
    const quoted = trainArguments(folder, run, 6, "--resume", "latest", ...wide).map((a) => JSON.stringify(a));
    // in kilobytes; logs and events are far smaller than the checkpoint
    const { code, stderr } = await shell(`ulimit -f ${Math.floor(bytes / 1024 / 2)}; $SCENOGRAPH ${quoted.join(" ")}`)
      .end;
    expect(lines(stderr).at(-1)).toMatch(/^scenograph: train: the disk is full, /);
    expect(code).toBe(2);
    expect(await checkpointSteps(join(run, "checkpoints"))).toEqual([2]);
    expect(await newest(run)).toEqual(before);
  });

  test("while a picture is written: files that were there stay whole, none is half there", async () => {
    const out = join(folder, "out");
    const args = ["generate", '"a dog"', "--model", model, "--out", out, "--seed 1"].join(" ");
    expect(await shell(`$SCENOGRAPH ${args}`).end).toMatchObject({ code: 0 });
    const contents = async () =>
      Object.fromEntries(
        await Promise.all((await readdir(out)).map(async (n) => [n, await readFile(join(out, n), "base64")])),
      );
    const before = await contents();
    const { code, stderr } = await shell(`ulimit -f 0; $SCENOGRAPH ${args}`).end;
    expect(lines(stderr).at(-1)).toMatch(
      /^scenograph: generate: the disk is full, .* was not written; free some space/,
    );
    expect(code).toBe(2);
    expect(await contents()).toEqual(before);
  });
});

describe("a place that cannot be written", () => {
  test.runIf(existsSync("/proc/self")).each([
    ["data synth", (out: string) => ["data", "synth", "--count", "3", "--out", out]],
    ["generate", (out: string) => ["generate", "a dog", "--model", model, "--out", out]],
    ["train", (out: string) => trainArguments(folder, out, 2)],
  ])("%s: one line and exit code 2, at once", async (_, args) => {
    const { code, stderr } = await scenograph(...args("/proc/none/x")).end;
    expect(lines(stderr).at(-1)).toMatch(/^scenograph: .*\/proc\/none.*(ENOENT|cannot)/);
    expect(code).toBe(2);
  });

  test.skipIf(process.getuid?.() === 0)("a folder without permission: one line and exit code 2", async () => {
    const locked = join(folder, "locked");
    await mkdir(locked, { mode: 0o555 });
    for (const args of [
      ["data", "synth", "--count", "3", "--out", join(locked, "x")],
      trainArguments(folder, join(locked, "y"), 2),
    ]) {
      const { code, stderr } = await scenograph(...args).end;
      expect(lines(stderr).at(-1)).toMatch(/^scenograph: .*EACCES/);
      expect(code).toBe(2);
    }
  });
});
