/** Another normalisation in the decoder than elsewhere; without any, flat colours stay exact. Not measured alone. @module */
import { z } from "zod";

export const decoderNormSettings = {
  /** null: as everywhere. */
  decoderNorm: z.enum(["group", "instance", "none"]).nullable().default(null),
};
