/**
 * model.json of a model folder: what a model is called, which weight files it is made of, and the configuration that its
 * networks are built from.
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { z } from "zod";
import { boxesConfig } from "../ours/boxes/index.ts";
import { oursConfig } from "../ours/config.ts";
import { imageConfig } from "../ours/image/index.ts";
import { COCO_STATISTICS } from "../ours/layouts/cocoStatistics.ts";
import type { LayoutStatistics } from "../ours/layouts/statistics.ts";
import { masksConfig } from "../ours/masks/index.ts";
import { textConfig } from "../ours/text/index.ts";
import { upgradeConfig } from "../ours/upgrade.ts";
import { STAGES, type StageName } from "../pipeline.ts";
import { Categories, COCO } from "../scene/categories.ts";
import { extentOf, sizeName } from "../scene/geometry.ts";
import { vocabularySchema } from "../scene/schema.ts";

const side = z.int().min(8).max(4096);

const perStage = <T extends z.ZodType>(value: T) =>
  z.strictObject({ text: value, boxes: value, masks: value, image: value });

export const modelInfoSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(/^[\w.-]{1,64}$/),
  description: z.string(),
  /** Pixels of its pictures: the side of a square, or [width, height]. */
  size: z.union([side, z.tuple([side, side])]),
  /** Relative to the folder; a neighbour's file ("../illustrated/text.safetensors") may be shared. */
  files: perStage(z.string().min(1)),
  /** Hex digest of each file. */
  sha256: perStage(z.string().regex(/^[0-9a-f]{64}$/)),
  /** How large its categories are and where they stand (`ours/layouts/statistics.ts`, without the names). Absent: COCO's. */
  layouts: z
    .strictObject({ each: z.array(z.array(z.number()).length(8)), pairs: z.array(z.array(z.number()).length(9)) })
    .optional(),
  /** What the class indices of its networks mean. Absent: COCO's 80. */
  vocabulary: vocabularySchema.optional(),
  config: z.strictObject({
    text: textConfig,
    boxes: boxesConfig,
    masks: masksConfig,
    image: imageConfig,
    /** Ideas beside the paper; absent where a model has none. */
    ours: oursConfig.optional(),
  }),
});

export type ModelInfo = z.infer<typeof modelInfoSchema>;

/** Content of a model.json. `where` names the file in messages. @throws FormatError */
export function parseModelInfo(json: string, where: string): ModelInfo {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new FormatError(`${where}: a model.json is JSON, got ${(error as Error).message}; restore the file`);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number" && format > 1)
    throw new FormatError(`${where}: this program reads models of format 1, got ${format}; update Scenograph`);
  const parsed = modelInfoSchema.safeParse(upgraded(value));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new FormatError(`${where}: ${path.join(".") || "model.json"}: ${message}; assemble the model again`);
  }
  const outside = STAGES.find((stage) => !/^(\.\.\/)?[\w.-]+(\/[\w.-]+)?$/.test(parsed.data.files[stage]));
  if (outside)
    throw new FormatError(
      `${where}: files.${outside} lies in the model's folder or a neighbour's, got "${parsed.data.files[outside]}"; correct it`,
    );
  return parsed.data;
}

/** The model's vocabulary. @throws FormatError where its networks were made for another number of categories */
export function categoriesOf({ vocabulary, config }: ModelInfo, where: string): Categories {
  const categories = vocabulary ? new Categories(vocabulary.categories, vocabulary.except) : COCO;
  for (const stage of STAGES)
    if (config[stage].classes !== categories.count)
      throw new FormatError(
        `${where}: ${stage} knows ${config[stage].classes} categories, the vocabulary has ${categories.count}; assemble the model again`,
      );
  return categories;
}

/** Sizes and places of the model's things. @throws FormatError where they are of another number of categories */
export function statisticsOf({ layouts }: ModelInfo, categories: Categories, where: string): LayoutStatistics {
  if (!layouts) return COCO_STATISTICS;
  const { each, pairs } = layouts;
  const isClass = (index: number) => Number.isInteger(index) && index >= 0 && index < categories.count;
  if (each.length !== categories.count || !pairs.every(([i, j]) => isClass(i) && isClass(j)))
    throw new FormatError(
      `${where}: layouts are of the model's ${categories.count} categories, got ${each.length}; assemble the model again`,
    );
  return { names: categories.names, each, pairs };
}

/** Model files of earlier versions had keys of ours among the paper's. */
function upgraded(value: unknown): unknown {
  const isModel = typeof value === "object" && value !== null && "config" in value;
  return isModel ? { ...value, config: upgradeConfig(value.config) } : value;
}

/** What to say of pictures at another size than the model's; nothing where it draws any size (look codes). */
export function sizeNote(info: ModelInfo, width: number, height: number): string | undefined {
  const { name, size, config } = info;
  const own = extentOf(size);
  if ((config.ours?.looks.codes ?? 0) > 0 || (width === own.width && height === own.height)) return undefined;
  return `model ${name} draws ${sizeName(size)} pixels; enlarged or shrunk to ${width} x ${height}`;
}

/** Whether generating needs a tensor of a training run: no pre-training heads, discriminators or optimiser state. */
export function isNeeded(stage: StageName, tensor: string): boolean {
  switch (stage) {
    case "text":
      return tensor.startsWith("vocabulary.") || (tensor.startsWith("text.") && !tensor.startsWith("text.heads."));
    case "boxes":
      return tensor.startsWith("boxes.");
    case "masks":
      // the priors of looks know the looks' codes
      return /^(masks\.generator|poses|priors)\./.test(tensor) || tensor === "looks.codebook";
    case "image":
      return /^(image|looks)\./.test(tensor) && !tensor.startsWith("looks.encoder.");
  }
}
