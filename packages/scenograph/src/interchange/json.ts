/** Inputs as values. @module */
import { FormatError } from "@scenograph/graph/errors";
import { valuesIn } from "./literal.ts";
import type { Sniffed } from "./types.ts";

const MAX_TEXT = 2 ** 24;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Bytes as UTF-8. @throws FormatError for bytes that are no text, or too long a text */
export function asText(input: string | Uint8Array): string {
  if (input.length > MAX_TEXT)
    throw new FormatError(`importScene(): a text has at most ${MAX_TEXT} characters, got ${input.length}; send less`);
  if (typeof input === "string") return input.replace(/^\uFEFF/, "");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(input);
  } catch {
    throw new FormatError("importScene(): text is UTF-8, these bytes are not; name the format, or another file");
  }
}

/**
 * The value of the text that `fits`, prose around it or not; of several the longest, which is noted.
 * @throws FormatError that says what was looked for
 */
export function textOf<T>(
  input: string | Uint8Array,
  fits: (value: unknown) => value is T,
  what: string,
  notes: string[],
): { readonly value: T; readonly text: string } {
  const text = asText(input);
  const [value, ...others] = valuesIn(text).filter(fits);
  if (value === undefined)
    throw new FormatError(`importScene(): the text holds no ${what.replace(/^an? /, "")}; check it`);
  if (others.length > 0) notes.push(`the text holds ${others.length + 1} layouts: the longest was read`);
  return { value, text };
}

/** Is this a JSON that was cut off? What is left of one may hold a smaller layout that was never meant. */
export function isCutOff(text: string): boolean {
  if (!/^\s*(?:\{|\[\s*[[{"])/.test(text)) return false;
  let [depth, quote] = [0, ""];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"') quote = c;
    else if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") {
      depth--;
      // whole; what follows is prose
      if (depth === 0) return false;
    }
  }
  return true;
}

/** Its text; undefined for bytes that are a picture. */
export function plainText(input: string | Uint8Array): string | undefined {
  const isPicture = typeof input !== "string" && (input[0] === 137 || input.includes(0));
  return isPicture ? undefined : asText(input);
}

/** What can be said of an input before its format is known. */
export function sniff(input: string | Uint8Array): Sniffed {
  const text = plainText(input);
  if (text === undefined) return { bytes: input as Uint8Array, values: [] };
  return { text, values: valuesIn(text), ...(typeof input !== "string" && { bytes: input }) };
}
