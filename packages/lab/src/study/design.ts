/**
 * Which rater sees which pictures in which order. Balanced by construction (see `windowOf`): raters come in couples that
 * judge the same comparisons, the second in reversed order and with sides exchanged, so that over a couple every
 * comparison has each picture on each side once and the same mean place in the session.
 * @module
 */
import { ConfigError } from "@scenograph/graph/errors";
import { type Random, stream } from "@scenograph/graph/random";
import { type Kind, type Question, STUDY_LIMITS } from "./study.ts";

export interface DesignOptions {
  /** Conditions, 2 to 8 (with rankings to 6). */
  readonly conditions: number;
  readonly sentences: number;
  readonly raters: number;
  /** Questions of each kind a rater, checks and repeats not counted; fewer when there are not as many. */
  readonly perRater: number;
  readonly kinds: readonly Kind[];
  /** Attention checks of each kind a rater. */
  readonly checks: number;
  /** Repeated questions of each kind a rater; at most a third of the questions. */
  readonly repeats: number;
  /** Whether checks may show a real picture of another sentence, in turn with noise. */
  readonly mismatches: boolean;
  readonly seed: number;
}

/** What stands at a position: the picture of a condition for the question's sentence, or what an attention check needs. */
export type Shown =
  | { readonly from: "condition"; readonly condition: number }
  | { readonly from: "noise"; readonly which: number }
  | { readonly from: "real"; readonly sentence: number };

export interface PlannedQuestion extends Omit<Question, "pictures"> {
  readonly shown: readonly Shown[];
}

/** A thing to be judged: a sentence with the conditions that are compared. */
export interface Unit {
  readonly sentence: number;
  readonly conditions: readonly number[];
}

/** Different noise pictures, so that a rater cannot learn one by heart. */
export const NOISES = 4;

/** By rater: the questions in the order asked, pairs before rankings. @throws ConfigError for numbers out of range */
export function designStudy(options: DesignOptions): PlannedQuestion[][] {
  check(options);
  const { raters, kinds, seed } = options;
  const sequences = new Map(kinds.map((kind) => [kind, unitSequence(options, kind)]));
  return Array.from({ length: raters }, (_, rater) => {
    const asked: Omit<PlannedQuestion, "id">[] = [];
    const random = stream(seed, "study", "rater", rater);
    for (const kind of kinds) asked.push(...session(options, kind, sequences.get(kind)!, rater, random, asked.length));
    return asked.map((q, i) => ({ id: idOf(i), ...q }));
  });
}

/** Units of a kind in all, and how many of them a rater judges. */
export function unitCounts({ conditions: k, sentences, perRater }: DesignOptions, kind: Kind) {
  const units = kind === "pair" ? (sentences * k * (k - 1)) / 2 : sentences;
  return { units, each: Math.min(perRater, units) };
}

/**
 * The units in the order in which windows are cut from them: condition pairs take turns, and each goes through all
 * sentences from its own starting point. A window of consecutive units, around the end too, has pair counts that differ
 * by one at most; one of up to pairs x floor(sentences / pairs) units has no sentence twice.
 */
export function unitSequence({ conditions: k, sentences, seed }: DesignOptions, kind: Kind): Unit[] {
  const random = stream(seed, "study", "units", kind);
  const order = random.shuffle(Array.from({ length: sentences }, (_, s) => s));
  const names = random.shuffle(Array.from({ length: k }, (_, c) => c));
  if (kind === "rank") return order.map((sentence) => ({ sentence, conditions: names }));
  const pairs = random.shuffle(names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b])));
  return Array.from({ length: sentences * pairs.length }, (_, t) => {
    const p = t % pairs.length;
    const step = Math.floor(t / pairs.length) + Math.floor((p * sentences) / pairs.length);
    return { sentence: order[step % sentences], conditions: pairs[p] };
  });
}

/**
 * The units of a rater with the order of their pictures. Couple c takes the c-th window, so windows tile the sequence
 * again and again and units are judged equally often up to one couple. Sides alternate from one occurrence of a pair to
 * the next (rankings: rotate); the couple's second rater has them reversed.
 */
function windowOf(options: DesignOptions, kind: Kind, sequence: readonly Unit[], rater: number): Unit[] {
  const { each } = unitCounts(options, kind);
  const couple = Math.floor(rater / 2);
  const pairs = kind === "pair" ? (options.conditions * (options.conditions - 1)) / 2 : 1;
  const units = Array.from({ length: each }, (_, i): Unit => {
    const { sentence, conditions } = sequence[(couple * each + i) % sequence.length];
    const turn = (Math.floor(i / pairs) + couple) % conditions.length;
    const turned = [...conditions.slice(turn), ...conditions.slice(0, turn)];
    return { sentence, conditions: rater % 2 === 0 ? turned : turned.reverse() };
  });
  stream(options.seed, "study", "order", kind, couple).shuffle(units);
  return rater % 2 === 0 ? units : units.reverse();
}

