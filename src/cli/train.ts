/** `scenograph train`: one command for all stages. @module */
import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { ConfigError } from "../errors.ts";
import { createWorkerRuntime } from "../runtime/remote.node.ts";
import type { Device, RuntimeOptions } from "../runtime/runtime.ts";
import { hashOf, loadConfig, type TrainerConfig } from "../train/config.ts";
import { readWeights } from "../train/export.ts";
import { openRun, type RunFolder, readRunInfo } from "../train/run.ts";
import type { Task } from "../train/task.ts";
import { createTask, TRAINED_STAGES, trainedStage } from "../train/tasks/index.ts";
import { type TrainOptions, type TrainResult, train } from "../train/trainer.ts";
import { createProgress, duration, type Progress, short } from "./progress.ts";

interface Options {
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
  readonly text?: string;
  readonly init?: string;
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

Ctrl-C finishes the step, saves, and exits with 130. Watch a run with: tensorboard --logdir runs`;

export function trainCommand(): Command {
  return new Command("train")
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
    .option("--threads <n>", "threads of the compute engine (default: all cores)", whole("--threads", 1))
    .option("--device <name>", "cpu, webgpu, cuda, coreml or dml, where present (default: cpu)")
    .option("--vocabulary <file>", "word vectors, from `scenograph data vectors`")
    .option("--text <file>", "weights.safetensors of a trained text encoder")
    .option("--init <file>", "weights.safetensors to begin from, where names and shapes fit")
    .option("--cache <dir>", "folder for things derived from the data", join(homedir(), ".cache", "scenograph"))
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(name: string, options: Options): Promise<void> {
  const stage = trainedStage(name);
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
    const task = await createTask(stage, {
      config,
      data: inputs.data,
      split: inputs.split,
      seed: config.seed,
      runtime,
      cacheDir: options.cache,
      vocabulary: inputs.vocabulary,
      text: inputs.text,
      log,
    });
    const result = await runTraining(task, {
      run: opened,
      settings: config.trainer,
      seed: config.seed,
      configHash: hashOf(config[stage]),
      resume: options.resume,
      init,
      steps: options.steps,
      minutes: options.minutes,
      runtime,
    }).finally(() => task.close?.());
    report(result, options.json ?? false);
  } finally {
    await opened.close();
  }
}

export interface RunTrainingOptions extends Omit<TrainOptions, "runtime" | "signal" | "log" | "onProgress"> {
  readonly run: RunFolder;
  readonly settings: TrainerConfig;
  readonly runtime: RuntimeOptions;
}

/**
 * `train` in a worker with a progress bar. SIGINT and SIGTERM finish the step, save, and set the exit code 130; a second
 * one ends the process at once.
 */
export async function runTraining(task: Task, options: RunTrainingOptions): Promise<TrainResult> {
  const runtime = createWorkerRuntime(options.runtime);
  const stop = new AbortController();
  let progress: Progress | undefined;
  const onSignal = () => {
    if (stop.signal.aborted) {
      progress?.stop();
      process.exit(130);
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
        progress ??= createProgress({ title: task.stage, total: p.steps, unit: "steps", from: p.step - 1 });
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
  const text = path(options.text) ?? before.text;
  const split = options.split ?? before.split ?? "train";
  return { data, split, ...(vocabulary && { vocabulary }), ...(text && { text }) };
}

type Inputs = { data: string; split: string; vocabulary?: string; text?: string };

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
