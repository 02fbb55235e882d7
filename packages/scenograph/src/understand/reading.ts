/** Looking at the words of a sentence from some word on, without taking any. @module */
import type { Dictionary, Noun } from "./dictionary.ts";
import type { Item } from "./items.ts";
import {
  ADJECTIVES,
  COLOURS,
  COPULAS,
  DETERMINERS,
  NEGATIONS,
  NO_THINGS,
  NUMBERS,
  PAIRED,
  PRONOUNS,
  QUANTITIES,
  RELATIVES,
  SIZES,
  VERBS,
} from "./lexicon.ts";
import { AMBIGUOUS, CONJUNCTIONS, FILLERS, TABLES } from "./tables.ts";
import type { Range } from "./types.ts";
import type { Word } from "./words.ts";

export abstract class Reading {
  readonly items: Item[] = [];
  /** The noun phrase at this word speaks of what was spoken of: "the number of cars". */
  protected recall = -1;
  readonly ignored = new Set<number>();

  constructor(
    readonly words: readonly Word[],
    protected readonly dictionary: Dictionary,
  ) {}

  /** A noun phrase from word i on; `item` is left out where it is none that counts ("the left side"). */
  protected abstract nounPhrase(i: number): { item?: Item; length: number } | undefined;

  protected text(i: number): string {
    return this.words[i]?.text ?? "";
  }

  /** Nothing of a phrase goes on at word i. */
  protected ends(i: number): boolean {
    return i >= this.words.length || this.words[i].breaks !== "";
  }

  protected noun(i: number): Noun | undefined {
    if (i >= this.words.length) return undefined;
    return this.dictionary.noun(this.words, i);
  }

  protected isPreposition(i: number): boolean {
    return TABLES.preposition.at(this.words, i) !== undefined;
  }

  /** "in winter", "at night": handled as noun phrases of time; "in 2020" is nothing. */
  protected isDateLike(i: number): boolean {
    return /^\d{4}$/.test(this.text(i + 1));
  }

  /** Does an object, an adverb or the end follow? */
  protected argument(i: number): boolean {
    const text = this.text(i);
    return (
      this.ends(i) ||
      DETERMINERS.has(text) ||
      NUMBERS.has(text) ||
      this.isPreposition(i) ||
      PRONOUNS.has(text) ||
      (this.noun(i)?.plural ?? false)
    );
  }

  /** A noun at most three words on, with nothing but describing words before it. */
  protected nounSoon(i: number): boolean {
    for (let k = i; k < i + 5 && k < this.words.length; k++) {
      if (k > i && this.words[k].breaks !== "") return false;
      const text = this.text(k);
      if (this.noun(k) && !(AMBIGUOUS.has(text) && k === i)) return true;
      if (NO_THINGS.has(text)) return true;
      if (!(ADJECTIVES.has(text) || COLOURS.has(text) || SIZES.has(text) || text === "and" || text === "orange"))
        return false;
      if (text === "and" && !COLOURS.has(this.text(k + 1))) return false;
    }
    return false;
  }

  protected isDetermined(i: number): boolean {
    const text = this.text(i);
    return DETERMINERS.has(text) || NUMBERS.has(text);
  }

  protected modifierBefore(k: number, from: number): boolean {
    const [before, here] = [this.text(k - 1), this.text(k)];
    const describes = (w: string) => ADJECTIVES.has(w) || COLOURS.has(w) || SIZES.has(w);
    return k - 1 >= from && describes(before) && describes(here) && this.nounSoon(k);
  }

  protected paired(i: number): boolean {
    for (let k = i; k < i + 3; k++) if (PAIRED.has(this.text(k))) return true;
    return false;
  }

  /** Does a head of the noun phrase follow from word i on? */
  protected headFollows(i: number): boolean {
    if (this.ends(i))
      return i > 0 && i < this.words.length && this.words[i].breaks === "," && this.modifierBefore(i, i - 1);
    const text = this.text(i);
    if (
      this.noun(i) ||
      ADJECTIVES.has(text) ||
      COLOURS.has(text) ||
      SIZES.has(text) ||
      text === "orange" ||
      NO_THINGS.has(text)
    )
      return true;
    if (NUMBERS.has(text) || QUANTITIES.has(text)) return true;
    if (text === "and" && this.isDetermined(i + 1) && !this.ends(i + 1)) return this.nounSoon(i + 2);
    if (text === "and") return COLOURS.has(this.text(i + 1)) || ADJECTIVES.has(this.text(i + 1));
    const verb = VERBS.get(text);
    if (verb) return /ing$|ed$/.test(text) && this.noun(i + 1) !== undefined && !this.ends(i + 1);
    return this.isOpen(i);
  }

  /** An unknown word of the open classes. */
  protected isOpen(i: number): boolean {
    if (i >= this.words.length) return false;
    const text = this.text(i);
    return (
      /^\p{L}{2,}$/u.test(text) &&
      !this.isPreposition(i) &&
      !COPULAS.has(text) &&
      !CONJUNCTIONS.has(text) &&
      !PRONOUNS.has(text) &&
      !RELATIVES.has(text) &&
      !DETERMINERS.has(text) &&
      !NEGATIONS.has(text) &&
      !VERBS.has(text) &&
      !ADJECTIVES.has(text) &&
      !COLOURS.has(text) &&
      !SIZES.has(text) &&
      !FILLERS.has(text) &&
      !/ly$/.test(text) &&
      text !== "or" &&
      text !== "nor" &&
      text !== "than"
    );
  }

  /** "three", "24", "twenty-three", "two hundred", "two or three", "between two and four". */
  protected number(i: number): { range: Range; length: number } | undefined {
    const between = this.text(i) === "between" ? 1 : 0;
    const first = this.plainNumber(i + between);
    if (!first) return undefined;
    const link = this.text(i + between + first.length);
    const second = /^(?:or|to|and)$/.test(link) ? this.plainNumber(i + between + first.length + 1) : undefined;
    if (second && second.value > first.value && (link !== "and" || between === 1))
      return { range: [first.value, second.value], length: between + first.length + 1 + second.length };
    if (between === 1) return undefined;
    return { range: [first.value, first.value], length: first.length };
  }

  protected plainNumber(i: number): { value: number; length: number } | undefined {
    const text = this.text(i);
    if (/^\d{1,6}$/.test(text)) return { value: Number(text), length: 1 };
    let value = NUMBERS.get(text);
    if (value === undefined)
      return text === "a" && this.text(i + 1) === "hundred" ? { value: 100, length: 2 } : undefined;
    let length = 1;
    const unit = NUMBERS.get(this.text(i + 1));
    if (value >= 20 && unit !== undefined && unit > 0 && unit < 10) {
      value += unit;
      length++;
    }
    if (this.text(i + length) === "hundred") {
      value *= 100;
      length++;
    } else if (this.text(i + length) === "dozen") {
      value *= 12;
      length++;
    }
    return { value, length };
  }

  protected betweenNumbers(i: number): boolean {
    const a = this.number(i + 1);
    if (!a) return false;
    const b = this.text(i + 1 + a.length) === "and" ? this.number(i + 2 + a.length) : undefined;
    return b !== undefined;
  }
}
