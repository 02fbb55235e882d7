/** What a layout of a sentence has to hold: objects, relations between them, and what it must not. From an understanding and a seed. @module */
import { stream } from "@scenograph/graph/random";
import type { RelationKind, Thing, Understanding } from "../../understand/types.ts";

/** A layout holds no more. */
export const MOST_OBJECTS = 24;

/** An object that the sentence asks for. */
export interface Wanted {
  /** Index of its thing. */
  readonly thing: number;
  /** Category, or null: a thing without one. */
  readonly label: string | null;
  /** Category, or the noun. */
  readonly name: string;
  readonly phrase: string;
  /** Said of the whole picture: "huge", "tiny". */
  readonly size?: "big" | "small";
}

/** `objects` are indices of wanted objects: none for a place in the picture, two for "between", else one. */
export interface Constraint {
  readonly kind: RelationKind;
  readonly subject: number;
  readonly objects: readonly number[];
  readonly negated: boolean;
}

export interface Demand {
  readonly wanted: readonly Wanted[];
  readonly constraints: readonly Constraint[];
  /** Categories that the sentence excludes, or counts: no more of them than are wanted. */
  readonly closed: ReadonlySet<string>;
  /** Nothing may be added. */
  readonly only: boolean;
  /** A place and nothing in it: what is typical there may be drawn. */
  readonly bare: boolean;
  /** What cannot be done as asked, and what is done instead. */
  readonly notes: readonly string[];
}

export interface DemandOptions {
  /** At most so many objects. */
  readonly limit?: number;
  /** Leave things out that have no category. */
  readonly closed?: boolean;
  /** As few as the sentence allows: what a layout must have at least. */
  readonly fewest?: boolean;
}

export function demandOf(u: Understanding, seed: number, options: DemandOptions = {}): Demand {
  const { limit = MOST_OBJECTS, closed: closedWords = false, fewest = false } = options;
  const random = stream(seed, "numbers");
  const notes: string[] = [];
  const asked = u.things.map((t) => !t.negated && (t.category !== null || !closedWords));
  const counts = u.things.map((t, i) => (asked[i] ? number(t, fewest ? 0 : random.uniform()) : 0));
  shorten(counts, u.things, limit, notes);
  const wanted: Wanted[] = [];
  const of: number[][] = u.things.map((t, thing) =>
    Array.from({ length: counts[thing] }, () => {
      const size = t.attributes.find((a) => a === "big" || a === "small") as "big" | "small" | undefined;
      return (
        wanted.push({ thing, label: t.category, name: t.category ?? t.noun, phrase: t.phrase, ...(size && { size }) }) -
        1
      );
    }),
  );
  const constraints = u.relations.flatMap(({ kind, subject, objects, negated = false }) =>
    kind === "with"
      ? []
      : pairUp(
          kind,
          of[subject],
          objects.map((o) => of[o]),
          negated,
        ),
  );
  const excluded = u.things.flatMap((t) => (t.negated && t.category !== null ? [t.category] : []));
  const counted = u.things.flatMap((t) => (!t.negated && t.category !== null ? [t.category] : []));
  const positive = new Set(counted);
  for (const name of excluded)
    if (positive.has(name)) notes.push(`"${name}" is asked for and excluded: what is asked for is drawn`);
  return {
    wanted,
    constraints,
    closed: new Set([...excluded, ...counted]),
    only: u.only,
    bare: wanted.length === 0 && u.place !== null && !u.only,
    notes: [...notes, ...contradictions(u)],
  };
}

/** A number in a range, the small ones more often. */
function number({ range: [least, most], count }: Thing, u: number): number {
  if (count !== undefined) return count;
  return least + Math.floor((most - least + 1) * u ** 1.6 * 0.999);
}

/** Fewer of the most numerous things, until the limit is kept. */
function shorten(counts: number[], things: readonly Thing[], limit: number, notes: string[]): void {
  const before = [...counts];
  counts.forEach((n, i) => {
    counts[i] = Math.min(n, limit);
  });
  for (let total = counts.reduce((a, b) => a + b, 0); total > limit; total--)
    counts[counts.indexOf(Math.max(...counts))]--;
  counts.forEach((n, i) => {
    if (n < before[i] && things[i].count !== undefined)
      notes.push(`"${things[i].phrase}": a layout holds at most ${limit} objects, ${n} are drawn`);
  });
}

/** A relation of things -> of their objects, one by one. */
function pairUp(
  kind: RelationKind,
  subjects: readonly number[],
  groups: readonly (readonly number[])[],
  negated: boolean,
): Constraint[] {
  if (subjects.length === 0 || groups.some((g) => g.length === 0)) return [];
  const make = (subject: number, objects: readonly number[]): Constraint => ({ kind, subject, objects, negated });
  if (groups.length === 0) return subjects.map((s) => make(s, []));
  const objects = groups.flat();
  if (kind === "between") {
    if (objects.length < 2) return [];
    // "between two dogs", "between a dog and a cat"; of many, the first and the last
    const ends =
      groups.length > 1 ? [groups[0][0], groups[groups.length - 1][0]] : [objects[0], objects[objects.length - 1]];
    return subjects.map((s) => make(s, ends));
  }
  const all: ReadonlySet<RelationKind> = new Set(["left", "right", "above", "bigger", "smaller", "same", "far"]);
  if (all.has(kind)) return subjects.flatMap((s) => objects.map((o) => make(s, [o])));
  // "three cats on two beds": in turn; "two men each holding an umbrella": one each; a lone rider has all
  if (subjects.length >= objects.length) return subjects.map((s, i) => make(s, [objects[i % objects.length]]));
  return objects.map((o, i) => make(subjects[i % subjects.length], [o]));
}

/** Demands that no layout meets. */
function contradictions(u: Understanding): string[] {
  const name = (t: number) => u.things[t].phrase;
  const opposite: Partial<Record<RelationKind, RelationKind>> = {
    left: "right",
    above: "under",
    bigger: "smaller",
    front: "behind",
  };
  const own = /\b(?:than|of|to|on|in|under|above|below|behind|beside) ((?:it|him|her|them)sel(?:f|ves))\b/i.exec(
    u.sentence,
  )?.[1];
  const out = own ? [`"${own}": nothing stands in a relation to itself; it is left out`] : [];
  for (const a of u.relations)
    for (const b of u.relations) {
      if (a.negated || b.negated || a.objects.length !== 1 || b.objects.length !== 1) continue;
      const same = a.subject === b.subject && a.objects[0] === b.objects[0];
      const swapped = a.subject === b.objects[0] && a.objects[0] === b.subject;
      const clash =
        (same && opposite[a.kind] === b.kind) ||
        (swapped && a.kind === b.kind && a.subject < b.subject && a.kind in SIDED);
      if (clash)
        out.push(
          `"${name(a.subject)}" and "${name(a.objects[0])}": two relations exclude each other; the nearest that can be done is drawn`,
        );
    }
  return out;
}

const SIDED: Partial<Record<RelationKind, true>> = {
  left: true,
  right: true,
  above: true,
  under: true,
  bigger: true,
  smaller: true,
  on: true,
  in: true,
};
