import { describe, expect, it } from "vitest";
import { analyse, type RaterInput } from "./analysis.ts";
import { reportJson, reportMarkdown } from "./report.ts";
import type { Answer, Question, Study } from "./study.ts";

/** By hand: conditions X, Y, Z; `pictures` of sentence s are x<s>, y<s>, z<s>; "n" is noise. */
function studyOf(sentences: number, plans: Question[][]): Study {
  const names = ["x", "y", "z"];
  const pictures = names.flatMap((name, condition) =>
    Array.from({ length: sentences }, (_, sentence) => ({ id: `${name}${sentence}`, condition, sentence })),
  );
  return {
    version: 1,
    id: "0123456789abcdef",
    title: "By hand",
    consent: "-",
    seed: 0,
    size: 8,
    conditions: ["X", "Y", "Z"],
    sentences: Array.from({ length: sentences }, (_, s) => `sentence ${s}`),
    pictures: [...pictures, { id: "n", condition: null, sentence: null }],
    plans,
  };
}

let counter = 0;
function pair(left: string, right: string, more: Partial<Question> = {}): Question {
  return {
    id: `q${++counter}`,
    kind: "pair",
    sentence: Number(left.slice(1)) || 0,
    pictures: [left, right],
    role: "rate",
    ...more,
  };
}

const answered = (rater: number, plan: Question[], values: (Answer | undefined)[], ms = 2000, at = 0): RaterInput => ({
  rater,
  plan: at,
  answers: values.flatMap((value, i) => (value === undefined ? [] : [{ question: plan[i].id, value, ms }])),
});

describe("pairs", () => {
  const plan = [pair("x0", "y0"), pair("y1", "x1"), pair("x2", "z2"), pair("z3", "y3")];
  const study = studyOf(4, [plan]);

  it("counts by condition, not by side, ties half", () => {
    const raters = [answered(1, plan, [0, 1, 0, 1]), answered(2, plan, [1, "tie", 0, 0]), answered(3, plan, [0, 1])];
    const report = analyse(study, raters, { draws: 50 });
    const [xy, xz, yz] = report.pairs!.rows;
    expect(xy).toMatchObject({ a: "X", b: "Y", answers: 6, aPreferred: 4, bPreferred: 1, ties: 1 });
    expect(xy.rate.value).toBeCloseTo(4.5 / 6);
    expect(xy.decided.value).toBeCloseTo(4 / 5);
    // Wilson of 4 of 5
    expect(xy.decided.low).toBeCloseTo(0.3755, 4);
    expect(xy.decided.high).toBeCloseTo(0.9638, 4);
    expect(xz).toMatchObject({ answers: 2, aPreferred: 2, bPreferred: 0 });
    expect(yz).toMatchObject({ answers: 2, aPreferred: 1, bPreferred: 1 });
    expect(report.counts).toMatchObject({ raters: 3, finished: 2, answers: 10, pairs: 10, rankings: 0 });
    expect(report.ranks).toBeNull();
    expect(report.quality.left).toMatchObject({ n: 9, value: 5 / 9 });
    expect(report.quality.medianMs).toBe(2000);
    const [x, y, z] = report.pairs!.strengths;
    expect(x.value + y.value + z.value).toBeCloseTo(1);
    expect(x.value).toBeGreaterThan(y.value);
  });

  it("two conditions: the strength is the share, the interval holds it", () => {
    const own = Array.from({ length: 8 }, (_, s) => (s % 2 === 0 ? pair(`x${s}`, `y${s}`) : pair(`y${s}`, `x${s}`)));
    const two = { ...studyOf(8, [own]), conditions: ["X", "Y"] };
    two.pictures = two.pictures.filter((p) => p.condition !== 2);
    // X in six of eight, by two raters
    const values = own.map((_, s) => (s < 6 ? s % 2 : 1 - (s % 2)));
    const report = analyse(two, [answered(1, own, values), answered(2, own, values)]);
    const { rows, strengths, agreement } = report.pairs!;
    expect(rows[0].rate.value).toBe(0.75);
    expect(strengths[0].value).toBeCloseTo(0.75);
    expect(strengths[0].low).toBeLessThan(0.75);
    expect(rows[0].rate.high).toBeGreaterThan(0.75);
    // complete agreement: every item 2 : 0
    expect(agreement).toMatchObject({ observed: 1, items: 8 });
    expect(agreement.kappa.value).toBe(1);
  });

  it("agreement by hand: 2 raters, items alike / different, kappa of the table", () => {
    const raters = [answered(1, plan, [0, 1, 0, 0]), answered(2, plan, [0, 0, 0, 0])];
    // categories first / second / tie by item: xy (2,0,0), xy (1,1,0), xz (2,0,0), yz: z left is chosen twice (0,2,0)
    const expected = (5 / 8) ** 2 + (3 / 8) ** 2;
    const { agreement } = analyse(study, raters).pairs!;
    expect(agreement.observed).toBeCloseTo(3 / 4);
    expect(agreement.expected).toBeCloseTo(expected);
    expect(agreement.kappa.value).toBeCloseTo((3 / 4 - expected) / (1 - expected));
  });
});

