/** Undo and redo by inverse deltas. Pure: every function answers a new history. @module */
import { apply, type Delta, difference, inverse } from "./delta.ts";
import type { Doc } from "./state.ts";

export interface Entry {
  readonly label: string;
  readonly delta: Delta;
  /** Steps of one key in a row are one step: a drag, a stroke, a word being typed. */
  readonly key?: string;
}

export interface History {
  /** The last is the next to be undone. */
  readonly past: readonly Entry[];
  /** The last is the next to be redone. */
  readonly future: readonly Entry[];
}

/** So many steps can be undone. */
export const HISTORY_LIMIT = 300;

export const NO_HISTORY: History = { past: [], future: [] };

/** One more step; what was undone is forgotten. A step of the last one's key is added to it. */
export function record(history: History, before: Doc, after: Doc, label: string, key?: string): History {
  const last = history.past.at(-1);
  if (last && key !== undefined && last.key === key && history.future.length === 0)
    return amend(history, before, after);
  const delta = difference(before, after);
  if (!delta) return history;
  const past = [...history.past, { label, delta, ...(key !== undefined && { key }) }];
  return { past: past.slice(-HISTORY_LIMIT), future: [] };
}

/** A change that belongs to the last step, such as what inference answered to it. Without a step, nothing is kept. */
export function amend(history: History, before: Doc, after: Doc): History {
  const last = history.past.at(-1);
  if (!last || before === after) return history;
  const delta = difference(apply(before, inverse(last.delta)), after);
  const past = history.past.slice(0, -1);
  return { ...history, past: delta ? [...past, { ...last, delta }] : past };
}

export function undo(history: History, doc: Doc): { history: History; doc: Doc } {
  const entry = history.past.at(-1);
  if (!entry) return { history, doc };
  return {
    history: { past: history.past.slice(0, -1), future: [...history.future, entry] },
    doc: apply(doc, inverse(entry.delta)),
  };
}

export function redo(history: History, doc: Doc): { history: History; doc: Doc } {
  const entry = history.future.at(-1);
  if (!entry) return { history, doc };
  return {
    history: { past: [...history.past, entry], future: history.future.slice(0, -1) },
    doc: apply(doc, entry.delta),
  };
}
