/** `scenograph studio --build DIR`: the studio as a folder of files that any static host serves. @module */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import type { StaticOptions } from "../server/static.node.ts";

/** Files of a model folder that a browser asks for. */
const MODEL_FILES = /^(model\.json|[\w.-]+\.safetensors)$/;

/**
 * Copies the built app (addresses relative, compressed files beside the originals, a service worker) and its models into a
 * new or empty folder. -> names of the models, the first one opened first
 * @throws UserError where the folder holds something
 */
export async function writeSite(dir: string, { folders, json }: StaticOptions): Promise<readonly string[]> {
  const there = existsSync(dir) ? await readdir(dir) : [];
  if (there.length > 0)
    throw new UserError(
      `studio: --build wants a new or empty folder, got ${dir} with ${there.length} entries; name another`,
    );
  const names = (await json?.["/models/index.json"]()) as readonly string[];
  await cp(folders["/"], dir, { recursive: true });
  for (const name of names) {
    const from = folders[`/models/${name}/`] ?? join(folders["/models/"], name);
    const to = join(dir, "models", name);
    await mkdir(to, { recursive: true });
    await cp(from, to, {
      recursive: true,
      dereference: true,
      filter: (path) => path === from || MODEL_FILES.test(basename(path)),
    });
  }
  await writeFile(join(dir, "models", "index.json"), `${JSON.stringify(names)}\n`);
  return names;
}
