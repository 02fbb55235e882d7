/** The head of a noun phrase: which noun it is, of how many, what it contains. @module */
import { GROUPS, type Noun } from "./dictionary.ts";
import type { Item, NounPhrase } from "./items.ts";
import { CONTAINERS, PAIRED, VERBS } from "./lexicon.ts";
import { Reading } from "./reading.ts";
import { AMBIGUOUS } from "./tables.ts";
import type { Range } from "./types.ts";
import { isPlural, singular, type Word, ZERO_PLURALS } from "./words.ts";

/** What stands before the head. */
export interface Before {
  range?: Range;
  counted: boolean;
  determiner?: string;
  other: boolean;
  colours: string[];
  attributes: string[];
  modifiers: number[];
}

export abstract class Heads extends Reading {
  /** A thing that its word alone does not name: "nobody", "on horseback". */
  protected implied(noun: string, from: number, length: number): NounPhrase {
    const named = this.dictionary.noun([{ text: noun, start: 0, end: 0, breaks: "" }], 0);
    return {
      t: "np",
      from,
      to: from + length,
      noun,
      category: named?.category ?? null,
      range: [1, 1],
      counted: false,
      plural: false,
      definite: false,
      other: false,
      determined: false,
      colours: [],
      attributes: [],
    };
  }

  protected head(
    i: number,
    at: number,
    m: {
      range?: Range;
      counted: boolean;
      determiner?: string;
      other: boolean;
      colours: string[];
      attributes: string[];
      modifiers: number[];
    },
  ): { item?: Item; length: number } | undefined {
    let k = at;
    let noun = this.ends(k) && k > i ? undefined : this.noun(k);
    const determined =
      m.determiner !== undefined || m.range !== undefined || m.colours.length > 0 || m.attributes.length > 0;
    if (noun && !determined && AMBIGUOUS.has(this.text(k)) && noun.length === 1 && k === i) {
      const prep = this.items.at(-1)?.t === "prep" || this.items.at(-1)?.t === "neg" || this.items.at(-1)?.t === "conj";
      if (!prep) return undefined;
    }
    let length = noun?.length ?? 0;
    if (noun) {
      // compounds: the last noun is the head
      for (;;) {
        const end = k + length;
        const next: Noun | undefined = this.ends(end) ? undefined : this.noun(end);
        if (noun.kind === "weather" && next) this.items.push({ t: "weather", text: noun.noun, at: k });
        if (
          !next ||
          (next.kind === "time" && noun.kind !== "weather") ||
          next.kind === "weather" ||
          (noun.plural && !next.listed) ||
          (noun.plural && noun.category !== null)
        )
          break;
        const form = this.text(end);
        if (
          VERBS.has(form) &&
          next.length === 1 &&
          this.argument(end + 1) &&
          (noun.category !== null || AMBIGUOUS.has(form)) &&
          (isPlural(form) || AMBIGUOUS.has(form)) &&
          !this.ends(end + 1)
        )
          break;
        if (noun.kind === "thing" && next.kind === "place" && noun.category !== null && next.length === 1) break;
        k = end;
        length = next.length;
        noun = next;
      }
    } else if (m.modifiers.length > 0) {
      const last = m.modifiers.at(-1)!;
      const word = this.text(last);
      noun = { kind: "thing", category: null, noun: singular(word), plural: isPlural(word), length: 1, listed: false };
      k = last;
      length = 1;
    } else if (m.range && this.text(k - 1) === "couple") {
      noun = {
        kind: "thing",
        category: this.implied("person", k, 0).category,
        noun: "person",
        plural: true,
        length: 0,
        listed: false,
      };
      length = 0;
    } else if (determined && this.text(k) === "and" && k > i && this.isDetermined(k + 1)) {
      // "a pink and a blue umbrella", "one red and one blue bus"
      const next = this.nounPhrase(k + 1)?.item;
      if (next?.t !== "np") return { length: k - i };
      const { of: _of, ...rest } = next;
      const own = {
        colours: m.colours,
        attributes: m.attributes,
        range: m.range ?? ([1, 1] as Range),
        counted: m.counted || !m.range,
      };
      return { item: { ...rest, ...own, from: i, to: k, definite: false, plural: own.range[1] > 1 }, length: k - i };
    } else {
      // "one of them", "a big one": nothing that can be placed
      return k > i && m.range !== undefined && this.text(k) === "" ? undefined : k > i ? { length: k - i } : undefined;
    }
    const to = k + length;
    const word = this.text(to - 1);
    if (noun.kind !== "thing") {
      const text = this.words
        .slice(k, to)
        .map((w) => w.text)
        .join(" ");
      return {
        item: { t: noun.kind, text: noun.kind === "place" ? placeText(this.words, i, to, text) : text, at: i },
        length: to - i,
      };
    }
    const of = this.contents(to, noun);
    const plural =
      noun.plural ||
      (ZERO_PLURALS.has(word) &&
        !["a", "an", "the", "this", "that"].includes(m.determiner ?? "") &&
        m.range?.[1] !== 1 &&
        word !== "skis" &&
        word !== "scissors" &&
        word !== "aircraft");
    const group = GROUPS.get(word);
    const one = m.determiner !== undefined || !plural;
    const pairedAlone = PAIRED.has(word);
    const range: Range =
      m.range ?? (group && noun.category !== null ? group : plural && !pairedAlone ? [2, 6] : one ? [1, 1] : [1, 1]);
    const item: NounPhrase = {
      t: "np",
      from: i,
      to,
      noun: noun.noun,
      category: noun.category,
      range,
      counted: m.counted || (m.range === undefined && range[0] === range[1]),
      plural: range[1] > 1,
      definite:
        this.recall === i ||
        m.determiner === "the" ||
        m.determiner === "this" ||
        m.determiner === "that" ||
        m.determiner === "these" ||
        m.determiner === "those",
      other: m.other,
      determined,
      colours: m.colours,
      attributes: m.attributes,
      ...(of && { of: of.item }),
    };
    return { item, length: (of ? of.to : to) - i };
  }

  /** "of apples" behind a container. */
  protected contents(i: number, noun: Noun): { item: NounPhrase; to: number } | undefined {
    if (this.text(i) !== "of" || this.ends(i) || !CONTAINERS.has(noun.noun.slice(noun.noun.lastIndexOf(" ") + 1)))
      return undefined;
    const inner = this.nounPhrase(i + 1);
    return inner?.item?.t === "np" ? { item: inner.item, to: i + 1 + inner.length } : undefined;
  }
}

/** Places keep the adjectives that name another place: "a snowy field" is a field; "tall grass" is listed as grass. */
function placeText(words: readonly Word[], from: number, to: number, text: string): string {
  const before = words.slice(from, to).map((w) => w.text);
  return before.includes("snowy") ? `snowy ${text}` : text.replace(/^tall /, "");
}
