/** One fixed colour a category, the same in every drawing, browser and panel. @module */
import { hash32 } from "@scenograph/graph/random";
import { CATEGORIES, classIndex } from "./categories.ts";

/** `#rrggbb` of a category name: COCO's are chosen to differ, any other's follows from the name; grey for things without one. */
export function classColor(label: string | null): string {
  if (label === null || label === "") return "#808080";
  return COLORS[classIndex(label)] ?? ownColor(label);
}

function ownColor(label: string): string {
  const hash = hash32(label);
  return hexOf([[0.5, 0.62, 0.74][hash % 3], 0.15, (hash >>> 8) % 360]);
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

/** Categories that share pictures most, the most frequent first: they get to choose their colours before the others. */
const FIRST = [
  ...[
    "person",
    "chair",
    "car",
    "dining table",
    "cup",
    "dog",
    "cat",
    "couch",
    "bottle",
    "bowl",
    "horse",
    "bench",
    "truck",
  ],
  ...[
    "tv",
    "bed",
    "handbag",
    "potted plant",
    "backpack",
    "surfboard",
    "umbrella",
    "bus",
    "traffic light",
    "skateboard",
  ],
  ...["sports ball", "tennis racket", "bird", "boat", "laptop", "pizza", "motorcycle", "bicycle", "kite", "skis"],
];

/** Lightness, chroma and hue (degrees) in OKLCH. */
type Lch = readonly [lightness: number, chroma: number, hue: number];

const COLORS = assign();

/** Each category in turn takes the colour that is farthest from those already taken, its own kin counting as nearer. */
function assign(): string[] {
  const free = [0.66, 0.56, 0.76].flatMap((l, level) =>
    Array.from(
      { length: 32 },
      (_, i): Lch => [l, [0.18, 0.15, 0.14][level], (25 + (i + level / 3) * (360 / 32)) % 360],
    ),
  );
  const apart = free.map((a) => free.map((b) => distance(a, b)));
  const order = CATEGORIES.map((_, i) => i).sort((a, b) => rank(a) - rank(b));
  const kinOf = (i: number) => CATEGORIES[i].supercategory;
  /** Categories that have a colour, and its index. */
  const taken: { readonly i: number; readonly k: number }[] = [];
  const left = new Set(free.keys());
  for (const i of order) {
    const weights = taken.map((t) => (kinOf(i) === kinOf(t.i) ? 0.6 : 1));
    let [best, most] = [0, -1];
    for (const k of left) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let t = 0; t < taken.length; t++) nearest = Math.min(nearest, weights[t] * apart[k][taken[t].k]);
      if (nearest > most) [best, most] = [k, nearest];
    }
    left.delete(best);
    taken.push({ i, k: best });
  }
  const colours = new Map(taken.map(({ i, k }) => [i, hexOf(free[k])]));
  return CATEGORIES.map((_, i) => colours.get(i)!);
}

function rank(index: number): number {
  const place = FIRST.indexOf(CATEGORIES[index].name);
  return place < 0 ? FIRST.length + index : place;
}

/** Distance in OKLab. */
function distance(a: Lch, b: Lch): number {
  const angle = ((a[2] - b[2]) * Math.PI) / 180;
  return Math.sqrt((a[0] - b[0]) ** 2 + a[1] ** 2 + b[1] ** 2 - 2 * a[1] * b[1] * Math.cos(angle));
}

/** OKLCH -> `#rrggbb`; chroma is lowered until the colour fits into sRGB (Ottosson, "A perceptual color space"). */
function hexOf([lightness, chroma, hue]: Lch): string {
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
