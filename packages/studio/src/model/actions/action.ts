/** What a command is: one object, reachable from button, key, menu and program. @module */

import type { Job } from "../stages.ts";
import type { Doc, State, Vary, View } from "../state.ts";

export type ExportKind = "png" | "scene" | "coco" | "masks" | "panels";
export type Dialog = "help" | "share" | "labels" | "gallery" | "export" | "tour";

/** What a command asks of the world; the model itself has no clock, network or disk. */
export type Effect =
  | { readonly type: "infer"; readonly job: Job }
  | { readonly type: "variations"; readonly vary: Vary; readonly count: number }
  | { readonly type: "cancel" }
  | { readonly type: "export"; readonly kind: ExportKind }
  | { readonly type: "open" }
  /** A new document, or a copy of the open one. */
  | { readonly type: "document"; readonly what: "new" | "copy" }
  | { readonly type: "dialog"; readonly dialog: Dialog };

export interface Outcome {
  readonly state: State;
  /** Outcomes of one key in a row make one step of undo. */
  readonly key?: string;
  readonly effect?: Effect;
  /** The history was moved by the command itself (undo, redo). */
  readonly travelled?: true;
}

export type ActionGroup = "sentence" | "object" | "mask" | "infer" | "view" | "file" | "edit";

export interface Action<A = undefined> {
  readonly id: string;
  /** Also the name of its step in the history. */
  readonly label: string;
  readonly group: ActionGroup;
  /** Keys as `matches` of shortcuts.ts reads them: "Ctrl+Z", "[", "Shift+ArrowLeft". */
  readonly shortcut?: readonly string[];
  enabled(state: State): boolean;
  run(state: State, args: A): Outcome;
}

/** Seeds are whole numbers below this: short enough to be read out. */
export const SEEDS = 1_000_000;

export const always = () => true;

export function withDoc(state: State, doc: Doc): State {
  return doc === state.doc ? state : { ...state, doc };
}

export function withView(state: State, change: Partial<View>): State {
  return { ...state, view: { ...state.view, ...change } };
}

export function withScene(state: State, change: Partial<Doc["scene"]>): Doc {
  return { ...state.doc, scene: { ...state.doc.scene, ...change } };
}
