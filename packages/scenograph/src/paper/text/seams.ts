/** Where ideas beside the paper enter the text encoder. Without them nothing of a caption is read but its words. @module */
import type { Tensor } from "@scenograph/graph/tensor";
import type { Sentence } from "../../pipeline.ts";

export interface TextSeams {
  readonly tasks?: readonly TextTask[];
  /** What else is known of a sentence beside its embedding. */
  readonly read?: (caption: string) => Pick<Sentence, "mentions" | "understood">;
}

/** A further pre-training task: the embedding must tell what rules read in the caption. */
export interface TextTask {
  /** Head "text.heads.NAME", input "target.NAME" and output NAME. */
  readonly name: string;
  readonly width: number;
  readonly weight: number;
  /** Where the caption's target [width] is 1; 0 elsewhere. */
  target(caption: string): Iterable<number>;
  /** Logits and target [N, width] -> a scalar. */
  loss(logits: Tensor, target: Tensor): Tensor;
}
