/** The lexicon, looked up by phrases; and words that only join or fill. @module */
import {
  BOUNDS,
  COLOURS,
  MOUNTED,
  NEGATIONS,
  NOBODY,
  ONLY,
  OWN_SIDES,
  POSITIONS,
  PREPOSITIONS,
  QUANTITIES,
  SIZES,
  SYMMETRIC,
  VERBS,
} from "./lexicon.ts";
import type { Word } from "./words.ts";

/** Phrases -> values, and the words that a phrase begins with: most words begin none. */
export class Phrases<T> {
  readonly #longest = new Map<string, number>();

  constructor(private readonly values: ReadonlyMap<string, T>) {
    for (const phrase of values.keys()) {
      const words = phrase.split(" ");
      this.#longest.set(words[0], Math.max(this.#longest.get(words[0]) ?? 0, words.length));
    }
  }

  /** The longest phrase that begins at word `at`, no comma inside. */
  at(words: readonly Word[], at: number): { value: T; length: number } | undefined {
    const most = at < words.length ? (this.#longest.get(words[at].text) ?? 0) : 0;
    for (let n = Math.min(most, words.length - at); n >= 1; n--) {
      const phrase = words.slice(at, at + n);
      if (phrase.slice(1).some((w) => w.breaks !== "")) continue;
      const value = this.values.get(phrase.map((w) => w.text).join(" "));
      if (value !== undefined) return { value, length: n };
    }
    return undefined;
  }
}

const phrasesOf = (set: ReadonlySet<string>) => new Phrases(new Map([...set].map((s) => [s, s])));
export const TABLES = {
  negation: phrasesOf(NEGATIONS),
  nobody: phrasesOf(NOBODY),
  only: phrasesOf(ONLY),
  position: new Phrases(POSITIONS),
  preposition: new Phrases(PREPOSITIONS),
  own: new Phrases(OWN_SIDES),
  symmetric: new Phrases(SYMMETRIC),
  bound: new Phrases(BOUNDS),
  colour: new Phrases(COLOURS),
  size: new Phrases(SIZES),
  quantity: new Phrases(QUANTITIES),
  verb: new Phrases(VERBS),
  mounted: new Phrases(MOUNTED),
};

/** Nouns that are another part of speech more often: taken for nouns after an article, a number or an adjective alone. */
export const AMBIGUOUS = new Set(
  "can saw fly well fan ring key goal rest slide swing bow watch dress suit fire rock block card letter map bar track space home show box set mask bath shower arch crane present drone glider net sign play fly stage pen scene mole slope pitch light stick pipe water wave inside outside ground space meal grill shield corn saw drum comb brush mop rake".split(
    " ",
  ),
);
export const ROWS = ["from left to right", "from right to left"];
/** "a bottle on each side of a vase". */
export const FLANKS = /^(?:on|to|at) (?:each|either|both|every) sides?$/;
export const CONJUNCTIONS = new Set(["and", "while", "but", "as", "then", "also", "&"]);
export const CLAUSES = new Set(["while", "as", "but"]);
/** Skipped without a word: they neither name nor relate. */
export const FILLERS = new Set(
  "please pls i me you we us my there here very really so too all of to for like just also now then up out down off about who's can could would will should may might do does did does has have had been kindly the a an hey hi hello".split(
    " ",
  ),
);
