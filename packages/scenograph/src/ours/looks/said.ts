/** The colour that the sentence says of an object [ours]: by the understanding of sentences, exact, in any wording that it knows. @module */
import { type Categories, COCO } from "../../scene/categories.ts";
import type { SceneObject } from "../../scene/scene.ts";
import type { Thing, Understanding } from "../../understand/types.ts";
import { ranksOf } from "../priors/data.ts";

/** What colour words paint, "#rrggbb"; the colours of the illustrated scenes. */
export const PAINTS: Readonly<Record<string, string>> = {
  red: "#e0322f",
  blue: "#2f6fe0",
  green: "#2f9e4f",
  yellow: "#f7cb2d",
  white: "#f4f5f7",
  black: "#2b2d35",
  brown: "#8a5530",
  orange: "#f5861f",
  pink: "#f480b4",
  purple: "#8e44c9",
  gray: "#8f96a3",
  grey: "#8f96a3",
  tan: "#d9b27c",
  beige: "#d9b27c",
  gold: "#d4a52a",
  silver: "#b9bfc9",
};

/** How a person has clothes: "wearing", "with" or "in" a red shirt. */
const WORN = new Set(["wearing", "with", "in"]);
/** What is painted of a person. */
const CLOTHES =
  /\b(shirts?|t-?shirts?|tees?|dress(?:es)?|jackets?|coats?|sweaters?|jumpers?|hoodies?|suits?|jerseys?|tops?|blouses?|uniforms?|vests?|robes?|gowns?|cardigans?|clothes|clothing|outfits?)$/i;

/** Hex of the colours that the sentence says, by the object's id; objects of which it says none are not there. */
export function saidColours(
  objects: readonly SceneObject[],
  said: Understanding,
  categories: Categories = COCO,
): Map<string, string> {
  const found = new Map<string, string>();
  const ranks = ranksOf(objects.map((o) => ({ classIndex: categories.indexOf(o.label), box: o.box })));
  objects.forEach((o, i) => {
    const thing = thingOf(o, ranks[i], said.things);
    if (!thing) return;
    const colours = coloursOf(thing, said);
    const paint = PAINTS[colours[Math.min(rankIn(thing, ranks[i], said.things), colours.length - 1)] ?? ""];
    if (paint) found.set(o.id, paint);
  });
  return found;
}

/** The thing that an object stands for: by its phrase, else by rank among those of its category. */
function thingOf(o: SceneObject, rank: number, things: readonly Thing[]): Thing | undefined {
  const own = things.filter((t) => t.category === o.label && o.label !== null && !t.negated);
  const byPhrase = o.phrase === undefined ? undefined : own.find((t) => t.phrase === o.phrase);
  if (byPhrase) return byPhrase;
  let before = 0;
  for (const t of own) {
    before += t.count ?? t.range[0];
    if (rank < before) return t;
  }
  return own.at(-1);
}

/** Place of the object among those of its thing: "a red and a blue bus" paints the second blue. */
function rankIn(thing: Thing, rank: number, things: readonly Thing[]): number {
  const before = things
    .slice(0, things.indexOf(thing))
    .filter((t) => t.category === thing.category && !t.negated)
    .reduce((n, t) => n + (t.count ?? t.range[0]), 0);
  return Math.max(0, rank - before);
}

/** Its own colours, else those of what it wears: "a man in a red shirt". */
function coloursOf(thing: Thing, { things, relations }: Understanding): readonly string[] {
  if (thing.colours.length > 0) return thing.colours;
  if (thing.category !== "person") return [];
  const index = things.indexOf(thing);
  for (const { kind, subject, objects, negated } of relations) {
    if (subject !== index || negated || !WORN.has(kind)) continue;
    const worn = objects.map((k) => things[k]).find((t) => t && CLOTHES.test(t.noun) && t.colours.length > 0);
    if (worn) return worn.colours;
  }
  return [];
}
