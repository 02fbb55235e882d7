/** Does a layout do what a person wrote down for the sentence? Numbers, absences, relations as a person sees them. @module */
import { betweenDistance, type Placed, relationDistance, TOLERANCE } from "scenograph/ours/layouts/relations";
import type { Box } from "scenograph/scene/scene";
import type { RelationKind } from "scenograph/understand/types";
import type { Expectation } from "./expectation.ts";

/** An object of anybody's layout: a label, or null and words that name it. */
export interface JudgedObject {
  readonly label: string | null;
  readonly phrase?: string;
  readonly box: Box;
}

/** Most that a layout is asked for: "500 dogs" is satisfied by 24. */
const MOST = 24;

/** What is wrong with a layout, none when it does what is asked. */
export function layoutFaults(objects: readonly JudgedObject[], expected: Expectation): string[] {
  const faults: string[] = [];
  const of = (name: string): Placed[] =>
    objects.filter((o) => isCalled(o, name)).map((o) => ({ box: o.box, name: bare(name) }));
  for (const { name, negated, least, most } of expected.things) {
    const n = of(name).length;
    if (negated) {
      if (n > 0 && !expected.things.some((t) => !t.negated && t.name === name)) faults.push(`${n} ${name}, none asked`);
    } else if (n < Math.min(least, MOST) || n > Math.max(most, least))
      faults.push(`${n} ${name}, ${least} to ${most} asked`);
  }
  for (const { kind, negated, names } of expected.relations) {
    const [subjects, ...groups] = names.map(of);
    if (subjects.length === 0 || groups.some((g) => g.length === 0)) continue;
    const held = holds(kind as RelationKind, subjects, groups);
    if (held === negated) faults.push(`${negated ? "" : "not "}${kind}(${names.join(", ")})`);
  }
  return faults;
}

/** Objects of categories that the sentence does not ask for. */
export function unaskedObjects(objects: readonly JudgedObject[], expected: Expectation): number {
  return objects.filter((o) => !expected.things.some((t) => !t.negated && isCalled(o, t.name))).length;
}

function bare(name: string): string {
  return name.replace(/^\?/, "");
}

function isCalled(o: JudgedObject, name: string): boolean {
  if (!name.startsWith("?")) return o.label === name;
  const noun = bare(name).replace(/s$/, "");
  return o.label === null ? (o.phrase ?? "").toLowerCase().includes(noun) : o.label === noun;
}

/** Relations of one subject to all objects, all subjects to all: the others hold where each subject has an object. */
const TO_ALL: ReadonlySet<string> = new Set(["left", "right", "above", "bigger", "smaller", "same", "far"]);

function holds(kind: RelationKind, subjects: readonly Placed[], groups: readonly (readonly Placed[])[]): boolean {
  const close = (d: number) => d <= TOLERANCE;
  if (groups.length === 0) return subjects.some((s) => close(relationDistance(kind, s, s)));
  const others = groups.flat().filter((o) => !subjects.includes(o));
  if (kind === "between") {
    const pairs = groups.length > 1 ? groups[0].flatMap((b) => groups[1].map((c) => [b, c])) : pairsOf(groups[0]);
    return subjects.some((s) => pairs.some(([b, c]) => b !== c && close(betweenDistance(s.box, b.box, c.box))));
  }
  if (others.length === 0) return pairsOf(subjects).some(([a, b]) => close(relationDistance(kind, a, b)));
  const one = (s: Placed, o: Placed) => close(relationDistance(kind, s, o));
  if (TO_ALL.has(kind)) return subjects.some((s) => others.every((o) => one(s, o)));
  return subjects.some((s) => others.some((o) => one(s, o)));
}

function pairsOf(all: readonly Placed[]): [Placed, Placed][] {
  return all.flatMap((a, i) => all.slice(i + 1).map((b): [Placed, Placed] => [a, b]));
}
