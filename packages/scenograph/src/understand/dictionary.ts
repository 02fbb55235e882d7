/** Vocabulary and lists -> what a stretch of words can be as a noun. The longest name wins ("hot dog", "teddy bear"). @module */
import { listedNouns, PLACES, TIMES, WEATHERS } from "./nouns.ts";
import type { Vocabulary } from "./types.ts";
import { isPlural, plurals, singular, type Word } from "./words.ts";

export interface Noun {
  readonly kind: "thing" | "place" | "time" | "weather";
  readonly category: string | null;
  /** Singular. */
  readonly noun: string;
  readonly plural: boolean;
  /** Words. */
  readonly length: number;
  /** No name of the vocabulary, from our own lists. */
  readonly listed: boolean;
}

interface Entry extends Omit<Noun, "length"> {
  /** Means this only where one of these words is in the sentence. */
  readonly near?: ReadonlySet<string>;
}

export interface Dictionary {
  /** The longest noun that begins at word `at`. */
  noun(words: readonly Word[], at: number): Noun | undefined;
}

/** Words that mean several persons by themselves, and how many. */
export const GROUPS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["couple", [2, 2]],
  ["twins", [2, 2]],
  ["triplets", [3, 3]],
  ["family", [3, 5]],
  ["crowd", [8, 16]],
  ["audience", [8, 16]],
  ["luggage", [1, 4]],
  ["baggage", [1, 4]],
]);

const made = new WeakMap<Vocabulary, Dictionary>();

/** Made once for each vocabulary. */
export function dictionaryOf(vocabulary: Vocabulary): Dictionary {
  let ready = made.get(vocabulary);
  if (!ready) {
    ready = makeDictionary(vocabulary);
    made.set(vocabulary, ready);
  }
  return ready;
}

function makeDictionary({ categories, except = [] }: Vocabulary): Dictionary {
  const entries = new Map<string, Entry>();
  const senses = new Map<string, Entry[]>();
  const add = (phrase: string, entry: Omit<Entry, "plural" | "noun">, many: readonly string[] = plurals(phrase)) => {
    if (phrase === "") return;
    const key = phrase.toLowerCase().replaceAll("-", " ");
    if (!entries.has(key)) entries.set(key, { ...entry, noun: key, plural: isPlural(key) });
    // "sheeps", "benchs", "knifes" are understood as well
    const sloppy = /(?:s|ing|skis)$/.test(key) ? [] : [`${key}s`];
    for (const form of [...many, ...sloppy])
      if (!entries.has(form)) entries.set(form, { ...entry, noun: key, plural: true });
  };
  for (const { name, plural, synonyms = [], senses: own = [] } of categories) {
    const entry = { kind: "thing" as const, category: name, listed: false };
    add(name, entry, plural === undefined ? plurals(name) : [plural]);
    for (const phrase of synonyms) add(phrase, entry);
    for (const { words, near } of own)
      for (const word of words) {
        const one = singular(word);
        const list = senses.get(word) ?? [];
        list.push({ ...entry, noun: one, plural: one !== word, near: new Set(near) });
        senses.set(word, list);
      }
  }
  for (const place of PLACES.split(", ")) add(place, { kind: "place", category: null, listed: true });
  for (const phrase of except) add(phrase, { kind: "thing", category: null, listed: true });
  for (const noun of listedNouns()) add(noun, { kind: "thing", category: null, listed: true });
  for (const time of TIMES.split(", ")) add(time, { kind: "time", category: null, listed: true }, []);
  for (const weather of WEATHERS.split(", ")) add(weather, { kind: "weather", category: null, listed: true }, []);
  /** Words of the longest name that begins with a word. */
  const longest = new Map<string, number>();
  for (const name of [...entries.keys(), ...senses.keys()]) {
    const words = name.split(" ");
    longest.set(words[0], Math.max(longest.get(words[0]) ?? 0, words.length));
  }

  return {
    noun(words, at) {
      for (let n = Math.min(longest.get(words[at].text) ?? 0, words.length - at); n >= 1; n--) {
        const phrase = words.slice(at, at + n);
        if (phrase.slice(1).some((w) => w.breaks !== "")) continue;
        const key = phrase.map((w) => w.text).join(" ");
        const sense = n === 1 ? senses.get(key)?.find((s) => words.some((w) => s.near?.has(w.text))) : undefined;
        const entry = sense ?? entries.get(key);
        if (entry) return { ...entry, length: n };
      }
      return undefined;
    },
  };
}
