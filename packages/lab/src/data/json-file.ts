/**
 * JSON files of any size. Small ones are parsed at once; larger ones, which no JavaScript string can hold, are read in pieces: what
 * is in memory is one piece and one record. @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { decodeText, otherKind } from "scenograph/formats/text";
import { JsonLists, ParsedLists, parseExactly } from "scenograph/scene/jsonLists";
import { jsonErrorAt, parseJson } from "./coco-json.ts";

/** Larger files are streamed. A string of JavaScript ends at 512 MiB. */
const STREAM_FROM = 2 ** 27;
const PIECE = 2 ** 22;
/** The longest record of a list. */
const MAX_RECORD = 2 ** 28;

/**
 * The lists of a JSON file.
 * @param streamFrom bytes from which on it is read in pieces
 * @throws UserError when the file cannot be read; FormatError "FILE:line:column: ..." when it is not JSON: at once, or in a large
 * file when the broken record is reached
 */
export async function openJsonLists(file: string, streamFrom = STREAM_FROM): Promise<JsonLists> {
  const cannot = (error: unknown) =>
    new UserError(`readJson(): cannot read ${file} (${(error as Error).message}); check the path`);
  const { size } = await stat(file).catch((error: unknown) => {
    throw cannot(error);
  });
  if (size >= streamFrom) return new StreamedLists(file);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw cannot(error);
  });
  const text = decodeText(bytes, file, "COCO files are JSON");
  try {
    return new ParsedLists(parseExactly(text));
  } catch {
    // says where it breaks
    return new ParsedLists(parseJson(text, file));
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

class StreamedLists extends JsonLists {
  readonly #file: string;
  /** Where the value of each top-level key begins. */
  readonly #places = new Map<string, { readonly at: number; readonly first: number }>();

  constructor(file: string) {
    super();
    this.#file = file;
    const reader = new Reader(file);
    try {
      this.#index(reader);
    } finally {
      reader.close();
    }
  }

  list(key: string): Iterable<unknown> | undefined {
    const place = this.#places.get(key);
    if (place?.first !== OPEN_LIST) return undefined;
    return this.#items(place.at);
  }

  instead(key: string): unknown {
    const place = this.#places.get(key);
    return place && (place.first === OPEN_OBJECT ? {} : "a value that is no list");
  }

  #index(reader: Reader): void {
    if (reader.peek() !== OPEN_OBJECT) throw reader.broken("a COCO file is an object {...}");
    reader.take();
    if (reader.peek() === CLOSE_OBJECT) return;
    for (;;) {
      if (reader.peek() !== QUOTE) throw reader.broken("a key is expected");
      const key = reader.value() as string;
      if (reader.peek() !== COLON) throw reader.broken('":" is expected');
      reader.take();
      this.#places.set(key, { first: reader.peek(), at: reader.at });
      reader.skip();
      const next = reader.peek();
      if (next !== COMMA && next !== CLOSE_OBJECT) throw reader.broken('"," or "}" is expected');
      reader.take();
      if (next === CLOSE_OBJECT) break;
    }
    if (reader.peek() !== -1) throw reader.broken("the file ends after its object");
  }

  *#items(at: number): Generator<unknown> {
    const reader = new Reader(this.#file, at);
    try {
      reader.take();
      if (reader.peek() === CLOSE_LIST) return;
      for (;;) {
        yield reader.value();
        const next = reader.peek();
        if (next !== COMMA && next !== CLOSE_LIST) throw reader.broken('"," or "]" is expected');
        reader.take();
        if (next === CLOSE_LIST) return;
      }
    } finally {
      reader.close();
    }
  }
}

/** Walks over a JSON file piece by piece. */
class Reader {
  readonly #file: string;
  readonly #handle: number;
  readonly #piece = Buffer.allocUnsafe(PIECE);
  /** Of the file, the first byte in the piece. */
  #base: number;
  #size = 0;
  #i = 0;

