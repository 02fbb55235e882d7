/** The categories of the open model: what labels may be. COCO's until a model says otherwise. One page, one model. @module */
import { Categories, COCO } from "scenograph/scene/categories";
import type { ModelFacts } from "../worker/protocol.ts";

let open: Categories = COCO;

export function categories(): Categories {
  return open;
}

export function openCategories(facts: Pick<ModelFacts, "vocabulary">): void {
  open = facts.vocabulary ? new Categories(facts.vocabulary.categories, facts.vocabulary.except) : COCO;
}

export function isLabel(name: string): boolean {
  return open.indexOf(name) >= 0;
}
