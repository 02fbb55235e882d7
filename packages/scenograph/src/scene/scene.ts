/**
 * The scene: the one type that every part of Scenograph speaks. A scene may stop after any stage
 * (caption only; boxes; boxes and masks) and any field may be the user's own.
 *
 * In a file everything but `label` has a default: `{"caption": "...", "objects": [{"label": "cat", "box": [.1, .5, .3, .4]}]}`
 * is a scene. Version 1 had no pose, look, colour, phrase, like, and no null labels; its files open.
 *
 * Coordinates: `[x, y, w, h]`, origin top left, fractions of the picture in [0, 1].
 * @module
 */

/** `[x, y, w, h]`: left, top, width, height as fractions of the picture. */
export type Box = readonly [x: number, y: number, w: number, h: number];

/**
 * A binary mask over the whole picture, at its own resolution, as COCO run lengths:
 * down the columns, beginning with a (possibly empty) run of zeros.
 */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly counts: readonly number[];
}

export interface SceneObject {
  /** Unique in its scene; names the object's random stream, so it must not change when others do. */
  readonly id: string;
  /** A category name, e.g. "traffic light"; null for a thing that no category names: then `phrase` says what it is. */
  readonly label: string | null;
  readonly box: Box;
  readonly mask?: Mask;
  /** Pose code: which silhouette, an index into the masks stage's code book. */
  readonly pose?: number;
  /** Look code: which appearance, an index into the image stage's code book. */
  readonly look?: number;
  /** Colour of the main part, "#rrggbb". */
  readonly colour?: string;
  /** The words of the caption that speak of it: "a red couch". */
  readonly phrase?: string;
  /** Where `label` is null: the category whose sizes and places its box was drawn from. */
  readonly like?: string;
  /** Label probability when the object was inferred. */
  readonly score?: number;
  /** A locked object keeps box, mask and noise bit-identical while the rest is inferred anew. */
  readonly locked?: boolean;
  /** A hidden object is kept in the scene but left out of the picture. */
  readonly hidden?: boolean;
}

/** An object whose category the model knows: what masks, looks and pictures are made of. */
export type LabelledObject = SceneObject & { readonly label: string };

/** Whether a model can draw it; things without a category have only a box. */
export function isLabelled(object: SceneObject): object is LabelledObject {
  return object.label !== null;
}

export const SCENE_VERSION = 2;

export interface Scene {
  readonly version: typeof SCENE_VERSION;
  readonly caption: string;
  /** Picture size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Fixes every random draw of every stage. */
  readonly seed: number;
  /** Name of the model that inferred it. */
  readonly model?: string;
  /** In drawing order: later objects are nearer. */
  readonly objects: readonly SceneObject[];
}

/** An RGB picture, rows top to bottom, 3 bytes a pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
