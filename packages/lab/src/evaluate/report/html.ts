/** report.html: one file, no script, nothing fetched. @module */

import type { Table, Verdict } from "../results.ts";
import type { Shown, ShownPanel } from "../run/context.ts";
import type { StageReport } from "../run.ts";
import { STANDING } from "../standing.ts";
import type { ReportFacts } from "./index.ts";
import { barPlot, boxesSvg, escapeHtml } from "./plots.ts";
import { ARROWS, cell, dataLine, headlineMetrics, INTROS, shownMetrics, TITLES, tableCell } from "./words.ts";

export function htmlReport(reports: readonly StageReport[], { command }: ReportFacts): string {
  const { name, sha256 } = reports[0].protocol.model;
  const links = reports.map((r) => `<a href="#${r.stage}">${TITLES[r.stage]}</a>`).join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation of ${escapeHtml(name)}</title>
<style>${STYLE}</style></head>
<body><main>
<header><h1>Evaluation of <em>${escapeHtml(name)}</em></h1>
<p>How to read it: each part is judged on pictures that the model never saw. A <b>ceiling</b> is what the truth itself gets, a <b>floor</b> what can be had without understanding the sentence;
the model lies between. Bars have 95&nbsp;% intervals, the dashed line is the ceiling. A metric that cannot tell its ceiling from its floors is not drawn. Samples are the first of the data by index, none is picked.</p>
<p class="keys"><span class="key model">model</span><span class="key ceiling">ceiling: real or true</span><span class="key floor">floor: knows nothing of the sentence</span><span class="key baseline">baseline</span></p>
<p><code>${escapeHtml(command)}</code></p>
<nav>${links}</nav></header>
${reports.map(section).join("\n")}
<footer>Model hash of the first section ${sha256.slice(0, 16)}. Every number is fixed by its section's protocol.</footer>
</main></body></html>
`;
}

function section(report: StageReport): string {
  const headline = headlineMetrics(report);
  const cards = headline.map(
    (m) =>
      `<figure><figcaption><b>${escapeHtml(m.name)}</b> <span>${ARROWS[m.better]}</span><p>${escapeHtml(m.meaning)}</p></figcaption>${barPlot(m, report.rows)}</figure>`,
  );
  const none = '<p class="none">No metric tells its ceiling from its floors here.</p>';
  return `<section id="${report.stage}"><h2>${TITLES[report.stage]}</h2>
<p>${INTROS[report.stage]} ${escapeHtml(dataLine(report))}.</p>
${notes(report.notes)}
${samples(report.samples)}
${standing(report)}
${cards.length > 0 ? `<div class="cards">${cards.join("")}</div>` : none}
${details("All numbers", numbers(report), cards.length === 0)}
${details("Not in the headline, and why", reasons(report.verdicts.filter((v) => !v.headline)))}
${details(
  "How the rows were made",
  `<dl>${report.rows.map((r) => `<dt>${escapeHtml(r.name)} <span>${r.kind}</span></dt><dd>${escapeHtml(r.about)}</dd>`).join("")}</dl>`,
)}
${report.tables
  .filter((t) => t.title !== STANDING)
  .map((t) => details(t.title, table(t)))
  .join("\n")}
${details("Protocol", `<pre>${escapeHtml(JSON.stringify(report.protocol, null, 1))}</pre>`)}
</section>`;
}

function details(title: string, body: string, open = false): string {
  return body === ""
    ? ""
    : `<details${open ? " open" : ""}><summary>${escapeHtml(title)}</summary><div class="scroll">${body}</div></details>`;
}

function notes(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `<ul class="notes">${lines.map((n) => `<li>${escapeHtml(n)}</li>`).join("")}</ul>`;
}

function numbers(report: StageReport): string {
  const head = report.rows.map((r) => `<th class="${r.kind}">${escapeHtml(r.name)}</th>`).join("");
  const body = shownMetrics(report).map((m) => {
    const quoted = report.verdicts.some((v) => v.metric === m.name && v.headline);
    const cells = report.rows.map((r) => `<td>${cell(r, m.name)}</td>`).join("");
    return `<tr${quoted ? "" : ' class="dim"'}><th title="${escapeHtml(m.meaning)}">${escapeHtml(m.name)}</th>${cells}</tr>`;
  });
  return `<table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

/** The lines of the table whose metric is in the headline, open. */
function standing(report: StageReport): string {
  const whole = report.tables.find((t) => t.title === STANDING);
  const headline = headlineMetrics(report).map((m) => m.name);
  const rows = whole?.rows.filter(([metric]) => headline.includes(String(metric))) ?? [];
  if (!whole || rows.length === 0) return "";
  return `<h3>${escapeHtml(whole.title)}</h3><div class="scroll">${table({ ...whole, rows })}</div>`;
}

function reasons(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return "";
  return `<dl>${verdicts.map((v) => `<dt>${escapeHtml(v.metric)}</dt><dd>${escapeHtml(v.reason)}</dd>`).join("")}</dl>`;
}

function table({ columns, rows }: Table): string {
  const head = columns.map((c) => `<th>${escapeHtml(c)}</th>`).join("");
  const cells = (row: Table["rows"][number]) =>
    row.map((v, i) => {
      const tag = i === 0 ? "th" : "td";
      const text = typeof v === "string" && v.length > 24 ? ' class="text"' : "";
      return `<${tag}${text}>${escapeHtml(tableCell(v))}</${tag}>`;
    });
  const body = rows.map((r) => `<tr>${cells(r).join("")}</tr>`).join("");
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function samples(all: readonly Shown[]): string {
  if (all.length === 0) return "";
  const panel = ({ title, png, boxes }: ShownPanel) => {
    const body = png
      ? `<img alt="${escapeHtml(title)}" src="data:image/png;base64,${Buffer.from(png).toString("base64")}">`
      : boxesSvg(boxes ?? []);
    return `<figure class="panel">${body}<figcaption>${escapeHtml(title)}</figcaption></figure>`;
  };
  const one = ({ caption, panels }: Shown) =>
    `<article><p>${escapeHtml(caption)}</p><div class="panels">${panels.map(panel).join("")}</div></article>`;
  const wide = all.some((s) => s.panels.length > 4) ? " wide" : "";
  return `<h3>The first ${all.length} by index</h3><div class="samples${wide}">${all.map(one).join("")}</div>`;
}

const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--card:#f6f7f8;--ink:#1f2328;--quiet:#66707b;--line:#dfe3e8;--model:#3b72d9;--ceiling:#4b9a6d;--floor:#b6bdc6;--baseline:#c8a565}
@media (prefers-color-scheme:dark){:root{--paper:#16181b;--card:#1e2125;--ink:#e4e7ea;--quiet:#98a1ab;--line:#33383e;--model:#6f9bf0;--ceiling:#62b184;--floor:#5a626c;--baseline:#a98b54}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1000px;margin:0 auto;padding:40px 24px 80px}
h1{font-size:28px;line-height:1.2;margin:0 0 12px;font-weight:650}h1 em{font-style:normal;color:var(--model)}
h2{font-size:21px;margin:56px 0 4px;font-weight:650}h3{font-size:15px;margin:32px 0 10px;font-weight:600}
p{margin:0 0 12px;max-width:72ch}code{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace;background:var(--card);padding:3px 7px;border-radius:5px;overflow-wrap:anywhere}
nav{display:flex;gap:18px;flex-wrap:wrap}a{color:var(--model);text-decoration:none}a:hover{text-decoration:underline}
.keys{display:flex;flex-wrap:wrap;gap:4px 18px;color:var(--quiet);font-size:13.5px}.key{white-space:nowrap}.key::before{content:"";display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:5px;background:var(--floor)}
.key.model::before{background:var(--model)}.key.ceiling::before{background:var(--ceiling)}.key.baseline::before{background:var(--baseline)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr));gap:16px;margin-top:18px}
figure{margin:0}.cards figure{background:var(--card);border-radius:10px;padding:14px 16px 12px}
.cards figcaption span{color:var(--quiet);font-size:13px;margin-left:6px}.cards figcaption p{color:var(--quiet);font-size:13px;margin:0 0 8px;line-height:1.4;min-height:2.8em}
svg{display:block;max-width:100%;height:auto;font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}svg text{fill:var(--ink)}svg.boxes text{fill:currentColor;font-weight:600}
.cards svg text{fill:var(--quiet)}.cards svg text.strong{fill:var(--ink);font-weight:600}
.whisker{stroke:var(--ink);stroke-width:1.1;fill:none;opacity:.75}.goal{stroke:var(--ceiling);stroke-width:1.2;stroke-dasharray:3 3}.axis{stroke:var(--line)}.gap{fill:var(--card)}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:22px 24px}.samples.wide{grid-template-columns:1fr}
article p{font-size:13.5px;line-height:1.4;margin:0 0 7px}.panels{display:flex;flex-wrap:wrap;gap:8px}
.panel img,.panel svg{width:128px;height:128px;border-radius:5px;background:var(--card);display:block}.panel figcaption{font-size:11px;color:var(--quiet);line-height:1.3;margin-top:3px;max-width:128px}
details{border-top:1px solid var(--line);margin-top:18px;padding-top:10px}details+details{margin-top:10px}summary{cursor:pointer;font-weight:600;font-size:14px}
.scroll{overflow-x:auto;padding:10px 0}table{border-collapse:collapse;font-size:12.5px;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px 4px 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}tr>:first-child{text-align:left}thead th{color:var(--quiet);font-weight:600;vertical-align:bottom}
tbody th{font-weight:500}.text{white-space:normal;text-align:left;min-width:190px;vertical-align:top}tr.dim{color:var(--quiet)}thead th.model{color:var(--model)}thead th.ceiling{color:var(--ceiling)}
dl{margin:0;font-size:13.5px}dt{font-weight:600;margin-top:6px}dt span{font-weight:400;color:var(--quiet)}dd{margin:0;color:var(--quiet)}
.none{margin-top:24px}.notes{font-size:13.5px;color:var(--quiet);padding-left:18px;margin:6px 0}pre{font:12px/1.5 ui-monospace,Menlo,Consolas,monospace;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
footer{margin-top:64px;color:var(--quiet);font-size:12.5px}
`;
