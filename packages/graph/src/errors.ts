/**
 * Error classes, only where code branches on them. Messages read "what(): rule, got value; what to do".
 * The command line prints `message` alone and exits with `exitCode`; the server answers with `status`.
 * @module
 */

/**
 * Anything a user can mend: exit code 2, HTTP 400. Its message is one line of at most `MAX_MESSAGE` printable characters,
 * whatever it quotes: names and contents of files must not write into logs and terminals.
 */
export class UserError extends Error {
  override name = "UserError";
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
  readonly exitCode: number = 2;
  readonly status: number = 400;
}

/** Bytes or JSON that do not follow their format (safetensors, RLE, PNG, scene, COCO). */
export class FormatError extends UserError {
  override name = "FormatError";
}

/** Tensor shapes that do not fit, found while a graph is built or fed. */
export class ShapeError extends UserError {
  override name = "ShapeError";
}

/** A configuration value or command-line option that is unknown or out of range. */
export class ConfigError extends UserError {
  override name = "ConfigError";
}

/** A run folder or checkpoint that cannot be read, resumed or written. */
export class CheckpointError extends UserError {
  override name = "CheckpointError";
}

/** Somebody else holds the resource (a run folder, a full queue): try again later. */
export class BusyError extends UserError {
  override name = "BusyError";
  override readonly status = 429;
}

const MAX_MESSAGE = 1000;

function oneLine(message: string): string {
  const half = MAX_MESSAGE / 2 - 3;
  const short = message.length > MAX_MESSAGE ? `${message.slice(0, half)} ... ${message.slice(-half)}` : message;
  return short.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

/**
 * A value of unknown origin for a message: JSON of at most `max` characters. Deep, large and circular values are cut short
 * before they are written out, which JSON.stringify cannot do.
 */
export function shown(value: unknown, max = 60): string {
  const text = brief(value, 3);
  return text.length > max ? `${text.slice(0, max - 3)}...` : text;
}

function brief(value: unknown, depth: number): string {
  const most = 16;
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 200));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) {
    if (depth === 0) return "[...]";
    const parts = value.slice(0, most).map((v) => brief(v, depth - 1));
    return `[${parts.join(",")}${value.length > most ? ",..." : ""}]`;
  }
  if (depth === 0) return "{...}";
  const keys = Object.keys(value);
  const parts = keys
    .slice(0, most)
    .map((key) => `${JSON.stringify(key.slice(0, 200))}:${brief((value as Record<string, unknown>)[key], depth - 1)}`);
  return `{${parts.join(",")}${keys.length > most ? ",..." : ""}}`;
}

/** The nearest of `known` to `word` by edit distance, `most` at most, for "did you mean" messages; undefined if nothing is near. */
export function nearest(
  word: string,
  known: Iterable<string>,
  most = Math.max(2, Math.floor(word.length / 2)),
): string | undefined {
  let best: string | undefined;
  let bestDistance = most + 1;
  for (const candidate of known) {
    // the distance is at least the difference in length
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const d = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
