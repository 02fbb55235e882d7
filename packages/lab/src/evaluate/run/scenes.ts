/** Samples of a data set as the pipeline's scenes, with their true boxes and masks. @module */

import { bitmapToMask } from "scenograph/formats/rle";
import type { Categories } from "scenograph/scene/categories";
import { extentOf, type Size } from "scenograph/scene/geometry";
import type { SceneObject } from "scenograph/scene/scene";
import { objectMask, type Sample } from "../../data/coco.ts";

/** The sample's objects in drawing order (largest box first), each with its true mask of that size where it has one. */
export function trueObjects(sample: Sample, size: Size, categories: Categories): SceneObject[] {
  const { width, height } = extentOf(size);
  return [...sample.objects]
    .sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])
    .map((object) => {
      const bitmap = objectMask(sample, object, width, height);
      return {
        id: String(object.id),
        label: categories.nameOf(object.classIndex),
        box: object.box,
        ...(bitmap && { mask: bitmapToMask(bitmap, width, height) }),
      };
    });
}

/** Labels and boxes alone. */
export function bare(objects: readonly SceneObject[]): SceneObject[] {
  return objects.map(({ id, label, box }) => ({ id, label, box }));
}
