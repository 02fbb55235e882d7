/**
 * What the study page decides, without a browser: tested in Node, copied into the page by `page.ts`. Functions here refer
 * to nothing outside themselves.
 * @module
 */
import type { Answer, PublicQuestion, Submission } from "./study.ts";

/** What is known of a question: its latest answer (null: taken back) and how many there were. */
export interface Entry {
  readonly value: Answer | null;
  readonly ms: number;
  readonly revision: number;
}

export type Entries = Record<string, Entry>;

/** Index of the first question without an answer; their number when all are answered. */
export function firstOpen(questions: readonly PublicQuestion[], entries: Entries): number {
  const at = questions.findIndex((q) => (entries[q.id]?.value ?? null) === null);
  return at < 0 ? questions.length : at;
}

/** The answer to send: its revision follows the last one. */
export function nextSubmission(entries: Entries, question: string, value: Answer | null, ms: number): Submission {
  const revision = (entries[question]?.revision ?? 0) + 1;
  const copied = Array.isArray(value) ? [...value] : (value as number | "tie" | null);
  return { question, value: copied, ms: Math.round(ms), revision };
}

/** Answers with those that were not sent yet; of two to a question the later. */
export function withUnsent(entries: Entries, unsent: readonly Submission[]): Entries {
  const all: Record<string, Entry> = { ...entries };
  for (const { question, value, ms, revision } of unsent)
    if (revision > (all[question]?.revision ?? 0)) all[question] = { value, ms, revision };
  return all;
}

/**
 * The ranking after a press on a position: added as the next best, or taken out when it was named before. The last
 * picture that remains gets the last place by itself.
 */
export function pressRank(order: readonly number[], position: number, count: number): number[] {
  if (order.includes(position)) return order.filter((p) => p !== position);
  const next = [...order, position];
  if (next.length === count - 1) for (let p = 0; p < count; p++) if (!next.includes(p)) return [...next, p];
  return next;
}

/** The ranking without its last choice: the place that filled itself goes with it. */
export function unpressRank(order: readonly number[], count: number): number[] {
  return order.slice(0, order.length === count ? count - 2 : -1);
}

/** 1st, 2nd, 3rd, 4th. */
export function ordinal(n: number): string {
  return `${n}${["th", "st", "nd", "rd"][n] ?? "th"}`;
}

/** Milliseconds to wait before trying again, after `failures` in a row: 1 s doubling to 16 s. */
export function backoff(failures: number): number {
  return 1000 * 2 ** Math.min(4, failures - 1);
}
