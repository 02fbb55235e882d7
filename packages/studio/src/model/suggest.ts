/** Labels that a sentence suggests. @module */

import { findCategories } from "scenograph/ours/text/categories";
import { nameOf } from "scenograph/scene/ops";
import type { Scene, SceneObject } from "scenograph/scene/scene";
import { categories } from "./vocabulary.ts";

/** Names of categories that a sentence names, in order. */
function namedBy(caption: string): string[] {
  const open = categories();
  return findCategories(caption, open).map((c) => open.nameOf(c.classIndex));
}

/** The label for a newly drawn box: the first category that the sentence names and the scene still lacks. */
export function suggestedLabel(scene: Scene): string {
  const named = namedBy(scene.caption);
  const there = new Set(scene.objects.map((o) => o.label));
  return named.find((label) => !there.has(label)) ?? named[0] ?? categories().nameOf(0);
}

/** Categories for a search, those of the sentence first; a name that begins with the search comes before others. */
export function searchCategories(query: string, caption = ""): string[] {
  const wanted = query.trim().toLowerCase();
  const named = [...new Set(namedBy(caption))];
  const all = [...named, ...categories().names.filter((name) => !named.includes(name))];
  if (wanted === "") return all;
  const rank = (name: string) => {
    const { supercategory } = categories().categories[categories().indexOf(name)];
    if (name.startsWith(wanted)) return 0;
    if (name.includes(wanted)) return 1;
    return (supercategory ?? "").startsWith(wanted) ? 2 : 3;
  };
  return all.filter((name) => rank(name) < 3).sort((a, b) => rank(a) - rank(b));
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const PLURALS: Readonly<Record<string, string>> = {
  person: "people",
  sheep: "sheep",
  skis: "skis",
  scissors: "scissors",
  mouse: "mice",
  knife: "knives",
  broccoli: "broccoli",
};

/** A sentence that names objects, for scenes that come without one: "two people, a dog and an umbrella". */
export function sentenceOf(objects: readonly SceneObject[]): string {
  const counts = new Map<string, number>();
  for (const o of objects) counts.set(nameOf(o), (counts.get(nameOf(o)) ?? 0) + 1);
  const names = [...counts].map(([label, n]) => {
    if (n > 1) return `${NUMBERS[n] ?? "many"} ${plural(label)}`;
    return PLURALS[label] === label && label !== "sheep" ? label : `${/^[aeiou]/.test(label) ? "an" : "a"} ${label}`;
  });
  const last = names.pop() ?? "";
  return names.length === 0 ? last : `${names.join(", ")} and ${last}`;
}

/** "people", "buses" */
export function plural(label: string): string {
  const known = PLURALS[label];
  if (known !== undefined) return known;
  return /(s|x|ch|sh)$/.test(label) ? `${label}es` : `${label}s`;
}
