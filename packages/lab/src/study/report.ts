/** A study's report as Markdown and as JSON. @module */
import type { Agreement, StudyReport } from "./analysis.ts";
import type { Estimate } from "./statistics.ts";

/** Numbers that were not measured (NaN) become null. */
export function reportJson(report: StudyReport): string {
  return `${JSON.stringify(report, (_, value) => (typeof value === "number" && !Number.isFinite(value) ? null : value), 1)}\n`;
}

export function reportMarkdown(report: StudyReport): string {
  const { protocol, counts, quality, pairs, ranks, excluded } = report;
  const lines = [
    `# ${protocol.title}`,
    "",
    `${counts.raters} raters (${counts.finished} finished, ${counts.excluded} left out), ${counts.answers} answers; ` +
      `${counts.pairs} comparisons and ${counts.rankings} rankings of ${protocol.sentences} sentences count.`,
  ];
  if (pairs) {
    lines.push("", "## Pairs: which picture fits the sentence better?", "");
    lines.push(
      "| A | B | A preferred | B preferred | no difference | share of A (ties half) | share of A without ties (Wilson) | |",
    );
    lines.push("|---|---|--:|--:|--:|--:|--:|---|");
    for (const row of pairs.rows)
      lines.push(
        `| ${cell(row.a)} | ${cell(row.b)} | ${row.aPreferred} | ${row.bPreferred} | ${row.ties} | ${percent(row.rate)} | ${percent(row.decided)} | ${verdict(row.rate, row.a, row.b)} |`,
      );
    lines.push("", "| condition | Bradley-Terry strength |", "|---|--:|");
    for (const s of pairs.strengths) lines.push(`| ${cell(s.condition)} | ${number(s, 3)} |`);
    lines.push(
      "",
      "Strengths sum to 1; A is preferred to B with probability A / (A + B)." +
        (pairs.regularised
          ? " Some condition never won or never lost, so half a win each way was added to every compared pair."
          : ""),
      "",
      agreement(pairs.agreement, "on pairs (A, B, no difference)"),
    );
  }
  if (ranks) {
    lines.push("", "## Rankings", "", "| condition | mean rank (1 is best) | first places |", "|---|--:|--:|");
    for (const row of ranks.rows)
      lines.push(`| ${cell(row.condition)} | ${number(row.meanRank, 2)} | ${percent(row.first)} |`);
    lines.push("", agreement(ranks.agreement, "on which picture is best"));
  }
  lines.push(
    "",
    "## Quality",
    "",
    `- attention checks right: ${percent(quality.checks)} of ${quality.checks.n} (raters that count)`,
    `- repeated questions answered alike: ${percent(quality.repeats)} of ${quality.repeats.n}`,
    `- left picture chosen: ${percent(quality.left)} of ${quality.left.n} choices`,
    `- median response time: ${Number.isNaN(quality.medianMs) ? "-" : `${(quality.medianMs / 1000).toFixed(1)} s`}`,
    "",
    "## Left out",
    "",
    ...protocol.rules.map((rule) => `- ${rule}`),
    "",
    excluded.length === 0 ? "No rater was left out." : "| rater | answers | why |",
    ...(excluded.length === 0 ? [] : ["|--:|--:|---|"]),
    ...excluded.map((e) => `| ${e.rater} | ${e.answers} | ${e.reasons.join("; ")} |`),
    "",
    `Single answers left out as too fast: ${counts.left_out.fast}.`,
    "",
    `Study ${protocol.study}. Intervals: ${protocol.intervals}; ${protocol.draws} draws, seed ${protocol.seed}.`,
  );
  return `${lines.join("\n")}\n`;
}

function verdict({ value, low, high }: Estimate, a: string, b: string): string {
  if (Number.isNaN(value)) return "no answers";
  if (low > 0.5) return `${cell(a)} preferred`;
  return high < 0.5 ? `${cell(b)} preferred` : "not decided";
}

function agreement({ kappa, observed, expected, items }: Agreement, what: string): string {
  if (items === 0) return `Agreement ${what}: no item was judged by two raters.`;
  const shares = `${share(observed)} observed, ${share(expected)} by chance`;
  return `Agreement ${what}: Fleiss' kappa ${number(kappa, 3)} over ${items} items judged by two or more (${shares}).`;
}

function number({ value, low, high }: Estimate, digits: number): string {
  if (Number.isNaN(value)) return "-";
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function percent({ value, low, high }: Estimate): string {
  if (Number.isNaN(value)) return "-";
  return `${share(value)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
}

function share(x: number): string {
  return `${(100 * x).toFixed(1)} %`;
}

function cell(text: string): string {
  return text.replace(/[|\n\r]/g, " ");
}
