/** What was understood, in one line for people. @module */
import type { Range, RelationKind, Thing, Understanding } from "./types.ts";

const WORDS: Readonly<Record<RelationKind, string>> = {
  left: "left of",
  right: "right of",
  above: "above",
  under: "under",
  on: "on",
  in: "in",
  beside: "next to",
  behind: "behind",
  front: "in front of",
  between: "between",
  around: "around",
  far: "far from",
  riding: "riding",
  holding: "holding",
  wearing: "wearing",
  with: "with",
  bigger: "bigger than",
  smaller: "smaller than",
  same: "as big as",
  "at-left": "on the left",
  "at-right": "on the right",
  "at-top": "at the top",
  "at-bottom": "at the bottom",
  "at-centre": "in the middle",
  "at-back": "in the background",
  "at-front": "in the foreground",
};

function number([least, most]: Range): string {
  return least === most ? `${least}` : `${least} to ${most}`;
}

function named(t: Thing): string {
  const noun = t.category ?? `"${t.noun}"`;
  return [number(t.range), ...t.colours, noun].join(" ");
}

/** "2 dog, 1 blue bus; dog left of bus; no cat; place: beach". Relations that boxes do not show are left out. */
export function describeUnderstanding(u: Understanding): string {
  const name = (t: number) => u.things[t].category ?? u.things[t].noun;
  const there = u.things.filter((t) => !t.negated).map(named);
  const gone = [...new Set(u.things.filter((t) => t.negated).map((t) => t.category ?? t.noun))];
  const relations = u.relations
    .filter((r) => r.kind !== "with")
    .map((r) =>
      `${name(r.subject)}${r.negated ? " not" : ""} ${WORDS[r.kind]} ${r.objects.map(name).join(" and ")}`.trimEnd(),
    );
  const parts = [
    there.join(", "),
    relations.join(", "),
    gone.length > 0 ? `no ${gone.join(", no ")}` : "",
    u.only ? "nothing else" : "",
    ...(["place", "time", "weather"] as const).map((key) => (u[key] === null ? "" : `${key}: ${u[key]}`)),
  ];
  return parts.filter((p) => p !== "").join("; ") || "nothing";
}
