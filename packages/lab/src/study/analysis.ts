/**
 * From answers to numbers: who is left out by which rule, how often each condition was preferred, strengths, mean ranks,
 * and how far raters agree.
 * @module
 */
import { type ExclusionRules, type Exclusions, exclude, type Judged, passes } from "./exclusions.ts";
import { bradleyTerry, crossedBootstrap, type Estimate, fleissKappa, median, wilson } from "./statistics.ts";
import type { Answer, Question, Study } from "./study.ts";

/** The answers of a rater, as a store gives them. */
export interface RaterInput {
  readonly rater: number;
  readonly plan: number;
  readonly answers: readonly { readonly question: string; readonly value: Answer; readonly ms: number }[];
}

export interface AnalysisOptions extends ExclusionRules {
  readonly seed?: number;
  /** Draws of the bootstrap; default 1000. */
  readonly draws?: number;
}

export interface PairRow {
  readonly a: string;
  readonly b: string;
  readonly answers: number;
  readonly aPreferred: number;
  readonly bPreferred: number;
  readonly ties: number;
  /** Share preferring a, a tie counting half; interval: bootstrap over raters and sentences. */
  readonly rate: Estimate;
  /** Share preferring a among answers that are no tie; interval: Wilson, as if answers were independent. */
  readonly decided: Estimate;
}

export interface Agreement {
  /** Fleiss' kappa; interval: bootstrap over the judged items. */
  readonly kappa: Estimate;
  readonly observed: number;
  readonly expected: number;
  /** Items that two or more raters judged. */
  readonly items: number;
}

export interface StudyReport {
  readonly protocol: {
    readonly study: string;
    readonly title: string;
    readonly conditions: readonly string[];
    readonly sentences: number;
    readonly seed: number;
    readonly rules: readonly string[];
    readonly intervals: string;
    readonly draws: number;
  };
  readonly counts: {
    readonly raters: number;
    readonly finished: number;
    readonly excluded: number;
    /** All answers, checks and repeats included. */
    readonly answers: number;
    /** Answers of excluded raters, and single ones that came too fast. */
    readonly left_out: { readonly raters: number; readonly fast: number };
    /** Answers that the tables below are made from. */
    readonly pairs: number;
    readonly rankings: number;
  };
  readonly excluded: Exclusions["excluded"];
  readonly quality: {
    /** Of the raters kept. */
    readonly checks: Estimate & { readonly n: number };
    /** Repeated questions answered alike. */
    readonly repeats: Estimate & { readonly n: number };
    /** Left picture chosen, among choices of a picture: 0.5 without a habit. */
    readonly left: Estimate & { readonly n: number };
    readonly medianMs: number;
  };
  readonly pairs: {
    readonly rows: readonly PairRow[];
    /** Bradley-Terry strengths, summing to 1; interval: bootstrap over raters and sentences. */
    readonly strengths: readonly ({ readonly condition: string } & Estimate)[];
    readonly regularised: boolean;
    readonly agreement: Agreement;
  } | null;
  readonly ranks: {
    /** 1 is best; share of first places. Intervals: bootstrap over raters and sentences. */
    readonly rows: readonly { readonly condition: string; readonly meanRank: Estimate; readonly first: Estimate }[];
    /** On which picture is best. */
    readonly agreement: Agreement;
  } | null;
}

interface Compared {
  readonly rater: number;
  readonly sentence: number;
  /** Conditions, a < b. */
  readonly a: number;
  readonly b: number;
  /** What a got: 1, 0, or 0.5 in a tie. */
  readonly score: number;
}

interface Ranked {
  readonly rater: number;
  readonly sentence: number;
  /** By condition, 1 is best. */
  readonly ranks: readonly number[];
}

const INTERVALS =
  "95 %, percentile bootstrap drawing raters and sentences (Owen 2007); Wilson (1927) where said; kappa: bootstrap over items; no correction for several comparisons";

