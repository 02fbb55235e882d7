/** The bundled font (Figtree, SIL Open Font License): files for resvg, widths of text, line breaks. @module */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export const FONT = "Figtree";

const { resolve } = createRequire(import.meta.url);
const FILES = {
  400: resolve("@expo-google-fonts/figtree/400Regular/Figtree_400Regular.ttf"),
  600: resolve("@expo-google-fonts/figtree/600SemiBold/Figtree_600SemiBold.ttf"),
};

export type Weight = keyof typeof FILES;

export const fontFiles: string[] = Object.values(FILES);

/** Width of one line of text in pixels at a font size; kerning is left out, so it errs a little on the wide side. */
export function textWidth(text: string, size: number, weight: Weight): number {
  const { advance, unitsPerEm } = metricsOf(weight);
  let width = 0;
  for (const c of text) width += advance(c.codePointAt(0)!);
  return (width * size) / unitsPerEm;
}

/**
 * Text in at most `maxLines` lines no wider than `maxWidth` pixels, of about equal length; what does not fit ends in an
 * ellipsis. Words wider than a line are broken.
 */
export function wrapText(text: string, maxWidth: number, size: number, weight: Weight, maxLines = 100): string[] {
  const words = text.split(/\s+/u).filter((w) => w !== "");
  const lines = breakLines(words, maxWidth, size, weight);
  if (lines.length > maxLines) {
    let last = `${lines[maxLines - 1]}…`;
    while (textWidth(last, size, weight) > maxWidth && last.length > 1) last = `${[...last].slice(0, -2).join("")}…`;
    return [...lines.slice(0, maxLines - 1), last];
  }
  // The narrowest width with as many lines avoids a last line of one word.
  let [low, high] = [0, maxWidth];
  while (high - low > 2) {
    const middle = (low + high) / 2;
    const narrower = breakLines(words, middle, size, weight);
    const whole = narrower.length === lines.length && narrower.join(" ") === words.join(" ");
    if (whole) high = middle;
    else low = middle;
  }
  return high === maxWidth ? lines : breakLines(words, high, size, weight);
}

function breakLines(words: readonly string[], maxWidth: number, size: number, weight: Weight): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line ? `${line} ${word}` : word;
    if (textWidth(longer, size, weight) <= maxWidth) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = "";
    for (const c of word) {
      if (line && textWidth(line + c, size, weight) > maxWidth) {
        lines.push(line);
        line = "";
      }
      line += c;
    }
  }
  return line ? [...lines, line] : lines;
}

interface Metrics {
  readonly unitsPerEm: number;
  advance(codePoint: number): number;
}

const loaded = new Map<Weight, Metrics>();

function metricsOf(weight: Weight): Metrics {
  let metrics = loaded.get(weight);
  if (!metrics) {
    metrics = readMetrics(readFileSync(FILES[weight]));
    loaded.set(weight, metrics);
  }
  return metrics;
}

/** Advance widths of a TrueType file (tables head, hhea, hmtx, cmap format 4: OpenType specification). */
function readMetrics(file: Uint8Array): Metrics {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tables = new Map<string, number>();
  for (let i = 0; i < view.getUint16(4); i++) {
    const at = 12 + 16 * i;
    tables.set(String.fromCharCode(...file.subarray(at, at + 4)), view.getUint32(at + 8));
  }
  const table = (tag: string) => tables.get(tag)!;
  const lastAdvance = view.getUint16(table("hhea") + 34) - 1;
  const cmap = table("cmap");
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => cmap + view.getUint32(cmap + 8 + 8 * i));
  const map = subtables.find((at) => view.getUint16(at) === 4)!;
  const segments = view.getUint16(map + 6) / 2;
  const glyphOf = (code: number): number => {
    for (let i = 0; i < segments; i++) {
      const end = map + 14 + 2 * i;
      if (view.getUint16(end) < code) continue;
      const start = end + 2 * segments + 2;
      if (view.getUint16(start) > code) return 0;
      const delta = view.getUint16(start + 2 * segments);
      const offsetAt = start + 4 * segments;
      const offset = view.getUint16(offsetAt);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = view.getUint16(offsetAt + offset + 2 * (code - view.getUint16(start)));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
  const known = new Map<number, number>();
  return {
    unitsPerEm: view.getUint16(table("head") + 18),
    advance(codePoint) {
      let width = known.get(codePoint);
      if (width === undefined) {
        const glyph = codePoint > 0xffff ? 0 : glyphOf(codePoint);
        width = view.getUint16(table("hmtx") + 4 * Math.min(glyph, lastAdvance));
        known.set(codePoint, width);
      }
      return width;
    },
  };
}
