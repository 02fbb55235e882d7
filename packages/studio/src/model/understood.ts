/** What the studio says of a sentence: its parts marked, in the words of people. @module */
import { COCO_VOCABULARY } from "scenograph/ours/text/coco";
import { type Categories, COCO } from "scenograph/scene/categories";
import { type Understanding, understand, type Vocabulary } from "scenograph/understand/index";

/** A model's categories as the vocabulary that sentences are read with. */
export function vocabularyOf(categories: Categories): Vocabulary {
  return categories === COCO ? COCO_VOCABULARY : { categories: categories.categories, except: categories.except };
}

export type Mark =
  | { readonly kind: "text" }
  /** A thing that can be drawn: its category, and how many. */
  | { readonly kind: "thing"; readonly category: string; readonly count: string; readonly colours: readonly string[] }
  /** Said not to be there. */
  | { readonly kind: "not" }
  /** A thing that no category names. */
  | { readonly kind: "undrawable" };

export type Piece = Mark & { readonly text: string; readonly start: number };

let last: { readonly caption: string; readonly categories: Categories; readonly value: Understanding } | undefined;

/** `understand`, kept for the sentence that is open. */
export function understood(caption: string, categories: Categories): Understanding {
  if (last?.caption !== caption || last.categories !== categories)
    last = { caption, categories, value: understand(caption, vocabularyOf(categories)) };
  return last.value;
}

/** The sentence in pieces, every character once. */
export function marked(read: Understanding): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const push = (end: number, mark: Mark) => {
    if (end > at) pieces.push({ ...mark, text: read.sentence.slice(at, end), start: at });
    at = Math.max(at, end);
  };
  const things = [...read.things].sort((a, b) => a.span[0] - b.span[0]);
  for (const t of things) {
    const [start, end] = t.span;
    if (start < at) continue;
    push(start, { kind: "text" });
    if (t.negated) push(end, { kind: "not" });
    else if (t.category === null) push(end, { kind: "undrawable" });
    else push(end, { kind: "thing", category: t.category, count: counted(t.range), colours: t.colours });
  }
  push(read.sentence.length, { kind: "text" });
  return pieces;
}

/** "2", "2 to 4"; "" for one. */
export function counted([least, most]: readonly [number, number]): string {
  if (least === most) return least === 1 ? "" : String(least);
  return `${least} to ${most}`;
}

/** The sentence with a word in the place of another, wherever it stands alone. */
export function replaced(caption: string, word: string, by: string): string {
  return caption.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, "giu"), by);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
