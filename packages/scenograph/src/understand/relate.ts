/** Noun phrases and the words between them -> things and how they stand to each other. One pass from left to right. @module */
import type { Item, NounPhrase } from "./chunk.ts";
import { CONTAINERS, MANY } from "./lexicon.ts";
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
interface Waiting {
  readonly kind: RelationKind;
  /** Empty: the relation came first ("below the clock is a couch"). */
  readonly subjects: readonly number[];
  readonly reversed: boolean;
  readonly negated: boolean;
  readonly verb: boolean;
}

const JOINED: ReadonlySet<RelationKind> = new Set(["between", "holding", "wearing", "with"]);
/** What an adjunct behind their object speaks of is the subject: "holding an umbrella next to a car". */
const OF_SUBJECT: ReadonlySet<RelationKind> = new Set(["holding", "wearing", "with"]);

export class Relater {
  readonly things: Draft[] = [];
  readonly relations: ThingRelation[] = [];
  only = false;
  place: string | null = null;
  time: string | null = null;
  weather: string | null = null;

  /** Of the clause: what a predicate speaks of. */
  #subject: number[] = [];
  /** The noun phrases that were joined last. */
  #last: number[] = [];
  #waiting?: Waiting;
  /** The relation came first, its objects are known, its subject follows. */
  #inverted?: { kinds: readonly RelationKind[]; objects: readonly number[]; negated: boolean };
  /** Last relation that was made. */
  #done?: { kind: RelationKind; subjects: readonly number[]; objects: number[]; at: number; verb: boolean };
  #negated = false;
  /** What follows is not there, until the phrase ends. */
  #absent = false;
  #each = false;
  #definiteNeither = false;
  /** "from left to right": of the things from here on. */
  #row?: { from: number; reversed: boolean };
  /** What is in a container: no "it" means it. */
  readonly #contents = new Set<number>();
  /** The clause began with a place: "a room with a couch in it". */
  #inPlace = false;

  constructor(private readonly items: readonly Item[]) {
    items.forEach((item, i) => {
      this.#take(item, i);
    });
    this.#finish();
  }

