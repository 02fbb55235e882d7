/** Finds the super-resolution weights on disk. @module */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UserError } from "@scenograph/graph/errors";

/** The npm package of the weights, a dependency of development: building the studio copies what is used of it. */
export const ENLARGER_PACKAGE = "@upscalerjs/esrgan-slim";

/**
 * Reader of the doubling network's "model.json" and the weights that it names, for `createEnlarger`.
 * @param root this package's folder: the repository has the npm package, an installation the built studio
 * @throws UserError when the weights are in neither place
 */
export function enlargerReader(root: string): (path: string) => Promise<Uint8Array> {
  const places = [
    join(root, "node_modules", ENLARGER_PACKAGE, "models/x2"),
    join(root, "packages/studio/dist/enlarge"),
    ...installedStudio(),
  ];
  const folder = places.find((place) => existsSync(join(place, "model.json")));
  if (folder === undefined)
    throw new UserError(`enlarge: the weights of ${ENLARGER_PACKAGE} are not installed; run "npm ci" in ${root}`);
  return async (path) => new Uint8Array(await readFile(join(folder, path)));
}

/** The built studio that is installed beside this package. */
function installedStudio(): string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve("@scenograph/studio/package.json");
    return [join(dirname(manifest), "dist/enlarge")];
  } catch {
    return [];
  }
}
