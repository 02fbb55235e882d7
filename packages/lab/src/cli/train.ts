/** `scenograph train`: one command for all stages. @module */

import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError } from "@scenograph/graph/errors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Device, Executable, Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { Command } from "commander";
import { createProgress, duration, type Progress, short } from "scenograph/cli/progress";
import { addQueueOptions, type QueueFlags, withQueue } from "scenograph/cli/queue-options";
import type { BlobStore } from "scenograph/queue/blobs";
import type { RoundOptions, Rounds } from "../queue/training.ts";
import { hashOf, loadConfig, type TrainerConfig } from "../train/config.ts";
import { readWeights } from "../train/export.ts";
import { openRun, type RunFolder, readRunInfo } from "../train/run.ts";
import { stageSettings } from "../train/settings.ts";
import type { Task } from "../train/task.ts";
import { createTask, TRAINED_STAGES, trainedStage } from "../train/tasks/index.ts";
import { chooseThreads } from "../train/threads.ts";
import { type TrainOptions, type TrainResult, train } from "../train/trainer.ts";
import { roundConfig, roundsAsked, type TaskDescription } from "./queue-training.ts";

interface Options extends QueueFlags {
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
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  # text encoder first, then the generators, each with its own run folder
  scenograph train text   --config configs/illustrated-64.yaml --data coco --vocabulary vocabulary.safetensors
  scenograph train boxes  --config configs/illustrated-64.yaml --data coco --vocabulary vocabulary.safetensors \\
      --text runs/illustrated-64/text/weights.safetensors
  # half an hour, with a smaller batch, then go on for another half
  scenograph train image  --config configs/illustrated-64.yaml --data illustrated --run runs/picture --minutes 30 --set image.train.batch=4
  scenograph train image  --run runs/picture --resume latest --minutes 30
  # local SGD: rounds of 4 shards of 100 steps, each computed by one of any number of \`scenograph worker\`s; the
  # schedule is that of a quarter of the steps, so that as many samples are seen; data lie at the same path everywhere
  scenograph train boxes  --config configs/illustrated-64.yaml --data /data/coco --text /data/text.safetensors \\
      --workers-per-round 4 --local-steps 100 --queue redis://host:6379 --store s3://bucket/runs

Ctrl-C finishes the step, saves, and exits with 130. Watch a run with: tensorboard --logdir runs`;

export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a stage on a COCO folder; a stopped run goes on bit for bit with --resume latest")
    .argument("<stage>", TRAINED_STAGES.join(", "))
    .option("-c, --config <file>", "YAML file (default: the run's own when resuming, else built-in values)")
    .option("-d, --data <dir>", "COCO folder: annotations/ and images/")
    .option("--split <name>", 'which annotations: instances_<name>.json (default: "train")')
    .option("--run <dir>", "run folder (default: runs/<name of the configuration>/<stage>)")
    .option("--resume <what>", '"latest", a checkpoint (step-*.json) or another run\'s folder')
    .option("--set <key=value>", "change a configuration value; may be repeated", collect)
    .option("--minutes <n>", "stop after this time", positive("--minutes"))
    .option("--steps <n>", "stop after this many steps in all", whole("--steps", 1))
    .option("--seed <n>", "the same as --set seed=n", whole("--seed", 0))
    .option(
      "--threads <n>",
      "threads of the compute engine (default: one or all cores, whichever is measured to be faster)",
      whole("--threads", 1),
    )
    .option("--device <name>", "cpu, webgpu, cuda, coreml or dml, where present (default: cpu)")
    .option("--vocabulary <file>", "word vectors, from `scenograph data vectors`")
    .option("--labels <file>", "which categories pictures hold that have captions alone (train text)")
    .option("--text <file>", "weights.safetensors of a trained text encoder")
    .option("--init <file>", "weights.safetensors to begin from, where names and shapes fit")
    .option("--cache <dir>", "folder for things derived from the data", join(homedir(), ".cache", "scenograph"))
    .option(
      "--workers-per-round <k>",
      "local SGD: shards of a round, whose results are averaged; computed here without --queue",
      whole("--workers-per-round", 1),
    )
    .option("--local-steps <h>", "steps of a shard (default: 50)", whole("--local-steps", 1))
    .option(
      "--rate-scale <x>",
      "learning rates times this, with --workers-per-round (default: k)",
      positive("--rate-scale"),
    );
  return addQueueOptions(command)
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(name: string, options: Options): Promise<void> {
  const stage = trainedStage(name);
  const rounds = roundsAsked(options, options.queue !== undefined || options.store !== undefined);
  const { config, file } = await configuration(options);
  const folder = options.run ?? join("runs", config.name, stage);
  const inputs = await inputsOf(folder, options);
  const opened = await openRun(
    folder,
    config,
    { stage, seed: config.seed, inputs },
    {
      resume: options.resume !== undefined,
      command: process.argv.slice(2),
    },
  );
  const log = (line: string) => console.error(line);
  try {
    const runtime: RuntimeOptions = { threads: options.threads, device: options.device };
    log(`${stage}: ${file ?? "built-in configuration"}, run folder ${folder}`);
    const init = options.init === undefined ? undefined : await readWeights(options.init);
    const description = {
      stage,
      config: rounds ? roundConfig(config, stage, rounds, options.rateScale) : config,
      data: inputs.data,
      split: inputs.split,
      ...(inputs.vocabulary !== undefined && { vocabulary: inputs.vocabulary }),
      ...(inputs.labels !== undefined && { labels: inputs.labels }),
      ...(inputs.text !== undefined && { text: inputs.text }),
    };
    const task = await createTask(stage, {
      ...description,
      seed: config.seed,
      runtime,
      cacheDir: options.cache,
      log,
      progress(title, total) {
        const bar = createProgress({ title, total, unit: "steps" });
        return { update: (done, details) => bar.update(done, { details }), stop: () => bar.stop() };
      },
    });
    const trainOptions = {
      run: opened,
      settings: config.trainer,
      seed: config.seed,
      configHash: hashOf(
        rounds ? { ...stageSettings(description.config, stage), ...rounds } : stageSettings(config, stage),
      ),
      resume: options.resume,
      init,
      steps: options.steps,
      minutes: options.minutes,
      runtime,
    };
    const training = rounds
      ? trainByRounds(task, description, rounds, options, trainOptions)
      : runTraining(task, trainOptions);
    const result = await training.finally(() => task.close?.());
    report(result, options.json ?? false);
  } finally {
    await opened.close();
  }
}

export interface RunTrainingOptions extends Omit<TrainOptions, "runtime" | "signal" | "log" | "onProgress"> {
  readonly run: RunFolder;
  readonly settings: TrainerConfig;
  readonly runtime: RuntimeOptions;
  /** What the trainer runs on, in place of the compute thread. */
  readonly wrap?: (local: Runtime) => Runtime;
  /** What a step of the trainer is, and the shown share of it. Default "steps". */
  readonly unit?: string;
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
          title: task.stage,
          total: p.steps,
          unit: options.unit ?? "steps",
          from: p.step - 1,
        });
        const losses = Object.entries(p.losses).map(([name, value]) => `${name} ${short(value)}`);
        progress.update(p.step, {
          rate: `${short(p.samplesPerSecond)} samples/s`,
          secondsLeft: p.secondsLeft,
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

function report(result: TrainResult, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const why = { done: "done", minutes: "time is up", interrupted: "interrupted" }[result.reason];
  console.log(
    `${why} at step ${result.step}, ${duration(result.seconds)} of training in all, ${short(result.samplesPerSecond)} samples/s\n` +
      `checkpoint ${result.checkpoint}\nweights    ${result.weights} (of step ${result.weightsStep})`,
  );
}

/** A resumed run goes on with its own configuration unless another is named. */
async function configuration(options: Options) {
  const own = options.resume !== undefined && options.run !== undefined ? join(options.run, "config.yaml") : undefined;
  const file = options.config ?? (own !== undefined && (await exists(own)) ? own : undefined);
  const sets = [...(options.set ?? []), ...(options.seed === undefined ? [] : [`seed=${options.seed}`])];
  return { config: await loadConfig(file, sets), file };
}

/** Options that name data; a resumed run remembers those that are not given. Paths become absolute. */
async function inputsOf(folder: string, options: Options): Promise<Inputs> {
  const before = options.resume === undefined ? {} : ((await readRunInfo(folder))?.inputs ?? {});
  const path = (value: string | undefined) => (value === undefined ? undefined : resolve(value));
  const data = path(options.data) ?? before.data;
  if (data === undefined) throw new ConfigError("train: needs a COCO folder, got none; name it with --data DIR");
  const vocabulary = path(options.vocabulary) ?? before.vocabulary;
  const labels = path(options.labels) ?? before.labels;
  const text = path(options.text) ?? before.text;
  const split = options.split ?? before.split ?? "train";
  return { data, split, ...(vocabulary && { vocabulary }), ...(labels && { labels }), ...(text && { text }) };
}

type Inputs = { data: string; split: string; vocabulary?: string; labels?: string; text?: string };

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function collect(value: string, all: string[] = []): string[] {
  return [...all, value];
}

function whole(option: string, least: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (!Number.isInteger(n) || n < least || text.trim() === "")
      throw new ConfigError(`${option}: a whole number from ${least}, got "${text}"`);
    return n;
  };
}

function positive(option: string): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (!Number.isFinite(n) || n <= 0) throw new ConfigError(`${option}: a number above 0, got "${text}"`);
    return n;
  };
}
