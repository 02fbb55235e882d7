/** Drawings of a report as inline SVG. @module */
import { classColor, inkOn } from "scenograph/scene/colors";
import { type MetricInfo, type Row, type RowKind, short } from "../results.ts";

const WIDTH = 440;
const LABEL = 192;
const VALUE = 60;
const LINE = 24;

/** CSS variables, so that both colour schemes are served. */
const COLORS: Record<RowKind, string> = {
  model: "var(--model)",
  ceiling: "var(--ceiling)",
  floor: "var(--floor)",
  baseline: "var(--baseline)",
};

/**
 * One metric: a bar a row with its interval; the ceiling's value as a line through all rows. A bar that dwarfs all others (true layouts,
 * noise) is broken off, so that the rest can be read; its number stands beside it.
 */
export function barPlot({ name, better }: MetricInfo, rows: readonly Row[]): string {
  const shown = rows.filter((r) => r.metrics[name] !== undefined);
  const values = shown.map((r) => r.metrics[name].value);
  const low = Math.min(0, ...values);
  // the model's own bars are whole
  const own = shown.filter((r) => r.kind === "model").map((r) => r.metrics[name].value);
  const high = Math.max(readableTop(values.map((v) => Math.max(0, v))), ...own);
  const span = high - low || 1;
  const left = LABEL + 8;
  const room = WIDTH - left - VALUE;
  const top = high + 0.06 * span;
  const x = (v: number) => left + (Math.min(Math.max(v, low), top) - low) * (room / (span * 1.06));
  const height = shown.length * LINE + 4;
  const bars = shown.map((row, i) => {
    const { value, low: a, high: b } = row.metrics[name];
    const y = i * LINE + 4;
    const middle = y + LINE / 2 - 2;
    const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))];
    const strong = row.kind === "model" ? ' class="strong"' : "";
    const small = row.name.length > 21 ? ' style="font-size:11.5px"' : "";
    const broken = value > top;
    // an interval that leaves the axis has no end mark there
    const end = b > top ? "" : `M${f(x(b))} ${middle - 4}v8`;
    const whisker = `<path d="M${f(x(a))} ${middle - 4}v8M${f(x(a))} ${middle}H${f(x(b))}${end}" class="whisker"/>`;
    const gap = `<path d="M${f(to - 17)} ${y + LINE - 6}l5 ${-LINE + 4}h5l-5 ${LINE - 4}z" class="gap"/>`;
    return [
      `<text x="${LABEL}" y="${middle + 4}" text-anchor="end"${strong}${small}>${escapeHtml(row.name)}</text>`,
      `<rect x="${f(from)}" y="${y}" width="${f(Math.max(1, to - from))}" height="${LINE - 8}" rx="2" fill="${COLORS[row.kind]}"/>`,
      broken ? gap : whisker,
      `<text x="${WIDTH}" y="${middle + 4}" text-anchor="end"${strong}>${short(value)}</text>`,
    ].join("");
  });
  const goal = shown.find((r) => r.kind === "ceiling")?.metrics[name].value;
  const line = goal !== undefined && goal <= top ? `<path d="M${f(x(goal))} 2V${height - 2}" class="goal"/>` : "";
  const axis = `<path d="M${f(x(0))} 2V${height - 2}" class="axis"/>`;
  const label = `${name}, ${better === "target" ? "nearest to the ceiling is best" : `${better} is better`}`;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeHtml(label)}">${axis}${bars.join("")}${line}</svg>`;
}

/** The largest value that is not three times as large as all smaller ones: where the axis ends. */
function readableTop(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => b - a);
  let i = 0;
  while (i + 1 < sorted.length && sorted[i] > 3 * sorted[i + 1] && sorted[i + 1] > 0 && i < sorted.length / 2) i++;
  return sorted[i] ?? 0;
}

/** Labelled boxes in a square, the largest first. */
export function boxesSvg(boxes: readonly { readonly label: string; readonly box: readonly number[] }[]): string {
  const S = 128;
  const sorted = [...boxes].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
  const frames = sorted.map(({ label, box: [bx, by, w, h] }) => {
    const color = classColor(label);
    return `<rect x="${f(bx * S + 0.5)}" y="${f(by * S + 0.5)}" width="${f(Math.max(1, w * S - 1))}" height="${f(Math.max(1, h * S - 1))}" fill="${color}" fill-opacity=".16" stroke="${color}" stroke-width="1.2"/>`;
  });
  const taken: { x: number; y: number; w: number }[] = [];
  const tags = sorted.flatMap(({ label, box: [bx, by] }) => {
    const w = label.length * 4.6 + 5;
    const x = Math.max(0, Math.min(S - w, bx * S));
    const y = Math.max(0, Math.min(S - 10, by * S));
    // a second tag at one place could not be read
    if (taken.some((t) => Math.abs(t.y - y) < 9 && x < t.x + t.w && t.x < x + w)) return [];
    taken.push({ x, y, w });
    const color = classColor(label);
    return [
      `<rect x="${f(x)}" y="${f(y)}" width="${f(w)}" height="10" fill="${color}"/><text x="${f(x + 2.5)}" y="${f(y + 7.6)}" font-size="8" fill="${inkOn(color)}">${escapeHtml(label)}</text>`,
    ];
  });
  return `<svg viewBox="0 0 ${S} ${S}" width="${S}" height="${S}" class="boxes" role="img">${frames.join("")}${tags.join("")}</svg>`;
}

/** Anybody's text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function f(v: number): string {
  return String(Math.round(v * 10) / 10);
}
