import { expect, test } from "vitest";
import type { MetricInfo, Row } from "./results.ts";
import { bestFloor, standingTable, wayFrom } from "./standing.ts";

const FD: MetricInfo = { name: "FD", better: "lower", meaning: "", scale: "log" };
const FOUND: MetricInfo = { name: "found", better: "higher", meaning: "" };

const row = (name: string, kind: Row["kind"], values: Record<string, number>, floorOf?: string[]): Row => ({
  name,
  kind,
  about: "",
  metrics: Object.fromEntries(Object.entries(values).map(([k, v]) => [k, { value: v, low: v, high: v, n: 9 }])),
  ...(floorOf && { floorOf }),
});
const rows = [
  row("model", "model", { FD: 8, found: 0.45 }),
  row("real", "ceiling", { FD: 1, found: 0.9 }),
  row("noise", "floor", { FD: 640, found: 0.05 }),
  row("colours", "floor", { FD: 64, found: 0.1 }),
  // real pictures of other sentences: no floor of a distance
  row("shuffled", "floor", { FD: 1, found: 0 }, ["found"]),
];

test("half way in log distance is the geometric mean of floor and ceiling", () => {
  expect(wayFrom(FD, 64, 8, 1)).toBeCloseTo(0.5, 12);
  expect(wayFrom(FOUND, 0.1, 0.5, 0.9)).toBeCloseTo(0.5, 12);
  expect(wayFrom(FOUND, 0.1, 0, 0.9)).toBeLessThan(0);
  expect(wayFrom(FD, 1, 1, 1)).toBeNaN();
  expect(wayFrom(FD, 64, 8, 0)).toBeCloseTo(0, 12);
});

test("the best floor is the one that is hardest to beat, and a row that is none of this metric does not count", () => {
  expect(bestFloor(FD, rows)?.name).toBe("colours");
  expect(bestFloor(FOUND, rows)?.name).toBe("colours");
});

test("where floor and ceiling cannot be told apart there is no line; far below the floor is said so", () => {
  const AR: MetricInfo = { name: "ar", better: "lower", meaning: "" };
  const near = (value: number, spread: number) => ({ ar: { value, low: value - spread, high: value + spread, n: 20 } });
  const of = (spread: number): Row[] => [
    { ...row("model", "model", {}), metrics: near(0.4, 0.1) },
    { ...row("true layouts", "ceiling", {}), metrics: near(1e-9, spread) },
    { ...row("shuffled", "floor", {}), metrics: near(1e-5, spread) },
  ];
  expect(standingTable([AR], of(1e-3))).toBeUndefined();
  expect(standingTable([AR], of(1e-12))?.rows[0][5]).toBe("below -1000 %");
});

test("a line a model row and metric", () => {
  expect(standingTable([FD, FOUND], rows)?.rows).toEqual([
    ["FD", "model", "8", "64 (colours)", "1", "50 %", null],
    ["found", "model", "0.45", "0.1 (colours)", "0.9", "44 %", "50 %"],
  ]);
  expect(standingTable([{ ...FOUND, better: "target" }], rows)).toBeUndefined();
  expect(standingTable([{ ...FOUND, better: "lower" }], rows)).toBeUndefined();
  expect(
    standingTable(
      [FD],
      rows.filter((r) => r.kind !== "ceiling"),
    ),
  ).toBeUndefined();
});
