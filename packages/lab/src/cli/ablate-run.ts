/**
 * Training and judging of ablation rows. What is finished is kept on disk under a hash of all that fixes it, and not done again.
 * @module
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "@scenograph/graph/errors";
import { readSafetensorsHeader } from "@scenograph/graph/formats/safetensors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { assembleModel } from "scenograph/model/assemble.node";
import { packageFolder } from "scenograph/model/package.node";
import { DEFINITIONS } from "../evaluate/protocol.ts";
import type { Row } from "../evaluate/results.ts";
import { type EvaluateOptions, evaluate } from "../evaluate/run.ts";
import { checkpointSteps } from "../train/checkpoint.ts";
import { type Config, hashOf, loadConfig } from "../train/config.ts";
import { openRun } from "../train/run.ts";
import { createTask } from "../train/tasks/index.ts";
import { type TrainProgress, train } from "../train/trainer.ts";
import {
  ABLATED_STAGES,
  type AblatedStage,
  type AblationRow,
  type Budget,
  budgetSets,
  FULL,
  rampSets,
} from "./ablate-rows.ts";

export interface AblationSettings {
  readonly budget: Budget;
  readonly seed: number;
  /** Configuration of the full model. */
  readonly config: string;
  /** Further --set values, for all rows. */
  readonly sets: readonly string[];
  /** Pictures with masks, and layouts with captions. */
  readonly data: string;
  readonly split: string;
  readonly boxesData: string;
  readonly boxesSplit: string;
  /** Weights of a trained text encoder, the same for all rows, frozen. */
  readonly text: string;
  /** Judged pictures a stage. */
  readonly counts: Readonly<Record<AblatedStage, number>>;
  readonly out: string;
  readonly cache: string;
  readonly judges?: string;
  /** Of the classifiers that judge; default: those of their budgets. */
  readonly classifierSteps?: number;
  readonly threads: number;
}

/** A row's numbers: of each stage the table rows that were judged, the row's model first. */
export interface RowResult {
  readonly hash: string;
  readonly key: string;
  readonly seed: number;
  readonly stages: Readonly<Partial<Record<AblatedStage, readonly Row[]>>>;
  /** Seconds of training, by stage. */
  readonly seconds: Readonly<Partial<Record<AblatedStage, number>>>;
}

export interface RowEvents {
  readonly signal: AbortSignal;
  training(stage: AblatedStage, progress: TrainProgress): void;
  judging(stage: AblatedStage): void;
  log(line: string): void;
}

/** Rows that are judged beside the model: ceilings and floors, once, with the full model. */
const REFERENCES: Readonly<Record<AblatedStage, readonly string[]>> = {
  boxes: ["model", "nearest"],
  masks: ["model", "real", "class-mean"],
  image: ["true-masks", "real", "colours"],
};
const OWN: Readonly<Record<AblatedStage, readonly string[]>> = {
  boxes: ["model"],
  masks: ["model"],
  image: ["true-masks"],
};

export function stagesOf(row: AblationRow): AblatedStage[] {
  return ABLATED_STAGES.filter((stage) => row.changes[stage]);
}

/** The row's configuration: its file, the changes, and the budget over everything but what the row is about. */
export async function configOf(row: AblationRow, settings: AblationSettings): Promise<Config> {
  const { budget, seed, sets } = settings;
  const file = row.config === undefined ? settings.config : join(packageFolder(), row.config);
  return loadConfig(file, [
    `name=${row.key}`,
    `seed=${seed}`,
    ...budgetSets(budget),
    ...(row.config === undefined ? rampSets(budget) : []),
    ...sets,
    ...stagesOf(row).flatMap((stage) => row.changes[stage]!),
  ]);
}

/** @throws ConfigError when the file is no run of the text stage: other stages' weights in it would be begun from */
export async function checkText(file: string): Promise<void> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`ablate: --text ${file} cannot be read (${error.code}); check the path`);
  });
  const { stage } = readSafetensorsHeader(bytes).metadata;
  if (stage !== "text")
    throw new ConfigError(
      `ablate: --text is the weights.safetensors of \`train text\`, got one of stage ${stage}; rows would begin from its weights`,
    );
}

