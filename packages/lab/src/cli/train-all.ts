/**
 * `scenograph train all`: word vectors, every stage that the configuration has, and the model folder, one after another.
 * Before the first of them each stage computes a few steps on the real data: what would fail after hours fails now, and
 * the time that is left over all stages is measured, not guessed. The folder of the run holds
 *
 *     config.yaml               the resolved configuration
 *     all.json                  what the run learns from, what is done, and what a step takes
 *     vocabulary.safetensors    word vectors, where none are given
 *     text/ boxes/ masks/ ...   the run folders of the stages; looks have two, one that finds the codes and one that draws by them
 * @module
 */
import { access, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError, UserError } from "@scenograph/graph/errors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { duration } from "scenograph/cli/progress";
import { writeAtomically } from "scenograph/formats/atomic.node";
import { makeFolder } from "scenograph/formats/folders.node";
import { assembleModel, modelConfig } from "scenograph/model/assemble.node";
import { stringify } from "yaml";
import { z } from "zod";
import { dataCategories } from "../data/dataCategories.ts";
import { checkpointSteps } from "../train/checkpoint.ts";
import type { Config } from "../train/config.ts";
import { encodeWeights } from "../train/export.ts";
import { type StageSettings, stageSettings, withSettings } from "../train/settings.ts";
import { initialState } from "../train/start.ts";
import { createTask, type TrainedStage, withClasses } from "../train/tasks/index.ts";
import { type Inputs, readSettings, type TrainFlags, taskContext, trainStage } from "./train-stage.ts";
import { writeVocabulary } from "./vectors.ts";

const recordSchema = z.object({
  name: z.string(),
  out: z.string(),
  inputs: z.object({ data: z.string(), split: z.string(), vocabulary: z.string(), labels: z.string().optional() }),
  /** By run, in the order of training. */
  stages: z.record(z.string(), z.object({ secondsPerStep: z.number(), done: z.boolean() })),
});
type AllRecord = z.infer<typeof recordSchema>;

/** Steps of the rehearsal whose time counts, after one in which the engine sets itself up. */
const REHEARSED = 2;

const WEIGHTS = "weights.safetensors";

export async function trainAll(flags: TrainFlags): Promise<void> {
  check(flags);
  const log = (line: string) => console.error(line);
  const { config, folder } = await settings(flags);
  const runs = runsOf(config);
  const file = join(folder, "all.json");
  const before = await readRecord(file);
  if (before && flags.resume === undefined)
    throw new ConfigError(
      `train all: "${folder}" holds a run already; go on with --resume latest or choose another folder with --run`,
    );
  const begin = performance.now();
  const record = before ?? (await prepare({ flags, config, folder, runs, log }));
  const save = () => writeText(file, `${JSON.stringify(record, null, 2)}\n`);
  await save();
  await writeText(join(folder, "config.yaml"), stringify(config));

  const steps = (run: Run) => flags.steps ?? stageSettings(config, stageOf(run)).train.steps;
  const left = (list: readonly Run[]) =>
    list.reduce((sum, r) => sum + (record.stages[r]?.done ? 0 : steps(r) * (record.stages[r]?.secondsPerStep ?? 0)), 0);
  log(`train all: ${runs.join(", ")}; about ${duration(left(runs))} of steps are left`);
  for (const [i, run] of runs.entries()) {
    if (record.stages[run]?.done) continue;
    const stage = stageOf(run);
    const minutes = flags.minutes === undefined ? undefined : flags.minutes - (performance.now() - begin) / 60_000;
    if (minutes !== undefined && minutes <= 0) return stopped("time is up", run, folder);
    const own = join(folder, run);
    const result = await trainStage({
      stage,
      config: withTrained(config, folder, run),
      inputs: inputsOf(stage, record.inputs, folder),
      folder: own,
      flags: { ...flags, minutes, resume: (await hasCheckpoint(own)) ? "latest" : undefined },
      log,
      title: `${run} (${i + 1} of ${runs.length})`,
      secondsAfter: left(runs.slice(i + 1)),
    });
    if (result.reason !== "done") return stopped(result.reason, run, folder);
    record.stages[run] = { secondsPerStep: result.seconds / Math.max(1, result.step), done: true };
    await save();
  }
  await assemble({ record, config, folder, runs, json: flags.json ?? false });
}

