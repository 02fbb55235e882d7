/** One fixed colour a category, the same in every drawing, browser and panel. @module */
import { CLASS_COUNT, classIndex } from "./categories.ts";

/** `#rrggbb` of a category name; grey for a name that is none. */
export function classColor(label: string): string {
  return COLORS[classIndex(label)] ?? "#808080";
}

/** The colour of text that reads best on a `#rrggbb` background: nearly black or white, by WCAG contrast. */
export function inkOn(background: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(background.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.06 ? "#ffffff" : "#1a1a1a";
}

// Hues a golden angle apart keep neighbours in the list, which often share a picture (knife, fork, spoon), far apart;
// lightness and chroma change in step, so that even near hues differ. Person, the most frequent, gets hue 25, a warm red.
const COLORS = Array.from({ length: CLASS_COUNT }, (_, i) =>
  oklch([0.66, 0.56, 0.76][i % 3], [0.18, 0.15, 0.14][i % 3], (25 + i * 137.508) % 360),
);

/** OKLCH -> `#rrggbb`; chroma is lowered until the colour fits into sRGB (Ottosson, "A perceptual color space"). */
function oklch(lightness: number, chroma: number, hue: number): string {
  for (let c = chroma; ; c -= 0.005) {
    const [a, b] = [c * Math.cos((hue * Math.PI) / 180), c * Math.sin((hue * Math.PI) / 180)];
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const rgb = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
    if (c > 0 && rgb.some((v) => v < 0 || v > 1)) continue;
    return `#${rgb
      .map((v) => Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055)))
      .map((v) => v.toString(16).padStart(2, "0"))
      .join("")}`;
  }
}
