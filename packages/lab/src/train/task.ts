/**
 * What a stage gives to the trainer. The trainer (trainer.ts) knows nothing of the models: it feeds batches to a program,
 * logs scalars, keeps the state, and asks the task for everything that has a meaning (validation, samples, what ships).
 * @module
 */
import type { Tensor } from "@scenograph/graph/formats/safetensors";
import type { Program } from "@scenograph/graph/program";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";

/** Named tensors, as in a safetensors file. */
export type Weights = Map<string, Tensor>;

export interface Task {
  /** "text" | "boxes" | "masks" | "image" | "captioner" | "segmenter" */
  readonly stage: string;
  /** The training step. Its state is everything that a checkpoint holds: weights, moments, averages, step counter. */
  readonly program: Program;
  readonly batchSize: number;
  /** Training samples: one epoch. */
  readonly sampleCount: number;
  /** Steps of a whole run; `--steps` and `--minutes` end a run earlier. */
  readonly totalSteps: number;
  /** The feeds of a step, counted from 0: a pure function of (seed, step), so that a resumed run sees the same data. */
  batch(step: number): Promise<Feeds>;
  /** Outputs of the program (scalars) to log. Their names are the names of the logged metrics. */
  readonly losses: readonly string[];
  /**
   * Initial weights from elsewhere (a pre-trained encoder), over those of `initialise()`; names that the program does
   * not have are left out. Where it has "ema/<name>", the average begins at the same values.
   */
  readonly initial?: Readonly<Record<string, Float32Array>>;
  /**
   * Cheap metrics on the validation part; the lowest `score` so far marks the best checkpoint. What it loads on
   * `runtime` is released afterwards; the same holds for `sample`.
   */
  validate?(weights: Weights, runtime: Runtime): Promise<{ metrics: Record<string, number>; score: number }>;
  /** A grid of samples as PNG bytes; the same scenes and noise every time. */
  sample?(weights: Weights, runtime: Runtime): Promise<Uint8Array>;
  /**
   * What ships (averaged weights where there are any). In weights.safetensors F32 tensors with the name of a state tensor
   * are written as F16, all others as they are.
   */
  exportWeights(state: Readonly<Record<string, Float32Array>>): Weights;
  /** Metadata of weights.safetensors, e.g. the stage's configuration as JSON. */
  readonly metadata?: Readonly<Record<string, string>>;
  close?(): Promise<void>;
}

/** The moving averages "ema/<name>" of a program's state, as <name>: what most tasks export. */
export function averagedWeights(
  program: Pick<Program, "state">,
  state: Readonly<Record<string, Float32Array>>,
): Weights {
  return weightsOf(
    program,
    state,
    program.state.filter((s) => s.name.startsWith("ema/")).map((s) => s.name),
  );
}

/** The named state tensors as F32 weights; a leading "ema/" is dropped from the names. */
export function weightsOf(
  program: Pick<Program, "state">,
  state: Readonly<Record<string, Float32Array>>,
  names: Iterable<string>,
): Weights {
  const shapes = new Map(program.state.map((s) => [s.name, s.shape]));
  const weights: Weights = new Map();
  for (const name of names)
    weights.set(name.replace(/^ema\//, ""), { dtype: "F32", shape: shapes.get(name)!, data: state[name] });
  return weights;
}

/** Weights as values for `Executable.writeState` or `Task.initial`. Tensors that are not floating point are left out. */
export function valuesOf(weights: Weights): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of weights) if (tensor.data instanceof Float32Array) values[name] = tensor.data;
  return values;
}