/** A run folder: a stage's, or that of the first run of the looks, whose encodings give the codes of the second. */
type Run = TrainedStage | "looks-encoder";

function stageOf(run: Run): TrainedStage {
  return run === "looks-encoder" ? "looks" : run;
}

/** The paper's stages, and ours where they are on. */
export function runsOf({ ours }: Config): Run[] {
  const codes: Run[] = [];
  if (ours.poses.codes > 0) codes.push("poses");
  if (ours.looks.codes > 0) codes.push("looks-encoder", "looks");
  if (ours.poses.codes > 0 && ours.priors.width > 0) codes.push("priors");
  return ["text", "boxes", "masks", "image", ...codes];
}

function check(flags: TrainFlags): void {
  const { resume, text } = flags;
  if (resume !== undefined && resume !== "latest")
    throw new ConfigError(`train all: --resume is "latest", got "${resume}"; its stages find their own checkpoints`);
  if (text !== undefined)
    throw new ConfigError(`train all: trains the text encoder itself, got --text "${text}"; leave it out`);
  for (const option of ["queue", "store", "workersPerRound"] as const)
    if (flags[option] !== undefined)
      throw new ConfigError("train all: trains on this machine; for workers, train the stages one by one");
}

/** The configuration and the folder of the run; a resumed one goes on with its own. */
async function settings(flags: TrainFlags): Promise<{ config: Config; folder: string }> {
  const { config } = await readSettings(flags, flags.run === undefined ? undefined : join(flags.run, "config.yaml"));
  return { config, folder: flags.run ?? join("runs", config.name) };
}

interface Preparing {
  readonly flags: TrainFlags;
  readonly config: Config;
  readonly folder: string;
  readonly runs: readonly Run[];
  log(line: string): void;
}

/** Word vectors where none are given, and the rehearsal. */
async function prepare({ flags, config, folder, runs, log }: Preparing): Promise<AllRecord> {
  if (flags.data === undefined)
    throw new ConfigError("train all: needs a COCO folder, got none; name it with --data DIR");
  const data = resolve(flags.data);
  const split = flags.split ?? "train";
  const name = flags.name ?? config.name;
  await makeFolder(folder);
  const vocabulary = resolve(flags.vocabulary ?? join(folder, "vocabulary.safetensors"));
  if (flags.vocabulary === undefined && !(await exists(vocabulary)))
    await writeVocabulary({ data: [data], split: split.split(","), out: vocabulary, cache: flags.cache, log });
  const labels = flags.labels === undefined ? undefined : resolve(flags.labels);
  const inputs = { data, split, vocabulary, ...(labels && { labels }) };
  const rehearsal = join(folder, "rehearsal");
  const record: AllRecord = { name, out: resolve(flags.out ?? join("models", name)), inputs, stages: {} };
  try {
    for (const run of runs) {
      const secondsPerStep = await rehearse(run, { flags, config, folder: rehearsal, inputs });
      record.stages[run] = { secondsPerStep, done: false };
      const { steps } = stageSettings(config, stageOf(run)).train;
      log(`${run}: ${Math.round(1000 * secondsPerStep)} ms a step, ${duration(secondsPerStep * steps)} for ${steps}`);
    }
  } finally {
    await rm(rehearsal, { recursive: true, force: true });
  }
  return record;
}

