/**
 * The JSON of a safetensors header: objects, strings, lists, non-negative integers and null, nothing else. A reader of its
 * own because JSON.parse hides duplicate keys, rounds large integers and gives "__proto__" a meaning.
 * @module
 */
import { FormatError } from "../errors.ts";

export type HeaderValue = string | number | null | HeaderValue[] | Map<string, HeaderValue>;

const MAX_DEPTH = 4;
const MAX_DIMENSIONS = 64;

/** The header's entries in file order. `bytes` may end in spaces, not begin with any. @throws FormatError */
export function readHeaderJson(bytes: Uint8Array): Map<string, HeaderValue> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bad("the header is UTF-8 text");
  }
  if (text[0] !== "{") throw bad("the header begins with {");
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value as Map<string, HeaderValue>;
}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): HeaderValue {
    if (depth > MAX_DEPTH) throw bad(`the header is nested at most ${MAX_DEPTH} deep`);
    const c = this.#peek();
    if (c === '"') return this.#string();
    if (c === "{") return this.#object(depth);
    if (c === "[") return this.#list(depth);
    if (this.#text.startsWith("null", this.#at)) {
      this.#at += 4;
      return null;
    }
    return this.#integer();
  }

  end(): void {
    if (this.#peek() !== "") throw bad(`the header ends after its object, got more at character ${this.#at}`);
  }

  #object(depth: number): Map<string, HeaderValue> {
    const out = new Map<string, HeaderValue>();
    this.#at++;
    if (this.#peek() === "}") {
      this.#at++;
      return out;
    }
    for (;;) {
      if (this.#peek() !== '"') throw bad(`a name is expected at character ${this.#at} of the header`);
      const key = this.#string();
      if (key === "__proto__") throw bad(`the name "__proto__" is not allowed`);
      if (out.has(key)) throw bad(`the name ${JSON.stringify(key)} occurs twice`);
      this.#take(":");
      out.set(key, this.value(depth + 1));
      if (this.#peek() === "}") {
        this.#at++;
        return out;
      }
      this.#take(",");
    }
  }

  #list(depth: number): HeaderValue[] {
    const out: HeaderValue[] = [];
    this.#at++;
    if (this.#peek() === "]") {
      this.#at++;
      return out;
    }
    for (;;) {
      if (out.length === MAX_DIMENSIONS) throw bad(`a list has at most ${MAX_DIMENSIONS} entries`);
      out.push(this.value(depth + 1));
      if (this.#peek() === "]") {
        this.#at++;
        return out;
      }
      this.#take(",");
    }
  }

  #string(): string {
    const start = this.#at;
    let i = start + 1;
    while (i < this.#text.length && this.#text[i] !== '"') i += this.#text[i] === "\\" ? 2 : 1;
    this.#at = i + 1;
    try {
      // A literal cut out whole has one meaning; escapes and control characters are checked there.
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw bad(`a string is broken at character ${start} of the header`);
    }
  }

  #integer(): number {
    const pattern = /(?:0|[1-9][0-9]*)(?![0-9.eE+-])/y;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    const value = Number(match?.[0]);
    if (!match || !Number.isSafeInteger(value))
      throw bad(`a non-negative integer below 2^53 is expected at character ${this.#at} of the header`);
    this.#at += match[0].length;
    return value;
  }

  #take(c: string): void {
    if (this.#peek() !== c) throw bad(`"${c}" is expected at character ${this.#at} of the header`);
    this.#at++;
  }

  /** The next character that is no white space, "" at the end. */
  #peek(): string {
    for (;;) {
      const c = this.#text[this.#at] ?? "";
      if (c !== " " && c !== "\n" && c !== "\r" && c !== "\t") return c;
      this.#at++;
    }
  }
}

function bad(what: string): FormatError {
  return new FormatError(`readSafetensors(): ${what}; the file is damaged or no safetensors file`);
}