  constructor(file: string, at = 0) {
    this.#file = file;
    this.#handle = openSync(file, "r");
    this.#base = at;
    this.#fill();
    const [a, b, c] = this.#piece;
    if (at === 0 && a === 0xef && b === 0xbb && c === 0xbf) this.#i = 3;
    const other = at === 0 && otherKind(this.#piece.subarray(0, this.#size));
    if (other) throw new FormatError(`${file} is ${other}; COCO files are JSON`);
    if (at === 0 && ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)))
      throw new FormatError(`${file} is UTF-16, which is read up to ${STREAM_FROM / 2 ** 20} MiB; save it as UTF-8`);
  }

  close(): void {
    closeSync(this.#handle);
  }

  get at(): number {
    return this.#base + this.#i;
  }

  #fill(): boolean {
    this.#base += this.#size;
    this.#size = readSync(this.#handle, this.#piece, 0, PIECE, this.#base);
    this.#i = 0;
    return this.#size > 0;
  }

  /** The next byte that is no white space; -1 at the end. */
  peek(): number {
    const piece = this.#piece;
    for (;;) {
      while (this.#i < this.#size) {
        const c = piece[this.#i];
        if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return c;
        this.#i++;
      }
      if (!this.#fill()) return -1;
    }
  }

  take(): void {
    this.#i++;
  }

  /** The value that begins here, parsed. */
  value(): unknown {
    this.peek();
    const start = this.at;
    const parts: Buffer[] = [];
    this.skip(parts);
    const text = (parts.length === 1 ? parts[0] : Buffer.concat(parts)).toString("utf8");
    try {
      return parseExactly(text);
    } catch {
      throw this.broken("broken JSON", start + Buffer.byteLength(text.slice(0, jsonErrorAt(text))));
    }
  }

  /** Walks over the value that begins here; its bytes go to `parts`. */
  skip(parts?: Buffer[]): void {
    const first = this.peek();
    if (first === -1 || first === COMMA || first === CLOSE_LIST || first === CLOSE_OBJECT || first === COLON)
      throw this.broken("a value is expected");
    let [depth, inString, escaped, length] = [0, false, false, 0];
    const nested = first === OPEN_LIST || first === OPEN_OBJECT;
    for (;;) {
      const piece = this.#piece;
      const size = this.#size;
      const from = this.#i;
      let i = from;
      let ended = false;
      for (; i < size; i++) {
        const c = piece[i];
        if (inString) {
          if (escaped) escaped = false;
          else if (c === BACKSLASH) escaped = true;
          else if (c === QUOTE) {
            inString = false;
            if (depth === 0 && first === QUOTE) ended = true;
          }
        } else if (c === QUOTE) inString = true;
        else if (c === OPEN_OBJECT || c === OPEN_LIST) depth++;
        else if (c === CLOSE_OBJECT || c === CLOSE_LIST) {
          if (depth === 0) break;
          if (--depth === 0) ended = true;
        } else if (!nested && first !== QUOTE && (c === COMMA || c === 32 || c === 10 || c === 13 || c === 9)) break;
        if (ended) {
          i++;
          break;
        }
      }
      this.#i = i;
      if (parts) {
        length += i - from;
        if (length > MAX_RECORD) throw this.broken(`a record has at most ${MAX_RECORD / 2 ** 20} MiB`);
        // the piece is filled anew while parts are still needed
        parts.push(i < size ? piece.subarray(from, i) : Buffer.from(piece.subarray(from, i)));
      }
      if (i < size || ended) return;
      if (!this.#fill()) {
        if (nested || inString) throw this.broken("the text ends too early");
        return;
      }
    }
  }

  broken(what: string, at = this.at): FormatError {
    const { line, column } = place(this.#file, at);
    return new FormatError(`${this.#file}:${line}:${column}: ${what}; mend the file or fetch it again`);
  }
}

/** 1-based line and column (in bytes) of a position. */
function place(file: string, at: number): { line: number; column: number } {
  const handle = openSync(file, "r");
  const piece = Buffer.allocUnsafe(PIECE);
  let [line, start] = [1, 0];
  try {
    for (let base = 0; base < at; ) {
      const size = Math.min(readSync(handle, piece, 0, PIECE, base), at - base);
      if (size <= 0) break;
      for (let i = piece.indexOf(10); i >= 0 && i < size; i = piece.indexOf(10, i + 1)) {
        line++;
        start = base + i + 1;
      }
      base += size;
    }
  } finally {
    closeSync(handle);
  }
  return { line, column: at - start + 1 };
}
