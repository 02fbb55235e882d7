/** Names of colours: twelve base colours, named shades of them, "light" and "dark" before a base colour. @module */

import type { Random } from "@scenograph/graph/random";
import { COLOURS, type ColourName, shade, toHex, toHsl } from "./colour.ts";

/** Other words for a base colour, painted as it is. */
const ALIASES: Record<string, ColourName> = {
  grey: "gray",
  silver: "gray",
  blond: "tan",
  blonde: "tan",
  beige: "tan",
  golden: "yellow",
  gold: "yellow",
  violet: "purple",
  polar: "white",
};

/** Shades: the base colour that judges them (hue within 30 degrees of it) and their own hex. */
export const SHADES = {
  crimson: ["red", "#c2152f"],
  scarlet: ["red", "#f02a1d"],
  maroon: ["red", "#8a1f2b"],
  navy: ["blue", "#223a86"],
  turquoise: ["turquoise", "#2cbcc0"],
  teal: ["turquoise", "#12827f"],
  cyan: ["turquoise", "#2cc4d8"],
  lime: ["green", "#6cc832"],
  olive: ["olive", "#7c7d2c"],
  emerald: ["green", "#149a5b"],
  magenta: ["magenta", "#d4259c"],
  lavender: ["purple", "#b79be6"],
  cream: ["white", "#f6efdc"],
  charcoal: ["black", "#3a3d45"],
  mustard: ["yellow", "#d9a918"],
  lilac: ["purple", "#bb8fdc"],
} as const satisfies Record<string, readonly [string, string]>;

/** Hex by every name that can be said alone. */
const HEX = new Map<string, string>([
  ...Object.entries(COLOURS),
  ...Object.entries(ALIASES).map(([word, base]) => [word, COLOURS[base]] as const),
  ...Object.entries(SHADES).map(([word, [, hex]]) => [word, hex] as const),
]);
/** Base colours of which a light and a dark kind are told apart. */
const TONED = new Set(["red", "blue", "green", "brown", "gray", "grey", "purple", "pink", "orange"]);

/** The names, one or two words, at `i` of a list of words; undefined when no colour begins there. */
export function colourAt(words: readonly string[], i: number): { name: string; length: number } | undefined {
  const tone = words[i];
  const toned = words[i + 1];
  if ((tone === "light" || tone === "dark") && TONED.has(toned)) return { name: `${tone} ${toned}`, length: 2 };
  return HEX.has(words[i]) ? { name: words[i], length: 1 } : undefined;
}

/** "#rrggbb" of a colour name. @throws Error for a word that is none: the reader of captions gives names only. */
export function hexOf(name: string): string {
  const [tone, base] = name.split(" ");
  if (base) return shade(HEX.get(base) as string, tone === "light" ? 0.17 : -0.15);
  const hex = HEX.get(name);
  if (!hex) throw new Error(`hexOf(): a name of a colour, got "${name}"`);
  return hex;
}

/** The base colour of a name, or the shade's own family where none of the twelve is near ("turquoise"). */
export function baseOf(name: string): string {
  const word = name.split(" ").at(-1) as string;
  return SHADES[word as keyof typeof SHADES]?.[0] ?? ALIASES[word] ?? word;
}

/** Equal for "gray" and "grey". */
export const sameColour = (a: string, b: string) => hexOf(a) === hexOf(b);

/** The base colour that is nearest in hue, saturation and lightness. */
export function nearestColour(hex: string): ColourName {
  const [h, s, l] = toHsl(hex);
  const chroma = (s: number, l: number) => s * (1 - Math.abs(2 * l - 1));
  const place = (h: number, s: number, l: number) => {
    const c = chroma(s, l);
    const turn = (h * Math.PI) / 180;
    return [c * Math.cos(turn), c * Math.sin(turn), l * 1.3];
  };
  const p = place(h, s, l);
  let best: ColourName = "gray";
  let least = Number.POSITIVE_INFINITY;
  for (const [name, other] of Object.entries(COLOURS)) {
    const q = place(...toHsl(other));
    const d = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
    if (d < least) [best, least] = [name as ColourName, d];
  }
  return best;
}

/** A colour a little off `hex`: hue within 5 degrees, lightness within .03. */
export function jitter(hex: string, rng: Random): string {
  const [h, s, l] = toHsl(hex);
  return toHex([h + rng.uniform(-5, 5), s, l + rng.uniform(-0.03, 0.03)]);
}

export const BASE_COLOURS = Object.keys(COLOURS) as ColourName[];
export const SHADE_NAMES = [
  ...Object.keys(SHADES),
  ...["blue", "green", "brown", "gray", "purple"].flatMap((c) => [`light ${c}`, `dark ${c}`]),
];
