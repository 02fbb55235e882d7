/** Which raters and answers are left out of a study's numbers. The rules are fixed before and printed in the report. @module */
import { median } from "./statistics.ts";
import type { Answer, Question } from "./study.ts";

/** An answer with its question, the pictures told apart. */
export interface Judged {
  readonly rater: number;
  readonly question: Question;
  readonly value: Answer;
  readonly ms: number;
}

export interface ExclusionRules {
  /** Least share of attention checks answered rightly; default 0.75. */
  readonly minChecks?: number;
  /** Least median response time of a rater, milliseconds; default 800. */
  readonly minMedianMs?: number;
  /** Least response time of an answer, milliseconds; faster ones are left out singly; default 300. */
  readonly minMs?: number;
  /** Largest share of one side among a rater's choices in pairs, of 20 and more; default 0.95. */
  readonly maxSide?: number;
}

export interface Exclusions {
  readonly excluded: readonly {
    readonly rater: number;
    readonly answers: number;
    readonly reasons: readonly string[];
  }[];
  /** By rater kept: the answers kept. */
  readonly kept: readonly (readonly Judged[])[];
  /** Answers of kept raters left out because they came too fast. */
  readonly fast: number;
  /** The rules in words. */
  readonly rules: readonly string[];
}

/** Choices from which a habit of one side shows. */
const SIDE_CHOICES = 20;

export function exclude(raters: readonly (readonly Judged[])[], rules: ExclusionRules = {}): Exclusions {
  const { minChecks = 0.75, minMedianMs = 800, minMs = 300, maxSide = 0.95 } = rules;
  const excluded: Exclusions["excluded"][number][] = [];
  const kept: Judged[][] = [];
  let fast = 0;
  for (const answers of raters) {
    if (answers.length === 0) continue;
    const reasons: string[] = [];
    const checks = answers.filter((j) => j.question.trap !== undefined);
    const passed = checks.filter(passes).length;
    if (checks.length > 0 && passed < minChecks * checks.length)
      reasons.push(`${passed} of ${checks.length} attention checks right`);
    const middle = median(answers.map((j) => j.ms));
    if (middle < minMedianMs) reasons.push(`median response time ${Math.round(middle)} ms`);
    const sides = answers.flatMap((j) => (j.question.kind === "pair" && typeof j.value === "number" ? [j.value] : []));
    const left = sides.filter((s) => s === 0).length;
    const most = Math.max(left, sides.length - left);
    if (sides.length >= SIDE_CHOICES && most > maxSide * sides.length)
      reasons.push(`the ${2 * left > sides.length ? "left" : "right"} picture in ${most} of ${sides.length} choices`);
    if (reasons.length > 0) {
      excluded.push({ rater: answers[0].rater, answers: answers.length, reasons });
      continue;
    }
    const own = answers.filter((j) => j.ms >= minMs);
    fast += answers.length - own.length;
    kept.push(own);
  }
  const words = [
    `a rater is left out with less than ${percent(minChecks)} of the answered attention checks right (no difference counts as wrong)`,
    `a rater is left out with a median response time below ${minMedianMs} ms`,
    `a rater is left out who chose one side in more than ${percent(maxSide)} of ${SIDE_CHOICES} or more choices`,
    `an answer is left out that took less than ${minMs} ms`,
    "attention checks and repeated questions never count as answers; unfinished sessions count as far as they went",
  ];
  return { excluded, kept, fast, rules: words };
}

function percent(x: number): string {
  return `${Math.round(x * 100)} %`;
}

/** Whether the answer to an attention check is right: the wrong picture not chosen, or ranked last. */
export function passes({ question, value }: Judged): boolean {
  if (value === "tie") return false;
  return typeof value === "number" ? value !== question.trap : value.at(-1) === question.trap;
}