/** Seconds a step of a stage takes here. Its initial weights are written as those that later stages need. */
async function rehearse(
  run: Run,
  { flags, config: own, folder, inputs }: Omit<Preparing, "runs" | "log"> & { inputs: AllRecord["inputs"] },
): Promise<number> {
  const config = withTrained(own, folder, run);
  const stage = stageOf(run);
  const options = { threads: flags.threads, device: flags.device };
  const description = { stage, config, ...inputsOf(stage, inputs, folder) };
  const context = taskContext(description, { flags, runtime: options, log: () => {} });
  const task = await createTask(stage, { ...context, progress: undefined, rehearsal: true });
  const runtime = createWorkerRuntime(options);
  try {
    const executable = await runtime.load(task.program);
    const state = initialState(task, config.seed, undefined, () => {});
    await executable.writeState(state);
    await executable.run(await task.batch(0));
    const begin = performance.now();
    for (let step = 1; step <= REHEARSED; step++) await executable.run(await task.batch(step));
    const seconds = (performance.now() - begin) / 1000 / REHEARSED;
    const bytes = encodeWeights(task.exportWeights(state), { ...task.metadata, stage }, (n) => Object.hasOwn(state, n));
    await makeFolder(join(folder, run));
    await writeAtomically(join(folder, run, WEIGHTS), bytes);
    return seconds;
  } finally {
    await runtime.close();
    await task.close?.();
  }
}

/** What a stage learns from: the boxes train the encoder of `text` along, the stages after them read theirs. */
function inputsOf(stage: TrainedStage, inputs: AllRecord["inputs"], folder: string): Inputs {
  const { data, split } = inputs;
  if (stage === "text") return inputs;
  if (stage === "boxes") return { data, split, text: resolve(folder, "text", WEIGHTS) };
  return { data, split, text: resolve(folder, "boxes", WEIGHTS) };
}

/** The second run of the looks reads the encoder of the first; the priors read which codes there are from the weights before. */
function withTrained(config: Config, folder: string, run: Run): Config {
  const { priors, looks } = config.ours;
  const weights = (of: Run) => resolve(folder, of, WEIGHTS);
  const trained = (stage: TrainedStage, settings: StageSettings, train: object) =>
    withSettings(config, stage, { ...settings, train: { ...settings.train, ...train } });
  if (run === "looks-encoder") return trained("looks", looks, { encoder: "" });
  if (run === "looks") return trained("looks", looks, { encoder: weights("looks-encoder") });
  if (run !== "priors") return config;
  return trained("priors", priors, { poses: weights("poses"), looks: looks.codes > 0 ? weights("looks") : "" });
}

interface Assembling {
  readonly record: AllRecord;
  readonly config: Config;
  readonly folder: string;
  readonly runs: readonly Run[];
  readonly json: boolean;
}

async function assemble({ record, config, folder, runs: trained, json }: Assembling): Promise<void> {
  const { name, out, inputs } = record;
  const categories = await dataCategories(inputs.data, inputs.split);
  const runs = (...wanted: Run[]) =>
    wanted
      .filter((run) => trained.includes(run))
      .map((run) => join(folder, run))
      .join(",");
  const runtime = createWorkerRuntime();
  try {
    const info = await assembleModel({
      name,
      description: `trained on ${categories.count} categories`,
      sources: {
        text: runs("boxes"),
        boxes: runs("boxes"),
        masks: runs("masks", "poses", "priors"),
        image: runs("image", "looks"),
      },
      config: modelConfig(withClasses(config, categories.count)),
      out,
      runtime,
    });
    if (json) console.log(JSON.stringify({ model: out, name, stages: record.stages, size: info.size }));
    else console.log(`${out}: model ${name}; try: scenograph generate "..." --model ${out}`);
  } finally {
    await runtime.close();
  }
}

function stopped(why: string, run: Run, folder: string): void {
  console.log(`${why} in stage ${run}; go on with: scenograph train all --run ${folder} --resume latest`);
}

async function readRecord(file: string): Promise<AllRecord | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(`train all: "${file}" is damaged; delete it to begin anew, the stages keep their checkpoints`);
  }
}

function writeText(path: string, text: string): Promise<void> {
  return writeAtomically(path, new TextEncoder().encode(text));
}

async function hasCheckpoint(run: string): Promise<boolean> {
  return (await checkpointSteps(join(run, "checkpoints"))).length > 0;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
