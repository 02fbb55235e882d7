/**
 * The two COCO caption file formats: results `[{image_id, caption}]` and annotations `{annotations: [{image_id, caption}]}`.
 * @module
 */

import { FormatError } from "@scenograph/graph/errors";
import { z } from "zod";
import type { CaptionHypothesis, CaptionId } from "./score.ts";

const entry = z.object({
  image_id: z.union([z.number(), z.string()]),
  caption: z.string(),
  id: z.union([z.number(), z.string()]).optional(),
});
const resultsFile = z.array(entry);
const captionsFile = z.object({ annotations: z.array(entry) });

/**
 * A results file: one caption a picture, in file order (duplicates are left for `scoreCaptions` to refuse).
 * @param name the file, for messages
 * @throws FormatError on broken JSON or another structure
 */
export function parseResults(text: string, name: string): CaptionHypothesis[] {
  return check(resultsFile, text, name, "COCO results, [{image_id, caption}, ...]").map(({ image_id, caption }) => ({
    id: image_id,
    caption,
  }));
}

/**
 * A captions file: the references of each picture, in file order.
 * @throws FormatError on broken JSON, another structure or an annotation id that occurs twice
 */
export function parseReferences(text: string, name: string): Map<CaptionId, string[]> {
  const { annotations } = check(captionsFile, text, name, "COCO captions, {annotations: [{image_id, caption}, ...]}");
  const references = new Map<CaptionId, string[]>();
  const ids = new Set<CaptionId>();
  for (const { id, image_id, caption } of annotations) {
    if (id !== undefined && ids.has(id))
      throw new FormatError(`parseReferences(): annotation ids are unique, got ${id} twice in ${name}; remove one`);
    if (id !== undefined) ids.add(id);
    const list = references.get(image_id);
    if (list) list.push(caption);
    else references.set(image_id, [caption]);
  }
  return references;
}

function check<T>(schema: z.ZodType<T>, text: string, name: string, format: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${name}: must be JSON (${format}), got ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new FormatError(`${name}: must be ${format}, got at ${path.join(".") || "the top"}: ${message}`);
}
