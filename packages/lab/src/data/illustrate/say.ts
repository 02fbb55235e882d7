/**
 * Captions that say how things look. Photographs' captions say so few colours, times and weathers that which word does what could not be
 * learned from them; so words are put into the caption, in as many wordings as people use, before it is drawn.
 * @module
 */
import type { Random } from "@scenograph/graph/random";
import { timeOf } from "scenograph/ours/text/background";
import { weatherOf } from "scenograph/ours/text/weather";
import { nounAt, PEOPLE } from "./nouns.ts";
import { BASE_COLOURS, SHADE_NAMES } from "./palette.ts";
import { VIEWS } from "./views.ts";
import { appearanceOf } from "./words.ts";

/** Share of the nouns that are given a colour, in a caption that is. */
const COLOURED = 0.75;
/** Colours that animals have; any other only now and then. */
const COATS: Readonly<Record<string, readonly string[]>> = {
  cat: ["black", "white", "orange", "gray", "brown", "tan"],
  dog: ["black", "white", "brown", "tan", "gray", "golden"],
  horse: ["black", "white", "brown", "tan", "gray"],
  cow: ["black", "white", "brown"],
  sheep: ["white", "black", "brown", "gray"],
  bear: ["brown", "black", "white"],
  bird: ["blue", "red", "yellow", "black", "white", "gray", "green"],
};
const PAINTED = new Set(
  "bicycle,car,motorcycle,airplane,bus,train,truck,boat,bench,chair,couch,bed,dining table,fire hydrant,vase,umbrella,surfboard,skateboard".split(
    ",",
  ),
);
const SINGULAR = /^(a|an|one|another)$/i;

/** Categories of which some drawing can be painted. */
export const PAINTABLE: ReadonlySet<string> = new Set(
  Object.keys(VIEWS).filter((label) => label === "person" || VIEWS[label].some((v) => v.paint !== "none")),
);

/** A colour word: mostly one of the twelve, else a shade. */
function colourWord(label: string, rng: Random): string {
  const coats = COATS[label];
  if (coats && rng.bool(0.85)) return rng.pick(coats);
  return rng.bool(0.72) ? rng.pick(BASE_COLOURS) : rng.pick(SHADE_NAMES);
}

/**
 * The caption with colours said of things that it names without one. Wordings: "a red bus", "a bus painted red", "... The bus is red.",
 * "a man in a red shirt and blue trousers", "a woman in a green dress", "a boy in a blue-striped shirt", "... Her dress is green."
 * `labels`: the categories in the picture that can be painted.
 */
export function sayColours(caption: string, labels: ReadonlySet<string>, rng: Random): string {
  const known = appearanceOf(caption);
  const parts = caption.replace(/\s*\.\s*$/, "").split(/([A-Za-z][A-Za-z-]*)/);
  const words = parts.filter((_, i) => i % 2 === 1).map((w) => w.toLowerCase());
  const dressed = known.people.some((p) => Object.keys(p.clothes).length > 0);
  const after: string[] = [];
  const done = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    const at = 2 * i + 1;
    const person = PEOPLE[words[i]];
    if (person && labels.has("person")) {
      if (dressed || done.has("person") || rng.uniform() >= COLOURED) continue;
      done.add("person");
      sayClothes(parts, at, words[i], after, rng);
      continue;
    }
    const noun = nounAt(words, i);
    if (!noun) continue;
    const { label, length } = noun;
    const last = at + 2 * (length - 1);
    // "a dog bed", "a bus stop": the noun says more about the next one.
    const compound = nounAt(words, i + length) !== undefined && /^\s+$/.test(parts[last + 1] ?? "");
    if (!compound && labels.has(label) && !known.colours.has(label) && !done.has(label) && rng.uniform() < COLOURED) {
      done.add(label);
      sayThing(parts, at, last, words[i + length - 1], label, after, rng);
    }
    i += length - 1;
  }
  const full = /[.!?]\s*$/.test(caption) || after.length > 0 ? "." : "";
  return [parts.join("").trim() + full, ...after].join(" ");
}

function sayThing(
  parts: string[],
  at: number,
  last: number,
  noun: string,
  label: string,
  after: string[],
  rng: Random,
): void {
  const colour = colourWord(label, rng);
  const plural = /[^s]s$/.test(noun) && !SINGULAR.test(parts[at - 2] ?? "");
  const wording = rng.uniform();
  const name = parts.slice(at, last + 1).join("");
  if (wording < 0.56) {
    if (/^an?$/i.test(parts[at - 2] ?? "")) parts[at - 2] = parts[at - 2][0] + article(colour).slice(1);
    parts[at] = `${colour} ${parts[at]}`;
  } else if (wording < 0.82)
    after.push(`The ${name} ${plural ? "are" : "is"} ${rng.pick(["", "", "", "bright ", "all "])}${colour}.`);
  else if (wording < 0.92 && PAINTED.has(label)) parts[last] += ` painted ${colour}`;
  else parts[last] += `, which ${plural ? "are" : "is"} ${colour},`;
}

function sayClothes(parts: string[], at: number, noun: string, after: string[], rng: Random): void {
  const [kind, count] = PEOPLE[noun];
  const top = colourWord("shirt", rng);
  const low = rng.pick(["blue", "black", "gray", "white", "brown", "red", "green", "navy", "tan", "dark blue"]);
  const female = kind === "woman" || kind === "girl";
  const wear = rng.pick(["in", "in", "wearing"]);
  const wording = rng.uniform();
  const lower = rng.pick(female ? ["skirt", "trousers", "shorts", "jeans"] : ["trousers", "pants", "shorts", "jeans"]);
  const piece = lower === "skirt" ? `${article(low)} ${low} skirt` : `${low} ${lower}`;
  const shirt = rng.pick(["shirt", "shirt", "jacket", "sweater", "t-shirt", "top"]);
  if (count > 1) parts[at] += ` ${wear} ${top} ${rng.pick(["shirts", "jackets"])}`;
  else if (female && wording < 0.4) parts[at] += ` ${wear} ${article(top)} ${top} dress`;
  else if (wording < 0.55) parts[at] += ` ${wear} ${article(top)} ${top} ${shirt}`;
  else if (wording < 0.74) parts[at] += ` ${wear} ${article(top)} ${top} ${shirt} and ${piece}`;
  else if (wording < 0.84) parts[at] += ` ${wear} ${article(top)} ${top}-striped shirt`;
  else if (wording < 0.9) parts[at] += ` dressed in ${top}`;
  else after.push(`${female ? "Her" : kind === "man" || kind === "boy" ? "His" : "Their"} ${shirt} is ${top}.`);
}

const TIMES = [
  "at night",
  "at night",
  "at sunset",
  "in the rain",
  "in the fog",
  "while it is snowing",
  "on a rainy night",
];
const INSIDE =
  /\b(room|kitchen|bathroom|bedroom|table|desk|indoors?|couch|sofa|bed|plate|bowl|counter|office|shower|toilet)\b/;

/** The caption of an outdoor scene with a time of day or a weather, where it says none. */
export function sayTime(caption: string, rng: Random): string {
  const told = rng.pick(TIMES);
  if (timeOf(caption) !== "day" || weatherOf(caption) !== "clear" || INSIDE.test(caption.toLowerCase())) return caption;
  return /[.!?]\s*$/.test(caption) ? caption.replace(/\s*([.!?])\s*$/, ` ${told}$1`) : `${caption.trimEnd()} ${told}`;
}

export function article(word: string): "a" | "an" {
  return /^[aeiou]/.test(word) ? "an" : "a";
}
