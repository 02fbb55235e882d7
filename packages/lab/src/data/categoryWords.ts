/**
 * Synonyms and irregular plurals of a data set's own categories from WordNet, for annotations/vocabulary.json. Only the commonest
 * sense of a name counts, and of its words those that commonly mean it too: "castle" brings "palace", not the chessman.
 * @module
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "scenograph/formats/atomic.node";
import { type Categories, COCO } from "scenograph/scene/categories";
import { IRREGULAR_PLURALS } from "../formats/irregularForms.ts";
import { indexLookup, nounWords, readExceptions } from "../formats/wordnet.node.ts";
import { dataCategories, WORDS_FILE } from "./dataCategories.ts";

export interface Words {
  readonly synonyms?: readonly string[];
  readonly plural?: string;
}

/** @param folder WordNet's `dict` folder. @throws FormatError for other files */
export function openNouns(folder: string): (name: string) => Words {
  const senses = indexLookup(folder, "noun");
  const words = nounWords(folder);
  const exceptions = readExceptions(folder, "noun");
  const irregular = new Map([...exceptions].flatMap(([form, bases]) => bases.map((base) => [base, form] as const)));
  const lemma = (name: string) => name.trim().toLowerCase().replaceAll(" ", "_");
  const first = (name: string): number | undefined => senses(lemma(name))[0];
  return (name) => {
    const own = lemma(name).replaceAll("_", " ");
    const sense = first(name);
    const synonyms =
      sense === undefined ? [] : words(sense).filter((word) => isPlain(word) && word !== own && first(word) === sense);
    const plural = irregular.get(own) ?? IRREGULAR_PLURALS.get(own);
    return { ...(synonyms.length > 0 && { synonyms }), ...(plural !== undefined && { plural }) };
  };
}

/** No proper name, no abbreviation. */
function isPlain(word: string): boolean {
  return /^[a-z]+(?:[ -][a-z]+)*$/.test(word) && word.length > 2;
}

/**
 * What each category that has no words yet would get. A word that two categories could mean, or that one is called, belongs to
 * neither of the others.
 */
export function newWords(categories: Categories, nouns: (name: string) => Words): Map<string, Words> {
  const found = new Map(categories.names.map((name) => [name, nouns(name)]));
  const taken = new Map<string, number>();
  const take = (word: string, times: number) => taken.set(word, (taken.get(word) ?? 0) + times);
  for (const { name, synonyms = [] } of categories.categories) for (const word of [name, ...synonyms]) take(word, 2);
  for (const { synonyms = [] } of found.values()) for (const word of synonyms) take(word, 1);
  const made = new Map<string, Words>();
  for (const category of categories.categories) {
    const { synonyms = [], plural } = found.get(category.name) ?? {};
    const own = synonyms.filter((word) => taken.get(word) === 1);
    const words = {
      ...(category.synonyms === undefined && own.length > 0 && { synonyms: own }),
      ...(category.plural === undefined && plural !== undefined && { plural }),
    };
    if (Object.keys(words).length > 0) made.set(category.name, words);
  }
  return made;
}

export interface WrittenWords {
  readonly file: string;
  readonly categories: number;
  /** What was added. */
  readonly words: Readonly<Record<string, Words>>;
}

/** Adds words to annotations/vocabulary.json; what stands there already, by hand or from before, stays as it is. */
export async function writeWords(dir: string, split: string, nouns: (name: string) => Words): Promise<WrittenWords> {
  const categories = await dataCategories(dir, split);
  const file = path.join(dir, WORDS_FILE);
  // COCO's words come along
  if (categories === COCO) return { file, categories: categories.count, words: {} };
  const added = newWords(categories, nouns);
  const text = await readFile(file, "utf8").catch(() => "{}");
  // dataCategories has checked it
  const before = JSON.parse(text) as { words?: Record<string, Words> };
  const words = { ...before.words };
  for (const [name, more] of added) words[name] = { ...words[name], ...more };
  if (added.size > 0)
    await writeAtomically(file, new TextEncoder().encode(`${JSON.stringify({ ...before, words }, null, 2)}\n`));
  return { file, categories: categories.count, words: Object.fromEntries(added) };
}
