/** Words -> noun phrases and the words between them. @module */
import { type Dictionary, GROUPS, type Noun } from "./dictionary.ts";
import {
  ABSENT,
  ADJECTIVES,
  BOUNDS,
  COLOURS,
  CONTAINERS,
  COPULAS,
  DETERMINERS,
  MANY,
  NEGATIONS,
  NO_THINGS,
  NOBODY,
  NUMBERS,
  ONLY,
  OWN_SIDES,
  PAIRED,
  PARTS,
  POSITIONS,
  POSSESSIVES,
  PREPOSITIONS,
  PRONOUNS,
  QUANTITIES,
  RELATIVES,
  SIZES,
  SYMMETRIC,
  VERBS,
  type Verb,
} from "./lexicon.ts";
import type { Range, RelationKind } from "./types.ts";
import { isPlural, singular, type Word, ZERO_PLURALS } from "./words.ts";

/** A noun phrase as it stands; `from`, `to` are words. */
export interface NounPhrase {
  readonly t: "np";
  readonly from: number;
  readonly to: number;
  readonly noun: string;
  readonly category: string | null;
  readonly range: Range;
  /** The number was said. */
  readonly counted: boolean;
  readonly plural: boolean;
  readonly definite: boolean;
  /** "another", "a second": not the one that was spoken of. */
  readonly other: boolean;
  readonly determined: boolean;
  readonly colours: readonly string[];
  readonly attributes: readonly string[];
  /** "a bowl of apples": the apples. */
  readonly of?: NounPhrase;
}

export type Item =
  | NounPhrase
  | { readonly t: "place" | "time" | "weather"; readonly text: string; readonly at: number }
  | { readonly t: "prep"; readonly kind: RelationKind; readonly text: string; readonly at: number }
  | { readonly t: "pos"; readonly kinds: readonly RelationKind[]; readonly at: number }
  | { readonly t: "own"; readonly kind: RelationKind | "other"; readonly at: number }
  | { readonly t: "sym"; readonly kind: RelationKind; readonly at: number }
  | {
      readonly t: "verb";
      readonly verb: Verb;
      readonly passive: boolean;
      readonly finite: boolean;
      readonly at: number;
    }
  | { readonly t: "describe"; readonly colour?: string; readonly attribute?: string; readonly at: number }
  | { readonly t: "cop"; readonly plural: boolean; readonly there: boolean; readonly at: number }
  | { readonly t: "row"; readonly reversed: boolean; readonly at: number }
  | { readonly t: "flank"; readonly own: boolean; readonly at: number }
  | { readonly t: "neg"; readonly text: string; readonly at: number }
  | { readonly t: "pron"; readonly text: string; readonly at: number }
  | {
      readonly t: "conj" | "or" | "relative" | "only" | "absent" | "each" | "comma" | "stop" | "nothing";
      readonly at: number;
    };

/** Phrases -> values, and the words that a phrase begins with: most words begin none. */
class Phrases<T> {
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
const TABLES = {
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
};

/** Nouns that are another part of speech more often: taken for nouns after an article, a number or an adjective alone. */
const AMBIGUOUS = new Set(
  "can saw fly well fan ring key goal rest slide swing bow watch dress suit fire rock block card letter map bar track space home show box set mask bath shower arch crane present drone glider net sign play fly stage pen scene mole slope pitch light stick pipe water wave inside outside ground space meal grill shield corn saw drum comb brush mop rake".split(
    " ",
  ),
);
const ROWS = ["from left to right", "from right to left"];
/** "a bottle on each side of a vase". */
const FLANKS = /^(?:on|to|at) (?:each|either|both|every) sides?$/;
const CONJUNCTIONS = new Set(["and", "while", "but", "as", "then", "also", "&"]);
const CLAUSES = new Set(["while", "as", "but"]);
/** Skipped without a word: they neither name nor relate. */
const FILLERS = new Set(
  "please pls i me you we us my there here very really so too all of to for like just also now then up out down off about who's can could would will should may might do does did does has have had been kindly the a an hey hi hello".split(
    " ",
  ),
);

export class Chunker {
  readonly items: Item[] = [];
  /** The noun phrase at this word speaks of what was spoken of: "the number of cars". */
  #recall = -1;
  readonly ignored = new Set<number>();

