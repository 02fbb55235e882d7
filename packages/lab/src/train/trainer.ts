/**
 * The one trainer of all stages: feeds a task's batches to its program, logs, validates, samples, saves. A run that is
 * stopped at any point, by kill even, and resumed ends with the same bits as one that was never stopped.
 * @module
 */
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { UserError } from "@scenograph/graph/errors";
import type { Executable, Runtime, TypedArray } from "@scenograph/graph/runtime/runtime";
import { type WriteDurably, writeAtomically } from "scenograph/formats/atomic.node";
import { readPngHeader } from "scenograph/formats/png";
import { prefetch } from "../data/batches.ts";
import {
  type Checkpoint,
  checkpointPath,
  loadCheckpoint,
  pruneCheckpoints,
  type State,
  saveCheckpoint,
  stateFor,
} from "./checkpoint.ts";
import type { TrainerConfig } from "./config.ts";
import { encodeWeights } from "./export.ts";
import { LossWindow, RateMeter } from "./meters.ts";
import { type MetricsLog, openMetrics } from "./metrics.ts";
import type { RunFolder } from "./run.ts";
import { withScope } from "./scope.ts";
import { findCheckpoint, initialState } from "./start.ts";
import type { Task, Weights } from "./task.ts";

export interface TrainOptions {
  /** Already taken, see openRun. */
  readonly run: RunFolder;
  /** A worker's, so that this thread stays free for the next batch and for signals. */
  readonly runtime: Runtime;
  readonly settings: TrainerConfig;
  readonly seed: number;
  /** Hash of the stage's configuration; a difference at resume is warned of. */
  readonly configHash: string;
  /** "latest", a checkpoint or a run folder. Default: begin anew. */
  readonly resume?: string;
  /** Shipped weights to begin from, where names and shapes fit. */
  readonly init?: Weights;
  /** Ends after this many steps in all. Default: the task's totalSteps. */
  readonly steps?: number;
  /** Ends after this time, counted from this start. */
  readonly minutes?: number;
  /** Aborted (Ctrl-C): the step is finished, all is saved, the result's reason is "interrupted". */
  readonly signal?: AbortSignal;
  log?(line: string): void;
  onProgress?(progress: TrainProgress): void;
  /** How checkpoints reach the disk. */
  readonly write?: WriteDurably;
}

export interface TrainProgress {
  /** Steps done, of how many. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly samplesPerSecond: number;
  /** Means over the latest steps. */
  readonly losses: Readonly<Record<string, number>>;
  readonly secondsLeft: number;
}

export interface TrainResult {
  readonly step: number;
  readonly reason: "done" | "minutes" | "interrupted";
  /** Path of weights.safetensors, and the step that its weights are of. */
  readonly weights: string;
  readonly weightsStep: number;
  readonly checkpoint: string;
  /** Training time over all starts of the run. */
  readonly seconds: number;
  /** Of this start. */
  readonly samplesPerSecond: number;
}

/**
 * Train until the steps are done, the time is up or the signal comes; then save and write weights.safetensors.
 * @throws UserError when a loss is not finite (the last good checkpoint stays); CheckpointError when the disk is full or
 * there is nothing to resume. Other errors (a picture that cannot be read) are thrown after the state has been saved.
 */
export async function train(task: Task, options: TrainOptions): Promise<TrainResult> {
  const executable = await options.runtime.load(task.program);
  try {
    return await new Training(task, executable, options).run();
  } finally {
    await executable.release().catch(() => {});
  }
}

class Training {
  #step = 0;
  #seconds = 0;
  #best: { step: number; score: number } | null = null;
  /** Steps of the checkpoints that are whole, oldest first. */
  #saved: number[] = [];
  #validatedAt = -1;
  #metrics!: MetricsLog;
  readonly #window: LossWindow;
  readonly #rate: RateMeter;
  readonly #last: number;

  constructor(
    private readonly task: Task,
    private readonly executable: Executable,
    private readonly options: TrainOptions,
  ) {
    this.#window = new LossWindow(task.losses);
    this.#rate = new RateMeter(task.batchSize);
    this.#last = options.steps ?? task.totalSteps;
  }

