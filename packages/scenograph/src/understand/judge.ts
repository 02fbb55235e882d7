/** Does an understanding say what a person wrote down for the sentence? For the test set. @module */
import type { Thing, Understanding } from "./types.ts";

/** A sentence and what it says, in a short notation: see `judgeUnderstanding`. */
export interface JudgedSentence {
  readonly sentence: string;
  readonly expect: string;
  readonly kind: string;
  /** "unseen": written before the rules, never looked at while they were changed. */
  readonly part: "seen" | "unseen";
}

const SCORED = new Set(
  "left right above under on in beside behind front between around far riding holding wearing bigger smaller same at-left at-right at-top at-bottom at-centre at-back at-front".split(
    " ",
  ),
);
/** As good as each other in some sentences: a rider is on the horse, what is in a chair is on it. */
const LOOSE: readonly (readonly string[])[] = [
  ["on", "riding"],
  ["beside", "with"],
];

/**
 * Differences between what was understood and what is expected, none when it is right. Items of `expect`, separated by
 * ";": "dog 2 brown" (a category, how many in all, colours or other words), "cat 2-6", "cat +" (several), "no cat",
 * "?lamp 1" (a thing without category), "left(cat, dog)", "not on(cat, bed)", "@beach", "only", "nothing".
 * Things and relations that are not expected count against it; "with" and colours that are not listed do not.
 */
export function judgeUnderstanding(u: Understanding, expect: string): string[] {
  const wrong: string[] = [];
  const name = (t: Thing) => t.category ?? `?${t.noun.replace(/^(?:the|a) /, "")}`;
  const had = new Map<string, Thing[]>();
  for (const t of u.things) {
    const key = (t.negated ? "no " : "") + name(t);
    had.set(key, [...(had.get(key) ?? []), t]);
  }
  const wanted = new Set<string>();
  const relations: string[] = [];
  let place: string | undefined;
  let only = false;
  let nothing = false;
  for (const item of expect.split("; ").map((s) => s.trim())) {
    if (item === "nothing") nothing = true;
    else if (item === "only") only = true;
    else if (item.startsWith("@")) place = item.slice(1);
    else if (item.includes("(")) relations.push(item);
    else {
      const found = /^(no )?(\??[a-z '-]+?)(?: (\+|\d+-\d+|\d+\+?)(.*))?$/.exec(item);
      if (!found) throw new Error(`judgeUnderstanding(): cannot read ${JSON.stringify(item)}`);
      const [, no, noun, number, rest = ""] = found;
      const key = `${no ?? ""}${same(noun, had)}`;
      wanted.add(key);
      const things = had.get(key);
      if (!things) {
        wrong.push(`missing ${key}`);
        continue;
      }
      if (!no) wrong.push(...numberWrong(key, things, number));
      const words = things.flatMap((t) => [...t.colours, ...t.attributes]);
      for (const word of rest.trim().split(" ").filter(Boolean))
        if (!words.includes(word)) wrong.push(`${key}: not ${word}`);
    }
  }
  if (nothing) return u.things.some((t) => !t.negated) || u.place !== null ? ["something was understood"] : [];
  for (const key of had.keys()) if (!wanted.has(key)) wrong.push(`unasked ${key}`);
  const made = u.relations
    .filter((r) => SCORED.has(r.kind))
    .map(
      (r) =>
        `${r.negated ? "not " : ""}${r.kind}(${[r.subject, ...r.objects].map((t) => name(u.things[t])).join(", ")})`,
    );
  const left = [...new Set(made)];
  for (const relation of new Set(relations.map((r) => normalised(r, had)))) {
    const at = left.findIndex((m) => m === relation || loosely(m, relation));
    if (at >= 0) left.splice(at, 1);
    else wrong.push(`missing ${relation}`);
  }
  for (const relation of left) wrong.push(`unasked ${relation}`);
  if (place !== undefined && u.place !== place) wrong.push(`place ${u.place}`);
  if (only !== u.only) wrong.push(only ? "not only" : "only");
  return wrong;
}

function numberWrong(key: string, things: readonly Thing[], number: string | undefined): string[] {
  const least = things.reduce((sum, t) => sum + t.range[0], 0);
  const most = things.reduce((sum, t) => sum + t.range[1], 0);
  const got = `${key}: ${least}-${most}`;
  if (number === undefined) return [];
  if (number === "+") return most >= 2 ? [] : [got];
  if (number.endsWith("+")) return least >= Number.parseInt(number, 10) ? [] : [got];
  const [a, b = a] = number.split("-").map(Number);
  return a === b ? (least === a && most === a ? [] : [got]) : least >= a && most <= b ? [] : [got];
}

/** Singular and plural of a noun without category are one name. */
function same(noun: string, had: ReadonlyMap<string, unknown>): string {
  if (!noun.startsWith("?") || had.has(noun)) return noun;
  const one = noun.replace(/s$/, "");
  return had.has(one) || had.has(`no ${one}`) ? one : noun;
}

function normalised(relation: string, had: ReadonlyMap<string, unknown>): string {
  return relation.replace(/\?[a-z ]+/g, (noun) => same(noun, had));
}

function loosely(a: string, b: string): boolean {
  const [kindA, restA] = a.split("(");
  const [kindB, restB] = b.split("(");
  return restA === restB && LOOSE.some((kinds) => kinds.includes(kindA) && kinds.includes(kindB));
}
