/**
 * The one place where state changes: commands run, their steps are recorded, listeners are told. No clock, DOM or
 * network; what commands ask of the world goes to `onEffect`.
 * @module
 */
import type { Action, Effect } from "./actions/index.ts";
import { apply, inverse } from "./delta.ts";
import { amend, record } from "./history.ts";
import { type Doc, INITIAL_STATE, type State } from "./state.ts";

export interface StoreListener {
  /** After every change of the state. */
  onChange?(state: State, before: State): void;
  /** `recorded`: the command that asks has made a step of its own, which the answer may be added to. */
  onEffect?(effect: Effect, recorded: boolean): void;
}

export class Store {
  #state: State;
  #gesture: { readonly key: string; readonly steps: number } | undefined;
  #gestures = 0;
  readonly #listeners = new Set<StoreListener>();

  constructor(initial: State = INITIAL_STATE) {
    this.#state = initial;
  }

  get state(): State {
    return this.#state;
  }

  /** Whether a drag or stroke is going on: what it changes is one step and may still be taken back. */
  get inGesture(): boolean {
    return this.#gesture !== undefined;
  }

  listen(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Runs a command, if it is enabled. -> whether it ran */
  run(action: Action): boolean;
  run<A>(action: Action<A>, args: A): boolean;
  run<A>(action: Action<A>, args?: A): boolean {
    const before = this.#state;
    if (!action.enabled(before)) return false;
    const { state, key, effect, travelled } = action.run(before, args as A);
    if (state !== before) {
      const history = travelled
        ? state.history
        : record(before.history, before.doc, state.doc, action.label, this.#gesture?.key ?? key);
      this.#set({ ...state, history });
    }
    if (effect) for (const l of this.#listeners) l.onEffect?.(effect, this.#state.history !== before.history);
    return true;
  }

  /** What inference answered to the last step: part of it, so that one undo takes back both. */
  amend(change: (doc: Doc) => Doc): void {
    const before = this.#state;
    const doc = change(before.doc);
    if (doc === before.doc) return;
    this.#set({ ...before, doc, history: amend(before.history, before.doc, doc) });
  }

  /** A step of its own for a change that no command made. */
  commit(label: string, change: (doc: Doc) => Doc): void {
    const before = this.#state;
    const doc = change(before.doc);
    if (doc === before.doc) return;
    this.#set({ ...before, doc, history: record(before.history, before.doc, doc, label) });
  }

  /** Another state altogether, as loaded from storage. */
  replace(state: State): void {
    this.#set(state);
  }

  /** Until `endGesture`, changes are one step. -> the gesture's key */
  beginGesture(): string {
    this.#gestures++;
    this.#gesture = { key: `gesture ${this.#gestures}`, steps: this.#state.history.past.length };
    return this.#gesture.key;
  }

  /** @param keep false takes back what the gesture changed, without a trace in the history */
  endGesture(keep = true): void {
    const gesture = this.#gesture;
    this.#gesture = undefined;
    if (!gesture) return;
    const { past } = this.#state.history;
    if (!keep && past.length > gesture.steps && past.at(-1)?.key === gesture.key) this.#takeBack();
    else this.#set({ ...this.#state });
  }

  #takeBack(): void {
    const { doc, history, view } = this.#state;
    const entry = history.past.at(-1);
    if (!entry) return;
    const before = apply(doc, inverse(entry.delta));
    this.#set({ doc: before, view, history: { ...history, past: history.past.slice(0, -1) } });
  }

  #set(state: State): void {
    const before = this.#state;
    this.#state = state;
    for (const l of this.#listeners) l.onChange?.(state, before);
  }
}
