/** Noun phrases: numbers, quantities, colours, sizes and other describing words, up to the head. @module */
import { Heads } from "./head.ts";
import type { Item } from "./items.ts";
import { ADJECTIVES, COLOURS, DETERMINERS, NO_THINGS, ONLY, PARTS, VERBS } from "./lexicon.ts";
import { AMBIGUOUS, TABLES } from "./tables.ts";
import type { Range } from "./types.ts";
import { isPlural, singular } from "./words.ts";

export abstract class NounPhrases extends Heads {
  /** A noun phrase from word i on; `item` is left out where it is none that counts ("the left side"). */
  protected nounPhrase(i: number): { item?: Item; length: number } | undefined {
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
      k < words.length && (k === i || words[k].breaks === "" || (words[k].breaks === "," && this.modifierBefore(k, i)));
    for (; more(); ) {
      const text = this.text(k);
      const quantity = TABLES.quantity.at(words, k);
      const bound = TABLES.bound.at(words, k);
      if (bound && this.number(k + bound.length)) {
        const number = this.number(k + bound.length)!;
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
        const own = this.noun(k);
        if (!own || own.length < quantity.length || (own.length === quantity.length && own.listed)) {
          // "a solitary horse"
          if (ONLY.has(text)) this.items.push({ t: "only", at: k });
          if (text === "another" || /more/.test(this.text(k + 1))) other = true;
          const pair = /^(?:a )?pairs? of$/.test(
            words
              .slice(k, k + quantity.length)
              .map((w) => w.text)
              .join(" "),
          );
          k += quantity.length;
          if (pair && this.paired(k)) range ??= [1, 1];
          else range = range && quantity.value[0] > 1 && counted ? range : quantity.value;
          counted = range[0] === range[1];
          // "a flock of the birds", "some of the"
          if (this.text(k) === "of") k++;
          if (DETERMINERS.has(this.text(k))) k++;
          continue;
        }
      }
      const number = this.number(k);
      if (number && !(number.range[0] > 999)) {
        // "five of the six cups"
        range = number.range;
        counted = range[0] === range[1];
        k += number.length;
        if (this.text(k) === "of" && (DETERMINERS.has(this.text(k + 1)) || this.text(k + 1) === "them")) k += 2;
        if (this.text(k) === "pairs" && this.text(k + 1) === "of") {
          if (!this.paired(k + 2)) range = [range[0] * 2, range[1] * 2];
          k += 2;
        }
        if (this.text(k) === "more" || this.text(k) === "other") {
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
      const noun = this.noun(k);
      if (this.text(k + 1) === "of" && PARTS.has(singular(text)) && (determiner || range)) {
        range ??= isPlural(text) ? [2, 4] : [1, 1];
        counted = range[0] === range[1];
        k += 2;
        if (DETERMINERS.has(this.text(k))) k++;
        continue;
      }
      const colour = /^(?:eyed|haired|tailed|winged|legged|footed)$/.test(this.text(k + 1))
        ? undefined
        : TABLES.colour.at(words, k);
      const long = noun && noun.length > (colour?.length ?? 0);
      if (colour && !(long && !noun.listed) && this.headFollows(k + colour.length)) {
        colours.push(colour.value);
        k += colour.length;
        if (this.text(k) === "and" && (COLOURS.has(this.text(k + 1)) || this.text(k + 1) === "orange")) k++;
        continue;
      }
      const ofTwo = this.text(k + 1) === "and" && !COLOURS.has(this.text(k + 2));
      if (text === "orange" && !ofTwo && this.headFollows(k + 1) && !this.ends(k + 1)) {
        colours.push("orange");
        k++;
        if (this.text(k) === "and" && COLOURS.has(this.text(k + 1))) k++;
        continue;
      }
      if (
        /^(?:eyed|haired|tailed|winged|legged|skinned|footed|headed)$/.test(this.text(k + 1)) &&
        this.headFollows(k + 2)
      ) {
        k += 2;
        continue;
      }
      const size = TABLES.size.at(words, k);
      if (size && !(noun && noun.length > 1) && this.headFollows(k + size.length)) {
        attributes.push(size.value);
        k += size.length;
        continue;
      }
      if ((text === "left" || text === "right") && determiner !== undefined && this.headFollows(k + 1)) {
        attributes.push(text);
        k++;
        continue;
      }
      if (/^\p{L}{3,}est$/u.test(text) && determiner !== undefined && this.text(k + 1) === "of") {
        k += 2;
        determiner = undefined;
        continue;
      }
      if (/^(?:first|second|third|last|other|next|different)$/.test(text))
        other ||= text !== "first" && text !== "last";
      if (ONLY.has(text) && this.headFollows(k + 1)) {
        this.items.push({ t: "only", at: k });
        k++;
        continue;
      }
      if (ADJECTIVES.has(text) && this.headFollows(k + 1) && !(noun && noun.length > 1)) {
        attributes.push(text);
        k++;
        continue;
      }
      if (noun && !(AMBIGUOUS.has(text) && noun.length === 1 && k === i) && this.text(k + noun.length) !== "shaped")
        break;
      const known = determiner !== undefined || range !== undefined || attributes.length > 0 || colours.length > 0;
      if (NO_THINGS.has(text)) {
        if (this.text(k + 1) === "of" && known) {
          if (text === "number") this.recall = k + 2;
          return { length: k + 2 - i };
        }
        return known ? { length: k + 1 - i } : undefined;
      }
      // "a sleeping cat", "flying birds"
      if (this.text(k + 1) === "shaped" && this.headFollows(k + 2)) {
        attributes.push(`${text} shaped`);
        k += 2;
        continue;
      }
      const verb = VERBS.get(text);
      if (verb && /ing$|ed$/.test(text) && this.headFollows(k + 1)) {
        attributes.push(verb.pose ?? text);
        k++;
        continue;
      }
      // an unknown word: an adjective before a noun, else the noun
      const named = determiner !== undefined && VERBS.has(text) && !/(?:ing|ed)$/.test(text) && !this.noun(k);
      if (!known || !(this.isOpen(k) || named)) break;
      modifiers.push(k);
      k++;
      if (modifiers.length > 3) break;
    }
    return this.head(i, k, { range, counted, determiner, other, colours, attributes, modifiers });
  }
}
