/** Sizes and places of things that no category names ("a castle"), by their kind and by the category that they are like. @module */
import { kindOf, type NounKind } from "../../understand/nouns.ts";
import type { SizePrior, SizeTable } from "./statistics.ts";

/** log area, its sd, log aspect, foot, its sd, scale (see `SizePrior`). By hand, next to COCO's categories of like size. */
const KINDS: Readonly<Record<NounKind, readonly [number, number, number, number, number, number]>> = {
  sky: [-3.6, 0.6, 0.05, 0.28, 0.08, -2.5],
  tall: [-1.7, 0.5, -0.2, 0.78, 0.08, -0.3],
  ground: [-2.3, 0.5, -0.2, 0.85, 0.08, -1.9],
  room: [-2.6, 0.6, -0.2, 0.82, 0.1, -2.2],
  small: [-3.7, 0.6, 0, 0.75, 0.1, -4.2],
  hand: [-3.4, 0.5, -0.1, 0.7, 0.1, -3.4],
  worn: [-4.0, 0.5, 0.2, 0.45, 0.1, -4.0],
  wall: [-2.6, 0.5, -0.1, 0.5, 0.1, -2.6],
  water: [-2.3, 0.6, 0.4, 0.75, 0.1, -1.5],
};

/** Where a single thing differs from its kind: log area, log aspect, foot, scale. */
const THINGS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  moon: [-4.3, 0, 0.25, -2.6],
  sun: [-4.2, 0, 0.24, -2.6],
  star: [-5.5, 0, 0.2, -3.6],
  rainbow: [-1.4, 0.7, 0.5, 0.5],
  cloud: [-2.8, 0.6, 0.26, 0],
  plate: [-3.2, 0.5, 0.8, -3.6],
  desk: [-1.6, 0.5, 0.9, -1.6],
  rug: [-2.2, 0.8, 0.94, -1.7],
  carpet: [-2, 0.9, 0.95, -1.6],
  fence: [-2, 1, 0.8, -0.8],
  wall: [-1.4, 0.6, 0.75, 0],
  bridge: [-1.5, 0.9, 0.65, 0.8],
  mountain: [-1.2, 0.7, 0.6, 1],
  hill: [-1.5, 0.8, 0.8, 0.5],
  tree: [-1.8, -0.3, 0.8, -0.6],
  house: [-1.6, 0.15, 0.78, 0],
  castle: [-1.4, 0.1, 0.75, 0.5],
  tower: [-2, -0.9, 0.75, 0],
  lamp: [-3, -0.7, 0.72, -3],
  candle: [-4.2, -0.8, 0.72, -4.6],
  flower: [-3.8, -0.3, 0.65, -4.2],
  branch: [-2.8, 1, 0.65, -2.2],
  wire: [-3.8, 2, 0.4, -2],
  box: [-2.6, 0.15, 0.86, -2.5],
  guitar: [-3, -0.6, 0.8, -3],
  rabbit: [-3.2, -0.1, 0.86, -3.3],
  fox: [-2.8, 0.2, 0.86, -2.6],
  dragon: [-1.4, 0.3, 0.84, -0.3],
  window: [-2.6, -0.2, 0.5, -2],
  hat: [-4, 0.3, 0.3, -4],
  helicopter: [-2.7, 0.6, 0.35, -0.6],
  mouse: [-4.6, 0.3, 0.85, -5.2],
};

/** undefined for a word that is neither listed nor like a category. */
export function openPrior(noun: string, like: string | undefined, table: SizeTable): SizePrior {
  const last = noun.slice(noun.lastIndexOf(" ") + 1);
  const own = THINGS[noun] ?? THINGS[last];
  const kind = kindOf(noun);
  const alike = like === undefined ? undefined : table.prior(like);
  if (!kind && alike && !own) return alike;
  const [logArea, logAreaSd, logAspect, foot, footSd, scale] = KINDS[kind ?? "ground"];
  return {
    logArea: own?.[0] ?? logArea,
    logAreaSd,
    logAspect: own?.[1] ?? logAspect,
    logAspectSd: 0.25,
    foot: own?.[2] ?? foot,
    footSd,
    scale: own?.[3] ?? scale,
  };
}
