/** `scenograph train`: one command for all stages. @module */

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError } from "@scenograph/graph/errors";
import { Command } from "commander";
import { duration, short } from "scenograph/cli/progress";
import { addQueueOptions } from "scenograph/cli/queue-options";
import { readRunInfo } from "../train/run.ts";
import { TRAINED_STAGES, trainedStage } from "../train/tasks/index.ts";
import type { TrainResult } from "../train/trainer.ts";
import { trainAll } from "./train-all.ts";
import { type Inputs, readSettings, type TrainFlags, trainStage } from "./train-stage.ts";

const EXAMPLES = `
Examples:
  # word vectors, every stage and the model, one after another; after a stop the same with --resume latest
  scenograph train all    --config illustrated-64 --data drawings --name mine
  scenograph train all    --run runs/illustrated-64 --resume latest
  # the same from shipped weights: categories they know keep what was learnt, others begin like the nearest
  scenograph train all    --init illustrated --data drawings --name mine
  # stage by stage: text encoder first, then the generators, each with its own run folder
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
    .argument("<stage>", `all, or ${TRAINED_STAGES.join(", ")}`)
    .option(
      "-c, --config <file>",
      `YAML file, or the name of one that is here (default: the run's own when resuming, else built-in values)`,
    )
    .option("-d, --data <dir>", "COCO folder: annotations/ and images/")
    .option("--split <name>", 'which annotations: instances_<name>.json (default: "train")')
    .option("--run <dir>", "run folder (default: runs/<name of the configuration>/<stage>; all: without the stage)")
    .option("--resume <what>", '"latest", a checkpoint (step-*.json) or another run\'s folder')
    .option("--set <key=value>", "change a configuration value; may be repeated", collect)
    .option("--name <name>", "all: the model's name (default: the configuration's)")
    .option("--out <dir>", "all: the model's folder (default: models/<name>)")
    .option("--minutes <n>", "stop after this time", positive("--minutes"))
    .option("--steps <n>", "stop after this many steps of a stage in all", whole("--steps", 1))
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
    .option(
      "--init <what>",
      "weights.safetensors, run folder or model (by name) to begin from, where names and shapes fit; also with other categories",
    )
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

async function run(name: string, flags: TrainFlags): Promise<void> {
  if (name === "all") return trainAll(flags);
  const stage = trainedStage(name);
  for (const option of ["name", "out"] as const)
    if (flags[option] !== undefined)
      throw new ConfigError(`train ${stage}: --${option} is of train all, got "${flags[option]}"; leave it out`);
  const own = flags.run === undefined ? undefined : join(flags.run, "config.yaml");
  const { config, from } = await readSettings(flags, own);
  const folder = flags.run ?? join("runs", config.name, stage);
  const inputs = await inputsOf(folder, flags);
  const log = (line: string) => console.error(line);
  report(await trainStage({ stage, config, from, inputs, folder, flags, log }), flags.json ?? false);
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

/** Options that name data; a resumed run remembers those that are not given. Paths become absolute. */
async function inputsOf(folder: string, options: TrainFlags): Promise<Inputs> {
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
