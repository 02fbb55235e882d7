/** Noun phrases and the words between them -> things and how they stand to each other. One pass from left to right. @module */
import { Clauses, OF_SUBJECT } from "./clauses.ts";
import type { Item, NounPhrase } from "./items.ts";
import { CONTAINERS } from "./lexicon.ts";
import type { RelationKind } from "./types.ts";

const JOINED: ReadonlySet<RelationKind> = new Set(["between", "holding", "wearing", "with"]);

export class Relater extends Clauses {
  constructor(items: readonly Item[]) {
    super(items);
    items.forEach((item, i) => {
      this.#take(item, i);
    });
    this.finish();
  }

  #take(item: Item, i: number): void {
    const before = this.items[i - 1];
    switch (item.t) {
      case "np":
        this.#phrase(item, i);
        return;
      case "place":
      case "time":
      case "weather":
        if (!this.absent || item.t !== "place") this[item.t] ??= item.text;
        this.waiting = undefined;
        this.absent = false;
        if (item.t === "place" && this.last.length === 0) this.inPlace = true;
        return;
      case "stop":
        this.inPlace = false;
        this.subject = [];
        this.waiting = undefined;
        this.inverted = undefined;
        this.absent = false;
        this.negated = false;
        this.each = false;
        return;
      case "comma":
        this.waiting = this.waiting?.subjects.length === 0 ? undefined : this.waiting;
        return;
      case "only":
        this.only = true;
        return;
      case "each":
        this.each = true;
        return;
      case "neg":
        this.#negation(item.text, i);
        return;
      case "absent":
        for (const t of this.subject) this.things[t].negated = true;
        return;
      case "cop":
        if (item.there) {
          this.subject = [];
          if (!this.inverted) this.last = [];
        } else if (before?.t === "relative") this.subject = [...this.last];
        else if (before?.t === "np" && this.done?.at !== i - 1 && !item.plural && this.last.length > 1)
          this.subject = this.last.slice(-1);
        else if (before?.t === "np" && this.startsClause(i - 1)) this.subject = [...this.last];
        return;
      case "describe":
        for (const t of this.described(i)) {
          if (item.colour !== undefined) this.things[t].colours.push(item.colour);
          if (item.attribute !== undefined) this.things[t].attributes.push(item.attribute);
        }
        return;
      case "verb":
        this.#verb(item, i);
        return;
      case "prep":
        this.#preposition(item, i);
        return;
      case "pos":
        this.#position(item.kinds, i);
        return;
      case "own":
        this.#own(item.kind, i);
        return;
      case "sym":
        this.#symmetric(item.kind);
        return;
      case "nothing":
        this.waiting = undefined;
        return;
      case "row":
        this.row = { from: this.things.length, reversed: item.reversed };
        return;
      case "flank":
        this.#flank(item.own, i);
        return;
      case "pron":
        this.#pronoun(item.text, i);
        return;
      default:
        return;
    }
  }

  #phrase(phrase: NounPhrase, i: number): void {
    const before = this.items[i - 1]?.t;
    const t = this.thing(phrase);
    const negated = this.absent || (this.negated && before === "neg");
    if (negated) {
      this.negated = false;
      this.things[t].negated = true;
      this.absent = this.scopeGoesOn(i);
      if (this.waiting && !this.waiting.verb) this.waiting = undefined;
      // "nobody on the bench", "no cars on the road"
      this.waiting = undefined;
      if (this.last.length === 0) this.last = [t];
      if (this.subject.length === 0) this.subject = [t];
      return;
    }
    const waiting = this.waiting;
    const next = this.items[i + 1]?.t;
    if (waiting) {
      this.waiting = undefined;
      if (waiting.subjects.length === 0) {
        this.inverted = { kinds: [waiting.kind], objects: [t], negated: waiting.negated };
        this.last = [t];
      } else this.relate(waiting, [t], i);
      return;
    }
    const joins = before === "conj" || before === "comma" || (before === "or" && !this.absent);
    const done = this.done;
    if (
      this.inverted &&
      !(
        joins &&
        this.inverted.objects.length > 0 &&
        this.inverted.kinds[0] === "between" &&
        this.inverted.objects.length < 2
      )
    ) {
      const { kinds, objects, negated: not } = this.inverted;
      for (const kind of kinds) this.emit(kind, t, objects, not);
      this.subject =
        this.last.length > 0 && joins && !this.last.some((o) => objects.includes(o)) ? [...this.last, t] : [t];
      this.last = this.subject;
      const goesOn =
        next === "conj" &&
        ["np"].includes(this.items[i + 2]?.t ?? "") &&
        !["cop", "verb", "pos"].includes(this.items[i + 3]?.t ?? "");
      if (!goesOn) this.inverted = undefined;
      return;
    }
    if (this.inverted) {
      this.inverted = { ...this.inverted, objects: [...this.inverted.objects, t] };
      this.last = [t];
      return;
    }
    if (joins && done && done.at === this.beforeJoin(i) && !this.beginsClause(i)) {
      // another object of the same relation
      const list =
        done.kind === "between"
          ? done.objects.length < 2 || before === "comma"
          : JOINED.has(done.kind) || (done.verb && done.kind !== "riding");
      if (
        list &&
        (done.kind === "between" ? this.things[done.objects[0]].range[1] < 2 || done.objects.length > 1 : true)
      ) {
        this.relate(
          { kind: done.kind, subjects: done.subjects, reversed: false, negated: false, verb: done.verb },
          [t],
          i,
          done,
        );
        return;
      }
    }
    if (joins && this.last.length > 0 && !this.beginsClause(i) && done?.at !== this.beforeJoin(i) && this.grouped(i)) {
      this.last = [...this.last, t];
      this.subject = this.last;
      return;
    }
    this.last = [t];
    this.subject = [t];
  }

  #negation(text: string, i: number): void {
    const next = this.items[i + 1];
    const nextNoun = next?.t === "np" || next?.t === "only" || next?.t === "place";
    if (text === "neither" && next?.t === "np" && next.definite) {
      this.definiteNeither = true;
      return;
    }
    if (text === "nor" && this.definiteNeither) return;
    if (/^(?:not|never)$/.test(text) && !nextNoun) this.negated = true;
    else if (/^not/.test(text) && next?.t === "np" && next.definite) this.negated = true;
    else this.absent = true;
    if (/^no(?:t any)?$/.test(text) && next?.t === "prep") this.absent = false;
  }

  #verb(item: Item & { t: "verb" }, i: number): void {
    const { verb, passive } = item;
    const subjects = this.inverted ? [] : this.verbSubject(i);
    if (subjects.length > 0 && verb.pose !== undefined)
      for (const s of subjects) this.things[s].attributes.push(verb.pose);
    if (subjects.length === 0) {
      // "draw a dog", "please show": no subject
      return;
    }
    this.subject = subjects;
    if (verb.kind === undefined) return;
    const next = this.items[i + 1]?.t;
    if (next !== "np" && next !== "neg" && next !== "only" && next !== "pron" && next !== "each") return;
    if (this.negated) {
      this.negated = false;
      this.absent = next === "np";
      return;
    }
    const reversed = (verb.reversed === true) !== passive;
    this.waiting = { kind: verb.kind, subjects, reversed, negated: false, verb: true };
  }

  #preposition({ kind, text }: Item & { t: "prep" }, i: number): void {
    const before = this.items[i - 1];
    let subjects: readonly number[] = [];
    const done = this.done;
    const start = before === undefined || before.t === "stop";
    if (start) subjects = [];
    else if (before.t === "np" || before.t === "pron" || before.t === "place" || before.t === "time") {
      const adjunct = done && done.at === i - 1 && OF_SUBJECT.has(done.kind) && !this.refersBack(i);
      subjects = adjunct ? done.subjects : before.t === "place" ? this.subject : this.last;
      // "swinging a bat at a ball" says where it is aimed
      if (adjunct && done.kind === "holding" && text === "at") return;
      // "a bowl with fruit on a table", but "a man with a dog on a bench"
      if (done?.kind === "with" && adjunct && !done.subjects.every((s) => CONTAINERS.has(this.things[s].phrase.noun)))
        subjects = this.last;
    } else if (before.t === "conj" || before.t === "comma") {
      if (this.forward(i)) subjects = [];
      else if (before.t === "comma" && kind === "with") subjects = this.subject;
      else subjects = this.subject.length > 0 ? this.subject : this.last;
      if (done && !this.forward(i) && done.at === this.beforeJoin(i)) subjects = done.subjects;
    } else if (before.t === "relative") subjects = this.last;
    else subjects = this.subject.length > 0 ? this.subject : this.last;
    const absent = this.absent;
    this.absent = false;
    if (absent && kind === "with") return;
    if (kind === "with" && subjects.length === 0) return;
    const joined = before?.t === "conj" && this.items[i - 2]?.t === "prep" ? this.waiting : undefined;
    const also = joined && kind !== "between" ? [...(joined.also ?? []), joined.kind] : [];
    this.waiting = {
      kind,
      subjects: joined?.subjects ?? subjects,
      reversed: false,
      negated: this.negated,
      verb: kind === "with",
      ...(also.length > 0 && { also }),
    };
    this.negated = false;
    if (subjects.length > 0) this.inverted = undefined;
  }

  #position(kinds: readonly RelationKind[], i: number): void {
    const before = this.items[i - 1]?.t;
    const next = this.items[i + 1]?.t;
    const start = before === undefined || before === "stop" || before === "conj" || before === "comma";
    const forward =
      start &&
      (next === "np" ||
        ((next === "cop" || next === "verb" || next === "comma" || next === "only") && this.items[i + 2]?.t === "np"));
    if (forward) {
      this.inverted = { kinds, objects: [], negated: this.negated };
      this.last = [];
      this.negated = false;
      return;
    }
    const subjects =
      before === "np"
        ? this.done?.at === i - 1 && this.done.kind !== "with"
          ? this.done.subjects
          : this.last.slice(-1)
        : this.subject.length > 0
          ? this.subject
          : this.last;
    const group = before === "np" && this.last.length > 1 && this.done?.at !== i - 1 ? this.last.slice(-1) : subjects;
    for (const s of group) for (const kind of kinds) this.emit(kind, s, [], this.negated);
    this.negated = false;
  }

  /** "to its left": of what was spoken of before. */
  #own(side: RelationKind | "other", i: number): void {
    const before = this.items[i - 1]?.t;
    const next = this.items[i + 1]?.t;
    const follows = next === "np" || ((next === "cop" || next === "verb") && this.items[i + 2]?.t === "np");
    const forward = follows && (before === undefined || before === "stop" || before === "comma" || before === "conj");
    let kind = side as RelationKind;
    let objects: number[];
    if (side === "other") {
      const last = this.relations.findLast(
        (r) => r.kind === "left" || r.kind === "right" || r.kind === "at-left" || r.kind === "at-right",
      );
      if (!last) return;
      kind = (
        { left: "right", right: "left", "at-left": "at-right", "at-right": "at-left" } as Record<string, RelationKind>
      )[last.kind];
      objects = [...last.objects];
    } else objects = this.antecedent("it", forward ? [] : this.last);
    if (forward) {
      this.inverted = { kinds: [kind], objects, negated: false };
      this.last = [];
      return;
    }
    const subjects = before === "np" ? this.last : this.subject;
    if (side !== "other" && objects.length === 0) return;
    for (const s of subjects) this.emit(kind, s, objects, this.negated);
  }

  /** "on each side of a vase": two at least, and the vase between them. */
  #flank(own: boolean, i: number): void {
    const subjects = this.items[i - 1]?.t === "np" ? this.last : this.subject;
    for (const s of subjects)
      if (this.things[s].range[1] < 2) Object.assign(this.things[s], { range: [2, 2], counted: true, plural: true });
    if (own) {
      for (const o of this.antecedent("it", subjects)) for (const s of subjects) this.emit("between", o, [s], false);
      return;
    }
    this.waiting = { kind: "between", subjects, reversed: true, negated: false, verb: false };
  }

  #symmetric(kind: RelationKind): void {
    const subjects = this.subject.length > 1 ? this.subject : this.last;
    if (subjects.length < 2) return;
    for (const o of subjects.slice(1)) this.emit(kind, subjects[0], [o], false);
  }

  #pronoun(word: string, i: number): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    if (!waiting) {
      // "it is red": the clause goes on about the same thing
      if (this.subject.length === 0) this.subject = this.antecedent(word, []);
      return;
    }
    // a new clause speaks of the subject of the one before: "a clock hangs on the wall, and below it is a table"
    const before = waiting.subjects.length === 0 && !/^(?:them|they)$/.test(word) ? this.subject.slice(0, 1) : [];
    const objects = before.length > 0 ? before : this.antecedent(word, waiting.subjects);
    if (waiting.subjects.length === 0) {
      if (objects.length > 0) this.inverted = { kinds: [waiting.kind], objects, negated: waiting.negated };
      this.last = [...objects];
      return;
    }
    if (waiting.kind === "with" || objects.length === 0) return;
    if (waiting.kind === "between" && objects.length < 2 && this.things[objects[0]].range[1] < 2) return;
    const last = this.last;
    if (waiting.kind === "between") this.relate(waiting, objects, i);
    else for (const o of objects.slice(0, 1)) this.relate(waiting, [o], i);
    this.last = last;
  }
}
