/** Training step of the priors, and the programs that ask them. @module */
import { gradients } from "@scenograph/graph/gradients";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { add, addAll, div, maximum, mul, neg } from "@scenograph/graph/ops/elementwise";
import { oneHot } from "@scenograph/graph/ops/gather";
import { logSoftmax, sum } from "@scenograph/graph/ops/reduce";
import { adam, movingAverage, scheduled, stepCounter } from "@scenograph/graph/optimizers";
import { compile, type Program } from "@scenograph/graph/program";
import type { Tensor } from "@scenograph/graph/tensor";
import type { PriorsConfig } from "./config.ts";
import {
  type CodeCounts,
  codesOf,
  colourLogits,
  describe,
  lookLogits,
  palette,
  poseLogits,
  priorInputs,
} from "./model.ts";

/** Mean -log p of the targets int64 [N, T] where `weights` [N, T] is 1. */
export function codeLoss(logits: Tensor, targets: Tensor, weights: Tensor): Tensor {
  const count = logits.shape[2];
  const chosen = sum(mul(logSoftmax(logits), oneHot(targets, count)), 2);
  return neg(div(sum(mul(chosen, weights)), maximum(sum(weights), 1)));
}

/**
 * Inputs of `priorInputs`, poses, looks, colours int64 [N, T] and posed, seen [N, T] (1 where the code is known). Outputs: loss, and
 * pose, look, colour: mean -log p each.
 */
export function priorStep(config: PriorsConfig, counts: CodeCounts, t: number): Program {
  const { batch: n, steps, rate, emaDecay } = config.train;
  const p = new Params("priors");
  const parts = priorLosses(p, config, counts, n, t);
  const loss = addAll(Object.values(parts));
  const { step, update } = stepCounter("step");
  const own = p.all();
  const learningRate = scheduled(
    { base: rate, warmup: 50, decay: "linear", from: Math.round(steps / 2), until: steps, final: rate / 50 },
    step,
  );
  const g = adam("adam", own, gradients(loss, own), step, { learningRate, weightDecay: 0.02, clipNorm: 5 });
  // the palette is state that no gradient moves
  const kept: Record<string, Tensor> =
    counts.looks > 0 ? { palette: mul(sum(palette(p, config)), 1 / (3 * config.palette)) } : {};
  return compile({
    outputs: { loss, ...parts, ...kept },
    updates: [update, ...g.updates, ...movingAverage(g.updates, own, emaDecay, step)],
  });
}

function priorLosses(
  p: Params,
  config: PriorsConfig,
  counts: CodeCounts,
  n: number,
  t: number,
): Record<string, Tensor> {
  const inputs = priorInputs(n, t);
  const about = describe(p, config, inputs);
  const { labels } = inputs;
  const codes = (name: string) => input(name, [n, t], "int64");
  const [pose, posed] = [codes("poses"), input("posed", [n, t])];
  const poses = codesOf("poses", config, counts, labels);
  const losses = { pose: codeLoss(poseLogits(p, config, about, labels, poses), pose, posed) };
  if (counts.looks === 0) return losses;
  const looks = codesOf("looks", config, counts, labels);
  const [look, seen] = [codes("looks"), input("seen", [n, t])];
  return {
    ...losses,
    look: codeLoss(lookLogits(p, config, about, labels, { poses, looks }, pose), look, seen),
    colour: codeLoss(colourLogits(p, config, about, labels, looks, look), codes("colours"), seen),
  };
}

/** The losses alone, for validation. */
export function priorLossProgram(config: PriorsConfig, counts: CodeCounts, n: number, t: number): Program {
  return compile({ outputs: priorLosses(new Params("priors"), config, counts, n, t) });
}

/** Inputs of `priorInputs`; output logits [N, T, poses]. */
export function posePriorProgram(config: PriorsConfig, counts: CodeCounts, n: number, t: number): Program {
  const p = new Params("priors");
  const inputs = priorInputs(n, t);
  const poses = codesOf("poses", config, counts, inputs.labels);
  return compile({ outputs: { logits: poseLogits(p, config, describe(p, config, inputs), inputs.labels, poses) } });
}

/** Inputs of `priorInputs` and poses; output logits [N, T, looks]. */
export function lookPriorProgram(config: PriorsConfig, counts: CodeCounts, n: number, t: number): Program {
  const p = new Params("priors");
  const inputs = priorInputs(n, t);
  const { labels } = inputs;
  const about = describe(p, config, inputs);
  const books = { poses: codesOf("poses", config, counts, labels), looks: codesOf("looks", config, counts, labels) };
  const pose = input("poses", [n, t], "int64");
  return compile({ outputs: { logits: lookLogits(p, config, about, labels, books, pose) } });
}

/** Inputs of `priorInputs` and looks; outputs logits [N, T, palette] and the palette [palette, 3]. */
export function colourPriorProgram(config: PriorsConfig, counts: CodeCounts, n: number, t: number): Program {
  const p = new Params("priors");
  const inputs = priorInputs(n, t);
  const { labels } = inputs;
  const about = describe(p, config, inputs);
  const looks = codesOf("looks", config, counts, labels);
  const logits = colourLogits(p, config, about, labels, looks, input("looks", [n, t], "int64"));
  return compile({ outputs: { logits, palette: add(palette(p, config), 0) } });
}
