import { expect, test } from "vitest";
import { chartGroups, curvesOf, duration, extentOf, parseMetrics, pathOf, pointAt, progressOf } from "./metrics.ts";

const TEXT = [
  '{"step":100,"seconds":10,"samplesPerSecond":80,"validation/f1":0.4}',
  '{"step":100,"seconds":10,"samplesPerSecond":80,"loss":2,"lossD":1}',
  '{"step":200,"seconds":20,"samplesPerSecond":90,"loss":1,"lossD":null}',
  "not a line",
  '{"step":300,"sec',
].join("\n");

test("whole lines become one curve a name, validation last", () => {
  expect(curvesOf(parseMetrics(TEXT))).toEqual([
    {
      name: "loss",
      points: [
        [100, 2],
        [200, 1],
      ],
    },
    { name: "lossD", points: [[100, 1]] },
    { name: "validation/f1", points: [[100, 0.4]] },
  ]);
});

test("time left follows from the speed of the latest lines", () => {
  expect(progressOf(parseMetrics(TEXT), 1000)).toEqual({ step: 200, seconds: 20, samplesPerSecond: 90, left: 80 });
  expect(progressOf(parseMetrics(TEXT))).not.toHaveProperty("left");
  expect(progressOf([], 10)).toBeUndefined();
  expect([duration(40), duration(200), duration(4800)]).toEqual(["40 s", "3 min", "1 h 20 min"]);
});

test("a path fills its box; a single point and a flat curve lie in the middle", () => {
  expect(
    pathOf(
      {
        name: "a",
        points: [
          [0, 1],
          [10, 3],
        ],
      },
      100,
      50,
    ),
  ).toBe("M0.0 50.0L100.0 0.0");
  expect(pathOf({ name: "a", points: [[5, 1]] }, 100, 50)).toBe("M50.0 25.0");
  const long = { name: "a", points: Array.from({ length: 5000 }, (_, i) => [i, i % 7] as const) };
  expect(pathOf(long, 100, 50).split("L").length).toBeLessThanOrEqual(400);
});

test("charts are grouped by network; training and validation of one quantity are one chart; another run lies beside", () => {
  const curve = (name: string, ...values: number[]) => ({ name, points: values.map((v, i) => [i * 10, v] as const) });
  const curves = [
    curve("l1", 3, 2),
    curve("normD", 1),
    curve("discriminator", 2),
    curve("validation/l1", 4),
    curve("validation/f1", 0.5),
  ];
  const groups = chartGroups(curves, [curve("l1", 9), curve("validation/f1", 0.4), curve("other", 1)]);
  expect(groups.map((g) => [g.title, g.charts.map((c) => c.name)])).toEqual([
    ["Generator", ["l1"]],
    ["Discriminator", ["normD", "discriminator"]],
    ["Validation", ["f1"]],
  ]);
  const [l1] = groups[0].charts;
  expect([l1.training?.points, l1.validation?.points, l1.beside?.points]).toEqual([
    [
      [0, 3],
      [10, 2],
    ],
    [[0, 4]],
    [[0, 9]],
  ]);
  expect(groups[2].charts[0].beside?.points).toEqual([[0, 0.4]]);
  // a model of one network: a capital D alone makes no discriminator
  expect(chartGroups([curve("loss", 1), curve("D", 1)]).map((g) => g.title)).toEqual(["Training"]);
});

test("several curves share their extent; a step finds the nearest point", () => {
  const a = {
    name: "a",
    points: [
      [0, 1],
      [10, 2],
    ] as const,
  };
  const b = {
    name: "b",
    points: [
      [5, 0],
      [20, 4],
    ] as const,
  };
  const extent = extentOf([a, b]);
  expect(extent).toEqual({ steps: [0, 20], values: [0, 4] });
  expect(pathOf(a, 100, 40, extent)).toBe("M0.0 30.0L50.0 20.0");
  expect([pointAt(a, 4)?.[0], pointAt(a, 6)?.[0], pointAt({ name: "none", points: [] }, 3)]).toEqual([
    0,
    10,
    undefined,
  ]);
});
