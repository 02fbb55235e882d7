/** What was spoken of so far: things, relations, and what "it" and "the dog" mean. @module */

import type { Item, NounPhrase } from "./items.ts";
import { MANY } from "./lexicon.ts";
import { kindOf } from "./nouns.ts";
import type { Range, RelationKind, ThingRelation } from "./types.ts";

export interface Draft {
  /** First phrase that spoke of it. */
  readonly phrase: NounPhrase;
  range: Range;
  counted: boolean;
  plural: boolean;
  colours: string[];
  attributes: string[];
  negated: boolean;
}

/** A relation that waits for its objects. */
export interface Waiting {
  readonly kind: RelationKind;
  /** Empty: the relation came first ("below the clock is a couch"). */
  readonly subjects: readonly number[];
  readonly reversed: boolean;
  readonly negated: boolean;
  readonly verb: boolean;
  /** "above and left of": kinds of the same objects. */
  readonly also?: readonly RelationKind[];
}

export abstract class Discourse {
  readonly things: Draft[] = [];
  readonly relations: ThingRelation[] = [];
  only = false;
  place: string | null = null;
  time: string | null = null;
  weather: string | null = null;
  /** Of the clause: what a predicate speaks of. */
  protected subject: number[] = [];
  /** The noun phrases that were joined last. */
  protected last: number[] = [];
  protected waiting?: Waiting;
  /** The relation came first, its objects are known, its subject follows. */
  protected inverted?: { kinds: readonly RelationKind[]; objects: readonly number[]; negated: boolean };
  /** Last relation that was made. */
  protected done?: { kind: RelationKind; subjects: readonly number[]; objects: number[]; at: number; verb: boolean };
  protected negated = false;
  /** What follows is not there, until the phrase ends. */
  protected absent = false;
  protected each = false;
  protected definiteNeither = false;
  /** "from left to right": of the things from here on. */
  protected row?: { from: number; reversed: boolean };
  /** What is in a container: no "it" means it. */
  readonly contents = new Set<number>();
  /** The clause began with a place: "a room with a couch in it". */
  protected inPlace = false;

  constructor(protected readonly items: readonly Item[]) {}

  /** The thing that a noun phrase speaks of: one that was spoken of before ("the dog"), or a new one. */
  protected thing(phrase: NounPhrase): number {
    const before = this.spokenOf(phrase);
    if (before >= 0) {
      const draft = this.things[before];
      draft.colours.push(...phrase.colours);
      draft.attributes.push(...phrase.attributes);
      return before;
    }
    const { range, counted, plural, colours, attributes } = phrase;
    const t =
      this.things.push({
        phrase,
        range,
        counted,
        plural,
        colours: [...colours],
        attributes: [...attributes],
        negated: false,
      }) - 1;
    for (const side of ["left", "right"] as const) if (attributes.includes(side)) this.emit(`at-${side}`, t, [], false);
    if (phrase.of) {
      const inner = this.thing(phrase.of);
      this.contents.add(inner);
      this.emit("in", inner, [t], false);
    }
    return t;
  }

  protected spokenOf(phrase: NounPhrase): number {
    if (!phrase.definite || phrase.other) return -1;
    const same = (d: Draft) =>
      d.phrase.noun === phrase.noun ||
      (d.phrase.category !== null &&
        d.phrase.category === phrase.category &&
        (phrase.noun === phrase.category || d.phrase.noun === d.phrase.category));
    const side = (p: NounPhrase) => p.attributes.find((a) => a === "left" || a === "right");
    return this.things.findLastIndex(
      (d) =>
        side(d.phrase) === side(phrase) &&
        same(d) &&
        d.plural === phrase.plural &&
        !d.negated &&
        d.phrase.from < phrase.from,
    );
  }

