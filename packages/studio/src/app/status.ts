/** What the page shows beside the document: loading, progress, messages, strips of pictures. @module */
import type { StageName } from "scenograph/pipeline";
import type { Box, SceneObject } from "scenograph/scene/scene";
import type { Dialog } from "../model/actions/index.ts";
import type { SaveStatus } from "../model/autosave.ts";
import type { Place } from "../worker/compute.ts";
import type { Download, ModelFacts, NextBox, Words } from "../worker/protocol.ts";
import type { Shot } from "./storage.ts";

export type ModelStatus =
  | { readonly state: "loading"; readonly download?: Download }
  | { readonly state: "ready"; readonly facts: ModelFacts }
  | { readonly state: "failed"; readonly message: string };

export interface Layout {
  readonly seed: number;
  readonly objects: readonly SceneObject[];
}

export interface Heat {
  readonly label: string;
  readonly answer: NextBox;
  readonly rows: number;
  readonly columns: number;
}

export interface Toast {
  readonly id: number;
  readonly kind: "note" | "error";
  readonly text: string;
  /** What can be done about it. */
  readonly act?: { readonly label: string; readonly run: () => void };
}

export interface Status {
  readonly model: ModelStatus;
  /** Where inference happens. */
  readonly place: Place;
  /** Names of the models that the server has. */
  readonly models: readonly string[];
  /** The stage that is being inferred; undefined when nothing is. */
  readonly running?: StageName;
  /** The open document, once it is known; its sentence names it unless it was given a name. */
  readonly document?: { readonly id: string; readonly name?: string };
  /** Counts changes of the gallery, in this tab or another. */
  readonly gallery: number;
  /** A box that was drawn and has no label yet. */
  readonly drawn?: Box;
  /** A drag or a stroke goes on. */
  readonly gesture: boolean;
  /** Milliseconds of each stage when it last ran. */
  readonly times: Partial<Record<StageName, number>>;
  readonly save: SaveStatus;
  /** How the model reads the words of `caption`. */
  readonly words?: { readonly caption: string; readonly words: Words };
  readonly heat?: Heat;
  /** Keys of pictures. */
  readonly variations: readonly string[];
  readonly layouts: readonly Layout[];
  /** Variations or layouts that are still to come. */
  readonly pending: number;
  /** Finished pictures, oldest first. */
  readonly shots: readonly Shot[];
  /** A picture of the user's that lies under the stage, to be drawn after. */
  readonly reference?: { readonly url: string; readonly name: string };
  readonly toasts: readonly Toast[];
  readonly dialog?: Dialog;
  readonly strip: "variations" | "layouts" | "history";
}

export const INITIAL_STATUS: Status = {
  model: { state: "loading" },
  place: "browser",
  models: [],
  gallery: 0,
  gesture: false,
  times: {},
  save: { state: "saved" },
  variations: [],
  layouts: [],
  pending: 0,
  shots: [],
  toasts: [],
  strip: "variations",
};

/** A value that tells when it changes. */
export class Observable<T> {
  readonly #listeners = new Set<() => void>();
  constructor(private value: T) {}

  get = (): T => this.value;

  set(change: Partial<T>): void {
    this.value = { ...this.value, ...change };
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}
