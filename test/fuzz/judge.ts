/** What a parser may do with any input: give a value, or throw one error of its kinds, soon and without much memory. @module */
import type fc from "fast-check";
import { type Allocations, guarded } from "./guard.ts";

type ErrorClass = new (message: string) => Error;

/** A parser under test. */
export interface Target {
  readonly name: string;
  /** Small valid inputs: every truncation and every flipped bit of each is tried. */
  readonly valid: readonly Uint8Array[];
  /** Structure-aware inputs: what a generator of random bytes would not find. */
  readonly hostile: fc.Arbitrary<Uint8Array>;
  /** Named inputs that broke something once, or would break a careless parser; each is tried every time. */
  readonly known?: Readonly<Record<string, () => Uint8Array>>;
  /** Throws when the value that the parser gave is not a valid one. */
  readonly check?: (value: unknown) => void;
  parse(bytes: Uint8Array): unknown;
  /** All that it may throw; subclasses count. */
  readonly errors: readonly ErrorClass[];
  /**
   * Milliseconds of CPU time (a busy machine must not fail) for a case without its size; default 100. A byte more may
   * take 0.4 microseconds more. What waits without end is caught by the limit of a whole test.
   */
  readonly ms?: number;
  /**
   * Most bytes in one allocation; default 64 MiB, the size of the largest mask. "unwatched" where native code allocates,
   * and compares constructors, which are not the usual ones under watch.
   */
  readonly allocation?: number | "unwatched";
  /** Cases cost so much that only every n-th truncation and flip is tried; default 1. */
  readonly stride?: number;
}

const MS = 100;
const MS_PER_BYTE = 4e-4;
export const MAX_ALLOCATION = 2 ** 26;

/** What is wrong with what a parser does with these bytes; undefined when nothing is. */
export async function judge(target: Target, bytes: Uint8Array): Promise<string | undefined> {
  const limit = (target.ms ?? MS) + bytes.length * MS_PER_BYTE;
  const first = await attempt(target, bytes);
  if (first.complaint) return first.complaint;
  // a collection of garbage may fall on it: the fastest of three counts
  let ms = first.ms;
  for (let again = 0; again < 2 && ms > limit; again++) ms = Math.min(ms, (await attempt(target, bytes)).ms);
  return ms > limit
    ? `takes ${ms.toFixed(0)} ms, ${limit.toFixed(0)} are allowed for ${bytes.length} bytes`
    : undefined;
}

async function attempt(target: Target, bytes: Uint8Array): Promise<{ ms: number; complaint?: string }> {
  const seen: Allocations = { largest: 0, total: 0 };
  const limit = target.allocation ?? MAX_ALLOCATION;
  const parse = () => target.parse(bytes);
  const start = process.cpuUsage();
  const elapsed = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  let complaint: string | undefined;
  try {
    const value = await (limit === "unwatched" ? parse() : guarded(limit, seen, parse));
    const ms = elapsed();
    complaint = wrongValue(target, value);
    if (!complaint) return { ms, ...tooMuch(seen, limit) };
  } catch (error) {
    complaint = wrongError(target, error);
  }
  const ms = elapsed();
  return { ms, ...(complaint ? { complaint } : tooMuch(seen, limit)) };
}

function tooMuch(seen: Allocations, limit: number | "unwatched"): { complaint?: string } {
  return limit !== "unwatched" && seen.largest > limit
    ? { complaint: `asks for ${seen.largest} bytes at once, ${limit} are allowed` }
    : {};
}

function wrongValue(target: Target, value: unknown): string | undefined {
  try {
    target.check?.(value);
    return undefined;
  } catch (error) {
    return `gives a value that is not valid: ${(error as Error).message}`;
  }
}

function wrongError(target: Target, error: unknown): string | undefined {
  if (!target.errors.some((kind) => error instanceof kind)) {
    const { stack } = error as Error;
    return `throws ${stack?.split("\n").slice(0, 4).join("\n") ?? String(error)}`;
  }
  const { message } = error as Error;
  if (message === "" || message.length > 1000 || /[\p{Cc}\u2028\u2029]/u.test(message))
    return `throws a message that is not one line of 1 to 1000 characters: ${JSON.stringify(message.slice(0, 200))}`;
  return undefined;
}
