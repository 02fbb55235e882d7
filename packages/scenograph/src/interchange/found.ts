/** Things that an importer found -> a scene: labels by the words that other programs use, boxes checked, one note for each doubt. @module */
import { FormatError, nearest } from "@scenograph/graph/errors";
import { findCategories } from "../ours/text/categories.ts";
import { SYNONYMS } from "../ours/text/synonyms.ts";
import { type Categories, COCO } from "../scene/categories.ts";
import { freshId } from "../scene/ops.ts";
import { restoreScene } from "../scene/restore.ts";
import type { Box, Mask, Scene } from "../scene/scene.ts";
import { SCENE_LIMITS } from "../scene/schema.ts";
import { checkNear } from "./geometry.ts";
import type { ImportOptions, Size } from "./types.ts";
import { tidy } from "./words.ts";

export interface Found {
  /** What the file calls it: a category or a phrase. */
  readonly words: string;
  /** Its category, where the file names one beside the words. */
  readonly label?: string;
  readonly box: Box;
  readonly mask?: Mask;
  readonly id?: string;
  readonly colour?: string;
  readonly score?: number;
}

export interface Canvas {
  readonly caption?: string;
  /** Of the scene; default 128 x 128, the sides of the options where they are there. */
  readonly size?: Partial<Size>;
}

const DEFAULT_SIDE = 128;

/** The category that words speak of ("a red couch" -> "couch"), or null. */
export function labelOf(words: string, categories: Categories = COCO): string | null {
  const plain = tidy(words).toLowerCase().replace(/[_-]+/g, " ");
  const own = categories.spelled(plain);
  if (own !== undefined) return own;
  const [first] = findCategories(plain, categories);
  return first ? categories.nameOf(first.classIndex) : null;
}

/** The scene of what was found, in the order given: the last is nearest. @throws FormatError for too many, or boxes far outside */
export function sceneOf(found: readonly Found[], canvas: Canvas, options: ImportOptions, notes: string[]): Scene {
  if (found.length > SCENE_LIMITS.objects)
    throw new FormatError(
      `importScene(): a scene has at most ${SCENE_LIMITS.objects} objects, got ${found.length}; leave some out`,
    );
  const taken: { id: string }[] = [];
  const objects = found.flatMap(({ words, label: named, box, mask, id = freshId(taken), colour, score }) => {
    const phrase = tidy(words);
    const label = (named ? labelOf(named, options.categories) : null) ?? labelOf(phrase, options.categories);
    if (label === null && phrase === "") {
      notes.push("a thing without a name was left out");
      return [];
    }
    checkNear(box, JSON.stringify(cut(phrase)));
    if (label === null) notes.push(unknownNote(phrase, options.categories));
    taken.push({ id });
    return [
      {
        id,
        label,
        box: [...box],
        // the category says it all
        ...(phrase !== "" && phrase !== label && { phrase }),
        ...(mask && { mask }),
        ...(colour && { colour }),
        ...(score !== undefined && { score }),
      },
    ];
  });
  const width = options.width ?? canvas.size?.width;
  const height = options.height ?? canvas.size?.height;
  const caption = options.caption ?? canvas.caption ?? "";
  if (caption.length > SCENE_LIMITS.captionCharacters)
    notes.push(`the caption has ${caption.length} characters: cut to ${SCENE_LIMITS.captionCharacters}`);
  return restoreScene(
    {
      version: 2,
      caption: caption.slice(0, SCENE_LIMITS.captionCharacters),
      width: side(width ?? height),
      height: side(height ?? width),
      seed: 0,
      objects,
    },
    notes,
    options.categories,
  );
}

function side(v: number | undefined): number {
  return Math.min(SCENE_LIMITS.maxSide, Math.max(SCENE_LIMITS.minSide, Math.round(v ?? DEFAULT_SIDE)));
}

function unknownNote(phrase: string, categories: Categories = COCO): string {
  const near = nearestCategory(phrase, categories);
  const hint = !near
    ? "and none is spelled like it"
    : near.word === near.category
      ? `the nearest is "${near.category}"`
      : `the nearest is "${near.category}", as "${near.word}"`;
  return `${JSON.stringify(cut(phrase))} is no category, ${hint}: kept as a phrase`;
}

/** By spelling, a letter in three at most, over the names and synonyms of all categories: which name, and whose it is. */
function nearestCategory(phrase: string, categories: Categories): { word: string; category: string } | undefined {
  const plain = phrase.toLowerCase().slice(0, 60);
  const words = [plain.replace(/^(?:an?|the|some|one) /, ""), plain.split(" ").at(-1) ?? ""];
  const names = new Map<string, string>();
  for (const { name, synonyms = [] } of categories.categories) {
    names.set(name, name);
    for (const other of [...synonyms, ...(SYNONYMS[name]?.split(", ") ?? [])]) if (other) names.set(other, name);
  }
  for (const word of words) {
    const near = nearest(word, names.keys(), Math.floor(word.length / 3));
    if (near) return { word: near, category: names.get(near) as string };
  }
  return undefined;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
