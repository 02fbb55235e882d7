/**
 * Where a sentence places things: "a dog to the left of a chair". Read by rules from the words between two mentions, and
 * asked of boxes when they are drawn. Ours: captions tell sides too rarely for the network to learn them.
 * @module
 */
import type { Sentence } from "../../pipeline.ts";
import type { Box } from "../../scene/scene.ts";

export const RELATIONS = ["left", "right", "above", "under", "on", "beside"] as const;
export type RelationKind = (typeof RELATIONS)[number];

/** The object of class `from` stands in the relation to that of class `to`. */
export interface Relation {
  readonly from: number;
  readonly to: number;
  readonly kind: RelationKind;
}

// the words that lead to the second thing: at most an article or number and two adjectives after them
const LEADS = String.raw`(?: (?!and |with |of |while )[\p{L}\p{N}'-]+){0,3}$`;
const WORDS: readonly (readonly [RelationKind, RegExp])[] = (
  [
    ["left", String.raw`\b(?:to|on|at) the (?:far )?left(?: hand)?(?: side)? of|\bleft of`],
    ["right", String.raw`\b(?:to|on|at) the (?:far )?right(?: hand)?(?: side)? of|\bright of`],
    [
      "on",
      String.raw`\bon top of|\batop(?: of)?|\b(?:sits|sitting|stands|standing|lies|lying|laying|sleeping|perched) on|^ ?on`,
    ],
    ["under", String.raw`\b(?:under|underneath|below|beneath)`],
    ["above", String.raw`\b(?:above|over)`],
    ["beside", String.raw`\b(?:next to|beside|alongside)`],
  ] as const
).map(([kind, words]) => [kind, new RegExp(`(?:${words})${LEADS}`, "u")]);

/** Relations between mentions that follow each other, of two different classes, in the order of the sentence. */
export function relationsOf({ words, mentions = [] }: Pick<Sentence, "words" | "mentions">): Relation[] {
  return mentions.slice(1).flatMap((second, i): Relation[] => {
    const first = mentions[i];
    if (first.classIndex === second.classIndex) return [];
    const between = words
      .slice(first.to, second.from)
      .map((w) => w.text)
      .join(" ");
    const found = WORDS.find(([, pattern]) => pattern.test(between));
    return found ? [{ from: first.classIndex, to: second.classIndex, kind: found[0] }] : [];
  });
}

/** Share of a box's size that it must be off the other's centre to count as beside or above it. */
const OFF = 0.25;

/** Does a box `a` stand in the relation to `b`? */
export function holds(kind: RelationKind, a: Box, b: Box): boolean {
  const across = a[0] + a[2] / 2 - b[0] - b[2] / 2;
  const down = a[1] + a[3] / 2 - b[1] - b[3] / 2;
  const aside = OFF * Math.min(a[2], b[2]);
  const over = Math.min(a[0] + a[2], b[0] + b[2]) > Math.max(a[0], b[0]);
  const foot = a[1] + a[3];
  switch (kind) {
    case "left":
      return across < -aside;
    case "right":
      return across > aside;
    case "under":
      return over && down > OFF * Math.min(a[3], b[3]);
    case "above":
      return foot <= b[1] + b[3] / 2 && down < 0;
    case "on":
      return over && down < 0 && foot > b[1] && foot <= b[1] + b[3];
    case "beside": {
      const gap = Math.max(a[0] - b[0] - b[2], b[0] - a[0] - a[2]);
      return Math.abs(across) > Math.abs(down) && gap <= 0.15;
    }
  }
}

/** Do the relations hold that an object of class `label` with this box has to the first objects of other classes so far? */
export function relationsHold(
  relations: readonly Relation[],
  label: number,
  box: Box,
  first: (label: number) => Box | undefined,
): boolean {
  return relations.every(({ from, to, kind }) => {
    const [a, b] = [from === label ? box : first(from), to === label ? box : first(to)];
    return (from !== label && to !== label) || !a || !b || holds(kind, a, b);
  });
}