/** The finished row, or undefined. */
export async function keptRow(row: AblationRow, settings: AblationSettings): Promise<RowResult | undefined> {
  const text = await readFile(resultFile(row, settings), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as RowResult;
  return kept.hash === (await hashOfRow(row, settings)) ? kept : undefined;
}

/**
 * Trains what is missing of the row's stages, judges them, keeps the result.
 * @throws the signal's reason when interrupted: what was trained is saved
 */
export async function runRow(row: AblationRow, settings: AblationSettings, events: RowEvents): Promise<RowResult> {
  const config = await configOf(row, settings);
  const full = await configOf(FULL, settings);
  const seconds: Partial<Record<AblatedStage, number>> = {};
  for (const stage of stagesOf(row)) seconds[stage] = await trainStage(stage, config, settings, events);
  const own = new Set(stagesOf(row));
  const configFor = (stage: AblatedStage) => (own.has(stage) ? config : full);
  const folderFor = (stage: AblatedStage) => runFolder(stage, configFor(stage), settings);
  const model = join(settings.out, "models", `${row.key}-${settings.seed}`);
  const runtime = createWorkerRuntime({ threads: settings.threads });
  try {
    await assembleModel({
      name: row.key,
      description: row.about,
      sources: {
        text: settings.text,
        boxes: folderFor("boxes"),
        masks: folderFor("masks"),
        image: folderFor("image"),
      },
      config: {
        text: full.text,
        boxes: configFor("boxes").boxes,
        masks: configFor("masks").masks,
        image: configFor("image").image,
      },
      out: model,
      runtime,
    });
  } finally {
    await runtime.close();
  }
  const stages: Partial<Record<AblatedStage, readonly Row[]>> = {};
  for (const stage of stagesOf(row)) {
    events.judging(stage);
    const [report] = await evaluate([stage], judgeOptions(stage, row, model, settings, events));
    stages[stage] = report.rows;
  }
  const result: RowResult = {
    hash: await hashOfRow(row, settings),
    key: row.key,
    seed: settings.seed,
    stages,
    seconds,
  };
  await mkdir(join(settings.out, "rows"), { recursive: true });
  await writeFile(resultFile(row, settings), `${JSON.stringify(result, null, 1)}\n`);
  return result;
}

function judgeOptions(
  stage: AblatedStage,
  row: AblationRow,
  model: string,
  settings: AblationSettings,
  { signal, log }: RowEvents,
): EvaluateOptions {
  const isBoxes = stage === "boxes";
  return {
    model,
    data: isBoxes ? settings.boxesData : settings.data,
    split: isBoxes ? settings.boxesSplit : settings.split,
    part: "validation",
    count: settings.counts[stage],
    // one seed for judging, so that rows and training seeds are judged alike
    seed: 0,
    jobs: 1,
    shown: 0,
    samples: 1,
    rows: row.key === FULL.key ? REFERENCES[stage] : OWN[stage],
    cache: settings.judges,
    classifierSteps: settings.classifierSteps,
    out: join(settings.out, "judging"),
    signal,
    log,
  };
}

/** -> seconds of training; at once where the run is finished. */
async function trainStage(
  stage: AblatedStage,
  config: Config,
  settings: AblationSettings,
  { signal, training, log }: RowEvents,
): Promise<number> {
  const folder = runFolder(stage, config, settings);
  const doneFile = join(folder, "done.json");
  const done = await readFile(doneFile, "utf8").catch(() => undefined);
  if (done !== undefined) return (JSON.parse(done) as { seconds: number }).seconds;
  const isBoxes = stage === "boxes";
  const data = isBoxes ? settings.boxesData : settings.data;
  const split = isBoxes ? settings.boxesSplit : settings.split;
  const begun = (await checkpointSteps(join(folder, "checkpoints"))).length > 0;
  const run = await openRun(
    folder,
    config,
    { stage, seed: settings.seed, inputs: { data, split, text: settings.text } },
    { resume: begun, command: process.argv.slice(2) },
  );
  const threads = { threads: settings.threads };
  const runtime = createWorkerRuntime(threads);
  try {
    const task = await createTask(stage, {
      config,
      data,
      split,
      seed: settings.seed,
      runtime: threads,
      cacheDir: settings.cache,
      text: settings.text,
      log,
    });
    // the last weights of every row are judged, not the best of its validations
    const { validate: _, sample: __, ...lean } = task;
    const result = await train(lean, {
      run,
      runtime,
      settings: { ...config.trainer, checkpointMinutes: 2, keep: 1 },
      seed: settings.seed,
      configHash: hashOf(config[stage]),
      resume: begun ? "latest" : undefined,
      signal,
      onProgress: (progress) => training(stage, progress),
      log,
    }).finally(() => task.close?.());
    signal.throwIfAborted();
    await writeFile(doneFile, `${JSON.stringify({ step: result.step, seconds: result.seconds })}\n`);
    return result.seconds;
  } finally {
    await runtime.close();
    await run.close();
  }
}

/** Rows with the same stage share its run. */
function runFolder(stage: AblatedStage, config: Config, settings: AblationSettings): string {
  const { data, split, boxesData, boxesSplit, text, seed } = settings;
  const inputs = stage === "boxes" ? [boxesData, boxesSplit] : [data, split];
  const hash = hashOf({ stage, config: config[stage], text: [config.text, text], inputs, seed });
  return join(settings.out, "runs", `${stage}-${hash}`);
}

async function hashOfRow(row: AblationRow, settings: AblationSettings): Promise<string> {
  const config = await configOf(row, settings);
  return hashOf({
    runs: stagesOf(row).map((stage) => runFolder(stage, config, { ...settings, out: "" })),
    judged: stagesOf(row).map((stage) => [stage, settings.counts[stage]]),
    classifierSteps: settings.classifierSteps ?? null,
    definitions: DEFINITIONS,
  });
}

function resultFile(row: AblationRow, settings: AblationSettings): string {
  return join(settings.out, "rows", `${row.key}-${settings.seed}.json`);
}
