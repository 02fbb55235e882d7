/** Drawings of things as pixels: the SVG behind a view, painted, trimmed, placed at any size. @module */
import { createRequire } from "node:module";
import { UserError } from "@scenograph/graph/errors";
import { ANIMALS, type AnimalName } from "./animals.ts";
import { recolour, toHsl } from "./colour.ts";
import type { Drawing } from "./drawing.ts";
import { DRAWINGS, type DrawingName } from "./drawings.ts";
import { drawFigure, type Outfit } from "./figure/figure.ts";
import type { Pose } from "./figure/skeleton.ts";
import { type Bounds, boundsOf, type Placed, place, rasterise } from "./raster.ts";
import type { View } from "./views.ts";

/** What fixes a thing's look. */
export interface Look {
  readonly view: View;
  /** "#rrggbb" of the main part. */
  readonly paint?: string;
  /** People only. */
  readonly outfit?: Outfit;
}

const SETS = { flat: ["@iconify-json/fluent-emoji-flat", 32], noto: ["@iconify-json/noto", 128] } as const;
type SetName = keyof typeof SETS;
const loaded = new Map<SetName, Record<string, { body: string }>>();

function icon(set: SetName, name: string): Drawing {
  const [module, side] = SETS[set];
  let icons = loaded.get(set);
  if (!icons) {
    icons = (createRequire(import.meta.url)(`${module}/icons.json`) as { icons: Record<string, { body: string }> })
      .icons;
    loaded.set(set, icons);
  }
  const found = icons[name];
  if (!found) throw new UserError(`icon(): no icon "${name}" in ${module}; run npm ci`);
  // Six digits, so that `recolour` finds every colour.
  const long = found.body.replace(/#([0-9a-f])([0-9a-f])([0-9a-f])(?=["';])/gi, "#$1$1$2$2$3$3");
  return { width: side, height: side, body: long };
}

const bare = new Map<string, Drawing>();

/** The drawing behind a view as its author coloured it. */
function bareDrawing(view: View): Drawing {
  const known = bare.get(view.name);
  if (known) return known;
  const [, set, name] = /^(\w+):(.*)$/.exec(view.name) as RegExpExecArray;
  const drawing =
    set === "own" ? (DRAWINGS[name as DrawingName] ?? ANIMALS[name as AnimalName]) : icon(set as SetName, name);
  bare.set(view.name, drawing);
  return drawing;
}

/** The drawing of a look. */
export function drawingOf({ view, paint, outfit }: Look): Drawing {
  if (outfit) return drawFigure(view.pose as Pose, outfit);
  const drawing = bareDrawing(view);
  if (!paint || view.paint === "none") return drawing;
  return { ...drawing, body: recolour(drawing.body, view.paint ?? mainColour(view), paint) };
}

const mains = new Map<string, string>();

/** The colour of a view that covers most pixels, greys counting for less; what its `paint` names where it names one. */
export function mainColour(view: View): string {
  const known = mains.get(view.name);
  if (known) return known;
  const { data } = rasterise(bareDrawing(view), 64);
  const counts = new Map<string, number>();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] !== 255) continue;
    const hex = `#${[0, 1, 2].map((c) => data[i + c].toString(16).padStart(2, "0")).join("")}`;
    counts.set(hex, (counts.get(hex) ?? 0) + 1);
  }
  const score = ([hex, n]: [string, number]) => n * (toHsl(hex)[1] > 0.22 ? 1 : 0.6);
  const main = [...counts].sort((a, b) => score(b) - score(a))[0][0];
  mains.set(view.name, main);
  return main;
}

/** "#rrggbb" of the main part of a look: a figure's top, a thing's paint. */
export function hexOfLook({ view, paint, outfit }: Look): string {
  if (outfit) return outfit.top;
  if (view.paint === "none") return mainColour(view);
  return paint ?? view.paint ?? mainColour(view);
}

const bounds = new Map<string, Bounds>();

/** The tight box of a look in its drawing's units. */
function lookBounds(look: Look): Bounds {
  const { view, outfit } = look;
  const key = outfit
    ? `${view.name} ${outfit.child} ${outfit.hair} ${outfit.hat} ${outfit.lower} ${outfit.longSleeves}`
    : view.name;
  let found = bounds.get(key);
  if (!found) {
    found = boundsOf(drawingOf(look));
    bounds.set(key, found);
  }
  return found;
}

/** Width / height of the trimmed drawing. */
export function lookAspect(look: Look): number {
  const { width, height } = lookBounds(look);
  return width / height;
}

/** A look stretched over a rectangle given in pixels, which need not be whole, facing left or right. */
export function drawLook(look: Look, rect: Bounds, facing: "left" | "right"): Placed {
  return place(drawingOf(look), lookBounds(look), rect, (facing === "left") !== (look.view.left === true));
}
