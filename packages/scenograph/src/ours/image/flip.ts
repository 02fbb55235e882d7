/** Pictures mirrored with probability 1/2, "left" and "right" of the caption exchanged: twice the pictures. Not measured alone. @module */
import { z } from "zod";

export const flipSettings = {
  flip: z.boolean().default(false),
};
