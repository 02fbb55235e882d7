/** One training step of the box generator (and, with it, of the text encoder) as a program. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input, parameterOf } from "@scenograph/graph/leaves";
import { dropout } from "@scenograph/graph/nn/dropout";
import { Params } from "@scenograph/graph/nn/params";
import { add, mul } from "@scenograph/graph/ops/elementwise";
import { adam, movingAverage, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import type { PaperBoxes } from "./config.ts";
import { type BoxInputs, boxLoss, stepLosses } from "./loss.ts";
import { type Drops, STATISTICS } from "./model.ts";
import type { BoxSeams } from "./seams.ts";

/** Inputs "boxes.*" for T = maxObjects + 1 steps. */
export function boxInputs(config: PaperBoxes, n: number, memory?: BoxSeams["memory"]): BoxInputs {
  const steps = config.maxObjects + 1;
  return {
    previousLabels: input("boxes.previousLabels", [steps, n], "int64"),
    previousBoxes: input("boxes.previousBoxes", [steps, n, 4]),
    labels: input("boxes.labels", [steps, n], "int64"),
    boxes: input("boxes.boxes", [steps, n, 4]),
    labelled: input("boxes.labelled", [steps, n]),
    boxed: input("boxes.boxed", [steps, n]),
    ...(memory && { given: memory.inputs(n) }),
  };
}

/** What the caller supplies for the sentence: an embedding, and the loss that keeps the encoder good at its own tasks. */
export interface SentencePart {
  /** [N, D] */
  readonly embedding: Tensor;
  readonly loss?: Tensor;
  /** Trained along with the boxes; empty for a frozen encoder. */
  readonly parameters: readonly Tensor[];
}

/** Sizes of the fed dropout masks, by input name. */
export type DropSizes = Record<string, { readonly size: number; readonly rate: number }>;

/** Outputs loss, label, box, norm, and text where it is trained. -> the program and the dropout masks to feed. */
export function boxStep(
  config: PaperBoxes,
  sentence: SentencePart,
  seams: BoxSeams = {},
): { program: Program; drops: DropSizes } {
  const t = config.train;
  const p = new Params("boxes");
  const b = boxInputs(config, t.batch, seams.memory);
  const sizes: DropSizes = {};
  const dropped = (rate: number) => (name: string, x: Tensor) => {
    if (rate > 0) sizes[`drop.${name}`] = { size: x.size, rate };
    return dropout(`drop.${name}`, x, rate);
  };
  const drops: Drops = {
    input: dropped(t.inputDropout),
    context: dropped(seams.dropout?.context ?? 0),
    output: dropped(t.dropout),
    box: dropped(t.boxDropout),
    head: dropped(seams.dropout?.head ?? 0),
  };
  const { total, parts } = boxLoss(stepLosses(p, config, b, sentence.embedding, seams, drops), b, t, seams.average);
  const all = sentence.loss ? add(total, mul(sentence.loss, t.text)) : total;

  const { step, update } = stepCounter("step");
  const learningRate = scheduled(
    { base: t.learningRate, warmup: 50, decay: "cosine", until: t.steps, final: t.finalRate },
    step,
  );
  const own = p.all().filter((x) => parameterOf(x).name !== STATISTICS);
  const trained = [...own, ...sentence.parameters];
  const { updates, norm } = adam("adam", trained, gradients(all, trained), step, {
    learningRate,
    clipNorm: t.clipNorm,
    rateOf: (name) => (name.startsWith("text.") ? t.textRate : 1),
  });
  const program = compile({
    outputs: { loss: total, ...parts, norm, ...(sentence.loss && { text: sentence.loss }) },
    updates: [update, ...updates, ...movingAverage(updates, trained, t.emaDecay, step)],
  });
  return { program, drops: sizes };
}
