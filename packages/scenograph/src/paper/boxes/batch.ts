/** Layouts -> arrays of fixed shape for the box generator. @module */
import type { Box } from "../../scene/scene.ts";
import { type BoxStatistics, encodeBox } from "./codec.ts";
import { endOf, startOf } from "./model.ts";

export interface LabelledBox {
  readonly classIndex: number;
  readonly box: Box;
}

/**
 * Feeds of `BoxInputs`, time first, T = maxObjects + 1 steps. Each layout is already ordered and cut. The end of a full
 * layout is certain, as the sampler stops there: it is no label to learn, or one object less would seem an end as well.
 */
export function boxFeeds(
  layouts: readonly (readonly LabelledBox[])[],
  steps: number,
  statistics: BoxStatistics,
  classes: number,
): Record<string, Float32Array | BigInt64Array> {
  const n = layouts.length;
  const previousLabels = new BigInt64Array(steps * n).fill(BigInt(endOf(classes)));
  const previousBoxes = new Float32Array(steps * n * 4);
  const labels = new BigInt64Array(steps * n).fill(BigInt(endOf(classes)));
  const boxes = new Float32Array(steps * n * 4);
  const labelled = new Float32Array(steps * n);
  const boxed = new Float32Array(steps * n);
  layouts.forEach((objects, i) => {
    previousLabels[i] = BigInt(startOf(classes));
    objects.forEach(({ classIndex, box }, t) => {
      const at = t * n + i;
      const encoded = encodeBox(box, statistics);
      labels[at] = BigInt(classIndex);
      boxes.set(encoded, at * 4);
      boxed[at] = 1;
      labelled[at] = 1;
      previousLabels[at + n] = BigInt(classIndex);
      previousBoxes.set(encoded, (at + n) * 4);
    });
    if (objects.length < steps - 1) labelled[objects.length * n + i] = 1;
  });
  return {
    "boxes.previousLabels": previousLabels,
    "boxes.previousBoxes": previousBoxes,
    "boxes.labels": labels,
    "boxes.boxes": boxes,
    "boxes.labelled": labelled,
    "boxes.boxed": boxed,
  };
}
