/**
 * A small convolutional classifier, trained on the spot with a fixed budget and seed: the judge of what has no judge to download.
 * Real masks against generated ones (a two-sample test), crops of objects, backgrounds.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import { gradients } from "@scenograph/graph/gradients";
import { input, parameterOf } from "@scenograph/graph/leaves";
import { convBlock, linear } from "@scenograph/graph/nn/layers";
import { Params, parameterNames } from "@scenograph/graph/nn/params";
import { cast, mul, neg, sub } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { globalAvgPool } from "@scenograph/graph/ops/pooling";
import { logSoftmax, mean, sum } from "@scenograph/graph/ops/reduce";
import { concat, reshape } from "@scenograph/graph/ops/shape";
import { adam, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { Tensor } from "@scenograph/graph/tensor";

/** `count` items of [channels, size, size] bytes with a class each. */
export interface Examples {
  readonly channels: number;
  readonly size: number;
  readonly classes: number;
  readonly pixels: readonly Uint8Array[];
  readonly labels: readonly number[];
}

export interface Budget {
  readonly steps: number;
  readonly batch: number;
  /** Channels after each halving of the side. */
  readonly widths: readonly number[];
  readonly learningRate: number;
  /** Every class comes equally often. */
  readonly balanced?: boolean;
}

export interface Classifier {
  /** Log-probabilities [classes] of each item. */
  classify(pixels: readonly Uint8Array[]): Promise<Float32Array[]>;
  /** The most likely class of each item. */
  predict(pixels: readonly Uint8Array[]): Promise<number[]>;
  release(): Promise<void>;
}

/** Logits [N, classes]: 4x4 convolutions of stride 2 with group norm, then the mean and the whole last map. */
function network(p: Params, x: Tensor, { widths }: Budget, classes: number): Tensor {
  let h = mul(sub(cast(x), 127.5), 1 / 127.5);
  widths.forEach((width, i) => {
    h = convBlock(p.scope(`down${i}`), h, width, 4, { stride: 2, norm: "group" });
  });
  const n = h.shape[0];
  const flat = concat([reshape(h, [n, -1]), reshape(globalAvgPool(h), [n, -1])], 1);
  return linear(p.scope("out"), flat, classes);
}

const SCOPE = "classifier";

/** Items a run when classifying. */
const BATCH = 64;

/**
 * Weights of a classifier trained on all `examples` with Adam and a cosine schedule, one after the other; the same examples, budget
 * and seed give the same weights.
 * @throws UserError with fewer than two examples or items of another size
 */
export async function trainWeights(
  runtime: Runtime,
  examples: Examples,
  budget: Budget,
  seed: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { channels, size, classes, pixels, labels } = examples;
  const area = channels * size * size;
  if (pixels.length < 2) throw new UserError(`trainClassifier(): at least 2 examples are needed, got ${pixels.length}`);
  const odd = pixels.find((item) => item.length !== area);
  if (odd) throw new UserError(`trainClassifier(): an item has ${area} bytes, got ${odd.length}; resize it first`);
  const { batch, steps } = budget;

  const p = new Params(SCOPE);
  const x = input("x", [batch, channels, size, size], "uint8");
  const y = input("y", [batch], "int64");
  const logits = logSoftmax(network(p, x, budget, classes));
  const loss = neg(mean(sum(mul(logits, oneHot(y, classes)), 1)));
  const { step, update } = stepCounter("step");
  const learningRate = scheduled({ base: budget.learningRate, warmup: 20, decay: "cosine", until: steps }, step);
  const { updates } = adam("adam", p.all(), gradients(loss, p.all()), step, { learningRate, clipNorm: 5 });
  const program = compile({ outputs: { loss }, updates: [update, ...updates] });
  const training = await runtime.load(program);
  await training.writeState(initialise(program, seed));

  const random = stream(seed, "classifier");
  const draw = budget.balanced ? balancedDraw(labels, random) : shuffledDraw(labels.length, random);
  for (let s = 0; s < steps; s++) {
    signal?.throwIfAborted();
    const chosen = Array.from({ length: batch }, draw);
    const bytes = new Uint8Array(batch * area);
    chosen.forEach((k, i) => {
      bytes.set(pixels[k], i * area);
    });
    await training.run({ x: bytes, y: BigInt64Array.from(chosen, (k) => BigInt(labels[k])) });
  }
  const state = await training.readState(parameterNames(p.all()));
  await training.release();
  return Float32Array.from(parameterNames(p.all()).flatMap((name) => [...state[name]]));
}

/** The classifier of weights that `trainWeights` made for items of this shape. */
export async function classifierOf(
  runtime: Runtime,
  { channels, size, classes }: Pick<Examples, "channels" | "size" | "classes">,
  budget: Budget,
  weights: Float32Array,
): Promise<Classifier> {
  const area = channels * size * size;
  const p = new Params(SCOPE);
  const x = input("x", [BATCH, channels, size, size], "uint8");
  const judged = await runtime.load(compile({ outputs: { y: logSoftmax(network(p, x, budget, classes)) } }));
  let at = 0;
  const state: Record<string, Float32Array> = {};
  for (const t of p.all()) {
    state[parameterOf(t).name] = weights.subarray(at, at + t.size);
    at += t.size;
  }
  await judged.writeState(state);
  const classify = async (items: readonly Uint8Array[]): Promise<Float32Array[]> => {
    const all: Float32Array[] = [];
    for (let first = 0; first < items.length; first += BATCH) {
      const part = items.slice(first, first + BATCH);
      const bytes = new Uint8Array(BATCH * area);
      part.forEach((item, i) => {
        bytes.set(item, i * area);
      });
      const rows = (await judged.run({ x: bytes })).y as Float32Array;
      part.forEach((_, i) => {
        all.push(rows.slice(i * classes, (i + 1) * classes));
      });
    }
    return all;
  };
  return {
    classify,
    predict: async (items) => (await classify(items)).map((row) => row.indexOf(Math.max(...row))),
    release: () => judged.release(),
  };
}

/** Trained and ready. */
export async function trainClassifier(
  runtime: Runtime,
  examples: Examples,
  budget: Budget,
  seed: number,
  signal?: AbortSignal,
): Promise<Classifier> {
  return classifierOf(runtime, examples, budget, await trainWeights(runtime, examples, budget, seed, signal));
}

type Draw = () => number;

/** Every item once before any comes again. */
function shuffledDraw(count: number, random: ReturnType<typeof stream>): Draw {
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = random.shuffle(Array.from({ length: count }, (_, i) => i));
    return left.pop()!;
  };
}

/** A class, then an item of it. */
function balancedDraw(labels: readonly number[], random: ReturnType<typeof stream>): Draw {
  const byClass = new Map<number, number[]>();
  labels.forEach((label, i) => {
    byClass.set(label, [...(byClass.get(label) ?? []), i]);
  });
  const lists = [...byClass].sort(([a], [b]) => a - b).map(([, list]) => list);
  return () => random.pick(random.pick(lists));
}
