/** Finds the super-resolution weights on disk. @module */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";

/** The npm package of the weights, a dependency of development: building the studio copies what is used of it. */
export const ENLARGER_PACKAGE = "@upscalerjs/esrgan-slim";

/**
 * Reader of the doubling network's "model.json" and the weights that it names, for `createEnlarger`.
 * @param root this package's folder: the repository has the npm package, an installation the built studio
 * @throws UserError when the weights are in neither place
 */
export function enlargerReader(root: string): (path: string) => Promise<Uint8Array> {
  const places = [join(root, "node_modules", ENLARGER_PACKAGE, "models/x2"), join(root, "dist/studio/enlarge")];
  const folder = places.find((place) => existsSync(join(place, "model.json")));
  if (folder === undefined)
    throw new UserError(`enlarge: the weights of ${ENLARGER_PACKAGE} are not installed; run "npm ci" in ${root}`);
  return async (path) => new Uint8Array(await readFile(join(folder, path)));
}
