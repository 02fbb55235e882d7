/** Where ideas beside the paper enter the box generator. Without them it is the paper's. @module */
import type { Params } from "@scenograph/graph/nn/params";
import type { Random } from "@scenograph/graph/random";
import type { Tensor } from "@scenograph/graph/tensor";
import type { Mention, Sentence } from "../../pipeline.ts";
import type { SceneObject } from "../../scene/scene.ts";
import type { Drop, Features } from "./model.ts";
import type { Recurrence } from "./network.ts";
import type { Sampling } from "./sample.ts";

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

/** A sentence to sample a layout of, and the objects that it begins with. */
export interface LayoutRequest {
  readonly sentence: Sentence;
  readonly fixed: readonly SceneObject[];
  readonly seed: number;
}

/** A layout while it is sampled. */
export interface Draft {
  readonly request: LayoutRequest;
  readonly objects: SceneObject[];
  /** Chance of this step. */
  random: Random;
  /** Class index of this step's object, and its probability. */
  label: number;
  score: number;
  ended: boolean;
  /** Of `Decoding.length`. */
  readonly ends?: ReturnType<NonNullable<Decoding["length"]>>;
}

/** Adds this step's objects to the drafts that go on, and writes the boxes [n, 4], standardised, that are fed back. */
export type PlaceBoxes = (step: {
  readonly run: Recurrence;
  readonly drafts: readonly Draft[];
  readonly t: number;
  readonly labels: BigInt64Array;
  readonly boxes: Float32Array;
  readonly sampling: Sampling;
}) => Promise<void>;

/** How layouts are drawn; each part alone replaces that of ancestral sampling. */
export interface Decoding {
  /** The logits [L + 1] that labels are drawn from. */
  logits?(logits: Float32Array): ArrayLike<number>;
  /**
   * For one layout, `given` of whose objects are fixed: whether it ends at step t, where the label's distribution gives the end
   * this probability. Default: the end is drawn like any label.
   */
  length?(seed: number, given: number, temperature: number): (end: number, t: number) => boolean;
  /** Draws of each box that `place` takes sizes of. Default 1. */
  readonly draws?: number;
  readonly place?: PlaceBoxes;
}

export type { Drop };
