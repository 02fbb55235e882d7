/**
 * One thread of the engine, or all cores? It depends on the network, on what the cores are (two hyperthreads of one
 * compute hardly more than one) and on what else runs; so a run measures both once and keeps to it: a resumed run has to
 * compute the same bits, and threads sum in another order.
 * @module
 */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Feeds, Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import { writeAtomically } from "scenograph/formats/atomic.node";
import { z } from "zod";
import type { RunFolder } from "./run.ts";
import { initialState } from "./start.ts";
import type { Task } from "./task.ts";

const choiceSchema = z.object({ threads: z.number().int().min(1), spin: z.boolean() });
type Choice = z.infer<typeof choiceSchema>;

/** Shorter runs have no time for it. */
const LEAST_STEPS = 200;
/** Steps of each choice that are timed after one that is not: at least, and as many as fit into this time. */
const ROUNDS = { least: 3, most: 9, ms: 3000 };
/** More threads have to save this share of a step: they cost processor time that somebody else may need. */
const WORTH = 0.1;

export interface ThreadsOptions {
  readonly run: Pick<RunFolder, "path" | "record">;
  readonly runtime: RuntimeOptions;
  readonly resume?: string;
  readonly seed: number;
  readonly steps?: number;
  /** The steps are not computed by the local engine alone. */
  readonly wrap?: unknown;
  log(line: string): void;
}

/** What is measured, and by which clock (milliseconds). */
const MACHINE = {
  cores: availableParallelism(),
  create: createWorkerRuntime as (options: RuntimeOptions) => Runtime,
  now: () => performance.now(),
};

/** `options.runtime`, with threads that fit the task where none are given; said in the run's log.txt. */
export async function chooseThreads(task: Task, options: ThreadsOptions, machine = MACHINE): Promise<RuntimeOptions> {
  const { run, runtime } = options;
  const { cores } = machine;
  const device = runtime.device ?? "cpu";
  if (runtime.threads !== undefined || device !== "cpu" || options.wrap || cores === 1) return runtime;
  const file = join(run.path, "threads.json");
  const known = options.resume ? await readChoice(file) : undefined;
  if (known) return { ...runtime, ...known };
  if ((options.steps ?? task.totalSteps) < LEAST_STEPS) return runtime;
  const choices: Choice[] = [
    { threads: 1, spin: false },
    { threads: cores, spin: true },
  ];
  const runtimes = choices.map((choice) => machine.create({ ...runtime, ...choice }));
  const [one, all] = await timesOf(task, options.seed, runtimes, machine.now);
  const choice = all < (1 - WORTH) * one ? choices[1] : choices[0];
  await writeAtomically(file, new TextEncoder().encode(`${JSON.stringify(choice)}\n`));
  const line = `threads: ${choice.threads} (a step takes ${one.toFixed(0)} ms on one, ${all.toFixed(0)} ms on ${cores}; --threads to say otherwise)`;
  options.log(line);
  await run.record(line);
  return { ...runtime, ...choice };
}

async function readChoice(file: string): Promise<Choice | undefined> {
  try {
    return choiceSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** Median milliseconds of a step by runtime, which are closed; measured in turns, so that other work slows all alike. */
async function timesOf(task: Task, seed: number, runtimes: readonly Runtime[], now: () => number): Promise<number[]> {
  try {
    const feeds = await task.batch(0);
    const state = initialState(task, seed, undefined, () => {});
    const steps: ((feeds: Feeds) => Promise<unknown>)[] = [];
    for (const runtime of runtimes) {
      const executable = await runtime.load(task.program);
      await executable.writeState(state);
      await executable.run(feeds);
      steps.push((f) => executable.run(f));
    }
    const times: number[][] = runtimes.map(() => []);
    const begin = now();
    for (let i = 0; i < ROUNDS.most && (i < ROUNDS.least || now() - begin < ROUNDS.ms); i++)
      for (const [k, step] of steps.entries()) {
        const start = now();
        await step(feeds);
        times[k].push(now() - start);
      }
    return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]);
  } finally {
    for (const runtime of runtimes) await runtime.close();
  }
}
