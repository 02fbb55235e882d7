/** Messages to the user: short, gone after a while, at most four at a time. @module */
import type { Observable, Status, Toast } from "./status.ts";

const SHORT_MS = 5_000;
/** Errors, and messages that offer to do something. */
const LONG_MS = 12_000;
const MOST = 4;

export class Messages {
  #count = 0;

  constructor(private readonly status: Observable<Status>) {}

  note(text: string, act?: Toast["act"]): void {
    this.#show("note", text, act);
  }

  /** The names of functions that errors begin with say nothing to people. */
  error(text: string, act?: Toast["act"]): void {
    this.#show(
      "error",
      text.replace(/^[a-zA-Z]+\(\): (.)/, (_, first: string) => first.toUpperCase()),
      act,
    );
  }

  repaired(notes: readonly string[]): void {
    if (notes.length === 0) return;
    const more = notes.length > 2 ? `; and ${notes.length - 2} more repairs` : "";
    this.note(`Repaired: ${notes.slice(0, 2).join("; ")}${more}`);
  }

  dismiss(id: number): void {
    this.status.set({ toasts: this.status.get().toasts.filter((t) => t.id !== id) });
  }

  #show(kind: Toast["kind"], text: string, act?: Toast["act"]): void {
    const { toasts } = this.status.get();
    if (toasts.some((t) => t.text === text)) return;
    const id = this.#count++;
    this.status.set({ toasts: [...toasts.slice(1 - MOST), { id, kind, text, ...(act && { act }) }] });
    setTimeout(() => this.dismiss(id), kind === "error" || act ? LONG_MS : SHORT_MS);
  }
}