describe("rankings", () => {
  const rank = (id: string, pictures: string[], sentence: number): Question => ({
    id,
    kind: "rank",
    sentence,
    pictures,
    role: "rate",
  });
  const plan = [rank("q1", ["z0", "x0", "y0"], 0), rank("q2", ["y1", "z1", "x1"], 1)];

  it("mean ranks and first places by condition", () => {
    const raters = [
      answered(1, plan, [
        [1, 2, 0], // x y z
        [2, 0, 1], // x y z
      ]),
      answered(2, plan, [
        [2, 1, 0], // y x z
        [2, 1, 0], // x z y
      ]),
    ];
    const { ranks, pairs, counts } = analyse(studyOf(2, [plan]), raters);
    expect(pairs).toBeNull();
    expect(counts.rankings).toBe(4);
    expect(ranks!.rows.map((r) => r.meanRank.value)).toEqual([1.25, 2, 2.75]);
    expect(ranks!.rows.map((r) => r.first.value)).toEqual([0.75, 0.25, 0]);
    expect(ranks!.agreement).toMatchObject({ observed: 0.5, items: 2 });
    for (const { meanRank } of ranks!.rows) {
      expect(meanRank.low).toBeLessThanOrEqual(meanRank.value);
      expect(meanRank.high).toBeGreaterThanOrEqual(meanRank.value);
    }
  });
});

describe("exclusions", () => {
  const rated = Array.from({ length: 24 }, (_, s) => (s % 2 === 0 ? pair(`x${s}`, `y${s}`) : pair(`y${s}`, `x${s}`)));
  const checks = [0, 1, 0, 1].map((trap) =>
    pair(trap === 0 ? "n" : "x0", trap === 0 ? "x0" : "n", { role: "noise", trap }),
  );
  const again = pair("y0", "x0", { role: "repeat", of: rated[0].id });
  const plan = [...rated, ...checks, again];
  const study = studyOf(24, [plan]);
  const right = [1, 0, 1, 0];
  const x = rated.map((_, s) => s % 2);

  it("by checks, by time, by side: each with its reason, the others kept", () => {
    const report = analyse(study, [
      answered(1, plan, [...x, ...right, 1]),
      answered(2, plan, [...x, 0, 1, 1, 0, 0]),
      answered(3, plan, [...x, "tie", "tie", 1, 0, 1]),
      answered(4, plan, [...x, ...right, 1], 500),
      answered(5, plan, [...rated.map(() => 0), ...right, 1]),
      answered(6, plan, [...x, 0, 0, 1, 0, 0]),
      { rater: 7, plan: 0, answers: [] },
    ]);
    // rater 5 chose the left of the rated pairs, yet the right one in some checks: below the limit
    expect(report.excluded.map((e) => [e.rater, e.answers, ...e.reasons])).toEqual([
      [2, 29, "2 of 4 attention checks right"],
      [3, 29, "2 of 4 attention checks right"],
      [4, 29, "median response time 500 ms"],
    ]);
    expect(report.counts).toMatchObject({
      raters: 7,
      finished: 6,
      excluded: 3,
      answers: 174,
      left_out: { raters: 87, fast: 0 },
    });
    // raters 1, 5 and 6
    expect(report.counts.pairs).toBe(72);
    expect(report.quality.checks).toMatchObject({ n: 12, value: 11 / 12 });
    // of the repeats: 1 chose x again, 5 left then right (x again), 6 y
    expect(report.quality.repeats).toMatchObject({ n: 3, value: 2 / 3 });
  });

  it("one side always, single fast answers, and rules that were set", () => {
    const left = answered(
      1,
      plan,
      rated.map(() => 0),
    );
    expect(analyse(study, [left]).excluded[0].reasons).toEqual(["the left picture in 24 of 24 choices"]);
    const fast = answered(1, plan, x);
    const mixed = { ...fast, answers: fast.answers.map((a, i) => ({ ...a, ms: i < 3 ? 100 : 2000 })) };
    const report = analyse(study, [mixed]);
    expect(report.counts).toMatchObject({ pairs: 21, left_out: { raters: 0, fast: 3 }, finished: 0 });
    const loose = analyse(study, [answered(2, plan, [...x, 0, 1, 0, 1, 0])], { minChecks: 0 });
    expect(loose.excluded).toEqual([]);
    expect(loose.protocol.rules[0]).toMatch(/less than 0 %/);
  });
});

describe("the report", () => {
  const plan = [pair("x0", "y0"), pair("x1", "z1")];

  it("is the same for the same answers, and JSON without NaN", () => {
    const report = analyse(studyOf(2, [plan]), [answered(1, plan, [0, 1])], { draws: 20 });
    expect(analyse(studyOf(2, [plan]), [answered(1, plan, [0, 1])], { draws: 20 })).toEqual(report);
    const json = JSON.parse(reportJson(report));
    expect(json.pairs.agreement.kappa.value).toBeNull();
    expect(json.pairs.rows[0]).toMatchObject({ a: "X", b: "Y", aPreferred: 1 });
    const markdown = reportMarkdown(report);
    expect(markdown).toContain("| X | Y | 1 | 0 | 0 | 100.0 % [100.0, 100.0] | 100.0 % [20.7, 100.0] |");
    expect(markdown).toContain("no item was judged by two raters");
    expect(markdown).toContain("No rater was left out.");
    expect(markdown).not.toContain("NaN");
  });

  it("of nobody's answers says so", () => {
    const markdown = reportMarkdown(analyse(studyOf(2, [plan]), []));
    expect(markdown).toMatch(/^# By hand\n\n0 raters/);
    expect(markdown).toContain("no answers");
    expect(markdown).not.toContain("NaN");
  });
});
