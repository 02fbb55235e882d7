/** Which pictures training learns from, and how the decoder is normalised. Not measured one by one. @module */
import { z } from "zod";

export const choiceSettings = {
  /** Normalisation in the decoder; "none" keeps flat colours exact. null: as everywhere. */
  decoderNorm: z.enum(["group", "instance", "none"]).nullable().default(null),
  /** Pictures mirrored with probability 1/2, "left" and "right" of the caption exchanged. */
  flip: z.boolean().default(false),
  /** Objects without a mask: leave their pictures out, or take the inscribed ellipse of the box. */
  missingMasks: z.enum(["skip", "ellipse"]).default("skip"),
  /** Pictures of rare classes come more often. */
  balance: z.boolean().default(false),
};
