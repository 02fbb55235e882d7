/**
 * What an evaluation gives: rows of metrics with intervals, and which metrics can be trusted. A metric that does not tell
 * its ceiling (real against real) from its floors (noise, shuffled, unconditional) is useless here, whatever it says of
 * a model: it is reported as such and left out of the headline.
 * @module
 */
import type { Interval } from "./bootstrap.ts";

/** How a metric is read. "target": as near to the ceiling row's value as possible. */
export type Better = "higher" | "lower" | "target";

export interface MetricInfo {
  readonly name: string;
  readonly better: Better;
  /** One line for people. */
  readonly meaning: string;
  /** "log": values are compared by their logarithms (Frechet distances). */
  readonly scale?: "log";
  /** Why it is reported but is no headline, e.g. that the model was trained against the network that judges. */
  readonly caution?: string;
}

/** Metrics that are read alike: name -> meaning, in this order. */
export function metricInfos(better: Better, meanings: Readonly<Record<string, string>>): MetricInfo[] {
  return Object.entries(meanings).map(([name, meaning]) => ({ name, better, meaning }));
}

/**
 * "model": what is judged. "ceiling": real against real, true layouts, true masks. "floor": what knows nothing of the sentence
 * or draws nothing. "baseline": for comparison; it plays no part in the rule.
 */
export type RowKind = "model" | "ceiling" | "floor" | "baseline";

export interface Row {
  readonly name: string;
  readonly kind: RowKind;
  /** One line for people: how the row was made. */
  readonly about: string;
  readonly metrics: Readonly<Record<string, Interval>>;
  /** A floor that is none of some metrics, e.g. shuffled real pictures look real: the metrics that it is a floor of. */
  readonly floorOf?: readonly string[];
}

export interface Verdict {
  readonly metric: string;
  readonly useful: boolean;
  /** May be quoted first: useful, independent, and the model has it. */
  readonly headline: boolean;
  readonly reason: string;
}

/** A per-class or other table. Cells are text or numbers; null where there is none. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/**
 * The rule, computed: the 95 % intervals of the ceiling and of every floor row of a metric lie apart, the ceiling's on the better
 * side (for a target: anywhere apart). Without a ceiling the best-known row is judged: the first model row must be apart from
 * every floor.
 */
export function judgeMetric(info: MetricInfo, rows: readonly Row[]): Verdict {
  const { name, better } = info;
  const has = (row: Row) => row.metrics[name] !== undefined;
  const top = rows.find((r) => r.kind === "ceiling" && has(r)) ?? rows.find((r) => r.kind === "model" && has(r));
  const floors = rows.filter((r) => r.kind === "floor" && has(r) && (r.floorOf?.includes(name) ?? true));
  const verdict = (useful: boolean, reason: string): Verdict => ({
    metric: name,
    useful,
    headline: useful && info.caution === undefined && rows.some((r) => r.kind === "model" && has(r)),
    reason: useful && info.caution !== undefined ? `${reason}; but ${info.caution}` : reason,
  });
  if (!top) return verdict(false, "no row has it");
  if (floors.length === 0) return verdict(false, "no floor to compare it with");
  const above = top.metrics[name];
  const failed = floors.find((f) => !apart(better, above, f.metrics[name]));
  const what = top.kind === "ceiling" ? "ceiling" : "model (there is no ceiling)";
  if (failed)
    return verdict(
      false,
      `does not tell the ${what}, ${show(above)}, from the floor "${failed.name}", ${show(failed.metrics[name])}`,
    );
  return verdict(true, `tells the ${what}, ${show(above)}, from ${floors.length === 1 ? "its floor" : "all floors"}`);
}

function apart(better: Better, top: Interval, floor: Interval): boolean {
  if (better === "higher") return top.low > floor.high;
  if (better === "lower") return top.high < floor.low;
  return top.low > floor.high || top.high < floor.low;
}

function show({ value, low, high }: Interval): string {
  return `${short(value)} [${short(low)}, ${short(high)}]`;
}

/** Three significant digits, no exponent for everyday numbers. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value));
  if (size !== 0 && size < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** Metrics without a number (nothing to average over) are left out. */
export function known(metrics: Readonly<Record<string, Interval>>): Record<string, Interval> {
  return Object.fromEntries(
    Object.entries(metrics)
      .filter(([, m]) => m.n > 0 && Number.isFinite(m.value))
      // exactly these four, whatever else the interval carries
      .map(([name, { value, low, high, n }]) => [name, { value, low, high, n }]),
  );
}
