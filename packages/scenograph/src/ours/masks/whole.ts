/**
 * Whole silhouettes: what hides what is the drawing order's business. Else a mask is what is seen, with a guess cut out of it at
 * everything that might lie in front. Not measured alone.
 * @module
 */
import { z } from "zod";

export const wholeSettings = {
  /** Learn, and be judged by, whole silhouettes where the data has them (`amodal_segmentation`). */
  whole: z.boolean().default(false),
};
