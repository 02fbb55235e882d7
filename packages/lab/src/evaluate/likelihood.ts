/**
 * Negative log-likelihood of true layouts under the box generator, in nats a true object: the label part with the end label, the box
 * part as a density over [0, 1]^4 (cx, cy, w, h), Jacobians included.
 * @module
 */

import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { floats, loadWith, type Weights } from "@scenograph/graph/nn/weights";
import { sum } from "@scenograph/graph/ops/reduce";
import { compile } from "@scenograph/graph/program";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { type BoxesConfig, seamsOf } from "scenograph/ours/boxes/index";
import { boxFeeds, type LabelledBox } from "scenograph/paper/boxes/batch";
import { type BoxStatistics, logJacobian } from "scenograph/paper/boxes/codec";
import { stepLosses } from "scenograph/paper/boxes/loss";
import { boxInputs } from "scenograph/paper/boxes/step";
import type { Sentence } from "scenograph/pipeline";

/** Nats of one layout, sums over its objects (and the end, for the label). */
export interface LayoutNats {
  readonly label: number;
  readonly box: number;
  readonly objects: number;
}

export interface Likelihood {
  /** Layouts already ordered and cut as the model wants them, each with its sentence. */
  nats(
    pairs: readonly {
      readonly objects: readonly LabelledBox[];
      readonly sentence: Pick<Sentence, "embedding" | "mentions">;
    }[],
  ): Promise<LayoutNats[]>;
  release(): Promise<void>;
}

/** Layouts a run. */
const BATCH = 64;

/** From weights "boxes.*". */
export async function boxLikelihood(
  runtime: Runtime,
  config: BoxesConfig,
  textSize: number,
  weights: Weights,
): Promise<Likelihood> {
  const table = floats(weights, "boxes.statistics", [2, 4]);
  const statistics: BoxStatistics = { mean: table.slice(0, 4), std: table.slice(4) };
  const seams = seamsOf(config);
  const b = boxInputs(config, BATCH, seams.memory);
  const { label, box } = stepLosses(new Params("boxes"), config, b, input("sentence", [BATCH, textSize]), seams);
  const program = compile({ outputs: { label: sum(label, 0), box: sum(box, 0), objects: sum(b.boxed, 0) } });
  const run = await loadWith(runtime, program, weights);
  return {
    async nats(pairs) {
      const all: LayoutNats[] = [];
      for (let at = 0; at < pairs.length; at += BATCH) {
        const part = pairs.slice(at, at + BATCH);
        const sentence = new Float32Array(BATCH * textSize);
        part.forEach((pair, i) => {
          sentence.set(pair.sentence.embedding, i * textSize);
        });
        const mentions = part.map((pair) => pair.sentence.mentions ?? []);
        const padded = Array.from({ length: BATCH }, (_, i) => part[i]?.objects ?? []);
        const out = await run.run({
          ...boxFeeds(padded, config.maxObjects + 1, statistics, config.classes),
          ...seams.memory?.feeds(mentions, BATCH),
          sentence,
        });
        part.forEach(({ objects }, i) => {
          const jacobian = objects.reduce((total, o) => total + logJacobian(o.box, statistics), 0);
          all.push({
            label: out.label[i] as number,
            box: (out.box[i] as number) - jacobian,
            objects: out.objects[i] as number,
          });
        });
      }
      return all;
    },
    release: () => run.release(),
  };
}
