/**
 * Training: tasks, the trainer, run folders, checkpoints, configuration.
 * @module
 * @example
 * const run = await openRun("runs/mine", config, { stage: task.stage, seed: 0 }, { resume: false });
 * const runtime = createWorkerRuntime();
 * await train(task, { run, runtime, settings: config.trainer, seed: 0, configHash: hashOf(config.boxes) });
 */
export { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
export { type Checkpoint, type CheckpointMeta, checkpointSteps, loadCheckpoint, loadLatest } from "./checkpoint.ts";
export { type Config, configSchema, hashOf, loadConfig, type TrainerConfig, trainerConfig } from "./config.ts";
export { encodeWeights, readWeights } from "./export.ts";
export { openRun, type RunFolder, type RunInfo, readRunInfo } from "./run.ts";
export { averagedWeights, type Task, valuesOf, type Weights, weightsOf } from "./task.ts";
export { createTask, type TaskContext, TRAINED_STAGES, type TrainedStage } from "./tasks/index.ts";
export { type TrainOptions, type TrainProgress, type TrainResult, train } from "./trainer.ts";
