/** Outlines of masks, computed once a mask. @module */
import { maskContours, type Point } from "../../src/scene/contours.ts";
import type { Mask } from "../../src/scene/scene.ts";

const known = new WeakMap<readonly number[], Point[][]>();

export function contoursOf(mask: Mask): Point[][] {
  let contours = known.get(mask.counts);
  if (!contours) {
    contours = maskContours(mask);
    known.set(mask.counts, contours);
  }
  return contours;
}
