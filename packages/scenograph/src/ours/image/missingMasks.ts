/** What to do with pictures that have objects without a mask: photographs have few complete ones. Not measured alone. @module */
import { z } from "zod";

export const missingMasksSettings = {
  /** Leave their pictures out, or take the inscribed ellipse of the box. */
  missingMasks: z.enum(["skip", "ellipse"]).default("skip"),
};
