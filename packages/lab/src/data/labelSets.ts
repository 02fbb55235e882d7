/**
 * Which categories pictures hold, of pictures that have captions but no boxes: `{"categories": [names], "labels": {"<COCO image id>":
 * [indices of categories]}}`. Sets: how many objects of each there are is not known.
 * @module
 */
import { readFile } from "node:fs/promises";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { type Categories, COCO } from "scenograph/scene/categories";
import { z } from "zod";
import { parseJson } from "./coco-json.ts";

const schema = z.object({
  categories: z.array(z.string()).min(1),
  labels: z.record(z.string().regex(/^\d+$/), z.array(z.int().min(0))),
});

/**
 * Class indices of `categories` by COCO image id.
 * @throws UserError when the file cannot be read; FormatError naming it for another shape, or a category that is none
 */
export async function readLabelSets(
  file: string,
  categories: Categories = COCO,
): Promise<Map<number, readonly number[]>> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`readLabelSets(): cannot read ${file} (${(error as Error).message}); check the path`);
  });
  const read = schema.safeParse(parseJson(text, file));
  if (!read.success)
    throw new FormatError(
      `${file}: {categories: [names], labels: {image id: [indices]}}, got another shape (${read.error.issues[0].path.join(".")}); correct it`,
    );
  const { names } = categories;
  const known = read.data.categories.map((name) => names.indexOf(name));
  const unknown = read.data.categories.filter((_, i) => known[i] < 0);
  if (unknown.length > 0)
    throw new FormatError(`${file}: categories are those of the data, got "${unknown[0]}"; correct it`);
  return new Map(
    Object.entries(read.data.labels).map(([id, indices]) => {
      const wrong = indices.find((i) => i >= known.length);
      if (wrong !== undefined)
        throw new FormatError(`${file}: picture ${id}: indices are below ${known.length}, got ${wrong}; correct it`);
      return [Number(id), indices.map((i) => known[i])];
    }),
  );
}