  #previous(i: number): Item | undefined {
    return this.items[i - 1];
  }

  #take(item: Item, i: number): void {
    const before = this.#previous(i);
    switch (item.t) {
      case "np":
        this.#phrase(item, i);
        return;
      case "place":
      case "time":
      case "weather":
        if (!this.#absent || item.t !== "place") this[item.t] ??= item.text;
        this.#waiting = undefined;
        this.#absent = false;
        if (item.t === "place" && this.#last.length === 0) this.#inPlace = true;
        return;
      case "stop":
        this.#inPlace = false;
        this.#subject = [];
        this.#waiting = undefined;
        this.#inverted = undefined;
        this.#absent = false;
        this.#negated = false;
        this.#each = false;
        return;
      case "comma":
        this.#waiting = this.#waiting?.subjects.length === 0 ? undefined : this.#waiting;
        return;
      case "only":
        this.only = true;
        return;
      case "each":
        this.#each = true;
        return;
      case "neg":
        this.#negation(item.text, i);
        return;
      case "absent":
        for (const t of this.#subject) this.things[t].negated = true;
        return;
      case "cop":
        if (item.there) {
          this.#subject = [];
          if (!this.#inverted) this.#last = [];
        } else if (before?.t === "relative") this.#subject = [...this.#last];
        else if (before?.t === "np" && this.#done?.at !== i - 1 && !item.plural && this.#last.length > 1)
          this.#subject = this.#last.slice(-1);
        else if (before?.t === "np" && this.#startsClause(i - 1)) this.#subject = [...this.#last];
        return;
      case "describe":
        for (const t of this.#described(i)) {
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
        this.#waiting = undefined;
        return;
      case "row":
        this.#row = { from: this.things.length, reversed: item.reversed };
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

  /** The noun phrase before item i begins a clause: nothing but a conjunction, a comma or a stop stands before it. */
  #startsClause(i: number): boolean {
    const before = this.items[i - 1]?.t;
    return before === undefined || before === "stop" || before === "comma" || before === "conj";
  }

  /** Things that the adjectives at item i speak of. */
  #described(i: number): number[] {
    let k = i - 1;
    while (["describe", "conj", "comma"].includes(this.items[k]?.t) && k > 0 && this.items[k].t !== "np") k--;
    const before = this.items[k];
    if (before?.t === "np" || before?.t === "relative") return this.#last.slice(-1);
    if (before?.t === "verb") return this.#verbSubject(k).slice(-1);
    return this.#subject.length > 0 ? this.#subject : this.#last;
  }

  #phrase(phrase: NounPhrase, i: number): void {
    const before = this.#previous(i)?.t;
    const t = this.#thing(phrase);
    const negated = this.#absent || (this.#negated && before === "neg");
    if (negated) {
      this.#negated = false;
      this.things[t].negated = true;
      this.#absent = this.#scopeGoesOn(i);
      if (this.#waiting && !this.#waiting.verb) this.#waiting = undefined;
      // "nobody on the bench", "no cars on the road"
      this.#waiting = undefined;
      if (this.#last.length === 0) this.#last = [t];
      if (this.#subject.length === 0) this.#subject = [t];
      return;
    }
    const waiting = this.#waiting;
    const next = this.items[i + 1]?.t;
    if (waiting) {
      this.#waiting = undefined;
      if (waiting.subjects.length === 0) {
        this.#inverted = { kinds: [waiting.kind], objects: [t], negated: waiting.negated };
        this.#last = [t];
      } else this.#relate(waiting, [t], i);
      return;
    }
    const joins = before === "conj" || before === "comma" || (before === "or" && !this.#absent);
    const done = this.#done;
    if (
      this.#inverted &&
      !(
        joins &&
        this.#inverted.objects.length > 0 &&
        this.#inverted.kinds[0] === "between" &&
        this.#inverted.objects.length < 2
      )
    ) {
      const { kinds, objects, negated: not } = this.#inverted;
      for (const kind of kinds) this.#emit(kind, t, objects, not);
      this.#subject =
        this.#last.length > 0 && joins && !this.#last.some((o) => objects.includes(o)) ? [...this.#last, t] : [t];
      this.#last = this.#subject;
      const goesOn =
        next === "conj" &&
        ["np"].includes(this.items[i + 2]?.t ?? "") &&
        !["cop", "verb", "pos"].includes(this.items[i + 3]?.t ?? "");
      if (!goesOn) this.#inverted = undefined;
      return;
    }
    if (this.#inverted) {
      this.#inverted = { ...this.#inverted, objects: [...this.#inverted.objects, t] };
      this.#last = [t];
      return;
    }
    if (joins && done && done.at === this.#beforeJoin(i) && !this.#beginsClause(i)) {
      // another object of the same relation
      const list =
        done.kind === "between"
          ? done.objects.length < 2 || before === "comma"
          : JOINED.has(done.kind) || (done.verb && done.kind !== "riding");
      if (
        list &&
        (done.kind === "between" ? this.things[done.objects[0]].range[1] < 2 || done.objects.length > 1 : true)
      ) {
        this.#relate(
          { kind: done.kind, subjects: done.subjects, reversed: false, negated: false, verb: done.verb },
          [t],
          i,
          done,
        );
        return;
      }
    }
    if (
      joins &&
      this.#last.length > 0 &&
      !this.#beginsClause(i) &&
      done?.at !== this.#beforeJoin(i) &&
      this.#grouped(i)
    ) {
      this.#last = [...this.#last, t];
      this.#subject = this.#last;
      return;
    }
    this.#last = [t];
    this.#subject = [t];
  }

  /** Index of the last noun phrase before the conjunctions and commas before item i. */
  #beforeJoin(i: number): number {
    let k = i - 1;
    while (k >= 0 && ["conj", "comma", "or", "only"].includes(this.items[k].t)) k--;
    return k;
  }

  /** The noun phrases around the conjunction stand side by side, with nothing else between. */
  #grouped(i: number): boolean {
    return this.items[this.#beforeJoin(i)]?.t === "np";
  }

  /** A finite verb follows that speaks of this noun phrase alone: "and the dog is ...". */
  #beginsClause(i: number): boolean {
    const next = this.items[i + 1];
    if (next?.t === "cop") return !(next.plural && this.#last.length > 0 && this.#done?.at !== this.#beforeJoin(i));
    return next?.t === "verb" && next.finite;
  }

  /** The thing that a noun phrase speaks of: one that was spoken of before ("the dog"), or a new one. */
  #thing(phrase: NounPhrase): number {
    const before = this.#spokenOf(phrase);
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
    for (const side of ["left", "right"] as const)
      if (attributes.includes(side)) this.#emit(`at-${side}`, t, [], false);
    if (phrase.of) {
      const inner = this.#thing(phrase.of);
      this.#contents.add(inner);
      this.#emit("in", inner, [t], false);
    }
    return t;
  }

  #spokenOf(phrase: NounPhrase): number {
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

  #relate(w: Waiting, objects: readonly number[], i: number, before?: { objects: number[] }): void {
    const { kind, reversed } = w;
    if (kind === "between" && !reversed) {
      const all = before ? [...before.objects, ...objects] : [...objects];
      // "between a and b": one relation, made when its second thing is there
      for (const s of w.subjects) {
        const made = this.relations.findIndex((r) => r.kind === "between" && r.subject === s);
        if (made >= 0 && before) this.relations.splice(made, 1);
        this.#emit("between", s, all, w.negated);
      }
      this.#done = { kind, subjects: w.subjects, objects: all, at: i, verb: false };
      this.#last = [...objects];
      return;
    }
    for (const o of objects)
      for (const s of w.subjects)
        if (reversed) this.#emit(kind, o, [s], w.negated);
        else this.#emit(kind, s, [o], w.negated);
    if (w.verb || kind === "riding" || kind === "on") this.#share(kind, w.subjects, objects);
    this.#done = { kind, subjects: w.subjects, objects: [...(before?.objects ?? []), ...objects], at: i, verb: w.verb };
    this.#last = before && kind !== "between" ? [...this.#last, ...objects] : [...objects];
  }

  /** "two men each holding an umbrella", "two people riding horses": one for each. */
  #share(kind: RelationKind, subjects: readonly number[], objects: readonly number[]): void {
    const n = subjects.reduce((sum, s) => sum + this.things[s].range[0], 0);
    const exact = subjects.every((s) => this.things[s].counted);
    for (const o of objects) {
      const draft = this.things[o];
      if (
        (this.#each && draft.range[1] === 1) ||
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
    this.#each = false;
  }

  #emit(kind: RelationKind, subject: number, objects: readonly number[], negated: boolean): void {
    if (objects.includes(subject)) return;
    if ([subject, ...objects].some((t) => this.things[t].negated)) return;
    const same = this.relations.some(
      (r) => r.kind === kind && r.subject === subject && r.objects.join() === objects.join(),
    );
    if (!same)
      this.relations.push({ kind, subject, objects: [...objects], ...(negated && { negated: true as const }) });
  }

  #negation(text: string, i: number): void {
    const next = this.items[i + 1];
    const nextNoun = next?.t === "np" || next?.t === "only" || next?.t === "place";
    if (text === "neither" && next?.t === "np" && next.definite) {
      this.#definiteNeither = true;
      return;
    }
    if (text === "nor" && this.#definiteNeither) return;
    if (/^(?:not|never)$/.test(text) && !nextNoun) this.#negated = true;
    else if (/^not/.test(text) && next?.t === "np" && next.definite) this.#negated = true;
    else this.#absent = true;
    if (/^no(?:t any)?$/.test(text) && next?.t === "prep") this.#absent = false;
  }

  /** After a noun phrase that is not there: does the negation hold for the next one as well? */
  #scopeGoesOn(i: number): boolean {
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
  #verbSubject(i: number): number[] {
    const before = this.items[i - 1]?.t;
    if (before === "np" || before === "relative" || before === "each" || before === "pos") {
      // "a cat on a couch sleeping", "the man on the bike wears a hat": the clause's subject for finite verbs is not known here
      const done = this.#done;
      if (before === "np" && done && done.at === i - 1) {
        // "a person on a surfboard holding a paddle": whoever has hands
        const person = (t: number) => this.things[t].phrase.category === "person";
        if (
          (OF_SUBJECT.has(done.kind) && done.kind !== "with") ||
          (done.subjects.some(person) && !done.objects.some(person))
        )
          return [...done.subjects];
      }
      return [...this.#last];
    }
    if (
      before === "conj" ||
      before === "comma" ||
      before === "cop" ||
      before === "neg" ||
      before === "verb" ||
      before === "describe"
    )
      return this.#subject.length > 0 ? [...this.#subject] : [...this.#last];
    return this.#subject.length > 0 ? [...this.#subject] : [...this.#last];
  }

  #verb(item: Item & { t: "verb" }, i: number): void {
    const { verb, passive } = item;
    const subjects = this.#inverted ? [] : this.#verbSubject(i);
    if (subjects.length > 0 && verb.pose !== undefined)
      for (const s of subjects) this.things[s].attributes.push(verb.pose);
    if (subjects.length === 0) {
      // "draw a dog", "please show": no subject
      return;
    }
    this.#subject = subjects;
    if (verb.kind === undefined) return;
    const next = this.items[i + 1]?.t;
    if (next !== "np" && next !== "neg" && next !== "only" && next !== "pron" && next !== "each") return;
    if (this.#negated) {
      this.#negated = false;
      this.#absent = next === "np";
      return;
    }
    const reversed = (verb.reversed === true) !== passive;
    this.#waiting = { kind: verb.kind, subjects, reversed, negated: false, verb: true };
  }

  #preposition({ kind, text }: Item & { t: "prep" }, i: number): void {
    const before = this.items[i - 1];
    let subjects: readonly number[] = [];
    const done = this.#done;
    const start = before === undefined || before.t === "stop";
    if (start) subjects = [];
    else if (before.t === "np" || before.t === "pron" || before.t === "place" || before.t === "time") {
      const adjunct = done && done.at === i - 1 && OF_SUBJECT.has(done.kind) && !this.#refersBack(i);
      subjects = adjunct ? done.subjects : before.t === "place" ? this.#subject : this.#last;
      // "swinging a bat at a ball" says where it is aimed
      if (adjunct && done.kind === "holding" && text === "at") return;
      // "a bowl with fruit on a table", but "a man with a dog on a bench"
      if (done?.kind === "with" && adjunct && !done.subjects.every((s) => CONTAINERS.has(this.things[s].phrase.noun)))
        subjects = this.#last;
    } else if (before.t === "conj" || before.t === "comma") {
      if (this.#forward(i)) subjects = [];
      else if (before.t === "comma" && kind === "with") subjects = this.#subject;
      else subjects = this.#subject.length > 0 ? this.#subject : this.#last;
      if (done && !this.#forward(i) && done.at === this.#beforeJoin(i)) subjects = done.subjects;
    } else if (before.t === "relative") subjects = this.#last;
    else subjects = this.#subject.length > 0 ? this.#subject : this.#last;
    const absent = this.#absent;
    this.#absent = false;
    if (absent && kind === "with") return;
    if (kind === "with" && subjects.length === 0) return;
    this.#waiting = { kind, subjects, reversed: false, negated: this.#negated, verb: kind === "with" };
    this.#negated = false;
    if (subjects.length > 0) this.#inverted = undefined;
  }

  /** A pronoun follows the preposition at item i. */
  #refersBack(i: number): boolean {
    return this.items[i + 1]?.t === "pron";
  }

  /** The preposition at item i comes before its subject: "on the table are two cups", "above it two kites". */
  #forward(i: number): boolean {
    const object = this.items[i + 1]?.t;
    if (object !== "np" && object !== "pron" && object !== "place") return false;
    const after = this.items[i + 2];
    if (after?.t === "np") return true;
    if (after?.t === "comma")
      return this.items[i + 3]?.t === "np" && this.items[i + 4]?.t !== "cop" && this.items[i - 1]?.t !== "comma";
    if (after?.t === "cop" || after?.t === "verb") return this.items[i + 3]?.t === "np";
    return false;
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
      this.#inverted = { kinds, objects: [], negated: this.#negated };
      this.#last = [];
      this.#negated = false;
      return;
    }
    const subjects =
      before === "np"
        ? this.#done?.at === i - 1 && this.#done.kind !== "with"
          ? this.#done.subjects
          : this.#last.slice(-1)
        : this.#subject.length > 0
          ? this.#subject
          : this.#last;
    const group =
      before === "np" && this.#last.length > 1 && this.#done?.at !== i - 1 ? this.#last.slice(-1) : subjects;
    for (const s of group) for (const kind of kinds) this.#emit(kind, s, [], this.#negated);
    this.#negated = false;
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
    } else objects = this.#antecedent("it", forward ? [] : this.#last);
    if (forward) {
      this.#inverted = { kinds: [kind], objects, negated: false };
      this.#last = [];
      return;
    }
    const subjects = before === "np" ? this.#last : this.#subject;
    if (side !== "other" && objects.length === 0) return;
    for (const s of subjects) this.#emit(kind, s, objects, this.#negated);
  }

  /** "on each side of a vase": two at least, and the vase between them. */
  #flank(own: boolean, i: number): void {
    const subjects = this.items[i - 1]?.t === "np" ? this.#last : this.#subject;
    for (const s of subjects)
      if (this.things[s].range[1] < 2) Object.assign(this.things[s], { range: [2, 2], counted: true, plural: true });
    if (own) {
      for (const o of this.#antecedent("it", subjects)) for (const s of subjects) this.#emit("between", o, [s], false);
      return;
    }
    this.#waiting = { kind: "between", subjects, reversed: true, negated: false, verb: false };
  }

  #symmetric(kind: RelationKind): void {
    const subjects = this.#subject.length > 1 ? this.#subject : this.#last;
    if (subjects.length < 2) return;
    for (const o of subjects.slice(1)) this.#emit(kind, subjects[0], [o], false);
  }

  #pronoun(word: string, i: number): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) {
      // "it is red": the clause goes on about the same thing
      if (this.#subject.length === 0) this.#subject = this.#antecedent(word, []);
      return;
    }
    // a new clause speaks of the subject of the one before: "a clock hangs on the wall, and below it is a table"
    const before = waiting.subjects.length === 0 && !/^(?:them|they)$/.test(word) ? this.#subject.slice(0, 1) : [];
    const objects = before.length > 0 ? before : this.#antecedent(word, waiting.subjects);
    if (waiting.subjects.length === 0) {
      if (objects.length > 0) this.#inverted = { kinds: [waiting.kind], objects, negated: waiting.negated };
      this.#last = [...objects];
      return;
    }
    if (waiting.kind === "with" || objects.length === 0) return;
    if (waiting.kind === "between" && objects.length < 2 && this.things[objects[0]].range[1] < 2) return;
    const last = this.#last;
    if (waiting.kind === "between") this.#relate(waiting, objects, i);
    else for (const o of objects.slice(0, 1)) this.#relate(waiting, [o], i);
    this.#last = last;
  }

  /** What "it", "them", "him" stand for: the nearest thing before that is none of `besides`. */
  #antecedent(word: string, besides: readonly number[]): number[] {
    if (/self|selves/.test(word) || (this.#inPlace && word === "it" && this.relations.every((r) => r.kind === "with")))
      return [];
    const plural = /^(?:them|they)$/.test(word);
    const fits = (t: number) => !besides.includes(t) && !this.things[t].negated && !this.#contents.has(t);
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

  #finish(): void {
    if (this.#row) {
      const { from, reversed } = this.#row;
      for (let t = from; t + 1 < this.things.length; t++) this.#emit(reversed ? "right" : "left", t, [t + 1], false);
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
