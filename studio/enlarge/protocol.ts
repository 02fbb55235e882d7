/** What the page and the enlarging worker say to each other. @module */
import type { Factor } from "../../src/enlarge/enlarge.ts";
import type { GpuChoice } from "../../src/runtime/webGpu.ts";
import type { Picture } from "../../src/scene/scene.ts";

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