  /** What "it", "them", "him" stand for: the nearest thing before that is none of `besides`. */
  protected antecedent(word: string, besides: readonly number[]): number[] {
    if (/self|selves/.test(word) || (this.inPlace && word === "it" && this.relations.every((r) => r.kind === "with")))
      return [];
    const plural = /^(?:them|they)$/.test(word);
    const fits = (t: number) => !besides.includes(t) && !this.things[t].negated && !this.contents.has(t);
    const all = this.things.map((_, t) => t).filter(fits);
    if (plural) {
      const many = all.findLast((t) => this.things[t].plural);
      if (many !== undefined) return [many];
      return all.slice(-2);
    }
    // what is contained or stands on another is seldom meant: "a bowl with two apples in it"
    const one = all.findLast((t) => !this.things[t].plural);
    return one === undefined ? all.slice(-1) : [one];
  }

  protected emit(kind: RelationKind, subject: number, objects: readonly number[], negated: boolean): void {
    if (objects.includes(subject)) return;
    if ([subject, ...objects].some((t) => this.things[t].negated)) return;
    const same = this.relations.some(
      (r) => r.kind === kind && r.subject === subject && r.objects.join() === objects.join(),
    );
    if (!same)
      this.relations.push({ kind, subject, objects: [...objects], ...(negated && { negated: true as const }) });
  }

  /** "a girl in a raincoat": clothes are worn, whatever the words. */
  private wears(subjects: readonly number[], objects: readonly number[]): boolean {
    const { things } = this;
    return (
      subjects.every((s) => things[s].phrase.category === "person") &&
      objects.every((o) => kindOf(things[o].phrase.noun) === "worn")
    );
  }

  protected relate(w: Waiting, objects: readonly number[], i: number, before?: { objects: number[] }): void {
    const { reversed } = w;
    const kind = w.kind === "in" && !reversed && this.wears(w.subjects, objects) ? "wearing" : w.kind;
    if (kind === "between" && !reversed) {
      const all = before ? [...before.objects, ...objects] : [...objects];
      // "between a and b": one relation, made when its second thing is there
      for (const s of w.subjects) {
        const made = this.relations.findIndex((r) => r.kind === "between" && r.subject === s);
        if (made >= 0 && before) this.relations.splice(made, 1);
        this.emit("between", s, all, w.negated);
      }
      this.done = { kind, subjects: w.subjects, objects: all, at: i, verb: false };
      this.last = [...objects];
      return;
    }
    for (const o of objects)
      for (const s of w.subjects)
        for (const each of [...(w.also ?? []), kind])
          if (reversed) this.emit(each, o, [s], w.negated);
          else this.emit(each, s, [o], w.negated);
    if (w.verb || kind === "riding" || kind === "on") this.share(kind, w.subjects, objects);
    this.done = { kind, subjects: w.subjects, objects: [...(before?.objects ?? []), ...objects], at: i, verb: w.verb };
    this.last = before && kind !== "between" ? [...this.last, ...objects] : [...objects];
  }

  /** "two men each holding an umbrella", "two people riding horses": one for each. */
  protected share(kind: RelationKind, subjects: readonly number[], objects: readonly number[]): void {
    const n = subjects.reduce((sum, s) => sum + this.things[s].range[0], 0);
    const exact = subjects.every((s) => this.things[s].counted);
    for (const o of objects) {
      const draft = this.things[o];
      if (
        (this.each && draft.range[1] === 1) ||
        (exact &&
          n > 1 &&
          !draft.counted &&
          draft.plural &&
          (kind === "riding" || kind === "holding" || kind === "wearing" || kind === "on"))
      ) {
        draft.range = [n, n];
        draft.counted = exact;
        draft.plural = n > 1;
      }
    }
    this.each = false;
  }

  protected finish(): void {
    if (this.row) {
      const { from, reversed } = this.row;
      for (let t = from; t + 1 < this.things.length; t++) this.emit(reversed ? "right" : "left", t, [t + 1], false);
    }
    for (const draft of this.things) if (draft.range[1] > MANY && !draft.counted) draft.range = [draft.range[0], MANY];
    const gone = (r: ThingRelation) => [r.subject, ...r.objects].some((t) => this.things[t].negated);
    // "in the middle of the table"
    this.relations.forEach((r, i) => {
      if (r.kind === "between" && r.objects.length === 1 && this.things[r.objects[0]].range[1] === 1)
        this.relations[i] = { ...r, kind: "on" };
    });
    for (let i = this.relations.length - 1; i >= 0; i--) if (gone(this.relations[i])) this.relations.splice(i, 1);
  }
}
