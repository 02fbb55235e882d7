/**
 * The lists of a JSON file, one record at a time, whether the file was parsed at once or is streamed; and its integers beyond
 * 2^53, which JSON.parse would round. @module
 */

/** Stands before the digits of an integer that a JavaScript number cannot hold (a private-use character). */
const WIDE = "\ue000int:";
/** A text; where it is a key, what follows it up to a long integer. Texts are walked over whole, so nothing inside them is taken for a key. */
const TOKENS = /("(?:[^"\\]|\\.)*")(?:(\s*:\s*)(-?\d{16,})(?![\d.eE]))?/g;

/**
 * JSON.parse that keeps integers beyond 2^53 as marked text where their key ends in `ends`: `wideInteger` shows them.
 * @param parsed the value of JSON.parse, where it is known already
 * @throws SyntaxError
 */
export function parseExactly(text: string, ends: "id" | "seed" = "id", parsed?: unknown): unknown {
  if (!new RegExp(`${ends}"\\s*:\\s*-?\\d{16}`).test(text)) return parsed ?? JSON.parse(text);
  return JSON.parse(
    text.replace(TOKENS, (whole, key: string, colon: string | undefined, digits: string | undefined) =>
      digits === undefined || !key.endsWith(`${ends}"`) || Number.isSafeInteger(Number(digits))
        ? whole
        : key + colon + JSON.stringify(WIDE + digits),
    ),
  );
}

/** The digits of an integer that `parseExactly` kept as text; undefined for any other value. */
export function wideInteger(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(WIDE) ? value.slice(WIDE.length) : undefined;
}

/** A JSON object whose lists can be read one after another, in any order. */
export abstract class JsonLists {
  /** The items of the list under a key; undefined when there is none, or it is no list. */
  abstract list(key: string): Iterable<unknown> | undefined;
  /** What stands under the key instead of a list, for a message; of the whole file where it is no object. */
  abstract instead(key: string): unknown;
}

/** A value that was parsed already. */
export class ParsedLists extends JsonLists {
  constructor(readonly value: unknown) {
    super();
  }

  list(key: string): Iterable<unknown> | undefined {
    const found = this.#object()?.[key];
    return Array.isArray(found) ? found : undefined;
  }

  instead(key: string): unknown {
    const object = this.#object();
    return object ? object[key] : this.value;
  }

  #object(): Readonly<Record<string, unknown>> | undefined {
    const { value } = this;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  }
}