  constructor(
    readonly words: readonly Word[],
    private readonly dictionary: Dictionary,
  ) {
    for (let i = 0; i < words.length; ) {
      const { breaks } = words[i];
      if (breaks !== "") this.items.push({ t: breaks === "." ? "stop" : "comma", at: i });
      i += this.#take(i);
    }
  }

  #text(i: number): string {
    return this.words[i]?.text ?? "";
  }

  /** Nothing of a phrase goes on at word i. */
  #ends(i: number): boolean {
    return i >= this.words.length || this.words[i].breaks !== "";
  }

  #push(item: Item, length: number): number {
    this.items.push(item);
    return length;
  }

  /** One item from word i on. -> words taken */
  #take(i: number): number {
    const { words } = this;
    const text = this.#text(i);
    const before = this.items.at(-1)?.t;
    const at = i;

    const nobody = TABLES.nobody.at(words, i);
    if (nobody && this.#text(i + nobody.length) !== "else") {
      this.items.push({ t: "neg", text: "no", at });
      return this.#push(this.#nobody(i, nobody.length), nobody.length);
    }
    if (text === "there" && COPULAS.has(this.#text(i + 1))) return this.#push(this.#copula(i + 1, true), 2);
    if (text === "each" && this.items.length > 0 && !this.#noun(i + 1)) return this.#push({ t: "each", at }, 1);
    const row = ROWS.find(
      (phrase) =>
        words
          .slice(i, i + 4)
          .map((w) => w.text)
          .join(" ") === phrase,
    );
    if (FLANKS.test([0, 1, 2].map((d) => this.#text(i + d)).join(" "))) {
      const of = this.#text(i + 3) === "of";
      return this.#push({ t: "flank", own: !of, at }, of ? 4 : 3);
    }
    if (row) return this.#push({ t: "row", reversed: row.startsWith("from right"), at }, 4);
    const position = TABLES.position.at(words, i);
    const preposition = TABLES.preposition.at(words, i);
    const own = TABLES.own.at(words, i);
    const symmetric = TABLES.symmetric.at(words, i);
    const room = Math.max(position?.length ?? 0, preposition?.length ?? 0, own?.length ?? 0, symmetric?.length ?? 0);
    if (symmetric && symmetric.length === room) return this.#push({ t: "sym", kind: symmetric.value, at }, room);
    if (
      own &&
      own.length === room &&
      (this.#ends(i + room) ||
        !preposition ||
        preposition.length < room ||
        /other|its|his|her|their/.test(text + this.#text(i + 1)))
    )
      if (own.length > 1 || this.#ends(i + room)) return this.#push({ t: "own", kind: own.value, at }, room);
    if (position && position.length === room && this.#text(i + room) !== "of")
      return this.#push({ t: "pos", kinds: position.value, at }, room);
    if ((text === "left" || text === "right") && this.#ends(i + 1) && before === "np")
      return this.#push({ t: "pos", kinds: [text === "left" ? "at-left" : "at-right"], at }, 1);
    const only = TABLES.only.at(words, i);
    if (only && !(text === "just" && this.#isPreposition(i + 1))) {
      const used = this.#only(i, only.length);
      if (used > 0) return used;
    }
    if (text === "that" && this.#text(i + 1) === "of") {
      this.#recall = i + 2;
      return 2;
    }
    const bounded = TABLES.bound.at(words, i);
    const negation = bounded && this.#number(i + bounded.length) ? undefined : TABLES.negation.at(words, i);
    if (negation && !(preposition && preposition.length > negation.length && preposition.value === "smaller"))
      return this.#push(
        { t: "neg", text: negation.value, at },
        negation.length - (/ a$| a single$/.test(negation.value) ? 1 : 0),
      );
    const phrasal = TABLES.verb.at(words, i);
    if (
      phrasal &&
      phrasal.length > 1 &&
      /(?:with|by|of|in)$/.test(this.#text(i + phrasal.length - 1)) &&
      before !== undefined &&
      phrasal.value.kind !== "with"
    )
      return this.#verb(i, phrasal);
    const bound = TABLES.bound.at(words, i);
    const counts = bound && this.#number(i + bound.length);
    // "a woman in red"
    const dressed = text === "in" && before === "np" ? TABLES.colour.at(words, i + 1) : undefined;
    if (dressed && this.#ends(i + 1 + dressed.length))
      return this.#push({ t: "describe", colour: dressed.value, at }, 1 + dressed.length);
    if (preposition && !counts && !(text === "between" && this.#betweenNumbers(i)) && !this.#isDateLike(i))
      return this.#push({ t: "prep", kind: preposition.value, text, at }, preposition.length);
    const verb = TABLES.verb.at(words, i);
    if (verb && this.#isVerb(i, verb.length, before)) return this.#verb(i, verb);
    if (RELATIVES.has(text) && (before === "np" || before === "comma") && !(text === "that" && this.#noun(i + 1)))
      return this.#push({ t: "relative", at }, 1);
    if (COPULAS.has(text) || (text === "'s" && before !== "np")) return this.#push(this.#copula(i, false), 1);
    if (text === "'s") {
      if (COLOURS.has(this.#text(i + 1)) || this.#isPreposition(i + 1)) return this.#push(this.#copula(i, false), 1);
      return 1;
    }
    if (text === "or" || text === "nor") return this.#push({ t: "or", at }, 1);
    if (CONJUNCTIONS.has(text)) return this.#push({ t: CLAUSES.has(text) ? "comma" : "conj", at }, 1);
    if (ABSENT.has(text) && before === "cop") return this.#push({ t: "absent", at }, 1);
    if (PRONOUNS.has(text) && !(POSSESSIVES.has(text) && this.#nounSoon(i + 1)))
      return this.#push({ t: "pron", text, at }, 1);
    const described = this.#describe(i, before);
    if (described > 0) return described;
    const phrase = this.#nounPhrase(i);
    if (phrase) {
      if (phrase.item) this.items.push(phrase.item);
      else if (this.#text(i + phrase.length - 1) !== "of") this.items.push({ t: "nothing", at });
      return phrase.length;
    }
    if (verb && verb.length > 1) return this.#verb(i, verb);
    if (verb && before !== undefined && before !== "stop") return this.#verb(i, verb);
    if (!FILLERS.has(text)) this.ignored.add(i);
    return 1;
  }

  #nobody(from: number, length: number): NounPhrase {
    const person = this.dictionary.noun([{ text: "person", start: 0, end: 0, breaks: "" }], 0);
    return {
      t: "np",
      from,
      to: from + length,
      noun: "person",
      category: person?.category ?? null,
      range: [1, MANY],
      counted: false,
      plural: true,
      definite: false,
      other: false,
      determined: false,
      colours: [],
      attributes: [],
    };
  }

  #copula(i: number, there: boolean): Item {
    return { t: "cop", plural: /^(?:are|were)$/.test(this.#text(i)), there, at: i };
  }

  #isPreposition(i: number): boolean {
    return TABLES.preposition.at(this.words, i) !== undefined;
  }

  /** "in winter", "at night": handled as noun phrases of time; "in 2020" is nothing. */
  #isDateLike(i: number): boolean {
    return /^\d{4}$/.test(this.#text(i + 1));
  }

  #betweenNumbers(i: number): boolean {
    const a = this.#number(i + 1);
    if (!a) return false;
    const b = this.#text(i + 1 + a.length) === "and" ? this.#number(i + 2 + a.length) : undefined;
    return b !== undefined;
  }

  #only(i: number, length: number): number {
    const text = this.#text(i);
    if (
      ["empty", "deserted", "unoccupied", "abandoned", "vacant", "desolate", "uninhabited", "solitary"].includes(text)
    ) {
      // an adjective: the noun phrase goes on behind it
      this.items.push({ t: "only", at: i });
      const phrase = this.#nounPhrase(i + length);
      if (!phrase) return length;
      if (phrase.item) this.items.push(phrase.item);
      return length + phrase.length;
    }
    return this.#push({ t: "only", at: i }, length);
  }

  /** Is the word a verb here, not a noun or an adjective of one? */
  #isVerb(i: number, length: number, before: Item["t"] | undefined): boolean {
    const text = this.#text(i);
    const noun = this.#noun(i);
    const ing = /ing$|ed$/.test(text);
    if (noun && noun.length > length) return false;
    const after = i + length;
    const open =
      before === "np" ||
      before === "cop" ||
      before === "relative" ||
      before === "pron" ||
      before === "each" ||
      before === "place";
    if (
      ing &&
      !open &&
      before !== "conj" &&
      before !== "comma" &&
      before !== "neg" &&
      this.#noun(after) &&
      !this.#ends(after) &&
      noun?.length !== 1
    )
      return before === undefined || before === "stop" ? false : before !== "prep";
    if (!noun) return open || ing || length > 1 || (before !== undefined && before !== "stop" && before !== "prep");
    // a form that is a noun as well: "watches", "fly", "park"
    if (!open) return false;
    if (AMBIGUOUS.has(singular(text)) && before === "np" && isPlural(text)) return true;
    return text !== singular(text) || ing
      ? this.#argument(after)
      : before === "np" && this.#argument(after) && AMBIGUOUS.has(text);
  }

  /** Does an object, an adverb or the end follow? */
  #argument(i: number): boolean {
    const text = this.#text(i);
    return (
      this.#ends(i) ||
      DETERMINERS.has(text) ||
      NUMBERS.has(text) ||
      this.#isPreposition(i) ||
      PRONOUNS.has(text) ||
      (this.#noun(i)?.plural ?? false)
    );
  }

  #verb(i: number, { value, length }: { value: Verb; length: number }): number {
    const by =
      this.#text(i + length - 1) !== "by" &&
      this.#text(i + length) === "by" &&
      /(?:ed|en|n|d|t|g)$/.test(this.#text(i)) &&
      !/ing$/.test(this.#text(i));
    const passive = by && (value.kind !== undefined || /ed$|en$/.test(this.#text(i)));
    // "painted blue", "coloured green"
    return this.#push(
      { t: "verb", verb: value, passive, finite: /[^s]s$/.test(this.#text(i)), at: i },
      length + (passive ? 1 : 0),
    );
  }

  /** Colours and adjectives without a noun behind them: "is blue", "a car, navy blue". */
  #describe(i: number, before: Item["t"] | undefined): number {
    let k = i;
    while (
      /^(?:painted|coloured|colored|very|really|bright|dark|light|pale|all|deep|upholstered|dyed|tinted|in|completely|mostly)$/.test(
        this.#text(k),
      )
    )
      k++;
    const colour =
      TABLES.colour.at(this.words, k) ?? (this.#text(k) === "orange" ? { value: "orange", length: 1 } : undefined);
    if (colour) {
      const next = k + colour.length;
      const fruit = this.#text(k) === "orange" && k === i && before !== "cop" && before !== "describe";
      const described =
        this.#ends(next) ||
        !this.#nounSoon(next) ||
        before === "cop" ||
        (before === "describe" && !this.#nounSoon(next));
      if (
        before === "np" ||
        before === "cop" ||
        before === "describe" ||
        before === "verb" ||
        before === "comma" ||
        before === "conj"
      )
        if (
          described &&
          (!fruit ||
            (before === "comma" && this.#ends(next) && this.items.at(-2)?.t === "np" && this.words[i].breaks === ","))
        )
          if (!(before === "comma" || before === "conj") || !this.#nounSoon(next))
            return this.#push({ t: "describe", colour: colour.value, at: i }, next - i);
    }
    if (before !== "cop" && before !== "describe") return 0;
    const size = TABLES.size.at(this.words, i);
    if (size && !this.#nounSoon(i + size.length))
      return this.#push({ t: "describe", attribute: size.value, at: i }, size.length);
    const text = this.#text(i);
    if (ADJECTIVES.has(text) && !this.#nounSoon(i + 1)) return this.#push({ t: "describe", attribute: text, at: i }, 1);
    return 0;
  }

  /** A noun at most three words on, with nothing but describing words before it. */
  #nounSoon(i: number): boolean {
    for (let k = i; k < i + 5 && k < this.words.length; k++) {
      if (k > i && this.words[k].breaks !== "") return false;
      const text = this.#text(k);
      if (this.#noun(k) && !(AMBIGUOUS.has(text) && k === i)) return true;
      if (NO_THINGS.has(text)) return true;
      if (!(ADJECTIVES.has(text) || COLOURS.has(text) || SIZES.has(text) || text === "and" || text === "orange"))
        return false;
      if (text === "and" && !COLOURS.has(this.#text(k + 1))) return false;
    }
    return false;
  }

  #noun(i: number): Noun | undefined {
    if (i >= this.words.length) return undefined;
    return this.dictionary.noun(this.words, i);
  }

  /** "three", "24", "twenty-three", "two hundred", "two or three", "between two and four". */
  #number(i: number): { range: Range; length: number } | undefined {
    const between = this.#text(i) === "between" ? 1 : 0;
    const first = this.#plainNumber(i + between);
    if (!first) return undefined;
    const link = this.#text(i + between + first.length);
    const second = /^(?:or|to|and)$/.test(link) ? this.#plainNumber(i + between + first.length + 1) : undefined;
    if (second && second.value > first.value && (link !== "and" || between === 1))
      return { range: [first.value, second.value], length: between + first.length + 1 + second.length };
    if (between === 1) return undefined;
    return { range: [first.value, first.value], length: first.length };
  }

  #plainNumber(i: number): { value: number; length: number } | undefined {
    const text = this.#text(i);
    if (/^\d{1,6}$/.test(text)) return { value: Number(text), length: 1 };
    let value = NUMBERS.get(text);
    if (value === undefined)
      return text === "a" && this.#text(i + 1) === "hundred" ? { value: 100, length: 2 } : undefined;
    let length = 1;
    const unit = NUMBERS.get(this.#text(i + 1));
    if (value >= 20 && unit !== undefined && unit > 0 && unit < 10) {
      value += unit;
      length++;
    }
    if (this.#text(i + length) === "hundred") {
      value *= 100;
      length++;
    } else if (this.#text(i + length) === "dozen") {
      value *= 12;
      length++;
    }
    return { value, length };
  }

  /** A noun phrase from word i on; `item` is left out where it is none that counts ("the left side"). */
  #nounPhrase(i: number): { item?: Item; length: number } | undefined {
    const { words } = this;
    let k = i;
    let range: Range | undefined;
    let counted = false;
    let determiner: string | undefined;
    let other = false;
    const colours: string[] = [];
    const attributes: string[] = [];
    const modifiers: number[] = [];
    const more = () =>
      k < words.length &&
      (k === i || words[k].breaks === "" || (words[k].breaks === "," && this.#modifierBefore(k, i)));
    for (; more(); ) {
      const text = this.#text(k);
      const quantity = TABLES.quantity.at(words, k);
      const bound = TABLES.bound.at(words, k);
      if (bound && this.#number(k + bound.length)) {
        const number = this.#number(k + bound.length)!;
        const [a, b] = number.range;
        range = {
          least: [a, Math.max(a + 2, 3)],
          most: [1, b],
          more: [a + 1, a + 4],
          fewer: [1, Math.max(b - 1, 1)],
          exact: [a, b],
        }[bound.value] as unknown as Range;
        counted = bound.value === "exact";
        k += bound.length + number.length;
        continue;
      }
      if (
        quantity &&
        !(text === "different" || (quantity.length === 1 && text === "each" && k > i)) &&
        !(text === "three" && quantity.length === 2)
      ) {
        const own = this.#noun(k);
        if (!own || own.length < quantity.length || (own.length === quantity.length && own.listed)) {
          if (text === "another" || /more/.test(this.#text(k + 1))) other = true;
          const pair = /^(?:a )?pairs? of$/.test(
            words
              .slice(k, k + quantity.length)
              .map((w) => w.text)
              .join(" "),
          );
          k += quantity.length;
          if (pair && this.#paired(k)) range ??= [1, 1];
          else range = range && quantity.value[0] > 1 && counted ? range : quantity.value;
          counted = range[0] === range[1];
          // "a flock of the birds", "some of the"
          if (this.#text(k) === "of") k++;
          if (DETERMINERS.has(this.#text(k))) k++;
          continue;
        }
      }
      const number = this.#number(k);
      if (number && !(number.range[0] > 999)) {
        // "five of the six cups"
        range = number.range;
        counted = range[0] === range[1];
        k += number.length;
        if (this.#text(k) === "of" && (DETERMINERS.has(this.#text(k + 1)) || this.#text(k + 1) === "them")) k += 2;
        if (this.#text(k) === "pairs" && this.#text(k + 1) === "of") {
          if (!this.#paired(k + 2)) range = [range[0] * 2, range[1] * 2];
          k += 2;
        }
        if (this.#text(k) === "more" || this.#text(k) === "other") {
          other = true;
          k++;
        }
        continue;
      }
      if (DETERMINERS.has(text) && determiner === undefined) {
        determiner = text;
        k++;
        continue;
      }
      const noun = this.#noun(k);
      if (this.#text(k + 1) === "of" && PARTS.has(singular(text)) && (determiner || range)) {
        range ??= isPlural(text) ? [2, 4] : [1, 1];
        counted = range[0] === range[1];
        k += 2;
        if (DETERMINERS.has(this.#text(k))) k++;
        continue;
      }
      const colour = /^(?:eyed|haired|tailed|winged|legged|footed)$/.test(this.#text(k + 1))
        ? undefined
        : TABLES.colour.at(words, k);
      const long = noun && noun.length > (colour?.length ?? 0);
      if (colour && !(long && !noun.listed) && this.#headFollows(k + colour.length)) {
        colours.push(colour.value);
        k += colour.length;
        if (this.#text(k) === "and" && (COLOURS.has(this.#text(k + 1)) || this.#text(k + 1) === "orange")) k++;
        continue;
      }
      const ofTwo = this.#text(k + 1) === "and" && !COLOURS.has(this.#text(k + 2));
      if (text === "orange" && !ofTwo && this.#headFollows(k + 1) && !this.#ends(k + 1)) {
        colours.push("orange");
        k++;
        if (this.#text(k) === "and" && COLOURS.has(this.#text(k + 1))) k++;
        continue;
      }
      if (
        /^(?:eyed|haired|tailed|winged|legged|skinned|footed|headed)$/.test(this.#text(k + 1)) &&
        this.#headFollows(k + 2)
      ) {
        k += 2;
        continue;
      }
      const size = TABLES.size.at(words, k);
      if (size && !(noun && noun.length > 1) && this.#headFollows(k + size.length)) {
        attributes.push(size.value);
        k += size.length;
        continue;
      }
      if ((text === "left" || text === "right") && determiner !== undefined && this.#headFollows(k + 1)) {
        attributes.push(text);
        k++;
        continue;
      }
      if (/^\p{L}{3,}est$/u.test(text) && determiner !== undefined && this.#text(k + 1) === "of") {
        k += 2;
        determiner = undefined;
        continue;
      }
      if (/^(?:first|second|third|last|other|next|different)$/.test(text))
        other ||= text !== "first" && text !== "last";
      if (ONLY.has(text) && this.#headFollows(k + 1)) {
        this.items.push({ t: "only", at: k });
        k++;
        continue;
      }
      if (ADJECTIVES.has(text) && this.#headFollows(k + 1) && !(noun && noun.length > 1)) {
        attributes.push(text);
        k++;
        continue;
      }
      if (noun && !(AMBIGUOUS.has(text) && noun.length === 1 && k === i) && this.#text(k + noun.length) !== "shaped")
        break;
      const known = determiner !== undefined || range !== undefined || attributes.length > 0 || colours.length > 0;
      if (NO_THINGS.has(text)) {
        if (this.#text(k + 1) === "of" && known) {
          if (text === "number") this.#recall = k + 2;
          return { length: k + 2 - i };
        }
        return known ? { length: k + 1 - i } : undefined;
      }
      // "a sleeping cat", "flying birds"
      if (this.#text(k + 1) === "shaped" && this.#headFollows(k + 2)) {
        attributes.push(`${text} shaped`);
        k += 2;
        continue;
      }
      const verb = VERBS.get(text);
      if (verb && /ing$|ed$/.test(text) && this.#headFollows(k + 1)) {
        attributes.push(verb.pose ?? text);
        k++;
        continue;
      }
      // an unknown word: an adjective before a noun, else the noun
      const named = determiner !== undefined && VERBS.has(text) && !/(?:ing|ed)$/.test(text) && !this.#noun(k);
      if (!known || !(this.#isOpen(k) || named)) break;
      modifiers.push(k);
      k++;
      if (modifiers.length > 3) break;
    }
    return this.#head(i, k, { range, counted, determiner, other, colours, attributes, modifiers });
  }

  #isDetermined(i: number): boolean {
    const text = this.#text(i);
    return DETERMINERS.has(text) || NUMBERS.has(text);
  }

  #modifierBefore(k: number, from: number): boolean {
    const [before, here] = [this.#text(k - 1), this.#text(k)];
    const describes = (w: string) => ADJECTIVES.has(w) || COLOURS.has(w) || SIZES.has(w);
    return k - 1 >= from && describes(before) && describes(here) && this.#nounSoon(k);
  }

  #paired(i: number): boolean {
    for (let k = i; k < i + 3; k++) if (PAIRED.has(this.#text(k))) return true;
    return false;
  }

  /** Does a head of the noun phrase follow from word i on? */
  #headFollows(i: number): boolean {
    if (this.#ends(i))
      return i > 0 && i < this.words.length && this.words[i].breaks === "," && this.#modifierBefore(i, i - 1);
    const text = this.#text(i);
    if (
      this.#noun(i) ||
      ADJECTIVES.has(text) ||
      COLOURS.has(text) ||
      SIZES.has(text) ||
      text === "orange" ||
      NO_THINGS.has(text)
    )
      return true;
    if (NUMBERS.has(text) || QUANTITIES.has(text)) return true;
    if (text === "and" && this.#isDetermined(i + 1) && !this.#ends(i + 1)) return this.#nounSoon(i + 2);
    if (text === "and") return COLOURS.has(this.#text(i + 1)) || ADJECTIVES.has(this.#text(i + 1));
    const verb = VERBS.get(text);
    if (verb) return /ing$|ed$/.test(text) && this.#noun(i + 1) !== undefined && !this.#ends(i + 1);
    return this.#isOpen(i);
  }

  /** An unknown word of the open classes. */
  #isOpen(i: number): boolean {
    if (i >= this.words.length) return false;
    const text = this.#text(i);
    return (
      /^\p{L}{2,}$/u.test(text) &&
      !this.#isPreposition(i) &&
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

  #head(
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
    let noun = this.#ends(k) && k > i ? undefined : this.#noun(k);
    const determined =
      m.determiner !== undefined || m.range !== undefined || m.colours.length > 0 || m.attributes.length > 0;
    if (noun && !determined && AMBIGUOUS.has(this.#text(k)) && noun.length === 1 && k === i) {
      const prep = this.items.at(-1)?.t === "prep" || this.items.at(-1)?.t === "neg" || this.items.at(-1)?.t === "conj";
      if (!prep) return undefined;
    }
    let length = noun?.length ?? 0;
    if (noun) {
      // compounds: the last noun is the head
      for (;;) {
        const end = k + length;
        const next: Noun | undefined = this.#ends(end) ? undefined : this.#noun(end);
        if (noun.kind === "weather" && next) this.items.push({ t: "weather", text: noun.noun, at: k });
        if (
          !next ||
          (next.kind === "time" && noun.kind !== "weather") ||
          next.kind === "weather" ||
          (noun.plural && !next.listed) ||
          (noun.plural && noun.category !== null)
        )
          break;
        const form = this.#text(end);
        if (
          VERBS.has(form) &&
          next.length === 1 &&
          this.#argument(end + 1) &&
          (noun.category !== null || AMBIGUOUS.has(form)) &&
          (isPlural(form) || AMBIGUOUS.has(form)) &&
          !this.#ends(end + 1)
        )
          break;
        if (noun.kind === "thing" && next.kind === "place" && noun.category !== null && next.length === 1) break;
        k = end;
        length = next.length;
        noun = next;
      }
    } else if (m.modifiers.length > 0) {
      const last = m.modifiers.at(-1)!;
      const word = this.#text(last);
      noun = { kind: "thing", category: null, noun: singular(word), plural: isPlural(word), length: 1, listed: false };
      k = last;
      length = 1;
    } else if (m.range && this.#text(k - 1) === "couple") {
      const person = this.dictionary.noun([{ text: "person", start: 0, end: 0, breaks: "" }], 0);
      noun = {
        kind: "thing",
        category: person?.category ?? null,
        noun: "person",
        plural: true,
        length: 0,
        listed: false,
      };
      length = 0;
    } else if (determined && this.#text(k) === "and" && k > i && this.#isDetermined(k + 1)) {
      // "a pink and a blue umbrella", "one red and one blue bus"
      const next = this.#nounPhrase(k + 1)?.item;
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
      return k > i && m.range !== undefined && this.#text(k) === "" ? undefined : k > i ? { length: k - i } : undefined;
    }
    const to = k + length;
    const word = this.#text(to - 1);
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
    const of = this.#contents(to, noun);
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
        this.#recall === i ||
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
  #contents(i: number, noun: Noun): { item: NounPhrase; to: number } | undefined {
    if (this.#text(i) !== "of" || this.#ends(i) || !CONTAINERS.has(noun.noun.slice(noun.noun.lastIndexOf(" ") + 1)))
      return undefined;
    const inner = this.#nounPhrase(i + 1);
    return inner?.item?.t === "np" ? { item: inner.item, to: i + 1 + inner.length } : undefined;
  }
}

/** Places keep the adjectives that name another place: "a snowy field" is a field; "tall grass" is listed as grass. */
function placeText(words: readonly Word[], from: number, to: number, text: string): string {
  const before = words.slice(from, to).map((w) => w.text);
  return before.includes("snowy") ? `snowy ${text}` : text.replace(/^tall /, "");
}
