/**
 * Caption -> appearance: which people in which clothes, what they and the animals do, which colours the words give to what.
 * Colours are understood as an adjective ("a red bus"), a predicate ("the bus is blue", "a bus painted blue"), a pattern
 * ("a blue-striped shirt"), a named shade ("crimson", "dark blue"), and of clothes ("a man in a red shirt and blue trousers").
 * @module
 */
import { BETWEEN, GARMENTS, type Garment, NUMBERS, nounAt, PEOPLE, type PersonKind, tokens } from "./nouns.ts";
import { colourAt } from "./palette.ts";
import { type Action, actionsOf } from "./verbs.ts";

/** Colour names of garments. */
export type Clothes = Partial<Record<Garment, string>> & { striped?: boolean; lower?: "shorts" | "skirt" | "trousers" };

export interface Person {
  readonly kind: PersonKind;
  readonly clothes: Clothes;
  readonly actions: readonly Action[];
}

export interface Appearance {
  /** In the order of the caption; given to the people of the picture largest first. Empty: nobody is described. */
  readonly people: readonly Person[];
  /** What the verbs of the whole caption say, strongest first. */
  readonly actions: readonly Action[];
  /** What animals do, by category, as `colours`. */
  readonly doings: ReadonlyMap<string, readonly (readonly Action[])[]>;
  /** Colour names by category in the order of the caption; the first goes to the largest object, the last to all that remain. */
  readonly colours: ReadonlyMap<string, readonly string[]>;
}

/** One noun of the caption that can have a colour. */
interface Mention {
  readonly at: number;
  readonly end: number;
  readonly count: number;
  readonly person?: PersonKind;
  readonly label?: string;
  readonly clothes: Clothes;
  colour?: string;
  actions: readonly Action[];
}

/** After a predicate's colour no noun may come: "the dog is in white snow" says nothing of the dog. */
const ENDS = new Set(
  ", . ; ! ? and with on in at near next while under by beside behind above over from to of standing sitting parked driving is are that who which there as".split(
    " ",
  ),
);
const VERBS = new Set(["is", "are", "was", "were", "painted", "colored", "coloured", "in", "looks", "dyed"]);
const ADVERBS = new Set([
  "all",
  "bright",
  "mostly",
  "entirely",
  "a",
  "that",
  "which",
  "completely",
  "dressed",
  "wearing",
  "wears",
]);

/** What the words of a caption say about looks. */
export function appearanceOf(caption: string): Appearance {
  const words = tokens(caption);
  const mentions = mentionsOf(words);
  for (let i = 0; i < words.length; i++) {
    const colour = colourAt(words, i);
    if (!colour) continue;
    const end = i + colour.length;
    // In "red and white bus" the first colour counts.
    const second = words[i - 1] === "and" && [1, 2].some((n) => colourAt(words, i - 1 - n)?.length === n);
    if (!second || afterNoun(words, i, mentions)) give(words, i, end, colour.name, mentions);
    i = end - 1;
  }
  bindVerbs(words, mentions);
  return {
    people: peopleOf(mentions),
    actions: actionsOf(words.join(" ")),
    doings: doingsOf(mentions),
    colours: coloursOf(mentions),
  };
}

/** "a red shirt and blue trousers": the "and" joins two things, not two colours of one. */
function afterNoun(words: readonly string[], i: number, mentions: readonly Mention[]): boolean {
  return GARMENTS.has(words[i - 2]) || mentions.some((m) => m.end === i - 1);
}

function mentionsOf(words: readonly string[]): Mention[] {
  const found: Mention[] = [];
  for (let i = 0; i < words.length; i++) {
    const count = (plural: number) => NUMBERS[words[i - 1]] ?? NUMBERS[words[i - 2]] ?? plural;
    const person = PEOPLE[words[i]];
    if (person) {
      const [kind, n] = person;
      found.push({ at: i, end: i + 1, person: kind, count: n > 1 ? count(n) : 1, clothes: {}, actions: [] });
      if (words[i] === "couple") found.push({ at: i, end: i + 1, person: "woman", count: 1, clothes: {}, actions: [] });
      continue;
    }
    const noun = nounAt(words, i);
    if (!noun) continue;
    const plural = words[i + noun.length - 1].endsWith("s") && count(1) > 1;
    found.push({
      at: i,
      end: i + noun.length,
      label: noun.label,
      count: plural ? count(1) : 1,
      clothes: {},
      actions: [],
    });
    i += noun.length - 1;
  }
  return found;
}

