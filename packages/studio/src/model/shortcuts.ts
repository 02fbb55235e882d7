/** Keys and commands. @module */
import { type Action, COMMANDS } from "./actions/index.ts";

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Whether a key press is the shortcut, e.g. "Ctrl+Shift+Z" (Command on a Mac), "[", "?". */
export function matches(shortcut: string, press: KeyPress): boolean {
  const parts = shortcut.split("+");
  const key = parts.at(-1) as string;
  const letter = /^[a-z]$/i.test(key);
  const wanted = (name: string) => parts.slice(0, -1).includes(name);
  if (press.altKey || wanted("Ctrl") !== (press.ctrlKey || press.metaKey)) return false;
  // what needs Shift on one keyboard may not on another: only letters and named keys look at it
  if ((letter || key.length > 1) && wanted("Shift") !== press.shiftKey) return false;
  const bracket = { "[": "{", "]": "}" }[key];
  if (bracket && wanted("Ctrl")) return wanted("Shift") === press.shiftKey && [key, bracket].includes(press.key);
  return letter ? press.key.toLowerCase() === key.toLowerCase() : press.key === key;
}

/** The command that a key press means. In a text field only shortcuts with Ctrl and no editing of text count. */
export function commandOf(press: KeyPress, inTextField: boolean): Action | undefined {
  const found = COMMANDS.find((c) => c.shortcut?.some((s) => matches(s, press)));
  if (!found || !inTextField) return found;
  const keep = ["infer.all", "file.export.png", "file.open", "file.dialog.export", "edit.undo", "edit.redo"];
  return keep.includes(found.id) ? found : undefined;
}

const SYMBOLS: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
};

/** A shortcut for people: "Ctrl+ArrowLeft" -> ["Ctrl", "←"]; on a Mac "⌘". */
export function keysOf(shortcut: string, mac = false): string[] {
  return shortcut.split("+").map((k) => (k === "Ctrl" && mac ? "⌘" : (SYMBOLS[k] ?? k)));
}