  async run(): Promise<TrainResult> {
    const { run, resume } = this.options;
    if (resume) await this.#resume(await findCheckpoint(resume, run.checkpoints, (line) => this.#log(line)));
    else
      await this.executable.writeState(
        initialState(this.task, this.options.seed, this.options.init, (l) => this.#log(l)),
      );
    this.#metrics = await openMetrics(run.path, this.#step);

    let reason: TrainResult["reason"];
    try {
      reason = await this.#loop();
      await this.#save();
    } catch (error) {
      await run.record(`stopped at step ${this.#step}: ${(error as Error).message}`).catch(() => {});
      await this.#rescue(error);
      throw error;
    }
    await run.record(`${reason} at step ${this.#step}, ${this.#rate.mean().toFixed(1)} samples/s`);
    const weightsStep = await this.#export(reason !== "interrupted");
    return {
      step: this.#step,
      reason,
      weights: run.weights,
      weightsStep,
      checkpoint: checkpointPath(run.checkpoints, this.#step),
      seconds: this.#seconds,
      samplesPerSecond: this.#rate.mean(),
    };
  }

  async #loop(): Promise<TrainResult["reason"]> {
    const { task, options } = this;
    const { settings, signal } = options;
    const begin = performance.now();
    const deadline = begin + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
    let nextSave = begin + settings.checkpointMinutes * 60_000;
    let nextSample = begin + settings.sampleMinutes * 60_000;
    let clock = begin;
    for await (const feeds of prefetch((step) => task.batch(step), { from: this.#step, to: this.#last })) {
      const ready = performance.now();
      const outputs = await this.executable.run(feeds);
      this.#step++;
      const now = performance.now();
      this.#seconds += (now - clock) / 1000;
      this.#rate.add(now - clock, ready - clock);
      this.#check(outputs);
      this.#window.add(outputs);
      this.#report(deadline);

      const done = this.#step >= this.#last || now >= deadline;
      if (this.#step % settings.logSteps === 0 || done || signal?.aborted) await this.#write();
      let better = false;
      if (this.#step % settings.validateSteps === 0) better = await this.#validate();
      if (signal?.aborted) return "interrupted";
      if (now >= nextSample || done) {
        await this.#sample();
        nextSample = performance.now() + settings.sampleMinutes * 60_000;
      }
      if (done) break;
      if (better || now >= nextSave) {
        await this.#save();
        nextSave = performance.now() + settings.checkpointMinutes * 60_000;
      }
      clock = performance.now();
    }
    return this.#step >= this.#last ? "done" : "minutes";
  }

  async #resume(checkpoint: Checkpoint): Promise<void> {
    const { run, configHash, seed } = this.options;
    const { meta, path } = checkpoint;
    if (meta.stage !== this.task.stage)
      throw new UserError(`resume: ${path} is of stage ${meta.stage}; give one of stage ${this.task.stage}`);
    await this.executable.writeState(stateFor(this.task.program, checkpoint));
    this.#step = meta.step;
    this.#seconds = meta.seconds;
    // of another run only the state is taken over
    if (resolve(path) === resolve(checkpointPath(run.checkpoints, meta.step))) {
      this.#best = meta.best;
      this.#saved = [...new Set([...(meta.best ? [meta.best.step] : []), meta.step])];
    }
    this.#log(`resuming at step ${meta.step} (${path})`);
    if (meta.configHash !== configHash || meta.seed !== seed)
      this.#log("warning: the configuration or seed differs from the checkpoint's; the new one holds from here on");
  }

  /** Stops before a bad state can be saved. */
  #check(outputs: Record<string, TypedArray>): void {
    for (const name of this.task.losses) {
      const value = Number(outputs[name][0]);
      if (!Number.isFinite(value)) throw this.#notFinite(`loss "${name}"`, value);
    }
  }

  #notFinite(what: string, value: number): NonFiniteError {
    const last = this.#saved.at(-1);
    const kept =
      last === undefined
        ? "nothing had been saved yet; lower the learning rate and begin again"
        : `the checkpoint of step ${last} is good; lower the learning rate and go on with --resume latest`;
    return new NonFiniteError(`train: ${what} must be finite, got ${value} at step ${this.#step}; ${kept}`);
  }

  #report(deadline: number): void {
    if (!this.options.onProgress) return;
    const bySteps = (this.#last - this.#step) * this.#rate.secondsPerStep();
    const byTime = (deadline - performance.now()) / 1000;
    this.options.onProgress({
      step: this.#step,
      steps: this.#last,
      epoch: (this.#step * this.task.batchSize) / this.task.sampleCount,
      samplesPerSecond: this.#rate.recent(),
      losses: this.#window.recent(),
      secondsLeft: Math.max(0, Math.min(bySteps, byTime)),
    });
  }

  async #write(): Promise<void> {
    if (this.#window.count === 0) return;
    const { samplesPerSecond, waiting } = this.#rate.take();
    const epoch = (this.#step * this.task.batchSize) / this.task.sampleCount;
    await this.#metrics.write(this.#step, this.#seconds, {
      epoch: Number(epoch.toFixed(4)),
      samplesPerSecond: Number(samplesPerSecond.toFixed(2)),
      waiting: Number(waiting.toFixed(4)),
      ...this.#window.take(),
    });
  }

  /** -> whether this is the best score so far. */
  async #validate(): Promise<boolean> {
    const result = await this.#scores();
    if (!result) return false;
    const better = result.score < (this.#best?.score ?? Number.POSITIVE_INFINITY);
    if (better) this.#best = { step: this.#step, score: result.score };
    this.#log(`step ${this.#step}: ${result.text}${better ? " (best so far)" : ""}`);
    return better;
  }

  async #scores(): Promise<{ score: number; text: string } | undefined> {
    const { task } = this;
    if (!task.validate) return undefined;
    this.#validatedAt = this.#step;
    const weights = task.exportWeights(await this.#state());
    const { metrics, score } = await withScope(this.options.runtime, (scope) => task.validate!(weights, scope));
    const named = Object.fromEntries(Object.entries({ ...metrics, score }).map(([k, v]) => [`validation/${k}`, v]));
    await this.#metrics.write(this.#step, this.#seconds, named);
    const shown = Object.entries({ ...metrics, score }).map(([k, v]) => `${k} ${v.toPrecision(4)}`);
    return { score, text: `validation ${shown.join(", ")}` };
  }

  async #sample(): Promise<void> {
    const { task, options } = this;
    if (!task.sample) return;
    const weights = task.exportWeights(await this.#state());
    const png = await withScope(options.runtime, (scope) => task.sample!(weights, scope));
    const path = `${options.run.samples}/step-${String(this.#step).padStart(6, "0")}.png`;
    await writeAtomically(path, png);
    await this.#metrics.picture(this.#step, "samples", { ...readPngHeader(png), bytes: png });
  }

  /** The state, known to be finite. */
  async #state(): Promise<State> {
    const state = await this.executable.readState();
    for (const [name, values] of Object.entries(state)) {
      // x * 0 is NaN for infinities and NaN alone, and NaN survives the sum
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i] * 0;
      if (sum !== 0) throw this.#notFinite(`state "${name}"`, values.find((v) => !Number.isFinite(v))!);
    }
    return state;
  }

