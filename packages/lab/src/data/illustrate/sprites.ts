/**
 * Which drawing stands for which of the 80 categories. A category has one canonical look; a further view is taken only when
 * the box's aspect asks for it or the caption names it, so that layout and sentence decide what is drawn.
 * Icons: Fluent Emoji, flat (Microsoft, MIT licence), from the npm package @iconify-json/fluent-emoji-flat; the rest is ours.
 * @module
 */
import { createRequire } from "node:module";
import { UserError } from "@scenograph/graph/errors";
import { recolour, toHsl, turnHues } from "./colour.ts";
import type { Drawing } from "./drawing.ts";
import { DRAWINGS, type DrawingName } from "./drawings.ts";
import { drawPerson, type PersonKind, type Pose } from "./person.ts";
import { mirror, type Raster, rasterise, resize, trim } from "./raster.ts";

export interface View {
  /** "own:car", "icon:cat" or "person:man:walking". */
  readonly name: string;
  /** The caption words (lower case) that call for this view; views with words are never chosen by aspect alone. */
  readonly words?: RegExp;
  /** The drawing faces left; everything is turned to face right before a scene is drawn. */
  readonly left?: true;
  /** The colour that colour words replace; "none" where nothing is painted. Default: the colour of most pixels. */
  readonly paint?: string;
}

const own = (name: DrawingName, more: Omit<View, "name"> = {}): View => ({ name: `own:${name}`, ...more });
const icon = (name: string, more: Omit<View, "name"> = {}): View => ({ name: `icon:${name}`, ...more });
const unpainted = { paint: "none" } as const;

