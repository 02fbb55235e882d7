/** Values from outside: rules and messages that the command line, the library and the service have in common. @module */
import { ConfigError, nearest, shown } from "@scenograph/graph/errors";

/** The error for what is no whole number in [least, most]. */
export function wholeNumberError(
  name: string,
  got: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): ConfigError {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return new ConfigError(`${name}: a whole number ${range}, got ${shown(got)}; correct it`);
}

/** The error for what is no number in [least, most]. */
export function numberError(name: string, got: unknown, least: number, most: number): ConfigError {
  return new ConfigError(`${name}: a number from ${least} to ${most}, got ${shown(got)}; correct it`);
}

/** @throws ConfigError */
export function checkWhole(name: string, value: unknown, least: number, most?: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= (most ?? Number.MAX_SAFE_INTEGER))
    return value as number;
  throw wholeNumberError(name, value, least, most);
}

/** @throws ConfigError */
export function checkNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw numberError(name, value, least, most);
}

/** One of a list. @throws ConfigError naming the nearest */
export function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((c) => c === value);
  if (found !== undefined) return found;
  const near = typeof value === "string" ? nearest(value, choices) : undefined;
  const todo = near ? `did you mean ${near}?` : "correct it";
  throw new ConfigError(`${name}: one of ${choices.join(", ")}, got ${shown(value)}; ${todo}`);
}

/** @throws ConfigError for a key that is not in the list: a misspelled option is not left unread */
export function checkKeys(what: string, value: object, known: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    const todo = near ? `did you mean ${near}?` : `there are ${known.join(", ")}`;
    throw new ConfigError(`${what}: no option ${shown(key)}; ${todo}`);
  }
}

/** Largest seed. */
export const MAX_SEED = 4_294_967_295;
/** Temperatures of labels and boxes: 0 takes the most likely, 1 draws as learnt. */
export const MAX_TEMPERATURE = 2;
/** Largest value of `maxObjects`. */
export const MAX_OBJECTS = 30;
