/** `train` over a queue: how a run's task is named to workers, and what stands in for its trainer's parts. @module */

import { ConfigError, UserError } from "@scenograph/graph/errors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Executable, Runtime, RuntimeOptions } from "@scenograph/graph/runtime/runtime";
import type { BlobStore } from "scenograph/queue/blobs";
import type { JobContext } from "scenograph/queue/queue";
import { keyOf, type ShardOutput } from "scenograph/queue/shards";
import { z } from "zod";
import { computeRound, type RoundInput, type Rounds } from "../queue/training.ts";
import { type Config, configSchema } from "../train/config.ts";
import { stageSettings, withSettings } from "../train/settings.ts";
import type { Task } from "../train/task.ts";
import { createTask, TRAINED_STAGES, type TrainedStage } from "../train/tasks/index.ts";

/** A run's task; paths are the worker's. */
const description = z.object({
  stage: z.enum(TRAINED_STAGES as [TrainedStage, ...TrainedStage[]]),
  config: configSchema,
  data: z.string(),
  split: z.string(),
  vocabulary: z.string().optional(),
  labels: z.string().optional(),
  text: z.string().optional(),
});
export type TaskDescription = z.infer<typeof description>;

export const trainingInput = z.object({
  task: description,
  workers: z.int().min(1).max(1024),
  localSteps: z.int().min(1),
  sampleCount: z.int().min(1),
  round: z.int().min(0),
  shard: z.int().min(0),
  state: z.object({ key: z.string(), sha256: z.string() }),
});

/** Learning rates of the stages' `train`: learningRate, finalRate, learningRateG, rateD ... */
const RATE = /^(learningRate|finalRate|rate)[GD]?$/;

/**
 * K workers take 1/K of the steps each, one after another: the schedule is made for so many, and the rates are multiplied
 * by `scale`. K is the linear scaling rule (Goyal et al. 2017): a mean of K workers' moves goes as far as one move, so K
 * times fewer of them must be K times as long to arrive at the same place.
 */
export function roundConfig(config: Config, stage: TrainedStage, { workers }: Rounds, scale = workers): Config {
  const settings = stageSettings(config, stage);
  const { train } = settings;
  const scaled = Object.entries(train).map(([key, value]) =>
    RATE.test(key) && typeof value === "number" ? [key, value * scale] : [key, value],
  );
  const steps = Math.max(1, Math.ceil(train.steps / workers));
  return withSettings(config, stage, { ...settings, train: { ...Object.fromEntries(scaled), steps } });
}

interface Opened {
  readonly key: string;
  readonly task: Task;
  readonly runtime: Runtime;
  readonly executable: Executable;
}

/** A worker's tasks: the latest stays open, since rounds follow each other. One shard at a time. */
export class RoundWorker {
  #open: Opened | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: BlobStore,
    private readonly options: RuntimeOptions & { readonly cacheDir: string; log(line: string): void },
  ) {}

  compute(input: RoundInput, context: JobContext): Promise<ShardOutput> {
    const turn = this.#turn.then(async () => {
      context.signal.throwIfAborted();
      const { task, executable } = await this.#of(input.task as TaskDescription);
      try {
        return await computeRound(task, executable, this.store, input, context);
      } catch (error) {
        // a dead thread stays dead: the next shard begins anew
        if (!(error instanceof UserError) && !context.signal.aborted) await this.close();
        throw error;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #of(task: TaskDescription): Promise<Opened> {
    const key = keyOf(task);
    if (this.#open?.key === key) return this.#open;
    await this.close();
    const { threads, device, cacheDir, log } = this.options;
    const made = await createTask(task.stage, {
      ...task,
      seed: task.config.seed,
      runtime: { threads, device },
      cacheDir,
      log,
    });
    const runtime = createWorkerRuntime({ threads, device });
    this.#open = { key, task: made, runtime, executable: await runtime.load(made.program) };
    return this.#open;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.runtime.close().catch(() => {});
    await open?.task.close?.();
  }
}

/** Values of --workers-per-round and --local-steps; undefined for plain training. @throws ConfigError */
export function roundsAsked(
  options: { readonly workersPerRound?: number; readonly localSteps?: number },
  shared: boolean,
): Rounds | undefined {
  const { workersPerRound: workers, localSteps } = options;
  if (workers === undefined && localSteps === undefined && !shared) return undefined;
  if (workers === undefined)
    throw new ConfigError("train: --queue and --local-steps go with --workers-per-round K, got none; name it");
  return { workers, localSteps: localSteps ?? 50 };
}
