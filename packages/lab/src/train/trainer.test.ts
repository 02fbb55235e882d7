import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheckpointError, UserError } from "@scenograph/graph/errors";
import { readSafetensors } from "@scenograph/graph/formats/safetensors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { writeDurably } from "scenograph/formats/atomic.node";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeEvent, readEvents } from "../formats/tfevents.ts";
import { checkpointPath, checkpointSteps, loadCheckpoint, loadLatest } from "./checkpoint.ts";
import { parseMetrics } from "./metrics.ts";
import { openRun } from "./run.ts";
import { initialState } from "./start.ts";
import { QUIET, type ToyOptions, toyTask } from "./toy.fixture.ts";
import { type TrainOptions, type TrainResult, train } from "./trainer.ts";

const runtime = createWorkerRuntime({ threads: 1 });
afterAll(() => runtime.close());

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "train-"));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function trained(toy: ToyOptions, options: Partial<TrainOptions> = {}, path = folder): Promise<TrainResult> {
  const run = await openRun(path, { toy: true }, { stage: "toy", seed: 1 }, { resume: options.resume !== undefined });
  try {
    return await train(toyTask(toy), {
      run,
      runtime,
      settings: QUIET,
      seed: 1,
      configHash: "h",
      log: (line) => void lines.push(line),
      ...options,
    });
  } finally {
    await run.close();
  }
}

async function finalState(path = folder): Promise<Record<string, number[]>> {
  const { tensors } = await loadLatest(join(path, "checkpoints"), (line) => lines.push(line));
  return Object.fromEntries([...tensors].map(([name, t]) => [name, [...(t.data as Float32Array)]]));
}

async function uninterrupted(toy: ToyOptions = {}): Promise<Record<string, number[]>> {
  const path = await mkdtemp(join(tmpdir(), "train-"));
  await trained(toy, {}, path);
  const state = await finalState(path);
  await rm(path, { recursive: true });
  return state;
}

describe("a run", () => {
  it("learns, and leaves configuration, metrics, checkpoint and weights", async () => {
    const result = await trained({ totalSteps: 300 }, { settings: { ...QUIET, logSteps: 50 } });
    expect(result).toMatchObject({ step: 300, reason: "done", weightsStep: 300 });
    const metrics = parseMetrics(await readFile(join(folder, "metrics.jsonl"), "utf8"));
    expect(metrics.map((m) => m.step)).toEqual([50, 100, 150, 200, 250, 300]);
    expect(metrics[5].loss).toBeLessThan(metrics[0].loss / 2);
    expect(metrics[5].samplesPerSecond).toBeGreaterThan(0);
    expect(metrics[5].epoch).toBe(24);
    const event = (await readdir(folder)).find((name) => name.startsWith("events.out.tfevents."))!;
    const { events } = readEvents(await readFile(join(folder, event)));
    expect(events.map((e) => e.step)).toEqual([0, 50, 100, 150, 200, 250, 300]);
    expect(events[6].scalars?.loss).toBeCloseTo(metrics[5].loss, 5);

    const { tensors, metadata } = readSafetensors(await readFile(result.weights));
    expect([...tensors.keys()].sort()).toEqual(["b1", "w1", "w2"]);
    expect(tensors.get("w1")).toMatchObject({ dtype: "F16", shape: [4, 16] });
    expect(metadata).toMatchObject({ stage: "toy", step: "300", seed: "1" });
    const state = await finalState();
    expect(tensors.get("w1")!.data[3]).toBeCloseTo(state["ema/w1"][3], 2);
    expect(await readFile(join(folder, "config.yaml"), "utf8")).toBe("toy: true\n");
    const info = JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
    expect(info).toMatchObject({ stage: "toy", seed: 1 });
    expect(info.starts[0].versions.node).toBe(process.versions.node);
    expect(await readdir(folder)).not.toContain("lock.json");
  });

  it("ends when its time is up", async () => {
    const result = await trained({ totalSteps: 1e6 }, { minutes: 0.2 / 60 });
    expect(result.reason).toBe("minutes");
    expect(await checkpointSteps(join(folder, "checkpoints"))).toEqual([result.step]);
  });

  it("finishes the step and saves when it is told to stop", async () => {
    const stop = new AbortController();
    const onProgress = ({ step }: { step: number }) => step === 7 && stop.abort();
    const result = await trained({ totalSteps: 1000 }, { signal: stop.signal, onProgress });
    expect(result).toMatchObject({ step: 7, reason: "interrupted" });
    expect((await finalState()).step).toEqual([7]);
  });

  it("ships the best weights, and keeps the two newest checkpoints beside the best", async () => {
    // every validation is better up to step 8
    const score = (step: number) => Math.abs(step - 8);
    const settings = { ...QUIET, checkpointMinutes: 1e-9 };
    const result = await trained({ totalSteps: 21, score }, { settings });
    expect(result.weightsStep).toBe(8);
    expect(await checkpointSteps(join(folder, "checkpoints"))).toEqual([21, 20, 8]);
    const best = await loadCheckpoint(checkpointPath(join(folder, "checkpoints"), 8));
    const { tensors } = readSafetensors(await readFile(result.weights));
    expect(tensors.get("w2")!.data[0]).toBeCloseTo(best.tensors.get("ema/w2")!.data[0] as number, 2);
    const validations = parseMetrics(await readFile(join(folder, "metrics.jsonl"), "utf8")).filter(
      (m) => m["validation/score"] !== undefined,
    );
    expect(validations.map((m) => m.step)).toEqual([4, 8, 12, 16, 20, 21]);
    expect((await readdir(join(folder, "checkpoints"))).length).toBe(6);
  });

  it("does not grow over 3000 steps in a worker", async () => {
    const worker = createWorkerRuntime({ threads: 1 });
    const sizes: number[] = [];
    const onProgress = ({ step }: { step: number }) =>
      step % 500 === 0 && sizes.push(process.memoryUsage.rss() / 2 ** 20);
    await trained({ totalSteps: 3500 }, { runtime: worker, onProgress, settings: { ...QUIET, logSteps: 100 } });
    await worker.close();
    // the first 1000 steps fill the heaps of two threads
    expect(Math.max(...sizes.slice(2)) - sizes[1]).toBeLessThan(40);
  });
});

