/** What is derived from a data set and slow to make, kept in the cache folder. @module */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeAtomically } from "scenograph/formats/atomic.node";
import { makeFolder } from "scenograph/formats/folders.node";

/** Changes whenever the same data would give another value. */
const RECIPE = "1";

/**
 * A value (plain objects and typed arrays) under the names `key`, whose second is the COCO folder that it is made of: made anew
 * when that folder's annotations change.
 */
export async function cachedValue<T>(cacheDir: string, key: readonly string[], make: () => Promise<T>): Promise<T> {
  const annotations = join(key[1], "annotations");
  const files = (await readdir(annotations).catch(() => [])).sort();
  const dates = await Promise.all(files.map(async (f) => (await stat(join(annotations, f))).mtimeMs));
  const hash = createHash("sha256")
    .update(JSON.stringify([RECIPE, key, files, dates]))
    .digest("hex");
  const file = join(cacheDir, `${key[0]}-${hash.slice(0, 16)}.v8`);
  const known = await readFile(file).catch(() => undefined);
  if (known) return deserialize(known) as T;
  const value = await make();
  await makeFolder(cacheDir);
  await writeAtomically(file, new Uint8Array(serialize(value)));
  return value;
}
