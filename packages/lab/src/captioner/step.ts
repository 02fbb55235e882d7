/** One training step of the captioner as a program. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input } from "@scenograph/graph/leaves";
import { dropout } from "@scenograph/graph/nn/dropout";
import { Params } from "@scenograph/graph/nn/params";
import { adam, movingAverage, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import type { CaptionerConfig } from "./config.ts";
import { captionLoss } from "./loss.ts";
import { type Drops, teacherForced } from "./model.ts";

/** Sizes of the fed dropout masks, by input name. */
export type DropSizes = Record<string, { readonly size: number; readonly rate: number }>;

/** Mean nats a word of n captions; inputs "features" [n, width], "previous", "targets", "valid" [maxWords + 1, n]. */
export function captionNll(
  p: Params,
  config: CaptionerConfig,
  width: number,
  words: number,
  n: number,
  drops?: Drops,
): Tensor {
  const steps = config.maxWords + 1;
  const features = input("features", [n, width]);
  const previous = input("previous", [steps, n], "int64");
  const logP = teacherForced(p, config, features, previous, words, drops);
  return captionLoss(logP, input("targets", [steps, n], "int64"), input("valid", [steps, n]));
}

/** Outputs loss (mean nats a word) and norm (of the gradient). -> the program and the dropout masks to feed. */
export function captionerStep(
  config: CaptionerConfig,
  width: number,
  words: number,
): { program: Program; drops: DropSizes } {
  const t = config.train;
  const p = new Params("captioner");
  const sizes: DropSizes = {};
  const dropped = (rate: number) => (name: string, x: Tensor) => {
    if (rate > 0) sizes[`drop.${name}`] = { size: x.size, rate };
    return dropout(`drop.${name}`, x, rate);
  };
  const loss = captionNll(p, config, width, words, t.batch, {
    input: dropped(t.inputDropout),
    output: dropped(t.dropout),
  });
  const { step, update } = stepCounter("step");
  const learningRate = scheduled(
    { base: t.learningRate, warmup: 50, decay: "cosine", until: t.steps, final: t.finalRate },
    step,
  );
  const trained = p.all();
  const { updates, norm } = adam("adam", trained, gradients(loss, trained), step, {
    learningRate,
    clipNorm: t.clipNorm,
  });
  const program = compile({
    outputs: { loss, norm },
    updates: [update, ...updates, ...movingAverage(updates, trained, t.emaDecay, step)],
  });
  return { program, drops: sizes };
}
