/**
 * The scene: the one type that every part of Scenograph speaks. A scene may stop after any stage
 * (caption only; boxes; boxes and masks) and any field may be the user's own.
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
  /** A COCO category name, e.g. "traffic light". */
  readonly label: string;
  readonly box: Box;
  readonly mask?: Mask;
  /** Label probability when the object was inferred. */
  readonly score?: number;
  /** A locked object keeps box, mask and noise bit-identical while the rest is inferred anew. */
  readonly locked?: boolean;
  /** A hidden object is kept in the scene but left out of the picture. */
  readonly hidden?: boolean;
}

export interface Scene {
  readonly version: 1;
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
