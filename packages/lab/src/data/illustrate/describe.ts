/** A plan -> captions that say what is drawn: who, in which clothes and colours, doing what, where, when. Ours. @module */
import type { Random } from "@scenograph/graph/random";
import type { BackgroundKind } from "scenograph/ours/text/background";
import type { Plan, PlannedObject } from "./plan.ts";
import { article, PAINTABLE } from "./say.ts";

const PLACES: Readonly<Record<BackgroundKind, readonly string[]>> = {
  snow: ["in the snow", "on a snowy slope"],
  beach: ["on the beach", "on a sandy beach"],
  ocean: ["on the ocean", "by the sea", "in the water"],
  tennis: ["on a tennis court"],
  baseball: ["on a baseball field", "at a baseball game"],
  bath: ["in a bathroom", "in the bathroom"],
  kitchen: ["in a kitchen", "in the kitchen"],
  table: ["on a table", "on the table"],
  room: ["in a room", "in the living room", "indoors"],
  track: ["on the tracks", "by the railway"],
  street: ["on the street", "on a city street", "in the city"],
  airport: ["at the airport", "on the runway"],
  forest: ["in the forest", "in the woods", "among trees"],
  dirt: ["in the desert", "on a dirt plain"],
  grass: ["in a field", "on the grass", "in the park", "in a meadow"],
  sky: ["in the sky", "under a cloudy sky"],
};
const DOING: Readonly<Record<string, readonly string[]>> = {
  walking: ["walking"],
  running: ["running"],
  sitting: ["sitting"],
  swinging: ["swinging"],
  throwing: ["throwing"],
  waving: ["waving"],
  lying: ["sleeping", "lying down"],
  grazing: ["grazing", "eating grass"],
  flying: ["flying"],
  skiing: ["skiing"],
  eating: ["eating"],
};
const RELATIONS: Readonly<Record<string, string>> = {
  riding: "riding",
  cycling: "riding",
  holding: "holding",
  swinging: "swinging",
  boarding: "on",
  throwing: "throwing",
};
const PLURALS: Readonly<Record<string, string>> = {
  person: "people",
  bus: "buses",
  sheep: "sheep",
  knife: "knives",
  bench: "benches",
  skis: "skis",
  scissors: "scissors",
  toothbrush: "toothbrushes",
  "wine glass": "wine glasses",
  sandwich: "sandwiches",
  couch: "couches",
  broccoli: "broccoli",
  man: "men",
  woman: "women",
};
const COUNTS = ["", "a", "two", "three", "four", "five", "six"];

/** One caption; the caller checks that it is understood as the plan. */
export function describe(plan: Plan, rng: Random): string {
  const groups = new Map<string, PlannedObject[]>();
  for (const o of plan.objects) {
    const key = o.label === "person" ? (o.kind ?? "person") : o.label;
    groups.set(key, [...(groups.get(key) ?? []), o]);
  }
  const after: string[] = [];
  const kinds = [...groups].slice(0, 1 + rng.int(3));
  // "a man riding a brown horse": one phrase for both.
  const taken = new Set(
    kinds.flatMap(([, members]) => {
      const thing = members.length === 1 && RELATIONS[members[0].look.view.pose] ? members[0].with : undefined;
      return thing && groups.get(thing)?.length === 1 ? [thing] : [];
    }),
  );
  const named = kinds.flatMap(([noun, members]) => {
    if (taken.has(noun)) return [];
    const [{ with: thing, look }] = members;
    const other = thing && members.length === 1 ? groups.get(thing) : undefined;
    const verb = RELATIONS[look.view.pose];
    if (!thing || other?.length !== 1 || !verb) return [nounPhrase(noun, members, after, rng)];
    return [`${nounPhrase(noun, members, after, rng, false)} ${verb} ${nounPhrase(thing, other, after, rng)}`];
  });
  const list = named.length < 3 ? named.join(" and ") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
  const time =
    plan.time === "night"
      ? ` ${rng.pick(["at night", "at night", "after dark"])}`
      : plan.time === "sunset"
        ? ` ${rng.pick(["at sunset", "at dusk"])}`
        : "";
  const weather = { clear: "", rain: " in the rain", snowing: " while it is snowing", fog: " in the fog" }[
    plan.weather
  ];
  const text = `${list} ${rng.pick(PLACES[plan.background])}${time}${weather}`;
  return [`${text[0].toUpperCase()}${text.slice(1)}.`, ...after].join(" ");
}

function nounPhrase(
  noun: string,
  members: readonly PlannedObject[],
  after: string[],
  rng: Random,
  doings = true,
): string {
  const [first] = members;
  const n = Math.min(members.length, COUNTS.length - 1);
  const plural = n > 1;
  const word = plural ? (PLURALS[noun] ?? (noun === "child" ? "children" : `${noun}s`)) : noun;
  const alike = members.every((m) => m.colour === first.colour);
  const say = PAINTABLE.has(first.label) && alike && rng.bool(0.7);
  const doing = doings ? DOING[first.look.view.pose] : undefined;
  const verb = doing && members.every((m) => m.look.view.pose === first.look.view.pose) ? ` ${rng.pick(doing)}` : "";
  if (first.label === "person") {
    const { outfit } = first.look;
    const garment = outfit?.lower === "dress" ? "dress" : "shirt";
    const clothes = say && !plural ? ` in ${article(first.colour)} ${first.colour} ${garment}` : "";
    return `${plural ? COUNTS[n] : article(word)} ${word}${clothes}${verb}`;
  }
  const predicate = say && rng.bool(0.35);
  if (predicate) after.push(`The ${word} ${plural ? "are" : "is"} ${first.colour}.`);
  const adjective = say && !predicate ? `${first.colour} ` : "";
  const head = `${adjective}${word}`;
  return `${plural ? COUNTS[n] : `${article(head)}`} ${head}${verb}`;
}