describe("resume", () => {
  it.each([[[1]], [[7]], [[4, 5, 13]], [[19]]])("after stops at %j is bit-exact", async (stops) => {
    const score = (step: number) => Math.abs(step - 8);
    const expected = await uninterrupted({ score });
    for (const [i, steps] of stops.entries()) await trained({ score }, { steps, resume: i > 0 ? "latest" : undefined });
    const result = await trained({ score }, { resume: "latest" });
    expect(result).toMatchObject({ step: 20, weightsStep: 8 });
    expect(await finalState()).toEqual(expected);
  });

  it("has each step's metrics once, whatever the killed run had written after its checkpoint", async () => {
    await trained({}, { steps: 10 });
    await appendFile(join(folder, "metrics.jsonl"), '{"step":15,"seconds":1,"loss":9}\n{"step":20,"sec');
    const event = join(folder, (await readdir(folder)).find((name) => name.startsWith("events."))!);
    await appendFile(event, encodeEvent({ wallTime: 1, step: 15, scalars: { loss: 9 } }));
    await appendFile(event, encodeEvent({ wallTime: 1, step: 20, scalars: { loss: 9 } }).subarray(0, 20));
    await trained({}, { resume: "latest" });
    const metrics = parseMetrics(await readFile(join(folder, "metrics.jsonl"), "utf8"));
    expect(metrics.map((m) => m.step)).toEqual([5, 10, 15, 20]);
    expect(metrics[2].loss).not.toBe(9);
    expect(readEvents(await readFile(event)).events.map((e) => e.step)).toEqual([0, 5, 10, 15, 20]);
  });

  it("falls back from a torn checkpoint to the one before, with a warning", async () => {
    const expected = await uninterrupted();
    await trained({}, { steps: 6 });
    await trained({}, { steps: 9, resume: "latest" });
    const newest = checkpointPath(join(folder, "checkpoints"), 9).replace(".json", ".safetensors");
    await truncate(newest, (await stat(newest)).size - 100);
    await trained({}, { resume: "latest" });
    expect(lines.join("\n")).toMatch(/step-00000009.json: damaged.*trying the one before/);
    expect(lines.join("\n")).toMatch(/resuming at step 6/);
    expect(await finalState()).toEqual(expected);
    expect(await checkpointSteps(join(folder, "checkpoints"))).toEqual([20, 6]);
  });

  it("notices flipped bits by the hash", async () => {
    await trained({}, { steps: 6 });
    const path = checkpointPath(join(folder, "checkpoints"), 6);
    const tensors = path.replace(".json", ".safetensors");
    const bytes = await readFile(tensors);
    bytes[bytes.length - 3] ^= 4;
    await writeFile(tensors, bytes);
    await expect(loadCheckpoint(path)).rejects.toThrow(/SHA-256 differs/);
    await expect(trained({}, { resume: "latest" })).rejects.toThrow(/no checkpoint is whole/);
  });

  it("refuses a checkpoint of another network, naming the tensor", async () => {
    await trained({}, { steps: 2 });
    await expect(trained({ hidden: 8 }, { resume: "latest" })).rejects.toThrow(
      /has "w1" of shape \[4,16\], the configuration makes it \[4,8\]/,
    );
  });

  it("warns of a changed configuration", async () => {
    await trained({}, { steps: 2 });
    await trained({}, { resume: "latest", configHash: "other" });
    expect(lines.join("\n")).toMatch(/warning: the configuration or seed differs/);
  });

  it("branches off another run's checkpoint, and never overwrites newer ones of its own", async () => {
    const expected = await uninterrupted();
    await trained({}, { steps: 5 });
    await trained({}, { steps: 9, resume: "latest" });
    const five = checkpointPath(join(folder, "checkpoints"), 5);
    await expect(trained({}, { resume: five })).rejects.toThrow(/newer checkpoint, of step 9/);
    const branch = join(folder, "branch");
    await trained({}, { resume: five }, branch);
    expect(await finalState(branch)).toEqual(expected);
  });

  it("says what is missing", async () => {
    await expect(trained({}, { resume: "latest" })).rejects.toThrow(/there is no checkpoint/);
    await expect(trained({}, { resume: join(folder, "step-1.json") })).rejects.toThrow(CheckpointError);
  });
});

