/** Models on disk: the package's models/ folder, or any folder by its path. @module */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { FormatError, nearest, UserError } from "@scenograph/graph/errors";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import type { Categories } from "../scene/categories.ts";
import { categoriesOf, parseModelInfo } from "./info.ts";
import { type Model, openModel } from "./model.ts";
import { packageFolder } from "./package.node.ts";

/** The model that is used when none is named. */
export const DEFAULT_MODEL = "illustrated";

/** Names of the models that ship, in alphabetical order. */
export async function listModels(root: string = join(packageFolder(), "models")): Promise<string[]> {
  const entries = await readdir(root).catch(() => [] as string[]);
  return entries.filter((name) => existsSync(join(root, name, "model.json"))).sort();
}

/**
 * The folder of a model: a name of the package's models/ or of models/ in the working folder, or a path of a folder with a
 * model.json.
 * @throws UserError listing the models there are
 */
export async function findModel(
  name: string = DEFAULT_MODEL,
  root: string = join(packageFolder(), "models"),
): Promise<string> {
  const names = await listModels(root);
  if (names.includes(name)) return join(root, name);
  for (const path of [name, join("models", name)]) if (existsSync(join(path, "model.json"))) return resolve(path);
  const isPath = isAbsolute(name) || /[\\/]/.test(name);
  if (isPath || existsSync(name))
    throw new UserError(`model: a model is a folder with a model.json, got "${name}" without; check the path`);
  const near = nearest(name, names);
  const there = names.length > 0 ? `there are ${names.join(", ")}` : "none is installed";
  const todo = near ? `did you mean "${near}"?` : "choose one of them or name a folder with a model.json";
  throw new UserError(`model: unknown model "${name}", ${there}; ${todo}`);
}

/** Bytes of files in a model's folder. @throws FormatError naming the file and what to do when one is missing */
export function folderReader(folder: string): (path: string) => Promise<Uint8Array> {
  return async (path) => {
    const file = join(folder, path);
    try {
      return await readFile(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const what = code === "ENOENT" ? "is missing" : `cannot be read (${code})`;
      throw new FormatError(`${file}: ${what}; restore it (git checkout, or install again) or choose another --model`);
    }
  };
}

/** What a model can draw, read without its weights. */
export async function modelCategories(name: string | undefined): Promise<Categories> {
  const file = join(await findModel(name), "model.json");
  return categoriesOf(parseModelInfo(await readFile(file, "utf8"), file), file);
}

/** Open a model by name or path; files are compared with the hashes of model.json when they are read. */
export async function loadModel(name: string | undefined, runtime: Runtime): Promise<Model> {
  const folder = await findModel(name);
  return openModel(folderReader(folder), runtime, { sha256: sha256Hex, where: folder });
}

/** Bytes of all of a model's files, one that is shared with another model counted too. */
export async function modelBytes(folder: string, files: Iterable<string>): Promise<number> {
  const sizes = await Promise.all([...new Set(files)].map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((a, b) => a + b, 0);
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
