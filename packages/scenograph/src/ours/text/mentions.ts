/**
 * What the other stages read of a sentence beside its embedding: where its tokens name categories, and what it asks for. The stages
 * of the paper leave it alone; the ideas that use it say what they measured.
 * @module
 */
import type { TextSeams } from "../../paper/text/seams.ts";
import { tokenize } from "../../paper/text/tokenize.ts";
import type { Mention } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import { nearestCategories } from "../../understand/nearest.ts";
import { understand } from "../../understand/understand.ts";
import { findCategories } from "./categories.ts";
import { wordsOf } from "./coco.ts";

/** The categories that a caption names, by token; those beyond the tokens that are read are left out. */
export function mentionsOf(caption: string, categories: Categories = COCO): Mention[] {
  const { spans } = tokenize(caption);
  return findCategories(caption, categories).flatMap(({ start, end, classIndex, count }) => {
    const inside = spans.flatMap((span, i) => (span.start < end && span.end > start ? [i] : []));
    if (inside.length === 0) return [];
    const mention = { classIndex, from: inside[0], to: inside[inside.length - 1] + 1 };
    return [count === undefined ? mention : { ...mention, count }];
  });
}

/** What is read of every sentence; `vector` gives the word vectors by which unknown things find their nearest category. */
export function reading(
  categories: Categories,
  vector: (word: string) => Float32Array,
): NonNullable<TextSeams["read"]> {
  const asked = wordsOf(categories);
  const nearest = nearestCategories(asked, vector);
  return (caption) => ({
    mentions: mentionsOf(caption, categories),
    understood: understand(caption, asked, { nearest }),
  });
}
