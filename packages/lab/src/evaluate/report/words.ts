/** What the forms of a report say alike. @module */
import type { MetricInfo, Row } from "../results.ts";
import { short } from "../results.ts";
import type { EvaluatedStage, StageReport } from "../run.ts";

export const TITLES: Record<EvaluatedStage, string> = {
  boxes: "Sentence to boxes",
  masks: "Boxes to masks",
  image: "Masks and sentence to picture",
  captions: "What a captioner says of the pictures",
  probes: "Does it hear the difference?",
};

export const INTROS: Record<EvaluatedStage, string> = {
  boxes: "A layout for every caption, against the true layout of the caption's picture.",
  masks: "Masks in the true boxes, against the true masks.",
  image:
    "The rows of the paper: everything from the sentence; the shapes alone; the picture alone from true boxes and masks; real pictures.",
  captions:
    "A captioner trained on real pictures describes the generated ones; its sentences against the input captions.",
  probes:
    "Sentences that differ in one thing, an order of words, a number, a relation, a colour, and whether the layout or picture follows.",
};

export const ARROWS: Record<MetricInfo["better"], string> = {
  higher: "higher is better",
  lower: "lower is better",
  target: "as near to the ceiling row as possible",
};

/** "0.512 [0.49, 0.53]", or a dash. */
export function cell(row: Row, metric: string): string {
  const m = row.metrics[metric];
  return m ? `${short(m.value)} [${short(m.low)}, ${short(m.high)}]` : "–";
}

/** Metrics that some row has, the headline first. */
export function shownMetrics({ metrics, verdicts }: StageReport): MetricInfo[] {
  const rank = (m: MetricInfo) => {
    const verdict = verdicts.find((v) => v.metric === m.name);
    return verdict?.headline ? 0 : verdict?.useful ? 1 : 2;
  };
  return metrics
    .filter((m) => verdicts.some((v) => v.metric === m.name))
    .map((m, i) => ({ m, i }))
    .sort((a, b) => rank(a.m) - rank(b.m) || a.i - b.i)
    .map(({ m }) => m);
}

export function headlineMetrics(report: StageReport): MetricInfo[] {
  return shownMetrics(report).filter((m) => report.verdicts.some((v) => v.metric === m.name && v.headline));
}

/** A number of a table: counts whole, shares in three digits. */
export function tableCell(value: string | number | null): string {
  if (value === null) return "–";
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

/** What a number of `n` pictures of which split is called. */
export function dataLine({ protocol }: StageReport): string {
  const { pictures, split, part } = protocol.data;
  return `${pictures} pictures, split ${split}, ${part === "all" ? "all of it" : `${part} part`}, seed ${protocol.seed}`;
}
