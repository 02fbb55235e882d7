/** What the page and the inference worker say to each other; the server with a native runtime answers the same calls. @module */

import type { GpuChoice } from "@scenograph/graph/runtime/webGpu";
import type { Download } from "scenograph/library/files";
import type { Call, CallAnswers, ModelFacts } from "scenograph/model/calls";
import type { StageName } from "scenograph/pipeline";

export type { Download } from "scenograph/library/files";
export type { Inference, ModelFacts, NextBox, Words } from "scenograph/model/calls";

export interface OpenRequest {
  readonly type: "open";
  /** Name of the model, for a server. */
  readonly name: string;
  /** Address of the model's folder, ending in "/". */
  readonly folder: string;
  /** Address of onnxruntime's files, ending in "/". */
  readonly wasm: string;
  readonly threads: number;
  readonly gpu: GpuChoice;
}

export type Request = OpenRequest | Call;
export type ToWorker = { readonly call: number } & (Request | { readonly type: "cancel" });

export interface Answers extends CallAnswers {
  open: ModelFacts;
}

export type FromWorker =
  | { readonly type: "done"; readonly call: number; readonly value: Answers[keyof Answers] }
  | { readonly type: "error"; readonly call: number; readonly name: string; readonly message: string }
  | { readonly type: "stage"; readonly call: number; readonly stage: StageName; readonly ms: number }
  | { readonly type: "download"; readonly download: Download };
