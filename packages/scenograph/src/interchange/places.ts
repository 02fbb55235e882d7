/**
 * What lies behind the things of a scene, by the place that the sentence names: in words for prompts, as areas for
 * segmentation pictures. Horizons are where the pictures of such captions mostly have them; a rough guide, as all of
 * ControlNet's stuff is.
 * @module
 */

import { BACKGROUND_KINDS, type BackgroundKind, backgroundOf } from "../ours/text/background.ts";
import type { Scene } from "../scene/scene.ts";
import type { ExportOptions } from "./types.ts";
import { tidy } from "./words.ts";

/** A band over the whole width, from the height of the first to the second number, fractions; and what it is in either palette. */
export interface Area {
  readonly from: number;
  readonly to: number;
  /** A class of ADE20K's 150. */
  readonly ade: string;
  /** A category of COCO's panoptic 133. */
  readonly coco: string;
}

const area = (from: number, to: number, ade: string, coco: string): Area => ({ from, to, ade, coco });
const sky = (to: number) => area(0, to, "sky", "sky-other-merged");

interface Place {
  readonly words: string;
  readonly areas: readonly Area[];
}

const PLACES: Readonly<Record<BackgroundKind, Place>> = {
  // ADE20K's 150 have no snow: slopes are its mountains
  snow: { words: "a snow covered slope under the sky", areas: [sky(0.35), area(0.35, 1, "mountain", "snow")] },
  beach: {
    words: "a sandy beach, the sea and the sky",
    areas: [sky(0.4), area(0.4, 0.6, "sea", "sea"), area(0.6, 1, "sand", "sand")],
  },
  ocean: { words: "open water under the sky", areas: [sky(0.45), area(0.45, 1, "sea", "sea")] },
  tennis: {
    words: "a tennis court",
    areas: [area(0, 0.3, "fence", "fence-merged"), area(0.3, 1, "field", "playingfield")],
  },
  baseball: {
    words: "a baseball field",
    areas: [area(0, 0.25, "fence", "fence-merged"), area(0.25, 1, "grass", "playingfield")],
  },
  bath: {
    words: "a bathroom with tiled walls",
    areas: [area(0, 0.65, "wall", "wall-tile"), area(0.65, 1, "floor", "floor-other-merged")],
  },
  kitchen: {
    words: "a kitchen",
    areas: [area(0, 0.65, "wall", "wall-other-merged"), area(0.65, 1, "floor", "floor-other-merged")],
  },
  table: { words: "a table top", areas: [area(0, 1, "table", "table-merged")] },
  room: {
    words: "a room with a wall and a floor",
    areas: [area(0, 0.65, "wall", "wall-other-merged"), area(0.65, 1, "floor", "floor-wood")],
  },
  track: {
    words: "railway tracks under the sky",
    areas: [sky(0.4), area(0.4, 0.55, "tree", "tree-merged"), area(0.55, 1, "path", "railroad")],
  },
  street: {
    words: "a street with buildings",
    areas: [sky(0.25), area(0.25, 0.6, "building", "building-other-merged"), area(0.6, 1, "road", "road")],
  },
  airport: {
    words: "an airport runway under the sky",
    areas: [sky(0.55), area(0.55, 0.65, "grass", "grass-merged"), area(0.65, 1, "runway", "pavement-merged")],
  },
  forest: {
    words: "a forest",
    areas: [area(0, 0.7, "tree", "tree-merged"), area(0.7, 1, "earth", "dirt-merged")],
  },
  dirt: {
    words: "dry ground under the sky",
    areas: [sky(0.35), area(0.35, 1, "earth", "dirt-merged")],
  },
  grass: {
    words: "a grass field, trees and the sky",
    areas: [sky(0.35), area(0.35, 0.45, "tree", "tree-merged"), area(0.45, 1, "grass", "grass-merged")],
  },
  sky: { words: "the sky", areas: [sky(1)] },
};

/** The kind of place that is meant, if any: the option's, else the caption's. */
export function placeOf(scene: Scene, { place }: ExportOptions): BackgroundKind | undefined {
  const words = tidy(place ?? scene.caption);
  return BACKGROUND_KINDS.find((kind) => kind === words.toLowerCase()) ?? backgroundOf(words);
}

/** Bands of the place, back to front; none where it is not known. */
export function areasOf(scene: Scene, options: ExportOptions, notes: string[]): readonly Area[] {
  const kind = placeOf(scene, options);
  if (kind) return PLACES[kind].areas;
  notes.push(
    options.place
      ? `the place ${JSON.stringify(tidy(options.place).slice(0, 60))} is not known: the background stays empty`
      : "the sentence names no place: the background stays empty; name one with --place",
  );
  return [];
}

/** The background in words: the option's, the place's, else the caption; the things alone say nothing of it. */
export function backgroundWords(scene: Scene, options: ExportOptions): string {
  if (options.background !== undefined) return tidy(options.background);
  const kind = placeOf(scene, options);
  if (kind) return PLACES[kind].words;
  return tidy(options.place ?? "") || tidy(scene.caption) || "a plain background";
}