  async #save(): Promise<void> {
    const { task, options } = this;
    if (this.#saved.at(-1) === this.#step) return;
    const facts = {
      stage: task.stage,
      step: this.#step,
      seed: options.seed,
      seconds: this.#seconds,
      configHash: options.configHash,
      best: this.#best,
    };
    await saveCheckpoint(options.run.checkpoints, task.program, await this.#state(), facts, options.write);
    this.#saved.push(this.#step);
    const kept = new Set(this.#saved.slice(-options.settings.keep));
    if (this.#best) kept.add(this.#best.step);
    this.#saved = this.#saved.filter((step) => kept.has(step));
    await pruneCheckpoints(options.run.checkpoints, kept);
  }

  /** After an error that left the state good, keep the steps since the last checkpoint. */
  async #rescue(error: unknown): Promise<void> {
    if (error instanceof NonFiniteError) return;
    try {
      await this.#save();
    } catch (second) {
      if ((second as Error).message !== (error as Error).message)
        this.#log(`could not save: ${(second as Error).message}`);
    }
  }

  /** Write weights.safetensors: of the best validation where there is one, else of now. -> step of the weights. */
  async #export(validate: boolean): Promise<number> {
    const { task, options } = this;
    let state = await this.#state();
    let step = this.#step;
    // the end of a run may lie between two validations; it competes, but is no part of what a resumed run goes on from
    const now = validate && this.#validatedAt !== step ? await this.#scores() : undefined;
    if (now) this.#log(`step ${step}: ${now.text}`);
    const best = this.#best;
    if (best && best.step !== step && !(now && now.score < best.score)) {
      try {
        state = stateFor(task.program, await loadCheckpoint(checkpointPath(options.run.checkpoints, best.step)));
        step = best.step;
      } catch (error) {
        this.#log(`warning: ${(error as Error).message}; exporting step ${step} instead of the best, ${best.step}`);
      }
    }
    const metadata = {
      ...task.metadata,
      stage: task.stage,
      step: String(step),
      seed: String(options.seed),
    };
    const bytes = encodeWeights(task.exportWeights(state), metadata, (name) => Object.hasOwn(state, name));
    await writeAtomically(options.run.weights, bytes, options.write);
    return step;
  }

  #log(line: string): void {
    this.options.log?.(line);
    // a full disk is reported by what matters more
    this.options.run.record(line).catch(() => {});
  }
}

/** A loss or weight became NaN or infinite. */
class NonFiniteError extends UserError {
  override name = "UserError";
}