/** Same answers, options and seed: same report. */
export function analyse(study: Study, raters: readonly RaterInput[], options: AnalysisOptions = {}): StudyReport {
  const { seed = 0, draws = 1000 } = options;
  const judged = raters.map(({ rater, plan, answers }): Judged[] => {
    const byId = new Map(study.plans[plan].map((q) => [q.id, q]));
    return answers.flatMap(({ question, value, ms }) => {
      const found = byId.get(question);
      return found ? [{ rater, question: found, value, ms }] : [];
    });
  });
  const { excluded, kept, rules, fast } = exclude(judged, options);
  const all = kept.flat();
  const rated = all.filter((j) => j.question.role === "rate");
  const conditionOf = new Map(study.pictures.map((p) => [p.id, p.condition]));
  const compared = rated.flatMap((j) => comparedOf(j, conditionOf));
  const ranked = rated.flatMap((j) => rankedOf(j, conditionOf));
  const has = (kind: Question["kind"]) => study.plans.some((plan) => plan.some((q) => q.kind === kind));
  const bootstrap = { seed, draws };
  return {
    protocol: {
      study: study.id,
      title: study.title,
      conditions: study.conditions,
      sentences: study.sentences.length,
      seed,
      rules,
      intervals: INTERVALS,
      draws,
    },
    counts: {
      raters: raters.length,
      finished: raters.filter((r) => r.answers.length === study.plans[r.plan].length).length,
      excluded: excluded.length,
      answers: judged.flat().length,
      left_out: {
        raters: judged.flat().filter((j) => excluded.some((e) => e.rater === j.rater)).length,
        fast,
      },
      pairs: compared.length,
      rankings: ranked.length,
    },
    excluded,
    quality: {
      checks: share(all.filter((j) => j.question.trap !== undefined).map(passes)),
      repeats: share(kept.flatMap((of) => consistencies(of))),
      left: share(
        rated.flatMap((j) => (j.question.kind === "pair" && typeof j.value === "number" ? [j.value === 0] : [])),
      ),
      medianMs: median(rated.map((j) => j.ms)),
    },
    pairs: has("pair") ? pairsOf(study.conditions, compared, bootstrap) : null,
    ranks: has("rank") ? ranksOf(study.conditions, ranked, bootstrap) : null,
  };
}

/** For each repeated question with both answers: whether they say the same, by picture. */
function consistencies(answers: readonly Judged[]): boolean[] {
  return answers.flatMap((again) => {
    if (again.question.of === undefined) return [];
    const before = answers.find((j) => j.question.id === again.question.of);
    return before ? [meaning(before) === meaning(again)] : [];
  });
}

function meaning({ question, value }: Judged): string {
  if (value === "tie") return "tie";
  return (typeof value === "number" ? [value] : value).map((p) => question.pictures[p]).join();
}

function share(results: readonly boolean[]): Estimate & { n: number } {
  return { ...wilson(results.filter(Boolean).length, results.length), n: results.length };
}

function comparedOf({ rater, question, value }: Judged, conditionOf: Map<string, number | null>): Compared[] {
  if (question.kind !== "pair") return [];
  const [left, right] = question.pictures.map((id) => conditionOf.get(id) ?? 0);
  const forLeft = value === "tie" ? 0.5 : value === 0 ? 1 : 0;
  const { sentence } = question;
  return left < right
    ? [{ rater, sentence, a: left, b: right, score: forLeft }]
    : [{ rater, sentence, a: right, b: left, score: 1 - forLeft }];
}

function rankedOf({ rater, question, value }: Judged, conditionOf: Map<string, number | null>): Ranked[] {
  if (question.kind !== "rank" || !Array.isArray(value)) return [];
  const ranks: number[] = [];
  (value as readonly number[]).forEach((position, place) => {
    ranks[conditionOf.get(question.pictures[position]) ?? 0] = place + 1;
  });
  return [{ rater, sentence: question.sentence, ranks }];
}

