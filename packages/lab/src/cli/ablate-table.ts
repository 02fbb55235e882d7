/** The ablation table as Markdown and JSON. @module */
import { cpus } from "node:os";
import type { Interval } from "../evaluate/bootstrap.ts";
import { type Better, type Row, short } from "../evaluate/results.ts";
import { ABLATED_STAGES, type AblatedStage, type AblationRow, FULL } from "./ablate-rows.ts";
import type { AblationSettings, RowResult } from "./ablate-run.ts";

export interface TableMetric {
  /** Name in the evaluation; a metric of a judge that is not installed is missing. */
  readonly name: string;
  readonly title: string;
  readonly better: Better;
  readonly meaning: string;
}

export const TABLE_METRICS: Readonly<Record<AblatedStage, readonly TableMetric[]>> = {
  boxes: [
    { name: "nll-label", title: "NLL label", better: "lower", meaning: "nats a true object, labels with the end" },
    {
      name: "nll-box",
      title: "NLL box",
      better: "lower",
      meaning: "nats a true object, the box as a density over [0, 1]^4",
    },
    {
      name: "f1",
      title: "F1",
      better: "higher",
      meaning: "classes as multisets, a caption, at the default temperature",
    },
    {
      name: "r@0.3",
      title: "R@.3",
      better: "higher",
      meaning: "true boxes found with their class and IoU of at least .3",
    },
  ],
  masks: [
    { name: "iou", title: "IoU", better: "higher", meaning: "one sample against the true mask, in the true box" },
    { name: "best of 5", title: "best of 5", better: "higher", meaning: "the best IoU of five samples" },
    {
      name: "edge",
      title: "edge ratio",
      better: "target",
      meaning: "boundary transitions / sqrt(area); real masks' value is the aim",
    },
    {
      name: "real-or-generated",
      title: "real or generated",
      better: "lower",
      meaning: "accuracy of a small classifier that tells them from real masks; .5 is perfect",
    },
  ],
  image: [
    { name: "L1", title: "L1", better: "lower", meaning: "mean |x - x'| to the true picture, pixels in [-1, 1]" },
    {
      name: "perceptual (COCO-SSD)",
      title: "relative L1",
      better: "lower",
      meaning: "the same of 4 taps of COCO-SSD (all rows but one are trained by it)",
    },
    {
      name: "background kind",
      title: "background kind",
      better: "higher",
      meaning: "of 16 kinds, seen by a classifier of real backgrounds",
    },
    {
      name: "categories found",
      title: "categories found",
      better: "higher",
      meaning: "objects whose crop a classifier of real crops recognises, of 80 categories",
    },
    {
      name: "FD (COCO-SSD)",
      title: "FD, COCO-SSD",
      better: "lower",
      meaning: "Frechet distance to training pictures; fewer pictures than features: compare inside this table alone",
    },
    {
      name: "FD (nsfwjs Inception mixed5)",
      title: "FD, Inception",
      better: "lower",
      meaning: "the same with features that nothing was trained on",
    },
  ],
};

const TITLES: Readonly<Record<AblatedStage, string>> = {
  boxes: "Boxes from sentences",
  masks: "Masks from true boxes",
  image: "Pictures from true boxes and masks",
};

export interface AblationTable {
  readonly command: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly threads: number };
  readonly date: string;
  readonly seeds: readonly number[];
  readonly budget: AblationSettings["budget"];
  readonly counts: AblationSettings["counts"];
  readonly rows: readonly { readonly row: AblationRow; readonly results: readonly RowResult[] }[];
}

export function machineOf(threads: number): AblationTable["machine"] {
  return { cpu: cpus()[0].model.trim(), cores: cpus().length, node: process.version, threads };
}

/**
 * An interval that lies apart from the full model's is marked: "+" better, "-" worse. Several seeds: the mean of their values, the
 * widest bounds.
 */
