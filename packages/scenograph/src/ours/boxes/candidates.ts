/** Several draws of each box, of which the one that agrees best with the others is taken: less noise without less variety. @module */
import { z } from "zod";
import { boxIou } from "../../formats/rle.ts";
import type { Box } from "../../scene/scene.ts";
import { medoid } from "../medoid.ts";
import type { Candidates } from "./placing.ts";

export const candidatesSettings = {
  /** Draws of each box; 1 = plain sampling. */
  candidates: z.int().min(1).max(64).default(1),
  /** How draws agree: by mean IoU at 0, else by the share within IoU 1/2, blurred with this width. */
  agreement: z.number().min(0).default(0),
};

export function candidates(settings: { candidates: number; agreement: number }): Candidates | undefined {
  if (settings.candidates === 1) return undefined;
  return { draws: settings.candidates, choose: (boxes) => medoid(boxes, agreeing(settings.agreement)) };
}

/** How far two boxes agree: IoU, or with a width 1 / (1 + exp((1/2 - IoU) / width)): are they within IoU 1/2? */
export function agreeing(width: number): (a: Box, b: Box) => number {
  return width === 0 ? (a, b) => boxIou(a, b) : (a, b) => 1 / (1 + Math.exp((0.5 - boxIou(a, b)) / width));
}
