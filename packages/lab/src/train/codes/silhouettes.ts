/** The objects of a COCO folder for pose and look codes: boxes around whole silhouettes, and which way they face. @module */

import { cropToBox, tightBox } from "scenograph/ours/codes/crops";
import { LETTERED, mirrorMap } from "scenograph/ours/codes/mirror";
import type { Silhouette } from "scenograph/ours/codes/objects";
import type { Categories } from "scenograph/scene/categories";
import { type CocoObject, objectMask, type Sample } from "../../data/coco.ts";

/** Is the object drawn in a mirror? By its own `facing`, else by the picture's variant (`data illustrate` mirrors odd ones). */
export function isMirrored(sample: Pick<Sample, "attributes">, object: CocoObject, categories: Categories): boolean {
  const facing = object.attributes?.facing;
  if (facing !== undefined) return facing === "left";
  return Number(sample.attributes?.variant ?? 0) % 2 === 1 && !LETTERED.has(categories.nameOf(object.classIndex));
}

/** Objects with a side under this share of the picture's shorter one are left out: what they look like hardly shows. */
const LEAST_SHARE = 0.09;

/** Silhouettes of objects at least `least` pixels on both sides, and not tiny; masks as loaded (`amodal` for whole ones). */
export function silhouettesOf(
  samples: readonly Sample[],
  side: number,
  least: number,
  categories: Categories,
): Silhouette[] {
  return samples.flatMap((sample, i) =>
    sample.objects.flatMap((object, k): Silhouette[] => {
      const bitmap = object.segmentation && objectMask(sample, object, sample.width, sample.height);
      const box = bitmap && tightBox(bitmap, sample.width, sample.height);
      const { width, height } = sample;
      const needed = Math.max(least, LEAST_SHARE * Math.min(width, height));
      if (!box || box[2] * width < needed || box[3] * height < needed) return [];
      const covered = cropToBox({ width, height, channels: 1, data: bitmap }, box, side);
      const shape = Uint8Array.from(covered, (v) => (v >= 0.5 ? 1 : 0));
      const mirrored = isMirrored(sample, object, categories);
      const { classIndex } = object;
      return [{ sample: i, object: k, classIndex, box, shape: mirrored ? mirrorMap(shape, side) : shape, mirrored }];
    }),
  );
}

/**
 * Weight of each object: rare classes more often, by a power of their frequency (0: as they come; 1/2 as in the prototype), none
 * more than `most` times another.
 */
export function classWeights(objects: readonly { readonly classIndex: number }[], power = 0.5, most = 12): number[] {
  const counts = new Map<number, number>();
  for (const { classIndex } of objects) counts.set(classIndex, (counts.get(classIndex) ?? 0) + 1);
  const largest = Math.max(...counts.values());
  return objects.map((o) => Math.min(most, (largest / counts.get(o.classIndex)!) ** power));
}
