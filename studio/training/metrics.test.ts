import { expect, test } from "vitest";
import { curvesOf, duration, parseMetrics, pathOf, progressOf } from "./metrics.ts";

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
