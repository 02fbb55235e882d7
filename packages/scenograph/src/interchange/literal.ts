/**
 * Values in the text of a language model: JSON with prose and code fences around it, and what models write for JSON: trailing
 * commas, comments, single quotes, Python's tuples, True, False and None. Nothing is evaluated.
 * @module
 */

const MAX_DEPTH = 64;
const MAX_CANDIDATES = 200;
/** Brackets of the prose that begin no value: an answer has few, an attack many. */
const MAX_FAILURES = 5000;

/** The values of the text: all of it where it is one value, else every bracketed stretch that is one, the longest first. */
export function valuesIn(text: string): unknown[] {
  const whole = text.trim().replace(/^\uFEFF/, "");
  if (whole === "") return [];
  try {
    return [JSON.parse(whole)];
  } catch {
    // prose, or not quite JSON
  }
  const found: { readonly length: number; readonly value: unknown }[] = [];
  const open = /[[{(]/g;
  let failures = 0;
  for (let match = open.exec(whole); match && found.length < MAX_CANDIDATES; match = open.exec(whole)) {
    const parsed = parseLiteral(whole, match.index);
    if (!parsed) {
      if (++failures > MAX_FAILURES) break;
      continue;
    }
    found.push({ length: parsed.end - match.index, value: parsed.value });
    open.lastIndex = parsed.end;
  }
  return found.sort((a, b) => b.length - a.length).map((f) => f.value);
}

/** One value that begins at `at`, and where it ends; undefined where there is none. */
export function parseLiteral(text: string, at = 0): { readonly value: unknown; readonly end: number } | undefined {
  try {
    const reader = new Reader(text, at);
    const value = reader.value(0);
    return { value, end: reader.at };
  } catch (error) {
    if (error === NO_LITERAL) return undefined;
    throw error;
  }
}

/** Thrown where there is no value; one for all, for an error of its own each time would collect the stack. */
const NO_LITERAL = new Error("no literal");

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "0": "\0", "\n": "" };
const NAMES: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
  NaN: Number.NaN,
  undefined: null,
};

class Reader {
  constructor(
    readonly text: string,
    public at: number,
  ) {}

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw NO_LITERAL;
    this.blanks();
    const c = this.text[this.at];
    if (c === "{") return this.object(depth);
    if (c === "[" || c === "(") return this.list(c === "[" ? "]" : ")", depth);
    if (c === '"' || c === "'") return this.string(c);
    const number = this.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y);
    if (number !== undefined) return Number(number);
    const name = this.match(/[A-Za-z]+/y);
    if (name !== undefined && Object.hasOwn(NAMES, name)) return NAMES[name];
    throw NO_LITERAL;
  }

  list(close: string, depth: number): unknown[] {
    const out: unknown[] = [];
    this.at++;
    for (;;) {
      this.blanks();
      if (this.take(close)) return out;
      out.push(this.value(depth + 1));
      this.blanks();
      if (!this.take(",") && this.text[this.at] !== close) throw NO_LITERAL;
    }
  }

  object(depth: number): Record<string, unknown> {
    // no prototype: a key may be any word
    const out = Object.create(null) as Record<string, unknown>;
    this.at++;
    for (;;) {
      this.blanks();
      if (this.take("}")) return { ...out };
      const c = this.text[this.at];
      const key = c === '"' || c === "'" ? this.string(c) : this.match(/[A-Za-z_$][\w$]*/y);
      this.blanks();
      if (key === undefined || !this.take(":")) throw NO_LITERAL;
      out[key] = this.value(depth + 1);
      this.blanks();
      if (!this.take(",") && this.text[this.at] !== "}") throw NO_LITERAL;
    }
  }

  string(quote: string): string {
    let out = "";
    for (this.at++; ; this.at++) {
      const c = this.text[this.at];
      if (c === undefined) throw NO_LITERAL;
      if (c === quote) {
        this.at++;
        return out;
      }
      if (c !== "\\") {
        out += c;
        continue;
      }
      const next = this.text[++this.at];
      const hex = next === "u" ? 4 : next === "x" ? 2 : 0;
      if (hex > 0) {
        const digits = this.text.slice(this.at + 1, this.at + 1 + hex);
        if (digits.length !== hex || !/^[0-9a-f]+$/i.test(digits)) throw NO_LITERAL;
        out += String.fromCharCode(Number.parseInt(digits, 16));
        this.at += hex;
      } else if (next === undefined) throw NO_LITERAL;
      else out += ESCAPES[next] ?? next;
    }
  }

  blanks(): void {
    this.match(/(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*)+/y);
  }

  take(c: string): boolean {
    if (this.text[this.at] !== c) return false;
    this.at++;
    return true;
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

/** A string as Python's literal, in single quotes. */
export function pythonString(text: string): string {
  const escaped = text
    .replace(/[\\']/g, (c) => `\\${c}`)
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `'${escaped}'`;
}
