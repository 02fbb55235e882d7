/** Where a sentence's tokens name categories. @module */
import type { Mention } from "../../pipeline.ts";
import { type Categories, COCO } from "../../scene/categories.ts";
import { findCategories } from "./categories.ts";
import { tokenize } from "./tokenize.ts";

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
