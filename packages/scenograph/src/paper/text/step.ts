/** One pre-training step of the text encoder as a program. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input } from "@scenograph/graph/leaves";
import { dropout } from "@scenograph/graph/nn/dropout";
import { Params } from "@scenograph/graph/nn/params";
import { adam, movingAverage, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { PaperText } from "./config.ts";
import { type TextTargets, textLoss } from "./loss.ts";
import { type TextInputs, textEncoder, textHeads } from "./model.ts";
import type { TextSeams, TextTask } from "./seams.ts";
import { WORD_DIM } from "./vocabulary.ts";

/** Inputs "text.vectors", "text.words", "text.valid". */
export function textInputs(length: number, n: number): TextInputs {
  return {
    vectors: input("text.vectors", [length, n, WORD_DIM]),
    words: input("text.words", [length, n], "int64"),
    valid: input("text.valid", [length, n, 1]),
  };
}

export function textTargets(
  n: number,
  frequentWords: number,
  classes: number,
  tasks: readonly TextTask[] = [],
): TextTargets {
  const target = (name: string, width: number) => input(`target.${name}`, [n, width]);
  return {
    present: target("present", classes),
    counts: target("counts", classes),
    annotated: target("annotated", 1),
    counted: target("counted", 1),
    words: target("words", frequentWords),
    further: Object.fromEntries(tasks.map(({ name, width }) => [name, target(name, width)])),
  };
}

/** Parameters "text.*"; outputs loss, its parts, norm. */
export function textStep(
  config: PaperText,
  corrections: number,
  frequentWords: number,
  { tasks = [] }: TextSeams = {},
): Program {
  const { batch, steps, learningRate, clipNorm, emaDecay, dropout: rate } = config.train;
  const p = new Params("text");
  const embedding = textEncoder(p, config, corrections, textInputs(config.maxTokens, batch), (x) =>
    dropout("text.dropout", x, rate),
  );
  const heads = textHeads(p.scope("heads"), embedding, frequentWords, config.classes, tasks);
  const targets = textTargets(batch, frequentWords, config.classes, tasks);
  const { total, parts } = textLoss(heads, targets, config.train, tasks);
  const { step, update } = stepCounter("step");
  const rateNow = scheduled({ base: learningRate, warmup: 100, decay: "cosine", until: steps, final: 1e-5 }, step);
  const all = p.all();
  const { updates, norm } = adam("adam", all, gradients(total, all), step, { learningRate: rateNow, clipNorm });
  return compile({
    outputs: { loss: total, ...parts, norm },
    updates: [update, ...updates, ...movingAverage(updates, all, emaDecay, step)],
  });
}
