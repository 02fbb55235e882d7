import { ConfigError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DesignOptions, designStudy, type PlannedQuestion, unitCounts } from "./design.ts";
import type { Kind } from "./study.ts";

const KINDS: Kind[][] = [["pair"], ["rank"], ["pair", "rank"]];

const designs = fc.record({
  conditions: fc.integer({ min: 2, max: 5 }),
  sentences: fc.integer({ min: 1, max: 30 }),
  raters: fc.integer({ min: 1, max: 14 }),
  perRater: fc.integer({ min: 1, max: 40 }),
  kinds: fc.constantFrom(...KINDS),
  checks: fc.integer({ min: 0, max: 4 }),
  repeats: fc.integer({ min: 0, max: 3 }),
  mismatches: fc.boolean(),
  seed: fc.nat(),
});

const base: DesignOptions = {
  conditions: 3,
  sentences: 20,
  raters: 6,
  perRater: 12,
  kinds: ["pair"],
  checks: 2,
  repeats: 2,
  mismatches: false,
  seed: 1,
};

function conditionsOf(q: PlannedQuestion): number[] {
  return q.shown.flatMap((s) => (s.from === "condition" ? [s.condition] : []));
}

function unitOf(q: PlannedQuestion): string {
  return `${q.kind} ${q.sentence} ${conditionsOf(q).sort().join("-")}`;
}

function counts<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const got = new Map<string, number>();
  for (const item of items) got.set(key(item), (got.get(key(item)) ?? 0) + 1);
  return got;
}

/** Largest minus smallest of `size` counts, those missing being 0. */
function spread(got: Map<string, number>, size: number): number {
  const values = [...got.values()];
  return Math.max(0, ...values) - (values.length < size ? 0 : Math.min(...values));
}

const rated = (plan: readonly PlannedQuestion[], kind: Kind) =>
  plan.filter((q) => q.role === "rate" && q.kind === kind);

