/** The sentences of a file, read as a stream: a file of any length takes a shard's memory. @module */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { UserError } from "@scenograph/graph/errors";
import { type AskedSentence, checked } from "./session.ts";

/** A line without an end in sight is no sentence. */
const LONGEST_LINE = 1_000_000;

export interface SentenceFile {
  /** Lines with a sentence, from the first to the last. */
  readonly count: number;
  /** Of the sentences, however they were separated. */
  readonly sha256: string;
  /** In order; of a file they are read again, of standard input kept. @throws UserError when the file changed meanwhile */
  sentences(): AsyncIterable<string>;
}

/**
 * Reads and checks a whole file, "-" for standard input.
 * @throws UserError for an unreadable file, a blank line between sentences, a sentence without words or over the limit
 */
export async function openSentences(command: string, file: string): Promise<SentenceFile> {
  const hash = createHash("sha256");
  const kept: string[] | undefined = file === "-" ? [] : undefined;
  let count = 0;
  for await (const { caption } of checkedLines(command, file)) {
    hash.update(`${caption}\n`);
    kept?.push(caption);
    count++;
  }
  if (count === 0) throw new UserError(`${command}: ${file} holds a sentence a line, got none; write some`);
  return { count, sha256: hash.digest("hex"), sentences: () => (kept ? each(kept) : again(command, file, count)) };
}

async function* each(sentences: readonly string[]): AsyncGenerator<string> {
  yield* sentences;
}

async function* again(command: string, file: string, count: number): AsyncGenerator<string> {
  let n = 0;
  for await (const line of lines(command, file)) {
    if (n === count) return;
    n++;
    yield line.trim();
  }
  if (n < count) throw new UserError(`${command}: ${file} became shorter while it was read; run it again`);
}

/** Blank lines at the end are left out, elsewhere they are refused like any sentence without words. */
async function* checkedLines(command: string, file: string): AsyncGenerator<AskedSentence> {
  let number = 0;
  let blank = 0;
  for await (const line of lines(command, file)) {
    number++;
    const caption = line.trim();
    if (caption === "") {
      blank ||= number;
      continue;
    }
    yield checked({ caption: blank ? "" : caption, from: `${command}: ${file} line ${blank || number}` });
  }
}

async function* lines(command: string, file: string): AsyncGenerator<string> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  input.setEncoding("utf8");
  let rest = "";
  let number = 0;
  try {
    for await (const chunk of input as AsyncIterable<string>) {
      rest += chunk;
      if (number === 0) rest = rest.replace(/^\uFEFF/, "");
      for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
        number++;
        yield rest.slice(0, end).replace(/\r$/, "");
        rest = rest.slice(end + 1);
      }
      if (rest.length > LONGEST_LINE)
        throw new UserError(
          `${command}: ${file} line ${number + 1}: a line has at most 1,000,000 characters; split it`,
        );
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${command}: cannot read ${file} (${code}); check the path`);
  }
  if (rest !== "") yield rest;
}