export function ablationMarkdown(table: AblationTable): string {
  const { machine, budget, seeds, counts } = table;
  const rows = table.rows.filter((r) => r.results.length > 0);
  const legend = rows.map(({ row, results }) => {
    const minutes = results.reduce((n, r) => n + Object.values(r.seconds).reduce((a, b) => a + b, 0), 0) / 60;
    const stages = ABLATED_STAGES.filter((stage) => row.changes[stage]).join(", ");
    return `| ${row.name} | ${row.about} | ${stages} | ${minutes.toFixed(1)} |`;
  });
  return `${[
    "# Ablations",
    "",
    "What each part is worth: the full model, and the same without one part, trained for the same number of steps on the same data from the same",
    "seed. A row trains and judges only the stages that it changes. The budget is small, so the table tells which parts matter early on, not",
    "how good the shipped models are.",
    "",
    "```",
    table.command,
    "```",
    "",
    `${table.date}; ${machine.cpu}, ${machine.threads} thread${machine.threads === 1 ? "" : "s"}, Node ${machine.node}. Seed${seeds.length === 1 ? "" : "s"} ${seeds.join(", ")}. ` +
      `Steps: boxes ${budget.steps.boxes} x 64 layouts, masks ${budget.steps.masks} x 6 pictures, pictures ${budget.steps.image} x 8 at ${budget.size} pixels. ` +
      `Judged on validation pictures: ${counts.boxes} (boxes, all captions), ${counts.masks} (masks), ${counts.image} (pictures).`,
    "",
    `Value [95 % interval over pictures]${seeds.length > 1 ? ", mean of the seeds and their widest bounds" : ""}. **+** better, **-** worse than the full model, where the intervals lie apart.`,
    ...ABLATED_STAGES.flatMap((stage) => stageTable(stage, rows)),
    "",
    "## Rows",
    "",
    "| row | what is changed | stages | minutes of training |",
    "|---|---|---|---|",
    ...legend,
  ].join("\n")}\n`;
}

function stageTable(stage: AblatedStage, rows: AblationTable["rows"]): string[] {
  const judged = rows.filter(({ row }) => row.changes[stage]);
  const full = judged.find(({ row }) => row.key === FULL.key);
  if (!full) return [];
  const model = (results: readonly RowResult[], metric: string) =>
    merged(results.map((r) => r.stages[stage]?.find((row) => row.kind === "model")?.metrics[metric]));
  const metrics = TABLE_METRICS[stage].filter(({ name }) => model(full.results, name));
  const references = (full.results[0].stages[stage] ?? []).filter((r) => r.kind !== "model");
  const target = (name: string) => references.find((r) => r.kind === "ceiling")?.metrics[name];
  const line = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(" | ")} |`;
  return [
    "",
    `## ${TITLES[stage]}`,
    "",
    line(
      "",
      metrics.map((m) => `${m.title} ${ARROW[m.better]}`),
    ),
    `|---|${metrics.map(() => "---|").join("")}`,
    ...judged.map(({ row, results }) =>
      line(
        row.name,
        metrics.map((m) => {
          const own = model(results, m.name);
          if (!own) return "–";
          const mark = row.key === FULL.key ? "" : markOf(m, own, model(full.results, m.name)!, target(m.name));
          return `${shown(own)}${mark}`;
        }),
      ),
    ),
    ...references.map((r: Row) =>
      line(
        `*${r.name}*`,
        metrics.map((m) => (r.metrics[m.name] ? shown(r.metrics[m.name]) : "–")),
      ),
    ),
    "",
    ...metrics.map((m) => `- ${m.title}: ${m.meaning}`),
  ];
}

const ARROW: Readonly<Record<Better, string>> = { higher: "↑", lower: "↓", target: "→ real" };

function shown({ value, low, high }: Interval): string {
  return `${short(value)} [${short(low)}, ${short(high)}]`;
}

/** " **+**", " **-**" or nothing where the intervals meet. */
export function markOf({ better }: TableMetric, own: Interval, full: Interval, target?: Interval): string {
  if (own.low <= full.high && full.low <= own.high) return "";
  if (better === "target") {
    if (!target) return "";
    const off = (x: Interval) => Math.abs(x.value - target.value);
    return off(own) < off(full) ? " **+**" : " **-**";
  }
  return (better === "higher") === own.value > full.value ? " **+**" : " **-**";
}

function merged(intervals: readonly (Interval | undefined)[]): Interval | undefined {
  const all = intervals.filter((i) => i !== undefined);
  if (all.length === 0) return undefined;
  return {
    value: all.reduce((sum, i) => sum + i.value, 0) / all.length,
    low: Math.min(...all.map((i) => i.low)),
    high: Math.max(...all.map((i) => i.high)),
    n: all[0].n,
  };
}

/** Everything, for programs. */
export function ablationJson(table: AblationTable): string {
  return `${JSON.stringify({ ...table, metrics: TABLE_METRICS }, null, 1)}\n`;
}
