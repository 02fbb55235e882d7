/** Words -> noun phrases and the words between them. @module */
import type { Dictionary } from "./dictionary.ts";
import type { Item } from "./items.ts";
import {
  ABSENT,
  ADJECTIVES,
  COLOURS,
  COPULAS,
  COVERS,
  MANY,
  MATERIALS,
  POSSESSIVES,
  PRONOUNS,
  RELATIVES,
  type Verb,
} from "./lexicon.ts";
import { NounPhrases } from "./nounPhrase.ts";
import { AMBIGUOUS, CLAUSES, CONJUNCTIONS, FILLERS, FLANKS, ROWS, TABLES } from "./tables.ts";
import { isPlural, singular, type Word } from "./words.ts";

export class Chunker extends NounPhrases {
  constructor(words: readonly Word[], dictionary: Dictionary) {
    super(words, dictionary);
    for (let i = 0; i < words.length; ) {
      const { breaks } = words[i];
      if (breaks !== "") this.items.push({ t: breaks === "." ? "stop" : "comma", at: i });
      i += this.#take(i);
    }
  }

  /** One item from word i on. -> words taken */
  #take(i: number): number {
    const { words } = this;
    const text = this.text(i);
    const before = this.items.at(-1)?.t;
    const at = i;

    const nobody = TABLES.nobody.at(words, i);
    if (nobody && this.text(i + nobody.length) !== "else") {
      this.items.push({ t: "neg", text: "no", at });
      const person = this.implied("person", i, nobody.length);
      return this.#push({ ...person, range: [1, MANY], plural: true }, nobody.length);
    }
    if (text === "there" && COPULAS.has(this.text(i + 1))) return this.#push(this.#copula(i + 1, true), 2);
    if (text === "each" && this.items.length > 0 && !this.noun(i + 1)) return this.#push({ t: "each", at }, 1);
    const row = ROWS.find(
      (phrase) =>
        words
          .slice(i, i + 4)
          .map((w) => w.text)
          .join(" ") === phrase,
    );
    if (FLANKS.test([0, 1, 2].map((d) => this.text(i + d)).join(" "))) {
      const of = this.text(i + 3) === "of";
      return this.#push({ t: "flank", own: !of, at }, of ? 4 : 3);
    }
    if (row) return this.#push({ t: "row", reversed: row.startsWith("from right"), at }, 4);
    const mounted = TABLES.mounted.at(words, i);
    if (mounted && before === "np") {
      this.items.push({ t: "prep", kind: "riding", text, at });
      return this.#push({ ...this.implied(mounted.value, i, mounted.length), counted: true }, mounted.length);
    }
    const cover = this.#cover(i, before);
    if (cover) return cover;
    const position = TABLES.position.at(words, i);
    const preposition = TABLES.preposition.at(words, i);
    const own = TABLES.own.at(words, i);
    const symmetric = TABLES.symmetric.at(words, i);
    const room = Math.max(position?.length ?? 0, preposition?.length ?? 0, own?.length ?? 0, symmetric?.length ?? 0);
    if (symmetric && symmetric.length === room) return this.#push({ t: "sym", kind: symmetric.value, at }, room);
    if (
      own &&
      own.length === room &&
      (this.ends(i + room) ||
        !preposition ||
        preposition.length < room ||
        /other|its|his|her|their/.test(text + this.text(i + 1)))
    )
      if (own.length > 1 || this.ends(i + room)) return this.#push({ t: "own", kind: own.value, at }, room);
    if (position && position.length === room && this.text(i + room) !== "of")
      return this.#push({ t: "pos", kinds: position.value, at }, room);
    if ((text === "left" || text === "right") && this.ends(i + 1) && before === "np")
      return this.#push({ t: "pos", kinds: [text === "left" ? "at-left" : "at-right"], at }, 1);
    const only = TABLES.only.at(words, i);
    if (only && !(text === "just" && this.isPreposition(i + 1))) {
      const used = this.#only(i, only.length);
      if (used > 0) return used;
    }
    if (text === "that" && this.text(i + 1) === "of") {
      this.recall = i + 2;
      return 2;
    }
    const bounded = TABLES.bound.at(words, i);
    const negation = bounded && this.number(i + bounded.length) ? undefined : TABLES.negation.at(words, i);
    if (negation && !(preposition && preposition.length > negation.length && preposition.value === "smaller"))
      return this.#push(
        { t: "neg", text: negation.value, at },
        negation.length - (/ a$| a single$/.test(negation.value) ? 1 : 0),
      );
    const phrasal = TABLES.verb.at(words, i);
    if (
      phrasal &&
      phrasal.length > 1 &&
      /(?:with|by|of|in)$/.test(this.text(i + phrasal.length - 1)) &&
      before !== undefined &&
      phrasal.value.kind !== "with"
    )
      return this.#verb(i, phrasal);
    const bound = TABLES.bound.at(words, i);
    const counts = bound && this.number(i + bound.length);
    // "a woman in red"
    const dressed = text === "in" && before === "np" ? TABLES.colour.at(words, i + 1) : undefined;
    if (dressed && this.ends(i + 1 + dressed.length))
      return this.#push({ t: "describe", colour: dressed.value, at }, 1 + dressed.length);
    if (preposition && !counts && !(text === "between" && this.betweenNumbers(i)) && !this.isDateLike(i))
      return this.#push({ t: "prep", kind: preposition.value, text, at }, preposition.length);
    const verb = TABLES.verb.at(words, i);
    if (verb && this.#isVerb(i, verb.length, before)) return this.#verb(i, verb);
    if (RELATIVES.has(text) && (before === "np" || before === "comma") && !(text === "that" && this.noun(i + 1)))
      return this.#push({ t: "relative", at }, 1);
    if (COPULAS.has(text) || (text === "'s" && before !== "np")) return this.#push(this.#copula(i, false), 1);
    if (text === "'s") {
      if (COLOURS.has(this.text(i + 1)) || this.isPreposition(i + 1)) return this.#push(this.#copula(i, false), 1);
      return 1;
    }
    if (text === "or" || text === "nor") return this.#push({ t: "or", at }, 1);
    if (CONJUNCTIONS.has(text)) return this.#push({ t: CLAUSES.has(text) ? "comma" : "conj", at }, 1);
    if (ABSENT.has(text) && before === "cop") return this.#push({ t: "absent", at }, 1);
    if (PRONOUNS.has(text) && !(POSSESSIVES.has(text) && this.nounSoon(i + 1)))
      return this.#push({ t: "pron", text, at }, 1);
    const described = this.#describe(i, before);
    if (described > 0) return described;
    const phrase = this.nounPhrase(i);
    if (phrase) {
      if (phrase.item) this.items.push(phrase.item);
      else if (this.text(i + phrase.length - 1) !== "of") this.items.push({ t: "nothing", at });
      return phrase.length;
    }
    if (verb && verb.length > 1) return this.#verb(i, verb);
    if (verb && before !== undefined && before !== "stop") return this.#verb(i, verb);
    if (!FILLERS.has(text)) this.ignored.add(i);
    return 1;
  }

  #push(item: Item, length: number): number {
    this.items.push(item);
    return length;
  }

  #copula(i: number, there: boolean): Item {
    return { t: "cop", plural: /^(?:are|were)$/.test(this.text(i)), there, at: i };
  }

  #only(i: number, length: number): number {
    const text = this.text(i);
    if (
      ["empty", "deserted", "unoccupied", "abandoned", "vacant", "desolate", "uninhabited", "solitary"].includes(text)
    ) {
      // an adjective: the noun phrase goes on behind it
      this.items.push({ t: "only", at: i });
      const phrase = this.nounPhrase(i + length);
      if (!phrase) return length;
      if (phrase.item) this.items.push(phrase.item);
      return length + phrase.length;
    }
    return this.#push({ t: "only", at: i }, length);
  }

  /** Is the word a verb here, not a noun or an adjective of one? */
  #isVerb(i: number, length: number, before: Item["t"] | undefined): boolean {
    const text = this.text(i);
    const noun = this.noun(i);
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
      this.noun(after) &&
      !this.ends(after) &&
      noun?.length !== 1
    )
      return before === undefined || before === "stop" ? false : before !== "prep";
    if (!noun) return open || ing || length > 1 || (before !== undefined && before !== "stop" && before !== "prep");
    // a form that is a noun as well: "watches", "fly", "park"
    if (!open) return false;
    if (AMBIGUOUS.has(singular(text)) && before === "np" && isPlural(text)) return true;
    return text !== singular(text) || ing
      ? this.argument(after)
      : before === "np" && this.argument(after) && AMBIGUOUS.has(text);
  }

  #verb(i: number, { value, length }: { value: Verb; length: number }): number {
    const by =
      this.text(i + length - 1) !== "by" &&
      this.text(i + length) === "by" &&
      /(?:ed|en|n|d|t|g)$/.test(this.text(i)) &&
      !/ing$/.test(this.text(i));
    const passive = by && (value.kind !== undefined || /ed$|en$/.test(this.text(i)));
    // "painted blue", "coloured green"
    return this.#push(
      { t: "verb", verb: value, passive, finite: /[^s]s$/.test(this.text(i)), at: i },
      length + (passive ? 1 : 0),
    );
  }

  /** "with brown fur", "whose feathers are green", "covered in red leather": the thing's colour. */
  #cover(i: number, before: Item["t"] | undefined): number {
    const [first, second, third] = [0, 1, 2].map((d) => this.text(i + d));
    if (before !== "np") return 0;
    const ofPart = first === "whose" && COVERS.has(second) && COPULAS.has(third);
    const made = /^(?:covered|clad|wrapped|coated)$/.test(first) && /^(?:in|with)$/.test(second);
    if (!ofPart && !made && first !== "with") return 0;
    const at = i + (ofPart ? 3 : made ? 2 : 1);
    const colour = TABLES.colour.at(this.words, at);
    const cover = colour && this.text(at + colour.length);
    if (!colour || !(ofPart || (made ? MATERIALS : COVERS).has(cover ?? ""))) return 0;
    return this.#push({ t: "describe", colour: colour.value, at: i }, at - i + colour.length + (ofPart ? 0 : 1));
  }

  /** Colours and adjectives without a noun behind them: "is blue", "a car, navy blue". */
  #describe(i: number, before: Item["t"] | undefined): number {
    let k = i;
    while (
      /^(?:painted|coloured|colored|very|really|bright|dark|light|pale|all|deep|upholstered|dyed|tinted|in|completely|mostly)$/.test(
        this.text(k),
      )
    )
      k++;
    const colour =
      TABLES.colour.at(this.words, k) ?? (this.text(k) === "orange" ? { value: "orange", length: 1 } : undefined);
    if (colour) {
      const made = k > i && MATERIALS.has(this.text(k + colour.length)) ? 1 : 0;
      const next = k + colour.length + made;
      const fruit = this.text(k) === "orange" && k === i && before !== "cop" && before !== "describe";
      const described =
        this.ends(next) || !this.nounSoon(next) || before === "cop" || (before === "describe" && !this.nounSoon(next));
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
            (before === "comma" && this.ends(next) && this.items.at(-2)?.t === "np" && this.words[i].breaks === ","))
        )
          if (!(before === "comma" || before === "conj") || !this.nounSoon(next))
            return this.#push({ t: "describe", colour: colour.value, at: i }, next - i);
    }
    if (before !== "cop" && before !== "describe") return 0;
    const size = TABLES.size.at(this.words, i);
    if (size && !this.nounSoon(i + size.length))
      return this.#push({ t: "describe", attribute: size.value, at: i }, size.length);
    const text = this.text(i);
    if (ADJECTIVES.has(text) && !this.nounSoon(i + 1)) return this.#push({ t: "describe", attribute: text, at: i }, 1);
    return 0;
  }
}
