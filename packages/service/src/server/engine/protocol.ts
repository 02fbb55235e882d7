/** What the service's main thread and its computing threads say to each other. @module */
import type { BoxOptions, Sentence, StageName } from "scenograph/pipeline";
import type { Picture, Scene, SceneObject } from "scenograph/scene/scene";

/** Set once, when a thread starts. */
export interface WorkerSetup {
  /** Threads inside one operator. */
  readonly threads: number;
  /** Model name -> its folder. */
  readonly folders: Readonly<Record<string, string>>;
  /** Compiled while there is nothing else to do, in this order; requests that need more compile it then. */
  readonly warm: readonly WarmStep[];
}

/** A stage of a model for so many pictures (of so many objects). */
export interface WarmStep {
  readonly model: string;
  readonly stage: StageName;
  readonly pictures: number;
  readonly objects: number;
  /** When the last such step is done the thread says that it is warm. */
  readonly first: boolean;
}

export interface Items {
  readonly text: string;
  readonly boxes: { readonly sentence: Sentence; readonly fixed: readonly SceneObject[]; readonly seed: number };
  readonly masks: { readonly objects: readonly SceneObject[]; readonly seed: number };
  readonly image: { readonly scene: Scene; readonly sentence: Sentence };
  readonly next: {
    readonly sentence: Sentence;
    readonly objects: readonly SceneObject[];
    readonly label: string;
    readonly rows: number;
    readonly columns: number;
    readonly temperature: number;
  };
}

export interface Answers {
  readonly text: Sentence;
  readonly boxes: SceneObject[];
  readonly masks: NonNullable<SceneObject["mask"]>[];
  readonly image: Picture;
  readonly next: { readonly labels: Float64Array; readonly density: Float32Array };
}

export type Operation = keyof Items;

/** A batch; or "close": the thread ends when it has answered what it was sent before. */
export type ToWorker = Batch | "close";

export interface Batch {
  readonly call: number;
  readonly operation: Operation;
  readonly model: string;
  readonly options: BoxOptions;
  readonly items: readonly unknown[];
}

export type FromWorker =
  | {
      readonly call: number;
      readonly answers?: readonly unknown[];
      readonly error?: { readonly name: string; readonly message: string };
    }
  | { readonly warm: true; readonly error?: string };