function pairsOf(
  conditions: readonly string[],
  compared: readonly Compared[],
  bootstrap: { seed: number; draws: number },
): StudyReport["pairs"] {
  const rows = conditions.flatMap((a, i) =>
    conditions.slice(i + 1).map((b, k): PairRow => {
      const j = i + 1 + k;
      const own = compared.filter((c) => c.a === i && c.b === j);
      const aPreferred = own.filter((c) => c.score === 1).length;
      const bPreferred = own.filter((c) => c.score === 0).length;
      const [rate] = crossedBootstrap(own, (list, w) => [weightedMean(list, w, (c) => c.score)], bootstrap);
      return {
        a,
        b,
        answers: own.length,
        aPreferred,
        bPreferred,
        ties: own.length - aPreferred - bPreferred,
        rate,
        decided: wilson(aPreferred, aPreferred + bPreferred),
      };
    }),
  );
  const wins = (list: readonly Compared[], weights: Float64Array) => {
    const matrix = conditions.map(() => new Array<number>(conditions.length).fill(0));
    list.forEach(({ a, b, score }, i) => {
      matrix[a][b] += weights[i] * score;
      matrix[b][a] += weights[i] * (1 - score);
    });
    return matrix;
  };
  const strengths = crossedBootstrap(compared, (list, w) => [...bradleyTerry(wins(list, w)).strengths], bootstrap);
  const counts = table(
    compared.map((c) => [`${c.sentence} ${c.a} ${c.b}`, c.score === 1 ? 0 : c.score === 0 ? 1 : 2]),
    3,
  );
  return {
    rows,
    strengths: strengths.map((s, i) => ({ condition: conditions[i], ...s })),
    regularised: bradleyTerry(wins(compared, new Float64Array(compared.length).fill(1))).regularised,
    agreement: agreementOf(counts, bootstrap),
  };
}

function ranksOf(
  conditions: readonly string[],
  ranked: readonly Ranked[],
  bootstrap: { seed: number; draws: number },
): StudyReport["ranks"] {
  const statistic = (list: readonly Ranked[], w: Float64Array) =>
    conditions.flatMap((_, c) => [
      weightedMean(list, w, (r) => r.ranks[c]),
      weightedMean(list, w, (r) => (r.ranks[c] === 1 ? 1 : 0)),
    ]);
  const estimates = crossedBootstrap(ranked, statistic, bootstrap);
  const counts = table(
    ranked.map((r) => [`${r.sentence}`, r.ranks.indexOf(1)]),
    conditions.length,
  );
  return {
    rows: conditions.map((condition, c) => ({
      condition,
      meanRank: estimates[2 * c],
      first: estimates[2 * c + 1],
    })),
    agreement: agreementOf(counts, bootstrap),
  };
}

/** Answers by item and category. */
function table(answers: readonly (readonly [item: string, category: number])[], categories: number): number[][] {
  const rows = new Map<string, number[]>();
  for (const [item, category] of answers) {
    const row = rows.get(item) ?? new Array<number>(categories).fill(0);
    row[category]++;
    rows.set(item, row);
  }
  return [...rows.values()];
}

function agreementOf(counts: readonly number[][], bootstrap: { seed: number; draws: number }): Agreement {
  const { observed, expected, items } = fleissKappa(counts);
  const crossed = counts.map((row, sentence) => ({ rater: 0, sentence, row }));
  const [kappa] = crossedBootstrap(
    crossed,
    (list, w) => [fleissKappa(list.flatMap(({ row }, i) => new Array<number[]>(w[i]).fill(row))).kappa],
    bootstrap,
  );
  return { kappa, observed, expected, items };
}

function weightedMean<T>(list: readonly T[], weights: Float64Array, of: (item: T) => number): number {
  let total = 0;
  let weight = 0;
  list.forEach((item, i) => {
    total += weights[i] * of(item);
    weight += weights[i];
  });
  return weight === 0 ? Number.NaN : total / weight;
}