/** Views by category; the first is canonical. People are drawn by `personView`. */
export const VIEWS: Readonly<Record<string, readonly View[]>> = {
  person: [{ name: "person:person:standing" }],
  bicycle: [own("bicycle", { paint: "#e0322f" })],
  car: [own("car"), own("car front", { paint: "#e0322f" }), icon("taxi", { words: /\b(taxi|taxis|cab|cabs)\b/ })],
  motorcycle: [
    icon("motorcycle", { left: true, paint: "#f8312f" }),
    icon("motor-scooter", { left: true, words: /\b(scooters?|mopeds?|vespa)\b/ }),
  ],
  airplane: [own("airplane", { paint: "#eef1f6" }), icon("airplane", { ...unpainted })],
  bus: [own("bus"), own("bus front", { paint: "#f5b921" })],
  train: [
    own("train", { paint: "#3f6fc4" }),
    own("train front", { paint: "#3f6fc4" }),
    icon("locomotive", { left: true, words: /\b(steam|locomotive|steam engine)\b/ }),
  ],
  truck: [
    own("truck", { paint: "#e2662a" }),
    icon("fire-engine", { left: true, words: /\b(fire ?trucks?|fire engines?)\b/ }),
  ],
  boat: [own("boat", { paint: "#e0322f" }), own("boat low", { paint: "#e0322f" })],
  "traffic light": [icon("vertical-traffic-light", unpainted), icon("horizontal-traffic-light", unpainted)],
  "fire hydrant": [own("fire hydrant", { paint: "#e0322f" })],
  "stop sign": [own("stop sign", unpainted)],
  "parking meter": [own("parking meter", { paint: "#46526a" })],
  bench: [own("bench", { paint: "#b5763a" })],
  bird: [
    own("bird", { paint: "#6f86a8" }),
    own("bird flying", { words: /\b(flying|flies|fly|soaring|in flight|in the (?:air|sky))\b/, paint: "#6f86a8" }),
    icon("duck", { left: true, words: /\b(ducks?|ducklings?|mallards?)\b/, ...unpainted }),
    icon("parrot", { left: true, words: /\b(parrots?|parakeets?|macaws?)\b/, ...unpainted }),
  ],
  cat: [icon("cat", { left: true })],
  dog: [icon("dog", { left: true })],
  horse: [icon("horse", { left: true })],
  sheep: [icon("ewe", { left: true })],
  cow: [
    icon("cow", { left: true, paint: "#e6e6e6" }),
    icon("ox", { left: true, words: /\b(ox|oxen|bulls?|brown cows?|brown cattle)\b/ }),
  ],
  elephant: [icon("elephant", { left: true, ...unpainted })],
  bear: [own("bear", { left: true, paint: "#7d4e2a" })],
  zebra: [icon("zebra", { left: true, ...unpainted })],
  giraffe: [icon("giraffe", { left: true, ...unpainted })],
  backpack: [icon("backpack")],
  umbrella: [icon("umbrella")],
  handbag: [icon("handbag")],
  tie: [own("tie", { paint: "#1d4ed8" })],
  suitcase: [icon("luggage"), icon("briefcase", { words: /\bbriefcases?\b/ })],
  frisbee: [own("frisbee", { paint: "#1f8fe0" })],
  skis: [own("skis", { paint: "#e11d48" })],
  snowboard: [own("snowboard", { paint: "#7c3aed" })],
  "sports ball": [
    icon("soccer-ball", unpainted),
    icon("softball", { words: /\btennis\b/, ...unpainted }),
    icon("baseball", { words: /\b(baseball|batter|pitcher|bat|umpire|catcher)\b/, ...unpainted }),
    icon("basketball", { words: /\bbasketball\b/, ...unpainted }),
    icon("volleyball", { words: /\bvolley ?ball\b/, ...unpainted }),
  ],
  kite: [icon("kite", unpainted)],
  "baseball bat": [own("baseball bat", { paint: "#d19a5a" })],
  "baseball glove": [own("baseball glove", { paint: "#b3642a" })],
  skateboard: [own("skateboard", { paint: "#e06a2a" })],
  surfboard: [own("surfboard flat", { paint: "#fff1c9" }), own("surfboard", { paint: "#fff1c9" })],
  "tennis racket": [own("tennis racket", { paint: "#d8342f" })],
  bottle: [own("bottle", { paint: "#1f9a4f" })],
  "wine glass": [own("glass", unpainted)],
  cup: [own("cup", { paint: "#f3f5f9" })],
  fork: [own("fork", unpainted)],
  knife: [own("knife", unpainted)],
  spoon: [own("spoon", unpainted)],
  bowl: [own("bowl", { paint: "#2f8fd8" })],
  banana: [own("bananas", { paint: "#fbcf2d" })],
  apple: [icon("red-apple", { paint: "#f8312f" })],
  sandwich: [own("sandwich", unpainted)],
  orange: [icon("tangerine", unpainted)],
  broccoli: [own("broccoli", unpainted)],
  carrot: [icon("carrot", unpainted)],
  "hot dog": [icon("hot-dog", unpainted)],
  pizza: [own("pizza", unpainted)],
  donut: [icon("doughnut", unpainted)],
  cake: [own("cake", { paint: "#f78fb3" })],
  chair: [own("chair", { paint: "#b5763a" })],
  couch: [own("couch", { paint: "#c4473a" })],
  "potted plant": [icon("potted-plant", unpainted)],
  bed: [own("bed", { paint: "#4f8fdc" })],
  "dining table": [own("dining table", { paint: "#c98d52" })],
  toilet: [own("toilet", { paint: "#f3f6fa" })],
  tv: [own("tv", unpainted)],
  laptop: [own("laptop", unpainted)],
  mouse: [own("mouse", { paint: "#d5d9e2" })],
  remote: [own("remote", { paint: "#2b2d35" })],
  keyboard: [own("keyboard", { paint: "#3a3d47" })],
  "cell phone": [own("cell phone", { paint: "#22252d" })],
  microwave: [own("microwave", { paint: "#dde1e8" })],
  oven: [own("oven", { paint: "#c3c8d2" })],
  toaster: [own("toaster", { paint: "#cbd2dd" })],
  sink: [own("sink", { paint: "#f3f6fa" })],
  refrigerator: [own("refrigerator", { paint: "#e6ebf2" })],
  book: [own("book", { paint: "#c0392b" }), own("books standing", unpainted)],
  clock: [own("clock", { paint: "#3a3d47" })],
  vase: [own("vase", { paint: "#2280b8" })],
  scissors: [icon("scissors", { paint: "#f8312f" })],
  "teddy bear": [icon("teddy-bear")],
  "hair drier": [own("hair drier", { paint: "#db2777" })],
  toothbrush: [own("toothbrush", { paint: "#2f7de0" })],
};

/** Categories whose shape may be pulled far out of proportion and still be what it is. */
const ELASTIC = new Set(
  "dining table,bed,couch,tv,refrigerator,oven,microwave,bench,book,sink,surfboard,skis,snowboard,pizza,cake,bowl,keyboard,train,bus,sandwich,truck,boat".split(
    ",",
  ),
);

