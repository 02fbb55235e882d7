/** What the page and the inference worker say to each other. A server with a native runtime can speak the same. @module */
import type { BoxOptions, StageName } from "../../src/pipeline.ts";
import type { Picture, Scene, SceneObject } from "../../src/scene/scene.ts";
import type { Inferred } from "../model/stages.ts";

export interface OpenRequest {
  readonly type: "open";
  /** Address of the model's folder, ending in "/". */
  readonly folder: string;
  /** Address of onnxruntime's files, ending in "/". */
  readonly wasm: string;
  readonly threads: number;
}

export interface InferRequest {
  readonly type: "infer";
  readonly scene: Scene;
  readonly from: Inferred;
  readonly to: Inferred;
  readonly options: BoxOptions;
}

export interface NextBoxRequest {
  readonly type: "next";
  readonly caption: string;
  readonly objects: readonly SceneObject[];
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly temperature: number;
}

export interface SentenceRequest {
  readonly type: "sentence";
  readonly caption: string;
}

export type Request = OpenRequest | InferRequest | NextBoxRequest | SentenceRequest;
export type ToWorker = { readonly call: number } & (Request | { readonly type: "cancel" });

/** Words as the model reads them. */
export type Words = readonly { readonly text: string; readonly known: boolean }[];

export interface ModelFacts {
  readonly name: string;
  readonly description: string;
  /** Side of its pictures in pixels. */
  readonly size: number;
  readonly embedding: number;
  readonly mixtures: number;
  readonly maxObjects: number;
  readonly temperatures: { readonly labelTemperature: number; readonly boxTemperature: number };
  readonly threshold: number;
  readonly threads: number;
}

export interface Inference {
  readonly scene: Scene;
  readonly words: Words;
  readonly picture?: Picture;
}

export interface NextBoxAnswer {
  /** p(l), L + 1 entries, the last is the end. */
  readonly labels: Float64Array;
  /** rows x columns, sums to 1. */
  readonly density: Float32Array;
}

export interface Answers {
  open: ModelFacts;
  infer: Inference;
  next: NextBoxAnswer;
  sentence: Words;
}

/** A download of the model's files, all together; `total` grows until all are known. */
export interface Download {
  readonly loaded: number;
  readonly total: number;
  /** Whether every byte so far came from the browser's own storage. */
  readonly cached: boolean;
}

export type FromWorker =
  | { readonly type: "done"; readonly call: number; readonly value: Answers[keyof Answers] }
  | { readonly type: "error"; readonly call: number; readonly name: string; readonly message: string }
  | { readonly type: "stage"; readonly call: number; readonly stage: StageName; readonly ms: number }
  | { readonly type: "download"; readonly download: Download };
