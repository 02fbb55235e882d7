/** Looking around an item: where clauses begin, what is joined, what a verb or an adjective speaks of. @module */
import { Discourse } from "./discourse.ts";
import type { RelationKind } from "./types.ts";

/** What an adjunct behind their object speaks of is the subject: "holding an umbrella next to a car". */
export const OF_SUBJECT: ReadonlySet<RelationKind> = new Set(["holding", "wearing", "with"]);

export abstract class Clauses extends Discourse {
  /** The noun phrase before item i begins a clause: nothing but a conjunction, a comma or a stop stands before it. */
  protected startsClause(i: number): boolean {
    const before = this.items[i - 1]?.t;
    return before === undefined || before === "stop" || before === "comma" || before === "conj";
  }

  /** Things that the adjectives at item i speak of. */
  protected described(i: number): number[] {
    let k = i - 1;
    while (["describe", "conj", "comma"].includes(this.items[k]?.t) && k > 0 && this.items[k].t !== "np") k--;
    const before = this.items[k];
    if (before?.t === "np" || before?.t === "relative") return this.last.slice(-1);
    if (before?.t === "verb") return this.verbSubject(k).slice(-1);
    return this.subject.length > 0 ? this.subject : this.last;
  }

  /** Index of the last noun phrase before the conjunctions and commas before item i. */
  protected beforeJoin(i: number): number {
    let k = i - 1;
    while (k >= 0 && ["conj", "comma", "or", "only"].includes(this.items[k].t)) k--;
    return k;
  }

  /** The noun phrases around the conjunction stand side by side, with nothing else between. */
  protected grouped(i: number): boolean {
    return this.items[this.beforeJoin(i)]?.t === "np";
  }

  /** A finite verb follows that speaks of this noun phrase alone: "and the dog is ...". */
  protected beginsClause(i: number): boolean {
    const next = this.items[i + 1];
    if (next?.t === "cop") return !(next.plural && this.last.length > 0 && this.done?.at !== this.beforeJoin(i));
    return next?.t === "verb" && next.finite;
  }

  /** After a noun phrase that is not there: does the negation hold for the next one as well? */
  protected scopeGoesOn(i: number): boolean {
    const link = this.items[i + 1]?.t;
    const next = this.items[i + 2];
    if (link === "or") return true;
    if ((link === "conj" || link === "comma") && next?.t === "np") {
      const list = this.items[i + 3]?.t;
      const orLater = link === "comma" && list === "or";
      return (
        orLater ||
        (link === "conj" && !next.determined) ||
        (link === "comma" && !next.determined && this.items[i + 3]?.t !== "cop" && list === "conj")
      );
    }
    return link === "comma" && this.items[i + 2]?.t === "or";
  }

  /** What a verb at item i speaks of. */
  protected verbSubject(i: number): number[] {
    const before = this.items[i - 1]?.t;
    if (before === "np" || before === "relative" || before === "each" || before === "pos") {
      // "a cat on a couch sleeping", "the man on the bike wears a hat": the clause's subject for finite verbs is not known here
      const done = this.done;
      if (before === "np" && done && done.at === i - 1) {
        // "a person on a surfboard holding a paddle": whoever has hands
        const person = (t: number) => this.things[t].phrase.category === "person";
        if (
          (OF_SUBJECT.has(done.kind) && done.kind !== "with") ||
          (done.subjects.some(person) && !done.objects.some(person))
        )
          return [...done.subjects];
      }
      return [...this.last];
    }
    if (
      before === "conj" ||
      before === "comma" ||
      before === "cop" ||
      before === "neg" ||
      before === "verb" ||
      before === "describe"
    )
      return this.subject.length > 0 ? [...this.subject] : [...this.last];
    return this.subject.length > 0 ? [...this.subject] : [...this.last];
  }

  /** A pronoun follows the preposition at item i. */
  protected refersBack(i: number): boolean {
    return this.items[i + 1]?.t === "pron";
  }

  /** The preposition at item i comes before its subject: "on the table are two cups", "above it two kites". */
  protected forward(i: number): boolean {
    const object = this.items[i + 1]?.t;
    if (object !== "np" && object !== "pron" && object !== "place") return false;
    const after = this.items[i + 2];
    if (after?.t === "np") return true;
    if (after?.t === "comma")
      return this.items[i + 3]?.t === "np" && this.items[i + 4]?.t !== "cop" && this.items[i - 1]?.t !== "comma";
    if (after?.t === "cop" || after?.t === "verb") return this.items[i + 3]?.t === "np";
    return false;
  }
}
