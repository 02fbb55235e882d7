/** The adversarial terms begin late: before there is a picture they only scatter pixels. Not measured alone. @module */
import { cast, greater } from "@scenograph/graph/ops/elementwise";
import { z } from "zod";
import type { ImageSeams } from "../../paper/image/seams.ts";

export const lateStartSettings = {
  /** The step at which they begin; 0: from the start. */
  adversarialFrom: z.int().min(0).default(0),
};

export function startingAt(first: number): NonNullable<ImageSeams["started"]> {
  return (step) => cast(greater(step, first));
}
