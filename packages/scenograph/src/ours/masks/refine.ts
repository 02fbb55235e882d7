/**
 * The box tensors enter the decoder once more, at 32 x 32, as the layout does at every level of the paper's image decoder. Not measured.
 * @module
 */
import { z } from "zod";
import { boxLayer } from "../../paper/masks/model.ts";
import type { MaskSeams } from "../../paper/masks/seams.ts";

export const refineSettings = {
  boxesInDecoder: z.boolean().default(false),
};

export const refine: MaskSeams["refine"] = (p, config, maps, labels) =>
  boxLayer(p.scope("boxes32"), config, config.decoder, maps, labels);
