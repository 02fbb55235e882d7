/**
 * What a study is: the file study.json, the only place that says which picture comes from which condition. Raters'
 * browsers get `publicPlan` alone.
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { z } from "zod";

export const STUDY_LIMITS = {
  conditions: 8,
  /** Pictures that a person can still put into an order. */
  ranked: 6,
  sentences: 2000,
  raters: 2000,
  /** Questions of a kind a rater. */
  perRater: 500,
  conditionCharacters: 60,
} as const;

export type Kind = "pair" | "rank";

const index = z.int().min(0);

const question = z.strictObject({
  /** Unique in its plan: with the rater it is the key under which an answer is kept. */
  id: z.string().regex(/^q\d{1,4}$/),
  kind: z.enum(["pair", "rank"]),
  /** Index of the sentence. */
  sentence: index,
  /** Identifiers of the pictures in the order shown, left to right. */
  pictures: z.array(z.string()).min(2).max(STUDY_LIMITS.ranked),
  /** Whether it counts (rate), or is an attention check (noise, mismatch) or an earlier question again (repeat). */
  role: z.enum(["rate", "noise", "mismatch", "repeat"]),
  /** Of an attention check: position of the picture that must lose (never be chosen; be ranked last). */
  trap: index.optional(),
  /** Of a repeat: id of the question that it repeats. */
  of: z.string().optional(),
});

const picture = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Index of the condition; null for the noise and the real pictures of attention checks. */
  condition: index.nullable(),
  sentence: index.nullable(),
});

const study = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  title: z.string().min(1).max(200),
  consent: z.string().min(1).max(2000),
  seed: index,
  /** Side of the square that pictures are kept in, pixels. */
  size: z.int().min(8).max(1024),
  conditions: z.array(z.string().min(1)).min(2).max(STUDY_LIMITS.conditions),
  sentences: z.array(z.string().min(1)).min(1).max(STUDY_LIMITS.sentences),
  pictures: z.array(picture),
  /** By plan: the questions in the order asked. Rater number r has plan r - 1. */
  plans: z.array(z.array(question).min(1)).min(1).max(STUDY_LIMITS.raters),
});

export type Question = z.infer<typeof question>;
export type StudyPicture = z.infer<typeof picture>;
export type Study = z.infer<typeof study>;

/** A question as a rater's browser knows it: nothing tells checks and repeats from the others. */
export interface PublicQuestion {
  readonly id: string;
  readonly kind: Kind;
  readonly sentence: string;
  readonly pictures: readonly string[];
}

/** The plan without roles, traps and conditions. */
export function publicPlan({ plans, sentences }: Study, plan: number): PublicQuestion[] {
  return plans[plan].map(({ id, kind, sentence, pictures }) => ({
    id,
    kind,
    sentence: sentences[sentence],
    pictures,
  }));
}

/** Kinds of questions that the study asks. */
export function kindsOf({ plans }: Study): Kind[] {
  return [...new Set(plans.flat().map((q) => q.kind))];
}

/**
 * Reads study.json. @throws FormatError naming the first place that is wrong, for references to pictures or sentences
 * that are not there too
 */
export function parseStudy(text: string): Study {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FormatError("study.json: holds JSON, got other text; create the study again");
  }
  const result = study.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new FormatError(
      `study.json: ${issue.path.join(".") || "the file"}: ${issue.message}; create the study again`,
    );
  }
  const { pictures, plans, sentences, conditions } = result.data;
  const known = new Set(pictures.map((p) => p.id));
  const bad =
    pictures.some(
      (p) => (p.condition ?? 0) >= conditions.length || (p.sentence !== null && p.sentence >= sentences.length),
    ) ||
    plans.some((plan) =>
      plan.some(
        (q) =>
          q.sentence >= sentences.length ||
          q.pictures.some((id) => !known.has(id)) ||
          (q.trap ?? 0) >= q.pictures.length,
      ),
    );
  if (bad) throw new FormatError("study.json: names a picture, condition or sentence that it lacks; create it again");
  return result.data;
}

/** An answer to a question: of a pair the position chosen or "tie", of a ranking all positions from best to worst. */
export type Answer = number | "tie" | readonly number[];

/** Whether an answer fits a question: a position of its pictures or a tie; a permutation of all positions. */
export function isAnswer(question: Pick<Question, "kind" | "pictures">, value: unknown): value is Answer {
  const n = question.pictures.length;
  const isPosition = (x: unknown) => typeof x === "number" && Number.isInteger(x) && x >= 0 && x < n;
  if (question.kind === "pair") return value === "tie" || isPosition(value);
  return Array.isArray(value) && value.length === n && value.every(isPosition) && new Set(value).size === n;
}

/** What a browser tells of one answer; `value` null takes an earlier one back (undo). */
export const submission = z.strictObject({
  question: z.string().max(8),
  value: z.union([z.int().min(0).max(10), z.literal("tie"), z.array(z.int().min(0).max(10)).max(10), z.null()]),
  /** Milliseconds from seeing the pictures to answering, the page being visible. */
  ms: z.number().min(0).max(86_400_000),
  /** Counts the answers of this rater to this question from 1: a later one replaces an earlier one, never the reverse. */
  revision: z.int().min(1).max(1_000_000),
});

export type Submission = z.infer<typeof submission>;
