/** What a sentence asks for, written down by a person, and whether an understanding says the same. @module */
import type { Thing, Understanding } from "scenograph/understand/types";

/** So many in all: at least, at most (Infinity: any number). */
export interface ExpectedThing {
  /** Category, or "?noun" for a thing without one. */
  readonly name: string;
  readonly negated: boolean;
  readonly least: number;
  readonly most: number;
  /** "+": several, no number said. */
  readonly several: boolean;
  /** Colours and other words that it has. */
  readonly words: readonly string[];
}

export interface ExpectedRelation {
  readonly kind: string;
  readonly negated: boolean;
  /** Subject, then objects, by name. */
  readonly names: readonly string[];
}

export interface Expectation {
  readonly things: readonly ExpectedThing[];
  readonly relations: readonly ExpectedRelation[];
  readonly place?: string;
  readonly only: boolean;
  readonly nothing: boolean;
}

/**
 * Items separated by ";": "dog 2 brown" (a category, how many in all, colours or other words), "cat 2-6", "cat 3+", "cat +"
 * (several), "no cat", "?lamp 1" (a thing without category), "left(cat, dog)", "not on(cat, bed)", "@beach", "only", "nothing".
 */
export function readExpectation(text: string): Expectation {
  const things: ExpectedThing[] = [];
  const relations: ExpectedRelation[] = [];
  let place: string | undefined;
  let only = false;
  let nothing = false;
  for (const item of text.split(";").map((s) => s.trim())) {
    if (item === "nothing") nothing = true;
    else if (item === "only") only = true;
    else if (item.startsWith("@")) place = item.slice(1);
    else if (item.includes("(")) {
      const [, not, kind, list] = /^(not )?([a-z-]+)\((.*)\)$/.exec(item) ?? unreadable(item);
      relations.push({ kind, negated: not !== undefined, names: list.split(", ") });
    } else {
      const [, no, name, number = "", rest = ""] =
        /^(no )?(\??[a-z '-]+?)(?: (\+|\d+-\d+|\d+\+?)(.*))?$/.exec(item) ?? unreadable(item);
      const [a, b] = number.split("-").map((n) => Number.parseInt(n, 10));
      const open = number.endsWith("+") || number === "";
      things.push({
        name,
        negated: no !== undefined,
        least: number === "+" ? 2 : Number.isNaN(a) ? 1 : a,
        most: open ? Number.POSITIVE_INFINITY : (b ?? a),
        several: number === "+",
        words: rest.trim().split(" ").filter(Boolean),
      });
    }
  }
  return { things, relations, ...(place !== undefined && { place }), only, nothing };
}

function unreadable(item: string): never {
  throw new Error(`readExpectation(): an item is "name number words" or "kind(names)", got ${JSON.stringify(item)}`);
}

/** Relations that boxes do not show are not compared. */
const UNSCORED = new Set(["with"]);
/** As good as each other in some sentences: a rider is on the horse. */
const LOOSE: readonly (readonly string[])[] = [
  ["on", "riding"],
  ["beside", "with"],
];

/**
 * Differences between what was understood and what is expected, none when it is right. Things and relations that are not
 * expected count against it; colours that are not listed do not.
 */
export function compareUnderstanding(u: Understanding, expected: Expectation): string[] {
  if (expected.nothing) return u.things.some((t) => !t.negated) || u.place !== null ? ["something was understood"] : [];
  const wrong: string[] = [];
  const nameOf = (t: Thing) => t.category ?? `?${t.noun}`;
  const had = new Map<string, Thing[]>();
  for (const t of u.things) {
    const key = (t.negated ? "no " : "") + nameOf(t);
    had.set(key, [...(had.get(key) ?? []), t]);
  }
  const asWritten = (name: string) => alike(name, (n) => had.has(n) || had.has(`no ${n}`));
  const wanted = new Set<string>();
  for (const thing of expected.things) {
    const key = (thing.negated ? "no " : "") + asWritten(thing.name);
    wanted.add(key);
    const things = had.get(key);
    if (!things) wrong.push(`missing ${key}`);
    else {
      if (!thing.negated) wrong.push(...numberWrong(key, things, thing));
      const words = things.flatMap((t) => [...t.colours, ...t.attributes]);
      wrong.push(...thing.words.filter((w) => !words.includes(w)).map((w) => `${key}: not ${w}`));
    }
  }
  for (const key of had.keys()) if (!wanted.has(key)) wrong.push(`unasked ${key}`);
  wrong.push(...relationsWrong(u, expected, nameOf, asWritten));
  if (expected.place !== undefined && u.place !== expected.place) wrong.push(`place ${u.place}`);
  if (expected.only !== u.only) wrong.push(expected.only ? "not only" : "only");
  return wrong;
}

function relationsWrong(
  u: Understanding,
  expected: Expectation,
  nameOf: (t: Thing) => string,
  asWritten: (name: string) => string,
): string[] {
  const text = (negated: boolean | undefined, kind: string, names: readonly string[]) =>
    `${negated ? "not " : ""}${kind}(${names.join(", ")})`;
  const made = u.relations
    .filter((r) => !UNSCORED.has(r.kind))
    .map((r) =>
      text(
        r.negated,
        r.kind,
        [r.subject, ...r.objects].map((t) => nameOf(u.things[t])),
      ),
    );
  const left = [...new Set(made)];
  const wrong: string[] = [];
  for (const relation of new Set(expected.relations.map((r) => text(r.negated, r.kind, r.names.map(asWritten))))) {
    const at = left.findIndex((m) => m === relation || loosely(m, relation));
    if (at >= 0) left.splice(at, 1);
    else wrong.push(`missing ${relation}`);
  }
  return [...wrong, ...left.map((relation) => `unasked ${relation}`)];
}

function numberWrong(key: string, things: readonly Thing[], { least, most, several }: ExpectedThing): string[] {
  const from = things.reduce((sum, t) => sum + t.range[0], 0);
  const to = things.reduce((sum, t) => sum + t.range[1], 0);
  const right = several ? to >= 2 : least === most ? from === least && to === most : from >= least && to <= most;
  return right ? [] : [`${key}: ${from}-${to}`];
}

/** Singular and plural of a noun without category are one name. */
export function alike(name: string, has: (name: string) => boolean): string {
  if (!name.startsWith("?") || has(name)) return name;
  const one = name.replace(/s$/, "");
  return has(one) ? one : name;
}

function loosely(a: string, b: string): boolean {
  const [kindA, restA] = a.split("(");
  const [kindB, restB] = b.split("(");
  return restA === restB && LOOSE.some((kinds) => kinds.includes(kindA) && kinds.includes(kindB));
}
