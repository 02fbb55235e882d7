/** report.md. @module */

import type { StageReport } from "../run.ts";
import type { ReportFacts } from "./index.ts";
import { ARROWS, cell, dataLine, headlineMetrics, INTROS, shownMetrics, TITLES, tableCell } from "./words.ts";

export function markdownReport(reports: readonly StageReport[], { command }: ReportFacts): string {
  const [first] = reports;
  return [
    `# Evaluation of ${first.protocol.model.name}`,
    "",
    "Made by:",
    "",
    "```",
    command,
    "```",
    "",
    "Value [95 % interval]. Each part is judged on pictures that the model never saw. A ceiling is what the truth itself gets, a floor what can be had",
    "without understanding the sentence. A metric is in the headline only when it tells its ceiling row from its floor rows.",
    ...reports.flatMap(section),
    "",
  ].join("\n");
}

function section(report: StageReport): string[] {
  const headline = headlineMetrics(report);
  const others = shownMetrics(report).filter((m) => !headline.includes(m));
  const useless = report.verdicts.filter((v) => !v.headline);
  return [
    "",
    `## ${TITLES[report.stage]}`,
    "",
    `${INTROS[report.stage]} ${dataLine(report)}.`,
    "",
    ...grid(report, headline),
    ...(others.length > 0 ? ["", "Not in the headline:", "", ...grid(report, others), ""] : []),
    ...useless.map((v) => `- ${v.metric}: ${v.reason}`),
    "",
    "Metrics:",
    "",
    ...shownMetrics(report).map((m) => `- ${m.name}: ${m.meaning}; ${ARROWS[m.better]}`),
    "",
    "Rows:",
    "",
    ...report.rows.map((r) => `- ${r.name} (${r.kind}): ${r.about}`),
    ...(report.notes.length > 0 ? ["", "Notes:", "", ...report.notes.map((n) => `- ${n}`)] : []),
    ...report.tables.flatMap((t) => [
      "",
      `<details><summary>${t.title}</summary>`,
      "",
      `| ${t.columns.join(" | ")} |`,
      `|${t.columns.map(() => "---|").join("")}`,
      ...t.rows.map((r) => `| ${r.map(tableCell).join(" | ")} |`),
      "",
      "</details>",
    ]),
    "",
    "<details><summary>Protocol</summary>",
    "",
    "```json",
    JSON.stringify(report.protocol, null, 1),
    "```",
    "",
    "</details>",
  ];
}

/** Metrics down, rows across: there are more metrics than rows. */
function grid(report: StageReport, metrics: readonly { readonly name: string }[]): string[] {
  if (metrics.length === 0) return ["No metric tells its ceiling from its floors here."];
  return [
    `| | ${report.rows.map((r) => r.name).join(" | ")} |`,
    `|---|${report.rows.map(() => "---|").join("")}`,
    ...metrics.map((m) => `| ${m.name} | ${report.rows.map((r) => cell(r, m.name)).join(" | ")} |`),
  ];
}
