/** A two-layer network on random data: a task for tests of the trainer. */
import { gradients } from "@scenograph/graph/gradients";
import { heNormal, zeros } from "@scenograph/graph/init";
import { input, parameter } from "@scenograph/graph/leaves";
import { add, relu, square, sub } from "@scenograph/graph/ops/elementwise";
import { matmul } from "@scenograph/graph/ops/matmul";
import { mean } from "@scenograph/graph/ops/reduce";
import { adam, movingAverage, stepCounter } from "@scenograph/graph/optimizers";
import { compile } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { TrainerConfig } from "./config.ts";
import { averagedWeights, type Task } from "./task.ts";

const BATCH = 8;
const INPUTS = 4;
const HIDDEN = 16;

export interface ToyOptions {
  readonly seed?: number;
  readonly totalSteps?: number;
  /** The batch of this step holds a NaN. */
  readonly poisonedStep?: number;
  /** The batch of this step cannot be read. */
  readonly unreadableStep?: number;
  /** Milliseconds that a batch takes. */
  readonly delay?: number;
  readonly hidden?: number;
  readonly learningRate?: number;
  /** Validation scores by step; no validation without. */
  readonly score?: (step: number) => number;
}

/** 8 samples of 4 normal numbers a step; the target is the square of the first. */
export function toyTask(options: ToyOptions = {}): Task {
  const { seed = 1, totalSteps = 20, delay = 0, hidden = HIDDEN, learningRate = 1e-2, score } = options;
  const x = input("x", [BATCH, INPUTS]);
  const y = input("y", [BATCH, 1]);
  const w1 = parameter("w1", [INPUTS, hidden], heNormal(INPUTS));
  const b1 = parameter("b1", [hidden], zeros);
  const w2 = parameter("w2", [hidden, 1], heNormal(hidden));
  const loss = mean(square(sub(matmul(relu(add(matmul(x, w1), b1)), w2), y)));
  const parameters = [w1, b1, w2];
  const { step, update } = stepCounter("step");
  const { updates, norm } = adam("adam", parameters, gradients(loss, parameters), step, { learningRate });
  const averages = movingAverage(updates, parameters, 0.9, step);
  const program = compile({ outputs: { loss, norm }, updates: [update, ...updates, ...averages] });
  let exportedStep = 0;
  return {
    stage: "toy",
    program,
    batchSize: BATCH,
    sampleCount: 100,
    totalSteps,
    losses: ["loss", "norm"],
    async batch(at) {
      if (delay > 0) await new Promise((done) => setTimeout(done, delay));
      if (at === options.unreadableStep) throw new Error("picture 7 cannot be read");
      const random = stream(seed, "toy", at);
      const xs = random.normals(BATCH * INPUTS);
      if (at === options.poisonedStep) xs[0] = Number.NaN;
      return { x: xs, y: Float32Array.from({ length: BATCH }, (_, i) => xs[i * INPUTS] ** 2) };
    },
    ...(score && {
      async validate(weights: ReturnType<Task["exportWeights"]>) {
        return { metrics: { tensors: weights.size }, score: score(exportedStep) };
      },
    }),
    exportWeights(state) {
      // exporting comes right before validating
      exportedStep = state.step[0];
      return averagedWeights(program, state);
    },
  };
}

/** Nothing happens by time. */
export const QUIET: TrainerConfig = {
  logSteps: 5,
  validateSteps: 4,
  sampleMinutes: 1000,
  checkpointMinutes: 1000,
  keep: 2,
};
