import { expect, test } from "vitest";
import { judgeMetric, known, type MetricInfo, type Row, type RowKind, short } from "./results.ts";

const row = (kind: RowKind, name: string, low: number, high: number, more: Partial<Row> = {}): Row => ({
  name,
  kind,
  about: "",
  metrics: { m: { value: (low + high) / 2, low, high, n: 10 } },
  ...more,
});
const info = (better: MetricInfo["better"], more: Partial<MetricInfo> = {}): MetricInfo => ({
  name: "m",
  better,
  meaning: "",
  ...more,
});
const model = row("model", "model", 0.4, 0.5);

test("a metric is useful when the ceiling's interval is apart from every floor's, on the better side", () => {
  const rows = [
    model,
    row("ceiling", "true", 0.8, 0.9),
    row("floor", "noise", 0.1, 0.2),
    row("floor", "mean", 0.3, 0.7),
  ];
  expect(judgeMetric(info("higher"), rows)).toMatchObject({ useful: true, headline: true });
  expect(judgeMetric(info("lower"), rows)).toMatchObject({ useful: false, headline: false });
  expect(judgeMetric(info("target"), rows)).toMatchObject({ useful: true });
  const near = [...rows, row("floor", "shuffled", 0.6, 0.85)];
  const verdict = judgeMetric(info("higher"), near);
  expect(verdict).toMatchObject({ useful: false, headline: false });
  expect(verdict.reason).toBe(
    'does not tell the ceiling, 0.85 [0.8, 0.9], from the floor "shuffled", 0.725 [0.6, 0.85]',
  );
  expect(judgeMetric(info("target"), near).useful).toBe(false);
});

test("a baseline and a floor of other metrics play no part", () => {
  const rows = [model, row("ceiling", "true", 0.8, 0.9), row("floor", "noise", 0.1, 0.2)];
  const others = [row("baseline", "copy", 0.8, 0.9), row("floor", "shuffled", 0.8, 0.9, { floorOf: ["other"] })];
  expect(judgeMetric(info("higher"), [...rows, ...others]).useful).toBe(true);
  expect(judgeMetric(info("higher"), [...rows, row("floor", "shuffled", 0.8, 0.9, { floorOf: ["m"] })]).useful).toBe(
    false,
  );
});

test("without a ceiling the model must be apart from the floors; without floors nothing is known", () => {
  expect(judgeMetric(info("higher"), [model, row("floor", "noise", 0.1, 0.2)])).toMatchObject({ useful: true });
  expect(judgeMetric(info("higher"), [model, row("floor", "noise", 0.1, 0.45)]).reason).toMatch(/there is no ceiling/);
  expect(judgeMetric(info("higher"), [model, row("ceiling", "true", 0.8, 0.9)])).toMatchObject({
    useful: false,
    reason: "no floor to compare it with",
  });
  expect(judgeMetric({ ...info("higher"), name: "x" }, [model]).reason).toBe("no row has it");
});

test("a caution keeps a useful metric out of the headline", () => {
  const rows = [model, row("ceiling", "true", 0.8, 0.9), row("floor", "noise", 0.1, 0.2)];
  const verdict = judgeMetric(info("higher", { caution: "it was the loss" }), rows);
  expect(verdict).toMatchObject({ useful: true, headline: false });
  expect(verdict.reason).toMatch(/; but it was the loss$/);
});

test("metrics without a number are left out, and intervals carry four numbers", () => {
  const extra = { value: 1, low: 0, high: 2, n: 3, singular: true };
  expect(known({ a: extra, b: { value: Number.NaN, low: 0, high: 0, n: 0 } })).toEqual({
    a: { value: 1, low: 0, high: 2, n: 3 },
  });
  expect([0.12345, 123.4, 0, 2, 0.00001234, Number.NaN].map(short)).toEqual(["0.123", "123", "0", "2", "1.2e-5", "-"]);
});
