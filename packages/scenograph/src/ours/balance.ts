/** Pictures of rare classes come more often in training, of masks or of pictures. Not measured alone. @module */
import { z } from "zod";

export const balanceSettings = {
  balance: z.boolean().default(false),
};
