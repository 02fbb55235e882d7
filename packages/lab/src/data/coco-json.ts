/**
 * Reading a JSON file with an error that says where it breaks. V8 gives no position for some mistakes, so a broken
 * text is walked once more, after the failure only.
 * @module
 */
import { readFile } from "node:fs/promises";
import { FormatError, UserError } from "@scenograph/graph/errors";

/**
 * Parse a JSON file.
 * @throws UserError when the file cannot be read; FormatError "FILE:line:column: ..." when it is not JSON.
 */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_STRING_TOO_LONG" || code === "ERR_FS_FILE_TOO_LARGE")
      throw new UserError(`readJson(): a file that is changed has at most 512 MiB, got more in ${file}; split it`);
    throw new UserError(`readJson(): cannot read ${file} (${(error as Error).message}); check the path`);
  }
  return parseJson(text, file);
}

/** JSON.parse with the file and the position (1-based line and column) in the error. A byte-order mark is skipped. */
export function parseJson(text: string, file: string): unknown {
  const source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return JSON.parse(source);
  } catch {
    const at = jsonErrorAt(source);
    const { line, column } = lineColumn(source, at);
    const what = at >= source.length ? "the text ends too early" : `unexpected ${JSON.stringify(source[at])}`;
    throw new FormatError(`${file}:${line}:${column}: broken JSON, ${what}; mend the file or fetch it again`);
  }
}

/** 1-based line and column of a character position. */
export function lineColumn(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: at - start + 1 };
}

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** The longest stretch of a string without escapes, so that the engine has nothing to go back to. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

/** Position of the first character that no JSON text can have there (the length if the text is only cut short). */
export function jsonErrorAt(text: string): number {
  let i = 0;
  const closers: string[] = [];
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = i;
    if (!pattern.test(text)) return false;
    i = pattern.lastIndex;
    return true;
  };
  const char = (c: string): boolean => {
    take(SPACE);
    if (text[i] !== c) return false;
    i++;
    return true;
  };
  // a broken string is said to break where it begins
  const string = (): boolean => {
    const start = i;
    if (text[i] !== '"') return false;
    i++;
    do take(PLAIN);
    while (take(ESCAPE));
    if (text[i] === '"') {
      i++;
      return true;
    }
    i = start;
    return false;
  };
  // `value` expects a value next, otherwise a comma or a closer
  let value = true;
  for (;;) {
    take(SPACE);
    if (value) {
      if (char("{")) {
        closers.push("}");
        if (char("}")) closers.pop();
        else {
          if (!key()) return i;
          continue;
        }
      } else if (char("[")) {
        closers.push("]");
        if (!char("]")) continue;
        closers.pop();
      } else if (!string() && !take(SCALAR)) return i;
      value = false;
    } else if (closers.length === 0) return i;
    else if (char(closers.at(-1)!)) closers.pop();
    else if (char(",")) {
      if (closers.at(-1) === "}" && !key()) return i;
      value = true;
    } else return i;
  }

  function key(): boolean {
    take(SPACE);
    return string() && char(":");
  }
}