type Unnumbered = Omit<PlannedQuestion, "id">;

/** The questions of a kind of one rater; `start` is the number of questions before them. */
function session(
  options: DesignOptions,
  kind: Kind,
  sequence: readonly Unit[],
  rater: number,
  random: Random,
  start: number,
): Unnumbered[] {
  const units = windowOf(options, kind, sequence, rater);
  const rated = units.map(
    ({ sentence, conditions }): Unnumbered => ({
      kind,
      sentence,
      role: "rate",
      shown: conditions.map((condition) => ({ from: "condition", condition })),
    }),
  );
  const checks = Array.from({ length: options.checks }, (_, i) => attentionCheck(options, kind, units, i, random));
  // a check in the middle of each of as many equal parts, a little early or late
  const list: { question: Unnumbered; original?: Unnumbered }[] = rated.map((question) => ({ question }));
  const part = rated.length / Math.max(1, checks.length);
  for (let i = checks.length - 1; i >= 0; i--)
    list.splice(Math.floor((i + random.uniform(0.25, 0.75)) * part), 0, { question: checks[i] });
  // from the first third again in the last third, the other way round
  const repeats = Math.min(options.repeats, Math.floor(rated.length / 3));
  const early = random.shuffle(rated.slice(0, Math.floor(rated.length / 3))).slice(0, repeats);
  for (const original of early) {
    const at = list.length - random.int(Math.max(1, Math.floor(list.length / 3)));
    list.splice(at, 0, {
      question: { ...original, role: "repeat", shown: [...original.shown].reverse() },
      original,
    });
  }
  return list.map(({ question, original }) =>
    original ? { ...question, of: idOf(start + list.findIndex((l) => l.question === original)) } : question,
  );
}

/**
 * A question with one wrong picture: noise, or (in turn, where there are real pictures) the real picture of another
 * sentence beside this sentence's own. Sentences that the rater does not judge come first. Its side alternates.
 */
function attentionCheck(
  { conditions: k, sentences, mismatches }: DesignOptions,
  kind: Kind,
  units: readonly Unit[],
  i: number,
  random: Random,
): Unnumbered {
  const judged = new Set(units.map((u) => u.sentence));
  const free = Array.from({ length: sentences }, (_, s) => s).filter((s) => !judged.has(s));
  const sentence = random.pick(free.length > 0 ? free : units.map((u) => u.sentence));
  const isMismatch = mismatches && kind === "pair" && i % 2 === 1 && sentences > 1;
  const names = random.shuffle(Array.from({ length: k }, (_, c) => c));
  const shown: Shown[] = names.map((condition) => ({ from: "condition", condition }));
  if (kind === "pair") shown.length = 1;
  else shown.pop();
  const trap = kind === "pair" ? (i + random.int(2)) % 2 : random.int(k);
  if (!isMismatch) {
    shown.splice(trap, 0, { from: "noise", which: random.int(NOISES) });
    return { kind, sentence, role: "noise", trap, shown };
  }
  const other = (sentence + 1 + random.int(sentences - 1)) % sentences;
  shown[0] = { from: "real", sentence };
  shown.splice(trap, 0, { from: "real", sentence: other });
  return { kind, sentence, role: "mismatch", trap, shown };
}

function idOf(i: number): string {
  return `q${i + 1}`;
}

function check({ conditions, sentences, raters, perRater, kinds, checks, repeats }: DesignOptions): void {
  const most = kinds.includes("rank") ? STUDY_LIMITS.ranked : STUDY_LIMITS.conditions;
  const rules: [string, number, number, number][] = [
    [kinds.includes("rank") ? "conditions, with rankings," : "conditions", conditions, 2, most],
    ["sentences", sentences, 1, STUDY_LIMITS.sentences],
    ["raters", raters, 1, STUDY_LIMITS.raters],
    ["questions a rater", perRater, 1, STUDY_LIMITS.perRater],
    ["attention checks", checks, 0, 50],
    ["repeated questions", repeats, 0, 50],
    ["kinds of questions", kinds.length, 1, 2],
  ];
  for (const [what, value, least, limit] of rules)
    if (!Number.isInteger(value) || value < least || value > limit)
      throw new ConfigError(`study: ${what} are ${least} to ${limit}, got ${value}; change the number`);
}
