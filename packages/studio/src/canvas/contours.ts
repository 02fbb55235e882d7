/** Outlines of masks, computed once a mask while it is in use. @module */
import { maskContours, type Point } from "scenograph/scene/contours";
import type { Mask } from "scenograph/scene/scene";

/** Outlines are much larger than run lengths: only those of masks that are seen are kept, not those of the history. */
const MOST = 64;
const known = new Map<readonly number[], Point[][]>();

export function contoursOf(mask: Mask): Point[][] {
  const contours = known.get(mask.counts) ?? maskContours(mask);
  // the latest used is the last
  known.delete(mask.counts);
  known.set(mask.counts, contours);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest) known.delete(oldest);
  return contours;
}
