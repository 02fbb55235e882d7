import { Resvg } from "@resvg/resvg-js";
import { expect, test } from "vitest";
import { FONT, fontFiles, textWidth, type Weight, wrapText } from "./font.ts";

test("widths agree with the renderer's", () => {
  const drawn = (text: string, size: number, weight: Weight) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9" font-family="${FONT}" font-size="${size}" font-weight="${weight}">${text}</text></svg>`;
    return new Resvg(svg, { font: { fontFiles, loadSystemFonts: false } }).getBBox()?.width ?? 0;
  };
  for (const text of ["traffic light", "Zwölf Pferde, über Æbleskiver", "HHHHHHHHHHHHHHHH", "iiiiiiiiiiiiiiiiiiiiiii"])
    for (const weight of [400, 600] as const)
      expect(textWidth(text, 100, weight) / drawn(text, 100, weight), `${text} ${weight}`).toBeCloseTo(1, 1);
  expect(textWidth("dog", 20, 600)).toBeCloseTo(2 * textWidth("dog", 10, 600), 9);
  expect(textWidth("", 10, 400)).toBe(0);
});

test("wrapping keeps the words, the width and the number of lines", () => {
  const text = "two people riding horses on the beach at sunset while a dog runs along";
  const lines = wrapText(text, 200, 20, 400);
  expect(lines.join(" ")).toBe(text);
  const widths = lines.map((l) => textWidth(l, 20, 400));
  expect(Math.max(...widths)).toBeLessThanOrEqual(200);
  expect(lines.length).toBe(Math.ceil(textWidth(text, 20, 400) / 200));
  // Balanced: the last line is not a leftover.
  expect(widths[widths.length - 1]).toBeGreaterThan(0.4 * Math.max(...widths));
});

test("what does not fit is cut: long words, too many lines", () => {
  const broken = wrapText("x".repeat(100), 100, 20, 400);
  expect(broken.join("")).toBe("x".repeat(100));
  for (const l of broken) expect(textWidth(l, 20, 400)).toBeLessThanOrEqual(100);
  const cut = wrapText("one two three four five six seven", 60, 20, 400, 2);
  expect(cut).toHaveLength(2);
  expect(cut[1]).toMatch(/…$/);
  expect(textWidth(cut[1], 20, 400)).toBeLessThanOrEqual(60);
  expect(wrapText("  ", 60, 20, 400)).toEqual([]);
});
