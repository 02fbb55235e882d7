/** Which masks training learns from. Not measured one by one. @module */
import { z } from "zod";
import type { WeighedObject } from "./pixels.ts";

export const choiceSettings = {
  /**
   * Learn, and be judged by, whole silhouettes where the data has them (`amodal_segmentation`): what hides what is the drawing
   * order's business. Else a mask is what is seen, with a guess cut out of it at everything that might lie in front.
   */
  whole: z.boolean().default(false),
  /** Of a picture with too many objects, draw those that have a mask first (an annotator's before a segmenter's): the others only give context. */
  maskedFirst: z.boolean().default(false),
  /** Draw pictures with rare classes more often. */
  balance: z.boolean().default(false),
};

/** With `maskedFirst`: an annotator's mask, an inferred one, none. */
export function maskRank(o: WeighedObject): number {
  return o.mask ? (o.inferred ?? 1) : 0;
}