/** Give the colour at [i, end) to what it describes. */
function give(words: readonly string[], i: number, end: number, colour: string, mentions: Mention[]): void {
  const striped = words[end] === "striped" || words[end] === "stripes";
  for (let k = end; k < Math.min(words.length, end + 5); k++) {
    const garment = GARMENTS.get(words[k]);
    if (garment) {
      dress(words, lastPerson(mentions, i), garment, words[k], colour, striped);
      return;
    }
    const thing = mentions.find((m) => m.at === k);
    if (thing?.label) {
      // "a dog bed": the noun says more about the next one.
      const next = mentions.find((m) => m.at === thing.end && m.label);
      (next ?? thing).colour ??= colour;
      return;
    }
    if (thing?.person) return;
    if (!BETWEEN.has(words[k]) && !colourAt(words, k)) break;
  }
  if (words[end] !== undefined && !ENDS.has(words[end])) return;
  let k = i - 1;
  let verb = false;
  const relative = (i: number) => words[i] === "," && /^(which|that)$/.test(words[i + 1] ?? "");
  while (k >= 0 && (VERBS.has(words[k]) || ADVERBS.has(words[k]) || relative(k))) {
    verb ||= VERBS.has(words[k]) || words[k] === "wearing" || words[k] === "wears";
    k--;
  }
  if (!verb) return;
  const garment = GARMENTS.get(words[k]);
  if (garment) {
    dress(words, lastPerson(mentions, k), garment, words[k], colour, false);
    return;
  }
  const thing = mentions.find((m) => m.end === k + 1);
  if (thing?.person) dress(words, thing, "top", "", colour, false);
  else if (thing?.label) referent(words, thing, mentions).colour = colour;
}

/** "a bus ... the bus is blue": the second noun is the first one again. */
function referent(words: readonly string[], thing: Mention, mentions: readonly Mention[]): Mention {
  const again = /^(the|his|her|their|its|this|that)$/.test(words[thing.at - 1] ?? "");
  const before = mentions.filter((m) => m.label === thing.label && m.at < thing.at);
  return (again && before.find((m) => m.colour === undefined)) || (again && before.at(-1)) || thing;
}

function lastPerson(mentions: readonly Mention[], i: number): Mention | undefined {
  return mentions.filter((m) => m.person && m.at < i).at(-1);
}

function dress(
  words: readonly string[],
  person: Mention | undefined,
  garment: Garment,
  word: string,
  colour: string,
  striped: boolean,
): void {
  if (!person) return;
  // "a couple": both people stand at the same word; the first is dressed.
  const { clothes } = person;
  if (clothes[garment] === undefined) clothes[garment] = colour;
  if (striped || words.includes("stripes")) clothes.striped ||= striped;
  if (garment !== "bottom") return;
  clothes.lower = /^skirts?$/.test(word) ? "skirt" : word === "shorts" ? "shorts" : "trousers";
}

function peopleOf(mentions: readonly Mention[]): Person[] {
  return mentions
    .filter((m) => m.person)
    .flatMap((m) =>
      Array.from({ length: m.count }, () => ({ kind: m.person as PersonKind, clothes: m.clothes, actions: m.actions })),
    )
    .slice(0, 10);
}

function coloursOf(mentions: readonly Mention[]): Map<string, string[]> {
  const colours = new Map<string, string[]>();
  for (const { label, colour, count } of mentions)
    if (label && colour)
      colours.set(label, [...(colours.get(label) ?? []), ...Array.from({ length: count }, () => colour)]);
  return colours;
}

const ANIMALS = new Set(["bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"]);
const DETERMINER = /^(a|an|the|two|three|four|five|six|several|many|some|his|her|their|its|another|and|with|of)$/;

/** A verb belongs to the person or animal before it, or to the noun that it stands before ("a sleeping dog"). */
function bindVerbs(words: readonly string[], mentions: readonly Mention[]): void {
  const subjects = mentions.filter((m) => m.person || ANIMALS.has(m.label ?? ""));
  const starts = subjects.map((m) => {
    let at = m.at;
    while (at > 0 && m.at - at < 4 && !DETERMINER.test(words[at - 1])) at--;
    return at;
  });
  for (let i = subjects.length - 1; i >= 0; i--) {
    const next = subjects[i + 1];
    const until = next ? starts[i + 1] : words.length;
    const own = words.slice(Math.min(starts[i], until), until);
    const text = [...own, ...(next ? ["a", words[next.at]] : [])].join(" ");
    // "a dog and a cat sleeping": both sleep.
    const joined = next && words.slice(subjects[i].end, until).every((w) => w === "and" || w === "," || w === "a");
    subjects[i].actions = joined && actionsOf(own.join(" ")).length === 0 ? next.actions : actionsOf(text);
  }
}

function doingsOf(mentions: readonly Mention[]): Map<string, (readonly Action[])[]> {
  const doings = new Map<string, (readonly Action[])[]>();
  for (const { label, actions, count } of mentions)
    if (label && ANIMALS.has(label))
      doings.set(label, [...(doings.get(label) ?? []), ...Array.from({ length: count }, () => actions)]);
  return doings;
}
