/**
 * What a sentence says of its place, time, weather and colours, changed in its own words: these are what the networks listen to.
 * @module
 */
import {
  BACKGROUND_KINDS,
  type BackgroundKind,
  backgroundOf,
  type TimeOfDay,
  timeOf,
} from "scenograph/ours/text/background";
import { type Weather, weatherOf } from "scenograph/ours/text/weather";
import type { Thing, Understanding } from "scenograph/understand/index";

const PLACES: Readonly<Record<BackgroundKind, string>> = {
  snow: "in the snow",
  beach: "on the beach",
  ocean: "on the ocean",
  tennis: "on a tennis court",
  baseball: "on a baseball field",
  bath: "in a bathroom",
  kitchen: "in a kitchen",
  table: "on a table",
  room: "in a living room",
  track: "on the tracks",
  street: "on a city street",
  airport: "at the airport",
  forest: "in the forest",
  dirt: "in the desert",
  grass: "in a meadow",
  sky: "in the sky",
};
/** What people call them. */
export const PLACE_NAMES: Readonly<Record<BackgroundKind, string>> = {
  snow: "snow",
  beach: "beach",
  ocean: "ocean",
  tennis: "tennis court",
  baseball: "baseball field",
  bath: "bathroom",
  kitchen: "kitchen",
  table: "table",
  room: "living room",
  track: "railway",
  street: "street",
  airport: "airport",
  forest: "forest",
  dirt: "desert",
  grass: "meadow",
  sky: "sky",
};
const TIMES: Readonly<Record<TimeOfDay, string>> = { day: "", night: "at night", sunset: "at sunset" };
const WEATHERS: Readonly<Record<Weather, string>> = {
  clear: "",
  rain: "in the rain",
  snowing: "while it is snowing",
  fog: "in the fog",
};
export type SetPart = { place: BackgroundKind } | { time: TimeOfDay } | { weather: Weather };

const PREPOSITIONS =
  "on|in|at|by|under|through|across|among|along|down|up|over|near|into|onto|around|during|while it is|while it's";
const DETERMINERS = "the|an?|some|this|that|his|her|its|their";

/** The sentence with another place, time or weather; what it said of it before is gone. */
export function withPart(read: Pick<Understanding, "sentence" | "place" | "time" | "weather">, part: SetPart): string {
  const [key] = Object.keys(part) as ("place" | "time" | "weather")[];
  const words =
    "place" in part ? PLACES[part.place] : "time" in part ? TIMES[part.time] : WEATHERS[part.weather as Weather];
  const bare = without(read.sentence, read[key]);
  const end = /[\s.!,;]*$/.exec(bare)?.[0] ?? "";
  const body = bare.slice(0, bare.length - end.length);
  return `${body}${words === "" ? "" : ` ${words}`}${end.trim().startsWith(".") ? "." : ""}`.trim();
}

/** Without a phrase and what leads to it: "driving down a city street at night" loses "down a city street". */
function without(sentence: string, phrase: string | null): string {
  if (phrase === null) return sentence;
  const core = phrase.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const led = new RegExp(
    `\\s*\\b(?:${PREPOSITIONS})\\s+(?:(?:${DETERMINERS})\\s+)?(?:\\p{L}+\\s+)?${core}\\b|\\b${core}\\b\\s*`,
    "iu",
  );
  return sentence.replace(led, "").replace(/^[\s,]+/, "");
}

/** Places that this sentence can be given, each with the sentence that says so. */
export function places(read: Understanding): { readonly kind: BackgroundKind; readonly caption: string }[] {
  return BACKGROUND_KINDS.flatMap((kind) => {
    // "on a table" is a thing as well as a place
    if (kind === "table") return [];
    const caption = withPart(read, { place: kind });
    return backgroundOf(caption) === kind ? [{ kind, caption }] : [];
  });
}

export function settingOf(caption: string): {
  readonly place: BackgroundKind | undefined;
  readonly time: TimeOfDay;
  readonly weather: Weather;
} {
  return { place: backgroundOf(caption), time: timeOf(caption), weather: weatherOf(caption) };
}

/** Colours that a sentence can say. */
export const SAID_COLOURS: Readonly<Record<string, string>> = {
  red: "#e0322f",
  orange: "#f5861f",
  yellow: "#f7cb2d",
  green: "#2f9e4f",
  blue: "#2f6fe0",
  purple: "#8e44c9",
  pink: "#f480b4",
  brown: "#8a5530",
  black: "#2b2d35",
  white: "#f4f5f7",
};

/** The sentence that says this colour of a thing; of people it is their clothes'. Undefined takes the colour away. */
export function withColour(read: Understanding, thing: Thing, colour: string | undefined): string {
  const [start, end] = thing.span;
  const [head, tail] = [read.sentence.slice(0, start), read.sentence.slice(end)];
  if (thing.category === "person") {
    const clothes = colour === undefined ? "" : thing.plural ? ` in ${colour} shirts` : ` in ${articled(colour)} shirt`;
    const rest = tail.replace(/^ in (?:an? )?\p{L}+ shirts?\b/u, "");
    return `${head}${read.sentence.slice(start, end)}${clothes}${rest}`;
  }
  const named = new Set(Object.keys(SAID_COLOURS));
  const words = thing.phrase.split(/\s+/).filter((w) => !named.has(w.toLowerCase()) && !thing.colours.includes(w));
  const at = Math.max(0, words.length - thing.noun.split(" ").length);
  const phrase = colour === undefined ? words : [...words.slice(0, at), colour, ...words.slice(at)];
  // "an umbrella", "a red umbrella"
  if (/^an?$/i.test(phrase[0] ?? "") && phrase[1] !== undefined) {
    const article = articled(phrase[1]).split(" ")[0];
    phrase[0] = phrase[0][0] === "A" ? `A${article.slice(1)}` : article;
  }
  return `${head}${phrase.join(" ")}${tail}`;
}

function articled(word: string): string {
  return `${/^[aeiou]/i.test(word) ? "an" : "a"} ${word}`;
}
