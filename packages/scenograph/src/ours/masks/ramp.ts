/**
 * The adversarial terms rise from nothing: before masks have a shape the discriminators' gradient only scatters pixels. Not measured alone.
 * @module
 */
import { clip, div, sub } from "@scenograph/graph/ops/elementwise";
import { z } from "zod";
import type { MaskSeams } from "../../paper/masks/seams.ts";

export const rampSettings = {
  /** Linear from 0 at the first of these steps to full at the second; null: full from the start. */
  ramp: z
    .tuple([z.int().min(0), z.int().min(0)])
    .nullable()
    .default(null),
};

export function ramp([from, until]: readonly [number, number]): NonNullable<MaskSeams["ramp"]> {
  return (step) => clip(div(sub(step, from), Math.max(1, until - from)), 0, 1);
}
