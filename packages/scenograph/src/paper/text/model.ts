/**
 * Text encoder: frozen word vectors plus a trainable correction for frequent words -> bidirectional GRU -> the last
 * states and the maximum over time, concatenated: the sentence embedding that conditions every stage. The paper's
 * (Reed's char-CNN-RNN) weights cannot be had, so the encoder is ours.
 * @module
 */
import { zeros } from "@scenograph/graph/init";
import { linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { bidirectionalGru } from "@scenograph/graph/nn/recurrent";
import { add, cast, greater, mul, sub } from "@scenograph/graph/ops/elementwise";
import { gather } from "@scenograph/graph/ops/gather";
import { max } from "@scenograph/graph/ops/reduce";
import { concat, reshape } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { PaperText } from "./config.ts";
import type { TextTask } from "./seams.ts";

/** Input of the encoder, time first. */
export interface TextInputs {
  /** [T, N, D] word vectors, zeros for unknown words and padding. */
  readonly vectors: Tensor;
  /** [T, N] int64: row of the correction table, 0 = none. */
  readonly words: Tensor;
  /** [T, N, 1] of 0 and 1: 0 after the end of a caption. */
  readonly valid: Tensor;
}

/** -> sentence embeddings [N, 4 hidden]. `drop` is applied to the word vectors (training). */
export function textEncoder(
  p: Params,
  config: PaperText,
  corrections: number,
  { vectors, words, valid }: TextInputs,
  drop: (x: Tensor) => Tensor = (x) => x,
): Tensor {
  const [length, n, size] = vectors.shape;
  const table = p.get("correction", [corrections + 1, size], zeros);
  // row 0 belongs to words without a correction and must stay without effect
  const has = reshape(cast(greater(cast(words), 0)), [length, n, 1]);
  const embedded = drop(add(vectors, mul(gather(table, words), has)));
  const { states, last } = bidirectionalGru(p.scope("gru"), embedded, config.hidden, valid);
  // padding must not win the maximum: GRU states lie in (-1, 1)
  return concat([last, max(sub(states, mul(sub(1, valid), 2)), 0)], 1);
}

/** Logits of the pre-training tasks, [N, ...] each. */
export interface TextHeads {
  /** Which categories does its picture hold? [N, L] */
  readonly present: Tensor;
  /** log(1 + number of objects) a category. [N, L] */
  readonly counts: Tensor;
  /** Which of the frequent words occur in it? [N, W] */
  readonly words: Tensor;
  /** Of further tasks, by their names. */
  readonly further: Readonly<Record<string, Tensor>>;
}

export function textHeads(
  p: Params,
  embedding: Tensor,
  frequentWords: number,
  classes: number,
  tasks: readonly TextTask[] = [],
): TextHeads {
  const head = (name: string, size: number) => linear(p.scope(name), embedding, size);
  return {
    present: head("present", classes),
    counts: head("counts", classes),
    words: head("words", frequentWords),
    further: Object.fromEntries(tasks.map(({ name, width }) => [name, head(name, width)])),
  };
}