describe("trouble", () => {
  it("a loss that is not finite stops the run; the last good checkpoint stays", async () => {
    await trained({}, { steps: 6 });
    const failing = trained({ poisonedStep: 9 }, { resume: "latest" });
    await expect(failing).rejects.toThrow(
      'train: loss "loss" must be finite, got NaN at step 10; the checkpoint of step 6 is good',
    );
    await expect(failing).rejects.toBeInstanceOf(UserError);
    expect(await checkpointSteps(join(folder, "checkpoints"))).toEqual([6]);
    expect((await finalState()).step).toEqual([6]);
    expect(await readFile(join(folder, "log.txt"), "utf8")).toMatch(
      /Z done at step 6.*\n.*Z stopped at step 10: train: loss/s,
    );
  });

  it("a batch that cannot be made is told after the steps before it are saved", async () => {
    await expect(trained({ unreadableStep: 7 })).rejects.toThrow("picture 7 cannot be read");
    expect((await finalState()).step).toEqual([7]);
  });

  it("a full disk is one clear line, and nothing saved is lost", async () => {
    const expected = await uninterrupted();
    await trained({}, { steps: 6 });
    for (const failingFile of [".safetensors", ".json"]) {
      const write = async (path: string, bytes: Uint8Array) => {
        if (!path.includes(failingFile)) return writeDurably(path, bytes);
        // some bytes still fit
        await writeFile(path, bytes.subarray(0, 10));
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      };
      const failing = trained({}, { resume: "latest", steps: 9, write });
      await expect(failing).rejects.toThrow(/^train: the disk is full, ".*" was not written; what was saved before/);
      await expect(failing).rejects.toBeInstanceOf(CheckpointError);
      expect(await checkpointSteps(join(folder, "checkpoints"))).toEqual([6]);
      expect((await readdir(join(folder, "checkpoints"))).filter((name) => name.includes("partial"))).toEqual([]);
    }
    await trained({}, { resume: "latest" });
    expect(await finalState()).toEqual(expected);
  });

  it("a second run does not begin over the first one's checkpoints", async () => {
    await trained({}, { steps: 3 });
    await expect(trained({})).rejects.toThrow(/holds checkpoints already; go on with --resume latest/);
  });
});

describe("initial weights", () => {
  it("begin at given ones, moving averages too", async () => {
    const { weights } = await trained({ totalSteps: 30 });
    const { tensors } = readSafetensors(await readFile(weights));
    const other = join(folder, "other");
    const init = new Map([...tensors, ["foreign", tensors.get("w1")!] as const]);
    await trained({ totalSteps: 1 }, { init }, other);
    expect(lines.join("\n")).toMatch(/beginning from 3 of 4 given tensors; no place for foreign/);
    const after = (await finalState(other))["ema/w1"];
    after.forEach((v, i) => void expect(Math.abs(v - (tensors.get("w1")!.data[i] as number))).toBeLessThan(0.02));
  });

  it("of the task win over the seeded ones; their sizes must be right", async () => {
    const initial = (w2: Float32Array) => ({ ...toyTask({}), initial: { w2, elsewhere: new Float32Array(3) } });
    const log = () => {};
    expect(initialState(initial(new Float32Array(16).fill(5)), 1, undefined, log)).toMatchObject({
      w2: new Float32Array(16).fill(5),
      "ema/w2": new Float32Array(16).fill(5),
    });
    expect(() => initialState(initial(new Float32Array(3)), 1, undefined, log)).toThrow(
      /"w2" of the given weights has 3 values, the configuration makes it 16/,
    );
  });

  it("must fit somewhere", async () => {
    const init = new Map([["w9", { dtype: "F32" as const, shape: [1], data: new Float32Array(1) }]]);
    await expect(trained({}, { init })).rejects.toThrow(/no tensor fits stage toy/);
  });
});
