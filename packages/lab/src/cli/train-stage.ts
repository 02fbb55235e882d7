/** The training of one stage, and what the command line shows of it: `scenograph train STAGE`, and each of `train all`. @module */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Device, Executable, Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { createProgress, type Progress, short } from "scenograph/cli/progress";
import { type QueueFlags, withQueue } from "scenograph/cli/queue-options";
import type { BlobStore } from "scenograph/queue/blobs";
import { dataCategories } from "../data/dataCategories.ts";
import type { RoundOptions, Rounds } from "../queue/training.ts";
import { type Config, hashOf, loadConfig, type TrainerConfig } from "../train/config.ts";
import { givenSettings, readGiven } from "../train/given.ts";
import { openRun, type RunFolder } from "../train/run.ts";
import { stageSettings } from "../train/settings.ts";
import type { Task } from "../train/task.ts";
import { createTask, type TaskContext, type TrainedStage } from "../train/tasks/index.ts";
import { chooseThreads } from "../train/threads.ts";
import { type TrainOptions, type TrainResult, train } from "../train/trainer.ts";
import { roundConfig, roundsAsked, type TaskDescription } from "./queue-training.ts";

/** Options of `scenograph train`. */
export interface TrainFlags extends QueueFlags {
  readonly config?: string;
  readonly data?: string;
  readonly split?: string;
  readonly run?: string;
  readonly resume?: string;
  readonly set?: string[];
  readonly minutes?: number;
  readonly steps?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly device?: Device;
  readonly vocabulary?: string;
  readonly labels?: string;
  readonly text?: string;
  readonly init?: string;
  readonly workersPerRound?: number;
  readonly localSteps?: number;
  readonly rateScale?: number;
  readonly cache: string;
  readonly name?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What a run learns from; paths are absolute. */
export type Inputs = { data: string; split: string; vocabulary?: string; labels?: string; text?: string };

export interface StageRun extends Pick<RunTrainingOptions, "title" | "secondsAfter"> {
  /** Where the configuration is from, told when the run is open. */
  readonly from?: string;
  readonly stage: TrainedStage;
  readonly config: Config;
  readonly inputs: Inputs;
  /** Run folder. */
  readonly folder: string;
  /** Among others resume, init, steps, minutes. */
  readonly flags: TrainFlags;
  log(line: string): void;
}

/** Train a stage in its run folder. @throws whatever openRun, createTask and train throw */
export async function trainStage(asked: StageRun): Promise<TrainResult> {
  const { stage, config, inputs, folder, flags, log } = asked;
  // before anything is said or opened
  const rounds = roundsAsked(flags, flags.queue !== undefined || flags.store !== undefined);
  const opened = await openRun(
    folder,
    config,
    { stage, seed: config.seed, inputs },
    { resume: flags.resume !== undefined, command: process.argv.slice(2) },
  );
  if (asked.from !== undefined) log(`${stage}: ${asked.from}, run folder ${folder}`);
  try {
    const runtime: RuntimeOptions = { threads: flags.threads, device: flags.device };
    const { data, split, vocabulary, labels, text } = inputs;
    const categories = await dataCategories(data, split);
    const init =
      flags.init === undefined || flags.resume !== undefined
        ? undefined
        : await readGiven(flags.init, { stage, categories, vocabulary, text, log });
    const description = {
      ...{ stage, data, split },
      config: rounds ? roundConfig(config, stage, rounds, flags.rateScale) : config,
      ...(vocabulary !== undefined && { vocabulary }),
      ...(labels !== undefined && { labels }),
      ...(text !== undefined && { text }),
    };
    const task = await createTask(stage, { ...taskContext(description, { ...asked, runtime }), categories });
    const trainOptions = {
      run: opened,
      settings: config.trainer,
      seed: config.seed,
      configHash: hashOf(
        rounds ? { ...stageSettings(description.config, stage), ...rounds } : stageSettings(config, stage),
      ),
      ...{ resume: flags.resume, init, steps: flags.steps, minutes: flags.minutes, runtime },
      ...{ title: asked.title, secondsAfter: asked.secondsAfter },
    };
    const training = rounds
      ? trainByRounds(task, description, rounds, flags, trainOptions)
      : runTraining(task, trainOptions);
    return await training.finally(() => task.close?.());
  } finally {
    await opened.close();
  }
}

/** The configuration: of `--config`, of the run that is resumed (`own`), else of the model that is begun from, else built in. */
export async function readSettings(
  flags: TrainFlags,
  own: string | undefined,
): Promise<{ config: Config; from: string }> {
  const kept = flags.resume !== undefined && own !== undefined && existsSync(own) ? own : undefined;
  const file = flags.config ?? kept;
  const sets = [...(flags.set ?? []), ...(flags.seed === undefined ? [] : [`seed=${flags.seed}`])];
  const given = file === undefined && flags.init !== undefined ? await givenSettings(flags.init) : [];
  const from = file ?? (given.length > 0 ? `configuration of ${flags.init}` : "built-in configuration");
  return { config: await loadConfig(file, [...given, ...sets]), from };
}

/** What a task is told, with a bar for what comes before its first step. */
export function taskContext(
  description: TaskDescription,
  { flags, runtime, log }: Pick<StageRun, "flags" | "log"> & { runtime: RuntimeOptions },
): TaskContext {
  return {
    ...description,
    seed: description.config.seed,
    runtime,
    cacheDir: flags.cache,
    log,
    progress(title, total) {
      const bar = createProgress({ title, total, unit: "steps" });
      return { update: (done, details) => bar.update(done, { details }), stop: () => bar.stop() };
    },
  };
}

export interface RunTrainingOptions extends Omit<TrainOptions, "runtime" | "signal" | "log" | "onProgress"> {
  readonly run: RunFolder;
  readonly settings: TrainerConfig;
  readonly runtime: RuntimeOptions;
  /** What the trainer runs on, in place of the compute thread. */
  readonly wrap?: (local: Runtime) => Runtime;
  /** What a step of the trainer is, and the shown share of it. Default "steps". */
  readonly unit?: string;
  /** Shown before the bar. Default: the stage. */
  readonly title?: string;
  /** Of work that comes after this stage: the time left that is shown is that of all. Default 0. */
  readonly secondsAfter?: number;
}

/** The same by rounds of local SGD: over a queue, or here where there is none. */
async function trainByRounds(
  task: Task,
  description: TaskDescription,
  rounds: Rounds,
  flags: QueueFlags,
  options: RunTrainingOptions,
): Promise<TrainResult> {
  const { roundRuntime, roundSettings, roundsOf, roundTask, computeRound } = await import("../queue/training.ts");
  const { runShardsHere, runShardsShared } = await import("scenograph/queue/shards");
  const log = (line: string) => console.error(line);
  const start = (store: BlobStore, run: (local: Runtime) => RoundOptions["run"]) =>
    runTraining(roundTask(task, rounds), {
      ...options,
      settings: roundSettings(options.settings, rounds),
      ...(options.steps !== undefined && { steps: roundsOf(options.steps, rounds) }),
      unit: "rounds",
      wrap: (local) => roundRuntime(local, task, { ...rounds, description, store, run: run(local) }),
    });
  if (flags.queue !== undefined || flags.store !== undefined)
    return withQueue("train", flags, log, ({ queue, store, signal }) =>
      start(store, () => (plan, sink) => runShardsShared(plan, sink, { queue, store, signal, log })),
    );
  const { FolderStore } = await import("scenograph/queue/folder");
  const store = new FolderStore(join(options.run.path, "rounds"));
  return start(store, (local) => {
    let executable: Promise<Executable> | undefined;
    return async (plan, sink) => {
      executable ??= local.load(task.program);
      const own = await executable;
      await runShardsHere(plan, (input, context) => computeRound(task, own, store, input, context), sink);
    };
  });
}

/**
 * `train` in a worker with a progress bar. SIGINT and SIGTERM finish the step, save, and set the exit code 130; a second
 * one ends the process at once.
 */
export async function runTraining(task: Task, options: RunTrainingOptions): Promise<TrainResult> {
  const local = createWorkerRuntime(await chooseThreads(task, { ...options, log: (line) => console.error(line) }));
  const runtime = options.wrap?.(local) ?? local;
  const stop = new AbortController();
  let progress: Progress | undefined;
  const onSignal = () => {
    if (stop.signal.aborted) {
      progress?.stop();
      void exitProcess(130);
      return;
    }
    progress?.log("stopping after this step and saving; once more to stop at once");
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const result = await train(task, {
      ...options,
      runtime,
      signal: stop.signal,
      log: (line) => (progress ? progress.log(line) : console.error(line)),
      onProgress(p) {
        progress ??= createProgress({
          title: options.title ?? task.stage,
          total: p.steps,
          unit: options.unit ?? "steps",
          from: p.step - 1,
        });
        const losses = Object.entries(p.losses).map(([name, value]) => `${name} ${short(value)}`);
        progress.update(p.step, {
          rate: `${short(p.samplesPerSecond)} samples/s`,
          secondsLeft: p.secondsLeft + (options.secondsAfter ?? 0),
          details: [`epoch ${p.epoch.toFixed(1)}`, ...losses].join(", "),
        });
      },
    });
    if (result.reason === "interrupted") process.exitCode = 130;
    return result;
  } finally {
    progress?.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await runtime.close();
  }
}
