/**
 * Data-parallel training by local SGD (Stich 2019, "Local SGD Converges Fast and Communicates Little"): in a round each of
 * K workers takes H steps from the common state on its own batches, then the states are averaged: weights, moving averages
 * and Adam's moments alike (the latter as in Reddi et al. 2021, so that a worker keeps nothing between rounds and any
 * worker may take any shard). The step counter is the same in all of them and counts steps in a row.
 *
 * Sequential step s = round * H + h works on batches s * K ... s * K + K - 1 of the one-worker order, shard k on the k-th of
 * them, so that after R rounds K workers have seen exactly the samples of R * H * K steps of one.
 *
 * To the trainer a round is a step: `roundTask` and `roundRuntime` stand in for the task and its compiled program, and
 * checkpoints, validation, samples and resuming are the trainer's own. A round's average is taken in the order of the
 * shards in float64: it does not depend on who computed them or how often one was lost.
 * @module
 */

import { CheckpointError, UserError } from "@scenograph/graph/errors";
import { readSafetensors, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import type { Program } from "@scenograph/graph/program";
import type { Executable, Runtime, TypedArray } from "@scenograph/graph/runtime/runtime";
import type { BlobStore } from "scenograph/queue/blobs";
import type { JobContext } from "scenograph/queue/queue";
import { keyOf, type Shard, type ShardOutput, type ShardPlan, type ShardSink, sha256 } from "scenograph/queue/shards";
import { prefetch } from "../data/batches.ts";
import type { TrainerConfig } from "../train/config.ts";
import type { Task } from "../train/task.ts";

/** Kind of the jobs. */
export const TRAINING = "training";

export interface Rounds {
  /** K: shards of a round, each computed by one worker. */
  readonly workers: number;
  /** H: steps of a shard. */
  readonly localSteps: number;
}

/** Input of a shard. */
export interface RoundInput extends Rounds {
  /** Whatever names the task to the worker. */
  readonly task: unknown;
  /** A worker whose data have another number of samples refuses. */
  readonly sampleCount: number;
  readonly round: number;
  readonly shard: number;
  /** The common state: a safetensors file in the store. */
  readonly state: { readonly key: string; readonly sha256: string };
}

/** Steps of one worker's run -> rounds that see at least as many samples. */
export function roundsOf(steps: number, { workers, localSteps }: Rounds): number {
  return Math.max(1, Math.ceil(steps / (workers * localSteps)));
}

/** Intervals in steps -> in rounds, at least one. */
export function roundSettings(settings: TrainerConfig, { localSteps }: Rounds): TrainerConfig {
  const rounds = (steps: number) => Math.max(1, Math.round(steps / localSteps));
  return { ...settings, logSteps: rounds(settings.logSteps), validateSteps: rounds(settings.validateSteps) };
}

/** @param task whose schedule counts steps in a row: made with 1/K of one worker's steps */
export function roundTask(task: Task, { workers, localSteps }: Rounds): Task {
  return {
    stage: task.stage,
    program: task.program,
    batchSize: task.batchSize * workers * localSteps,
    sampleCount: task.sampleCount,
    totalSteps: Math.max(1, Math.ceil(task.totalSteps / localSteps)),
    batch: async (round) => ({ round: Int32Array.of(round) }),
    losses: task.losses,
    exportWeights: (state) => task.exportWeights(state),
    ...(task.initial && { initial: task.initial }),
    ...(task.metadata && { metadata: task.metadata }),
    ...(task.validate && { validate: (weights, runtime) => task.validate!(weights, runtime) }),
    ...(task.sample && { sample: (weights, runtime) => task.sample!(weights, runtime) }),
    ...(task.close && { close: () => task.close!() }),
  };
}

export interface RoundOptions extends Rounds {
  readonly description: unknown;
  readonly store: BlobStore;
  /** Computes the shards of a round: `runShardsHere` or `runShardsShared` with what they need. */
  run(plan: ShardPlan<RoundInput>, sink: ShardSink): Promise<void>;
}

/** A runtime on which the task's program moves by rounds; all other programs are `local`'s. */
export function roundRuntime(local: Runtime, task: Task, options: RoundOptions): Runtime {
  return {
    device: local.device,
    close: () => local.close(),
    load: async (program, constants) =>
      program === task.program ? new RoundExecutable(task, options) : local.load(program, constants),
  };
}

class RoundExecutable implements Executable {
  readonly program: Program;
  #state: Record<string, Float32Array> = {};

  constructor(
    private readonly task: Task,
    private readonly options: RoundOptions,
  ) {
    this.program = task.program;
  }

  /** One round. -> means of the losses over all its steps */
  async run(feeds: Record<string, TypedArray>): Promise<Record<string, TypedArray>> {
    const { description, store, workers, localSteps } = this.options;
    const round = Number(feeds.round[0]);
    const bytes = stateBytes(this.program, this.#state);
    const hash = sha256(bytes);
    const key = keyOf(description, round, hash, workers, localSteps);
    const state = { key: `${TRAINING}/${key}/state.safetensors`, sha256: hash };
    await store.put(state.key, bytes, "application/octet-stream");
    const { sampleCount } = this.task;
    const input = { task: description, sampleCount, workers, localSteps, round, state };
    const shards = Array.from(
      { length: workers },
      (_, shard): Shard<RoundInput> => ({ index: shard, input: { ...input, shard }, units: localSteps }),
    );
    const outputs: ShardOutput[] = [];
    await this.options.run(
      { kind: TRAINING, key, shards },
      {
        has: async (index) => outputs[index] !== undefined,
        put: async (index, output) => {
          outputs[index] = output;
        },
      },
    );
    await store.delete(state.key);
    this.#state = average(
      this.program,
      outputs.map((o) => stateOf(this.program, o.files.get("state.safetensors")!)),
    );
    return Object.fromEntries(
      this.task.losses.map((name) => {
        const sum = outputs.reduce((s, o) => s + (o.record as Record<string, number>)[name], 0);
        return [name, Float32Array.of(sum / workers)];
      }),
    );
  }

  async readState(names?: readonly string[]): Promise<Record<string, Float32Array>> {
    const wanted = names ?? this.program.state.map((s) => s.name);
    return Object.fromEntries(wanted.map((name) => [name, Float32Array.from(this.#state[name])]));
  }

  async writeState(values: Record<string, Float32Array>): Promise<void> {
    for (const [name, value] of Object.entries(values)) this.#state[name] = Float32Array.from(value);
  }

  async release(): Promise<void> {
    this.#state = {};
  }
}

/** Element-wise means in float64, rounded to float32 once. */
export function average(
  program: Pick<Program, "state">,
  states: readonly Readonly<Record<string, Float32Array>>[],
): Record<string, Float32Array> {
  return Object.fromEntries(
    program.state.map(({ name }) => {
      const sum = new Float64Array(states[0][name].length);
      for (const state of states) {
        const values = state[name];
        for (let i = 0; i < sum.length; i++) sum[i] += values[i];
      }
      return [name, Float32Array.from(sum, (s) => s / states.length)];
    }),
  );
}

/**
 * A worker's part of a round.
 * @param executable `task.program`, loaded; its state is overwritten
 * @throws UserError for other data than the run's, or a loss that is not finite; CheckpointError for a state that is gone
 */
export async function computeRound(
  task: Task,
  executable: Executable,
  store: BlobStore,
  input: RoundInput,
  context: JobContext,
): Promise<ShardOutput> {
  if (task.sampleCount !== input.sampleCount)
    throw new UserError(
      `train: the run learns from ${input.sampleCount} samples, this worker finds ${task.sampleCount}; give every worker the same data`,
    );
  const bytes = (await store.get(input.state.key))?.bytes;
  if (!bytes || sha256(bytes) !== input.state.sha256)
    throw new CheckpointError(`train: the state of round ${input.round} is gone or damaged; resume the run`);
  await executable.writeState(stateOf(task.program, bytes));
  const { workers, localSteps, round, shard } = input;
  const batchOf = (h: number) => (round * localSteps + h) * workers + shard;
  const sums = Object.fromEntries(task.losses.map((name) => [name, 0]));
  let done = 0;
  for await (const feeds of prefetch((h) => task.batch(batchOf(h)), { from: 0, to: localSteps })) {
    context.signal.throwIfAborted();
    const outputs = await executable.run(feeds);
    for (const name of task.losses) {
      const value = Number(outputs[name][0]);
      if (!Number.isFinite(value))
        throw new UserError(
          `train: loss "${name}" must be finite, got ${value} in round ${round}; lower the learning rate and resume`,
        );
      sums[name] += value / localSteps;
    }
    context.report({ stage: task.stage, done: ++done, total: localSteps, unit: "steps" });
  }
  const files = new Map([["state.safetensors", stateBytes(task.program, await executable.readState())]]);
  return { files, record: sums };
}

function stateBytes(program: Pick<Program, "state">, state: Readonly<Record<string, Float32Array>>): Uint8Array {
  return writeSafetensors(
    program.state.map((s) => [s.name, { dtype: "F32", shape: s.shape, data: state[s.name] }] as const),
  );
}

/** @throws CheckpointError unless names and sizes are the program's */
function stateOf(program: Pick<Program, "state">, bytes: Uint8Array): Record<string, Float32Array> {
  const { tensors } = readSafetensors(bytes);
  return Object.fromEntries(
    program.state.map(({ name, shape }) => {
      const tensor = tensors.get(name);
      if (tensor?.dtype !== "F32" || tensor.data.length !== shape.reduce((a, b) => a * b, 1))
        throw new CheckpointError(
          `train: the state of a round has no tensor "${name}" of this size; install the same version everywhere`,
        );
      return [name, tensor.data];
    }),
  );
}
