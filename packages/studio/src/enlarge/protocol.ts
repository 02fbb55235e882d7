/** What the page and the enlarging worker say to each other. @module */

import type { GpuChoice } from "@scenograph/graph/runtime/webGpu";
import type { Factor } from "scenograph/enlarge/enlarge";
import type { Picture } from "scenograph/scene/scene";

export interface EnlargeRequest {
  readonly picture: Picture;
  readonly factor: Factor;
  /** Address of the network's folder, ending in "/". */
  readonly network: string;
  /** Address of onnxruntime's files, ending in "/". */
  readonly wasm: string;
  readonly threads: number;
  readonly gpu: GpuChoice;
}

export type EnlargeProgress =
  | { readonly stage: "network"; readonly loaded: number; readonly total: number }
  /** How much is done, 0 to 1. */
  | { readonly stage: "picture"; readonly done: number };

export type FromEnlarger =
  | { readonly type: "progress"; readonly progress: EnlargeProgress }
  | { readonly type: "done"; readonly picture: Picture }
  | { readonly type: "error"; readonly message: string };
