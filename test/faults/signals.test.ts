/** Ctrl-C once and twice, and two processes in one run folder. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointSteps, loadLatest } from "@scenograph/lab/train/checkpoint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lines, materials, scenograph, trainArguments, until } from "./process.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-signals-"));
  await materials(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LONG = 1_000_000;

test("a second process is refused; Ctrl-C saves and ends with 130; twice ends at once; the run goes on", async () => {
  const run = join(folder, "run");
  const saved = join(run, "checkpoints");
  const steps = async () => (await checkpointSteps(saved))[0] ?? 0;
  const often = ["--set", "trainer.checkpointMinutes=0.001"];

  const first = scenograph(...trainArguments(folder, run, LONG, ...often));
  await until(async () => (await steps()) > 0, first, "a checkpoint");
  const second = await scenograph(...trainArguments(folder, run, LONG, "--resume", "latest")).end;
  expect(lines(second.stderr).at(-1)).toMatch(
    /^scenograph: train: process \d+ is training in this folder \(".*lock\.json"\)/,
  );
  expect(second.code).toBe(2);
  const before = await steps();
  first.child.kill("SIGINT");
  const once = await first.end;
  expect({ code: once.code, stdout: once.stdout }).toMatchObject({
    code: 130,
    stdout: expect.stringContaining("interrupted at step"),
  });
  const told = Number(/interrupted at step (\d+)/.exec(once.stdout)?.[1]);
  expect(told).toBeGreaterThanOrEqual(before);
  expect(await steps()).toBe(told);
  expect(existsSync(join(run, "lock.json"))).toBe(false);

  const third = scenograph(...trainArguments(folder, run, LONG, "--resume", "latest", ...often));
  await until(async () => (await steps()) > told, third, "a checkpoint");
  third.child.kill("SIGINT");
  third.child.kill("SIGINT");
  const twice = await third.end;
  expect(twice.code).toBe(130);
  // whether or not it could still save: what is there is whole
  const { meta } = await loadLatest(saved, (line) => {
    throw new Error(line);
  });
  expect(meta.step).toBeGreaterThan(told);

  const last = scenograph(...trainArguments(folder, run, LONG, "--resume", "latest", "--steps", String(meta.step + 2)));
  expect(await last.end).toMatchObject({ code: 0, stdout: expect.stringContaining(`done at step ${meta.step + 2}`) });
});
