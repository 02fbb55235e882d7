/** Where ideas beside the paper enter the box generator. Without them it is the paper's. @module */
import type { Params } from "@scenograph/graph/nn/params";
import type { Tensor } from "@scenograph/graph/tensor";
import type { Mention, Sentence } from "../../pipeline.ts";
import type { Categories } from "../../scene/categories.ts";
import type { Box, SceneObject } from "../../scene/scene.ts";
import type { Drop, Features } from "./model.ts";

export interface BoxSeams {
  readonly head?: MixtureHead;
  readonly memory?: LabelMemory;
  readonly average?: Average;
  /** Dropout rates of training: of the sentence before the LSTM, and inside `head`. */
  readonly dropout?: { readonly context: number; readonly head: number };
  readonly decoding?: Decoding;
}

/** From state, text and `more` to the parameters of a mixture [T N, out]. The paper's is an affine function. */
export type MixtureHead = (
  p: Params,
  f: Features,
  more: readonly Tensor[],
  at: {
    readonly out: number;
    readonly drop: (x: Tensor) => Tensor;
    /** The centre [T N, 2], standardised, where the mixture is that of a size. */
    readonly centre?: Tensor;
    /** Parameters "boxes.*". */
    readonly root: Params;
  },
) => Tensor;

/** What the labels know of the sentence and of the layout so far, beside the state of the LSTM. */
export interface LabelMemory {
  /** Inputs that a sentence fixes, [N, ...], by their names. */
  inputs(n: number): Readonly<Record<string, Tensor>>;
  feeds(mentions: readonly (readonly Mention[])[], n?: number): Readonly<Record<string, Float32Array>>;
  /** Width of the memory of a row. */
  readonly size: number;
  /** labels [T, N] of the step before, memory [N, size] before them -> addends to the logits [T N, L + 1], memory after them. */
  addends(
    p: Params,
    given: Readonly<Record<string, Tensor>>,
    labels: Tensor,
    before?: Tensor,
    purpose?: "likelihood" | "sampling",
  ): { readonly logits: readonly Tensor[]; readonly last: Tensor };
}

/** The mean of a loss [T, N] over its valid steps. */
export type Average = (losses: Tensor, valid: Tensor) => Tensor;

/** Where a box is about to be placed. */
export interface Place {
  readonly label: number;
  readonly objects: readonly SceneObject[];
  readonly sentence: Sentence;
  readonly categories: Categories;
}

/** How layouts are drawn; each part alone replaces that of ancestral sampling. */
export interface Decoding {
  /** The logits [L + 1] that labels are drawn from. */
  logits?(logits: Float32Array): ArrayLike<number>;
  /**
   * For one layout, `given` of whose objects are fixed: whether it ends at step t, where the label's distribution gives the end
   * this probability. Default: the end is drawn like any label.
   */
  length?(seed: number, given: number, temperature: number): (end: number, t: number) => boolean;
  /** Draws of each box. Default 1. */
  readonly propose?: number;
  /** Which draws may stand; where none may they are drawn again, `attempts` times in all, then the object is left out. */
  readonly accept?: {
    readonly attempts: number;
    temperature(base: number, attempt: number): number;
    fitting(place: Place, boxes: readonly Box[], attempt: number): readonly Box[];
  };
  /** Which of the boxes that may stand is taken. Default: the first. */
  choose?(boxes: readonly Box[]): number;
}

export type { Drop };
