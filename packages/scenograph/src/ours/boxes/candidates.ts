/** Several draws of each box, of which the one that agrees best with the others is taken: less noise without less variety. @module */
import { z } from "zod";
import type { Decoding } from "../../paper/boxes/seams.ts";
import { medoid } from "./medoid.ts";

export const candidatesSettings = {
  /** Draws of each box; 1 = plain sampling. */
  candidates: z.int().min(1).max(64).default(1),
  /** How draws agree: by mean IoU at 0, else by the share within IoU 1/2, blurred with this width. */
  agreement: z.number().min(0).default(0),
};

export function candidates(settings: { candidates: number; agreement: number }): Pick<Decoding, "propose" | "choose"> {
  if (settings.candidates === 1) return {};
  return { propose: settings.candidates, choose: (boxes) => medoid(boxes, settings.agreement) };
}
