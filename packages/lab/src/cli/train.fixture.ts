/** A training process for tests: node --import tsx train.fixture.ts FOLDER STEPS DELAY [resume] */
import { openRun } from "../train/run.ts";
import { QUIET, toyTask } from "../train/toy.fixture.ts";
import { runTraining } from "./train-stage.ts";

const [folder, steps, delay, resume] = process.argv.slice(2);
const run = await openRun(folder, {}, { stage: "toy", seed: 1 }, { resume: resume !== undefined });
await runTraining(toyTask({ totalSteps: Number(steps), delay: Number(delay) }), {
  run,
  settings: { ...QUIET, checkpointMinutes: 0.02 / 60 },
  seed: 1,
  configHash: "h",
  resume,
  runtime: { threads: 1 },
});
await run.close();