describe("designStudy", () => {
  it("a rater: as many questions as asked for, none twice, condition pairs and sides balanced", () => {
    fc.assert(
      fc.property(designs, (options) => {
        for (const plan of designStudy(options))
          for (const kind of options.kinds) {
            const questions = rated(plan, kind);
            expect(questions.length).toBe(unitCounts(options, kind).each);
            expect(new Set(questions.map(unitOf)).size).toBe(questions.length);
            if (kind === "rank") continue;
            const pairs = (options.conditions * (options.conditions - 1)) / 2;
            const byPair = counts(questions, (q) => conditionsOf(q).sort().join("-"));
            expect(spread(byPair, pairs)).toBeLessThanOrEqual(1);
            for (const pair of byPair.keys()) {
              const same = questions.filter((q) => conditionsOf(q).sort().join("-") === pair);
              expect(
                spread(
                  counts(same, (q) => conditionsOf(q).join("-")),
                  2,
                ),
              ).toBeLessThanOrEqual(1);
            }
          }
      }),
      { numRuns: 60 },
    );
  });

  it("over raters: comparisons judged equally often up to one couple, each side equally often up to one", () => {
    fc.assert(
      fc.property(designs, (options) => {
        const plans = designStudy(options);
        for (const kind of options.kinds) {
          const all = plans.flatMap((plan) => rated(plan, kind));
          expect(spread(counts(all, unitOf), unitCounts(options, kind).units)).toBeLessThanOrEqual(2);
          if (kind === "rank" || options.raters % 2 === 1) continue;
          for (const unit of new Set(all.map(unitOf))) {
            const same = all.filter((q) => unitOf(q) === unit);
            const sides = counts(same, (q) => conditionsOf(q).join("-"));
            expect(sides.size).toBe(2);
            expect(spread(sides, 2)).toBe(0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("a couple of raters: the same questions, reversed in order and in sides", () => {
    fc.assert(
      fc.property(designs, (options) => {
        const plans = designStudy(options);
        for (let r = 0; r + 1 < plans.length; r += 2)
          for (const kind of options.kinds) {
            const mirrored = rated(plans[r + 1], kind)
              .reverse()
              .map((q) => [q.sentence, ...conditionsOf(q).reverse()]);
            expect(rated(plans[r], kind).map((q) => [q.sentence, ...conditionsOf(q)])).toEqual(mirrored);
          }
      }),
      { numRuns: 30 },
    );
  });

  it("rankings of a rater: each condition equally often at each place up to one", () => {
    fc.assert(
      fc.property(designs, (options) => {
        for (const plan of designStudy({ ...options, kinds: ["rank"] }))
          for (let place = 0; place < options.conditions; place++) {
            const at = counts(rated(plan, "rank"), (q) => `${conditionsOf(q)[place]}`);
            expect(spread(at, options.conditions)).toBeLessThanOrEqual(1);
          }
      }),
      { numRuns: 30 },
    );
  });

  it("shows no sentence twice to a rater where there are enough of them", () => {
    fc.assert(
      fc.property(designs, (options) => {
        const pairs = (options.conditions * (options.conditions - 1)) / 2;
        const most = pairs * Math.floor(options.sentences / pairs);
        fc.pre(most >= 1);
        const plans = designStudy({ ...options, kinds: ["pair"], perRater: Math.min(options.perRater, most) });
        for (const plan of plans) {
          const sentences = rated(plan, "pair").map((q) => q.sentence);
          expect(new Set(sentences).size).toBe(sentences.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("checks have one wrong picture at the place told, on both sides; repeats come later, the other way round", () => {
    fc.assert(
      fc.property(designs, (options) => {
        for (const plan of designStudy(options)) {
          expect(plan.map((q) => q.id)).toEqual(plan.map((_, i) => `q${i + 1}`));
          for (const kind of options.kinds) {
            const checks = plan.filter((q) => q.kind === kind && q.trap !== undefined);
            expect(checks.length).toBe(options.checks);
            for (const q of checks) {
              expect(q.shown.length).toBe(kind === "pair" ? 2 : options.conditions);
              const wrong = q.shown[q.trap!];
              if (q.role === "noise") expect(wrong.from).toBe("noise");
              else expect(wrong.from === "real" && wrong.sentence !== q.sentence).toBe(true);
              expect(q.shown.filter((s) => s.from === "noise").length).toBe(q.role === "noise" ? 1 : 0);
            }
          }
          for (const [at, q] of plan.entries()) {
            if (q.role !== "repeat") continue;
            const before = plan.findIndex((p) => p.id === q.of);
            expect(plan[before]).toMatchObject({ role: "rate", sentence: q.sentence, kind: q.kind });
            expect(conditionsOf(plan[before])).toEqual(conditionsOf(q).reverse());
            expect(before).toBeLessThan(at);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is fixed by its seed and differs between raters and seeds", () => {
    const a = designStudy(base);
    expect(designStudy(base)).toEqual(a);
    expect(designStudy({ ...base, seed: 2 })).not.toEqual(a);
    expect(a[0]).not.toEqual(a[2]);
  });

  it("mixes both kinds of checks where there are real pictures", () => {
    const roles = designStudy({ ...base, checks: 4, mismatches: true })[0].map((q) => q.role);
    expect(roles.filter((r) => r === "mismatch").length).toBe(2);
    expect(roles.filter((r) => r === "noise").length).toBe(2);
  });

  it.each([
    [{ conditions: 1 }, /conditions are 2 to 8, got 1/],
    [{ conditions: 7, kinds: ["rank"] as Kind[] }, /with rankings, are 2 to 6/],
    [{ raters: 0 }, /raters are 1/],
    [{ sentences: 0 }, /sentences/],
    [{ perRater: 1.5 }, /questions a rater/],
    [{ checks: -1 }, /attention checks/],
  ])("refuses %j", (change, message) => {
    expect(() => designStudy({ ...base, ...change })).toThrow(ConfigError);
    expect(() => designStudy({ ...base, ...change })).toThrow(message);
  });
});
