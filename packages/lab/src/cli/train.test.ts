import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkpointSteps, loadLatest } from "../train/checkpoint.ts";
import { loadConfig } from "../train/config.ts";
import { openRun } from "../train/run.ts";
import { QUIET, toyTask } from "../train/toy.fixture.ts";
import { trainCommand } from "./train.ts";
import { runsOf } from "./train-all.ts";
import { runTraining } from "./train-stage.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-train-"));
});
afterEach(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly run: string;
  readonly end: Promise<Ended>;
}

function start(run: string, steps: number, delay: number, ...rest: string[]): Started {
  const script = fileURLToPath(new URL("train.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [
    "--conditions=source",
    "--import",
    "tsx",
    script,
    run,
    String(steps),
    String(delay),
    ...rest,
  ]);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const end = new Promise<Ended>((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stderr })));
  return { child, run, end };
}

/** The same as the fixture, in this process and without a stop. */
async function trainHere(path: string, totalSteps: number): Promise<void> {
  const run = await openRun(path, {}, { stage: "toy", seed: 1 }, { resume: false });
  const options = { run, settings: QUIET, seed: 1, configHash: "h", runtime: { threads: 1 } };
  await runTraining(toyTask({ totalSteps }), options);
  await run.close();
}

/** Waits until the process has a checkpoint of at least this step in its run. */
async function reached({ child, run }: Started, step: number): Promise<void> {
  while (((await checkpointSteps(join(run, "checkpoints")))[0] ?? 0) < step) {
    if (child.exitCode !== null) throw new Error(`step ${step} was not reached`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function weights(run: string): Promise<string> {
  return (await readFile(join(run, "weights.safetensors"))).toString("base64");
}

async function state(run: string): Promise<Record<string, unknown>> {
  const { tensors } = await loadLatest(join(run, "checkpoints"), () => {});
  return Object.fromEntries(tensors);
}

describe("a training process", () => {
  it("killed in the middle and resumed ends with the same bits", async () => {
    const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
    // slow enough not to be done before it is killed
    const started = start(killed, 150, 50);
    const { child, end } = started;
    await reached(started, 20);
    child.kill("SIGKILL");
    expect((await end).signal).toBe("SIGKILL");
    expect(await readdir(killed)).toContain("lock.json");
    expect(await readdir(killed)).not.toContain("weights.safetensors");
    const resumed = await start(killed, 150, 0, "latest").end;
    expect(resumed.code).toBe(0);
    await trainHere(whole, 150);
    const at = Number(/resuming at step (\d+)/.exec(resumed.stderr)![1]);
    expect(at).toBeGreaterThanOrEqual(20);
    expect(at).toBeLessThan(150);
    expect(await state(killed)).toEqual(await state(whole));
    // bit for bit, whatever the clock says
    expect(await weights(killed)).toBe(await weights(whole));
  });

  it("saves on Ctrl-C and exits with 130; a second run in the folder is refused meanwhile", async () => {
    const run = join(folder, "run");
    const started = start(run, 100_000, 5);
    const { child, end } = started;
    await reached(started, 2);
    const second = await start(run, 10, 0, "latest").end;
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/BusyError: train: process \d+ is training in this folder/);
    child.kill("SIGINT");
    const { code, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toMatch(/stopping after this step and saving/);
    // a plain line, for this is no terminal
    expect(stderr).toMatch(/^toy \d+\/100000 \(0%\) .*samples\/s, .*left, epoch [\d.]+, loss [\d.]+, norm/m);
    const files = await readdir(run);
    expect(files).toContain("weights.safetensors");
    expect(files).not.toContain("lock.json");
    const [newest] = await checkpointSteps(join(run, "checkpoints"));
    const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trim().split("\n");
    expect(JSON.parse(lines.at(-1)!).step).toBe(newest);
  });
});

describe("the command", () => {
  const run = (...args: string[]) => trainCommand().exitOverride().parseAsync(args, { from: "user" });

  it.each([
    [["boxse", "--data", "x"], /a stage is one of text, boxes, masks, [a-z, ]+, got "boxse"; did you mean "boxes"/],
    [["boxes"], /needs a COCO folder, got none; name it with --data DIR/],
    [["boxes", "--data", "x", "--steps", "0"], /--steps: a whole number from 1, got "0"/],
    [["boxes", "--data", "x", "--minutes", "soon"], /--minutes: a number above 0, got "soon"/],
    [["boxes", "--data", "x", "--config", "absent.yaml"], /absent.yaml" cannot be read/],
    [["boxes", "--data", "x", "--set", "boxes.train.bacth=1"], /unknown key "boxes.train.bacth"/],
  ])("%j is one clear line", async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });

  it("gives the folder back when the task cannot be made", async () => {
    const path = join(folder, "run");
    await expect(run("boxes", "--data", join(folder, "absent"), "--run", path)).rejects.toThrow();
    expect(await readdir(path)).not.toContain("lock.json");
  });
});

it("train all: looks are trained twice, the priors last, each only where it is on", async () => {
  const runs = async (...sets: string[]) => runsOf(await loadConfig("tiny", sets)).slice(4);
  expect(await runs()).toEqual([]);
  expect(await runs("ours.looks.codes=4")).toEqual(["looks-encoder", "looks"]);
  expect(await runs("ours.poses.codes=4", "ours.looks.codes=4", "ours.priors.width=4")).toEqual([
    "poses",
    "looks-encoder",
    "looks",
    "priors",
  ]);
});
