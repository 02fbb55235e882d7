/** Colours of the drawings: the colour words of captions, recolouring of SVG bodies, hue jitter. @module */

/** Colour words and the colour they paint. */
export const COLOURS = {
  red: "#e0322f",
  blue: "#2f6fe0",
  green: "#2f9e4f",
  yellow: "#f7cb2d",
  white: "#f4f5f7",
  black: "#2b2d35",
  brown: "#8a5530",
  orange: "#f5861f",
  pink: "#f480b4",
  purple: "#8e44c9",
  gray: "#8f96a3",
  tan: "#d9b27c",
} as const;
export type ColourName = keyof typeof COLOURS;

type Hsl = readonly [hue: number, saturation: number, lightness: number];

/** "#rrggbb" -> hue in [0, 360), saturation and lightness in [0, 1]. */
export function toHsl(hex: string): Hsl {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255);
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const l = (max + min) / 2;
  const d = max - min;
  if (d === 0) return [0, 0, l];
  const h = max === r ? ((g - b) / d + 6) % 6 : max === g ? (b - r) / d + 2 : (r - g) / d + 4;
  return [h * 60, d / (1 - Math.abs(2 * l - 1)), l];
}

/** Inverse of `toHsl`; values are wrapped or clamped into range. */
export function toHex([hue, saturation, lightness]: Hsl): string {
  const h = ((hue % 360) + 360) % 360;
  const s = clamp(saturation);
  const l = clamp(lightness);
  const channel = (n: number) => {
    const k = (n + h / 30) % 12;
    const v = l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * v)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

const clamp = (v: number) => Math.min(1, Math.max(0, v));

/**
 * Paint an SVG body: colours like `main` (same hue within 30 degrees; for a grey `main`, other greys of like lightness)
 * become `target`, lighter and darker shades of it staying lighter and darker.
 */
export function recolour(body: string, main: string, target: string): string {
  const [hue, saturation, lightness] = toHsl(main);
  const [toHue, toSaturation, toLightness] = toHsl(target);
  // By chroma: in HSL a faintly blue white counts as saturated.
  const isGrey = (s: number, l: number) => s * (1 - Math.abs(2 * l - 1)) < 0.12;
  const grey = isGrey(saturation, lightness);
  return body.replace(/#[0-9a-f]{6}\b/gi, (hex) => {
    const [h, s, l] = toHsl(hex);
    const turn = Math.abs(((h - hue + 540) % 360) - 180);
    const alike = grey
      ? isGrey(s, l) && Math.abs(l - lightness) < 0.22
      : !isGrey(s, l) && turn < 30 && Math.abs(l - lightness) < 0.34;
    return alike ? toHex([toHue, toSaturation, toLightness + (l - lightness) * 0.8]) : hex;
  });
}

/** Turn every hue by `degrees`. */
export function turnHues(body: string, degrees: number): string {
  return body.replace(/#[0-9a-f]{6}\b/gi, (hex) => {
    const [h, s, l] = toHsl(hex);
    return s === 0 ? hex : toHex([h + degrees, s, l]);
  });
}

/** `hex` lighter (amount > 0) or darker (< 0) by `amount` of the lightness range; hue and saturation stay. */
export function shade(hex: string, amount: number): string {
  const [h, s, l] = toHsl(hex);
  return toHex([h, s, l + amount]);
}
