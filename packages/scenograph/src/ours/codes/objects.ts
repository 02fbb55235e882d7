/** Objects as pose and look codes are learnt from. @module */
import type { Box } from "../../scene/scene.ts";
import type { Rgb } from "../looks/colour.ts";

/** An object of a training picture, as it faces in the picture. */
export interface Silhouette {
  readonly sample: number;
  readonly object: number;
  readonly classIndex: number;
  /** Tight box of the silhouette, fractions. */
  readonly box: Box;
  /** [side * side] of 0 and 1 in that box's frame, unmirrored: facing right where the class has a facing. */
  readonly shape: Uint8Array;
  /** In the picture it is a mirror image of `shape`. */
  readonly mirrored: boolean;
}

/** An object unmirrored, in its box's frame. */
export interface Seen extends Silhouette {
  /** Of its picture and annotation. */
  readonly imageId: number;
  readonly objectId: number;
  /** Side of the maps: 64, or more where the object has as many pixels. */
  readonly side: number;
  /** [side, side, 3]. */
  readonly pixels: Uint8Array;
  /** 1 where the object is what one sees, [side * side]. */
  readonly visible: Uint8Array;
  /** 1 where it has its colour. */
  readonly painted: Uint8Array;
  readonly colour: Rgb;
}
