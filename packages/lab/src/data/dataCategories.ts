/**
 * The vocabulary of a data set: the `categories` of its own files, with the words of `annotations/vocabulary.json` where that
 * lies beside them: `{"words": {"castle": {"synonyms": ["fortress"], "plural": "castles"}}, "except": ["bouncy castle"]}`.
 * Files whose names are all COCO's, or slips and other sets' words for them ("sofa"), have COCO's vocabulary.
 * @module
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { FormatError, shown } from "@scenograph/graph/errors";
import { Categories, type Category, COCO } from "scenograph/scene/categories";
import { otherSetsName } from "scenograph/scene/categoryAliases";
import { vocabularySchema } from "scenograph/scene/schema";
import { z } from "zod";
import { parseSplits, readCategoryLists } from "./coco-folder.ts";

const entry = vocabularySchema.shape.categories.element.pick({ synonyms: true, plural: true, senses: true });
const wordsFile = z.strictObject({
  words: z.record(z.string(), entry).default({}),
  except: z.array(z.string()).optional(),
});

/** In a COCO folder. */
export const WORDS_FILE = path.join("annotations", "vocabulary.json");

/**
 * Categories of the splits (joined by commas), in the order of the files, every name once. An id that another name has
 * already is replaced by a free one.
 * @throws UserError for a missing folder or split; FormatError for a broken vocabulary.json, or more than 2,000 categories
 */
export async function dataCategories(dir: string, split: string): Promise<Categories> {
  const found: Category[] = [];
  for (const name of parseSplits(split)) found.push(...(await readCategoryLists(dir, name)));
  const known = new Map<string, Category>();
  const ids = new Set<number>();
  for (const category of found) {
    if (known.has(category.name)) continue;
    const id = ids.has(category.id) ? Math.max(0, ...ids) + 1 : category.id;
    ids.add(id);
    known.set(category.name, { ...category, id });
  }
  const list = [...known.values()];
  if (list.every((c) => isCoco(c.name))) return COCO;
  const { words, except } = await readWords(dir);
  const strange = Object.keys(words).find((name) => !known.has(name));
  if (strange !== undefined)
    throw new FormatError(
      `${WORDS_FILE}: words are given for categories of the data, got ${shown(strange)}; correct it`,
    );
  return new Categories(
    list.map((c) => ({ ...c, ...words[c.name] })),
    except,
  );
}

/** Whether COCO has the name, or its reader can say which of COCO's is meant. */
function isCoco(name: string): boolean {
  return COCO.spelled(name) !== undefined || otherSetsName(name) !== undefined || COCO.nearest(name) !== undefined;
}

async function readWords(dir: string): Promise<z.infer<typeof wordsFile>> {
  let text: string;
  try {
    text = await readFile(path.join(dir, WORDS_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { words: {} };
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${WORDS_FILE} is JSON, got ${(error as Error).message}; correct it`);
  }
  const parsed = wordsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: at, message } = parsed.error.issues[0];
  throw new FormatError(
    `${WORDS_FILE}: ${at.join(".") || "it"}: ${message}; write {"words": {"castle": {"synonyms": ["fortress"]}}}`,
  );
}
