/**
 * Of a picture with too many objects for a step, those that have a mask are drawn first: the others only give context. Not measured
 * alone.
 * @module
 */
import { z } from "zod";
import type { WeighedObject } from "./pixels.ts";

export const maskedFirstSettings = {
  /** An annotator's mask before a segmenter's before none. */
  maskedFirst: z.boolean().default(false),
};

/** With `maskedFirst`: an annotator's mask, an inferred one, none. */
export function maskRank(o: WeighedObject): number {
  return o.mask ? (o.inferred ?? 1) : 0;
}