/** How far a sprite's aspect may be stretched to fill its box. */
export function stretchLimit(label: string): number {
  return ELASTIC.has(label) ? 2.2 : 1.5;
}

export function personView(kind: PersonKind, pose: Pose): View {
  return { name: `person:${kind}:${pose}` };
}

/** Icons whose colours lack contrast at 64 pixels. */
const RETOUCHED: Record<string, Record<string, string>> = {
  zebra: { "#d3d3d3": "#f6f6f6", "#9b9b9b": "#d9dbe0", "#636363": "#24262d" },
};

let icons: Record<string, { body: string }> | undefined;

function iconBody(name: string): string {
  icons ??= (createRequire(import.meta.url)("@iconify-json/fluent-emoji-flat/icons.json") as { icons: typeof icons })
    .icons;
  const found = icons?.[name];
  if (!found) throw new UserError(`iconBody(): no icon "${name}" in @iconify-json/fluent-emoji-flat; run npm ci`);
  return Object.entries(RETOUCHED[name] ?? {}).reduce((body, [from, to]) => body.replaceAll(from, to), found.body);
}

/** The drawing behind a view, painted `colour` (hex) when given. */
export function drawingOf(view: View, colour?: string): Drawing {
  const [family, name, pose] = view.name.split(":");
  if (family === "person") return drawPerson(name as PersonKind, pose as Pose, colour);
  const drawing = family === "own" ? DRAWINGS[name as DrawingName] : { width: 32, height: 32, body: iconBody(name) };
  if (!colour || view.paint === "none") return drawing;
  return { ...drawing, body: recolour(drawing.body, view.paint ?? mainColour(drawing, view.name), colour) };
}

const mainColours = new Map<string, string>();

/** The colour of the body that covers most pixels. */
function mainColour(drawing: Drawing, key: string): string {
  const known = mainColours.get(key);
  if (known) return known;
  const { data } = rasterise(drawing, 64);
  const counts = new Map<string, number>();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] !== 255) continue;
    const hex = `#${[0, 1, 2].map((c) => data[i + c].toString(16).padStart(2, "0")).join("")}`;
    counts.set(hex, (counts.get(hex) ?? 0) + 1);
  }
  const score = ([hex, n]: [string, number]) => n * (toHsl(hex)[1] > 0.22 ? 1 : 0.6);
  const main = [...counts].sort((a, b) => score(b) - score(a))[0][0];
  mainColours.set(key, main);
  return main;
}

/** Pixels of the longer side of a cached sprite; halves of it are cached too. */
const SPRITE_SIZE = 256;
const rasters = new Map<string, Raster[]>();

/**
 * A sprite at an exact size in pixels, trimmed to its alpha. `hueSteps` (-1, 0, 1) turns the hues by 1 % of the circle;
 * steps, not a continuum, so that sprites can be cached.
 */
export function sprite(
  view: View,
  options: { colour?: string; hueStep?: number; flip?: boolean; width: number; height: number },
): Raster {
  const { colour, hueStep = 0, flip = false, width, height } = options;
  const levels = spriteLevels(view, colour, hueStep);
  const fitting = [...levels].reverse().find((r) => r.width >= width && r.height >= height) ?? levels[0];
  const sized = resize(fitting, width, height);
  return flip ? mirror(sized) : sized;
}

/** Width / height of the trimmed drawing. */
export function spriteAspect(view: View): number {
  const [largest] = spriteLevels(view, undefined, 0);
  return largest.width / largest.height;
}

function spriteLevels(view: View, colour: string | undefined, hueStep: number): Raster[] {
  const key = `${view.name} ${colour ?? ""} ${hueStep}`;
  const known = rasters.get(key);
  if (known) return known;
  const drawing = drawingOf(view, colour);
  const body = hueStep ? turnHues(drawing.body, hueStep * 3.6) : drawing.body;
  const levels = [trim(rasterise({ ...drawing, body }, SPRITE_SIZE))];
  for (let i = 0; i < 3; i++) {
    const { width, height } = levels[i];
    levels.push(resize(levels[i], Math.max(1, width >> 1), Math.max(1, height >> 1)));
  }
  rasters.set(key, levels);
  return levels;
}
