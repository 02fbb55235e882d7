/** Where a model stands between the best floor and the ceiling, metric by metric. @module */
import type { MetricInfo, Row, Table } from "./results.ts";
import { judgeMetric, short } from "./results.ts";

/** Title of the table. */
export const STANDING = "Between the best floor and the ceiling";

/** Distances that span orders of magnitude are compared by their logarithms. */
function scaleOf({ scale }: MetricInfo): (value: number) => number {
  return scale === "log" ? Math.log : (value) => value;
}

/**
 * Share of the way from floor (0) to ceiling (1) that a value has gone; negative below the floor. For "log" metrics the way of the
 * logarithms: half way between 64 and 1 is 8. NaN where floor and ceiling agree or a logarithm has none.
 */
export function wayFrom(info: MetricInfo, floor: number, value: number, ceiling: number): number {
  const f = scaleOf(info);
  const way = (f(value) - f(floor)) / (f(ceiling) - f(floor));
  return Number.isFinite(way) ? way : Number.NaN;
}

/** The best of the rows that are floors of the metric. */
export function bestFloor({ name, better }: MetricInfo, rows: readonly Row[]): Row | undefined {
  const floors = rows.filter(
    (r) => r.kind === "floor" && r.metrics[name] !== undefined && (r.floorOf?.includes(name) ?? true),
  );
  const worth = (r: Row) => (better === "higher" ? 1 : -1) * r.metrics[name].value;
  return floors.toSorted((a, b) => worth(b) - worth(a))[0];
}

/** Whole percents, as far as they say anything. */
function percent(share: number): string {
  if (Math.abs(share) > MOST) return share < 0 ? `below -${100 * MOST} %` : `above ${100 * MOST} %`;
  return `${Math.round(100 * share)} %`;
}

const MOST = 10;

/** One line a model row and metric that has a floor and a ceiling; metrics with a target are left out. */
export function standingTable(metrics: readonly MetricInfo[], rows: readonly Row[]): Table | undefined {
  const ceiling = rows.find((r) => r.kind === "ceiling");
  const lines = metrics.flatMap((info) => {
    const top = ceiling?.metrics[info.name]?.value;
    const floor = bestFloor(info, rows);
    if (info.better === "target" || top === undefined || !floor) return [];
    const bottom = floor.metrics[info.name].value;
    // where few pictures do not tell floor from ceiling there is no way to go, and a share of it is a number of any size
    if ((info.better === "higher" ? top <= bottom : top >= bottom) || !judgeMetric(info, rows).useful) return [];
    return rows
      .filter((r) => r.kind === "model" && r.metrics[info.name] !== undefined)
      .map((r) => {
        const { value } = r.metrics[info.name];
        const way = wayFrom(info, bottom, value, top);
        return [
          info.name,
          r.name,
          short(value),
          `${short(bottom)} (${floor.name})`,
          short(top),
          Number.isNaN(way) ? null : percent(way),
          info.better === "higher" && top > 0 ? percent(value / top) : null,
        ];
      });
  });
  if (lines.length === 0) return undefined;
  return {
    title: STANDING,
    columns: ["metric", "row", "value", "best floor", "ceiling", "of the way (FD: of logarithms)", "of the ceiling"],
    rows: lines,
  };
}
