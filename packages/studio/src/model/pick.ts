/** What a pointer on the picture means: the thing that is seen there, and those under it. @module */
import { maskToBitmap } from "scenograph/formats/rle";
import type { Box, Mask, SceneObject } from "scenograph/scene/scene";
import { contains, type Point } from "./geometry.ts";

const bitmaps = new WeakMap<readonly number[], Uint8Array>();

function covers(mask: Mask, [x, y]: Point): boolean {
  if (x < 0 || y < 0 || x >= 1 || y >= 1) return false;
  let bitmap = bitmaps.get(mask.counts);
  if (!bitmap) {
    bitmap = maskToBitmap(mask);
    bitmaps.set(mask.counts, bitmap);
  }
  return bitmap[Math.floor(y * mask.height) * mask.width + Math.floor(x * mask.width)] === 1;
}

/**
 * Objects at a point, the likeliest first: those whose silhouette covers it, the nearest first; then those whose box alone
 * does, the smallest first. Hidden ones are nowhere.
 */
export function hitsAt(objects: readonly SceneObject[], point: Point): SceneObject[] {
  const seen = objects.filter((o) => !o.hidden && contains(o.box, point));
  const shapes = seen.filter((o) => o.mask && covers(o.mask, point)).reverse();
  const area = (o: SceneObject) => o.box[2] * o.box[3];
  const rest = seen.filter((o) => !shapes.includes(o)).sort((a, b) => area(a) - area(b));
  return [...shapes, ...rest];
}

/** What a marquee takes: objects of which at least half lies inside. */
export function inMarquee(objects: readonly SceneObject[], [x, y, w, h]: Box): SceneObject[] {
  return objects.filter(({ hidden, box }) => {
    const across = Math.min(x + w, box[0] + box[2]) - Math.max(x, box[0]);
    const down = Math.min(y + h, box[1] + box[3]) - Math.max(y, box[1]);
    return !hidden && across > 0 && down > 0 && across * down >= 0.5 * box[2] * box[3];
  });
}
