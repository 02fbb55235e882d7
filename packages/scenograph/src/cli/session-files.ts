/** Files that generating leaves: names, contents, and writing them so that none is ever half there. @module */
import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { makeFolder } from "../formats/folders.node.ts";
import type { Generated } from "../pipeline.ts";
import { sceneToCoco } from "../scene/coco.ts";
import { sceneToPng } from "../scene/png.ts";
import { parseScene } from "../scene/restore.ts";
import type { Scene, SceneObject } from "../scene/scene.ts";

const LONGEST_SLUG = 60;

/**
 * Letters and digits of a sentence, of any script, as a file name of at most 60 characters: "Two dogs!" -> "two-dogs".
 * "scene" where there are none.
 */
export function slugOf(caption: string): string {
  const words = caption
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  let slug = "";
  for (const word of words ?? []) {
    // no half of a surrogate pair at the end
    const cut = word.slice(0, LONGEST_SLUG).replace(/[\ud800-\udbff]$/, "");
    const longer = slug === "" ? cut : `${slug}-${word}`;
    if (longer.length > LONGEST_SLUG) break;
    slug = longer;
  }
  return slug || "scene";
}

/** What a picture is made of, as far as it is known before it is made. */
type Named = Pick<Scene, "caption" | "seed"> & Partial<Pick<Scene, "model" | "width" | "height" | "objects">>;

/**
 * Gives out names `<slug>-<seed>`; a scene that another one's files would make room for gets "-2" and so on: of another sentence,
 * model or size, or, where its objects are known already, with other objects. So nothing is overwritten but by its own repetition.
 */
export class Names {
  readonly #taken = new Map<string, Named>();
  readonly #folder: string | undefined;

  /** @param folder scenes that lie there already keep their names */
  constructor(folder?: string) {
    this.#folder = folder;
  }

  nameOf(scene: Named): string {
    const { caption, seed } = scene;
    const base = `${slugOf(caption)}-${seed}`;
    for (let k = 1; ; k++) {
      const name = k === 1 ? base : `${base}-${k}`;
      const owner = this.#taken.get(name) ?? this.#sceneOf(name);
      if (owner && !isSame(owner, scene)) continue;
      this.#taken.set(name, scene);
      return name;
    }
  }

  /** In the scene file of that name, if there is one; one that cannot be read is nobody's to overwrite. */
  #sceneOf(name: string): Named | undefined {
    if (this.#folder === undefined) return undefined;
    let text: string;
    try {
      text = readFileSync(join(this.#folder, `${name}.scene.json`), "utf8");
    } catch {
      return undefined;
    }
    try {
      return parseScene(text);
    } catch {
      return { caption: "", seed: -1 };
    }
  }
}

/** Whether `b` may take the place of `a`: the same picture, or what `a` became when its masks were inferred. */
function isSame(a: Named, b: Named): boolean {
  // the seed is in the name
  if (a.caption !== b.caption) return false;
  const differ = <T>(x: T | undefined, y: T | undefined) => x !== undefined && y !== undefined && x !== y;
  if (differ(a.model, b.model) || differ(a.width, b.width) || differ(a.height, b.height)) return false;
  if (!a.objects || !b.objects || a.objects.length === 0 || b.objects.length === 0) return true;
  const key = ({ label, phrase, box, colour, pose, look }: SceneObject) =>
    JSON.stringify([label, phrase, box.map((v) => Math.fround(v)), colour, pose, look]);
  const keepsMask = (old: SceneObject, now: SceneObject) =>
    old.mask === undefined || JSON.stringify(old.mask) === JSON.stringify(now.mask);
  return (
    a.objects.length === b.objects.length &&
    a.objects.every((o, i) => key(o) === key(b.objects![i]) && keepsMask(o, b.objects![i]))
  );
}

/** The scene as JSON text, an object a line. */
export function sceneJson(scene: Scene): string {
  const { objects, ...rest } = scene;
  const head = JSON.stringify(rest, null, 1).slice(0, -2);
  const body = objects.map((o) => `\n  ${JSON.stringify(o)}`).join(",");
  return `${head},\n "objects": [${body}${objects.length > 0 ? "\n " : ""}]\n}\n`;
}

/** Paths of what was written; `image` is null where no picture was made, `panels` where none were asked for. */
export interface WrittenFiles {
  readonly image: string | null;
  readonly panels: string | null;
  readonly scene: string;
  readonly coco: string;
}

export type Write = (path: string, bytes: Uint8Array | string) => Promise<void>;

/**
 * `<name>.png` (the scene in its text chunk), `.panels.png`, `.scene.json`, `.coco.json` in `folder`, which is made.
 * @throws UserError when the disk is full or the folder cannot be written; files that were there stay whole
 */
export async function writeScene(
  folder: string,
  name: string,
  result: Pick<Generated, "scene" | "picture">,
  write: Write = writeFile,
  panels = true,
): Promise<WrittenFiles> {
  await writeFiles(folder, await sceneFiles(name, result, panels), write);
  return pathsOf(folder, name, result.picture !== undefined, panels);
}

export function pathsOf(folder: string, name: string, picture: boolean, panels: boolean): WrittenFiles {
  const path = (ending: string) => join(folder, `${name}.${ending}`);
  return {
    image: picture ? path("png") : null,
    panels: panels ? path("panels.png") : null,
    scene: path("scene.json"),
    coco: path("coco.json"),
  };
}

/** The contents of what `writeScene` writes, by file name. */
export async function sceneFiles(
  name: string,
  { scene, picture }: Pick<Generated, "scene" | "picture">,
  panels: boolean,
): Promise<Map<string, Uint8Array>> {
  const { drawPanels, encodePng } = await import("../draw/draw.ts");
  const text = (content: string) => new TextEncoder().encode(content);
  const image = picture && sceneToPng(await encodePng(picture), scene);
  const files = new Map<string, Uint8Array>();
  if (panels) files.set(`${name}.panels.png`, await drawPanels(scene, picture));
  files.set(`${name}.scene.json`, text(sceneJson(scene)));
  files.set(`${name}.coco.json`, text(`${JSON.stringify(sceneToCoco(scene, `${name}.png`))}\n`));
  if (image) files.set(`${name}.png`, image);
  return files;
}

/** Each file whole or not at all. @throws UserError when the disk is full or the folder cannot be written */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  write: Write = writeFile,
): Promise<void> {
  await guarded(folder, () => makeFolder(folder));
  for (const [name, bytes] of files) await replaceFile(join(folder, name), bytes, write);
}

/** Writes beside the file, then renames. */
async function replaceFile(file: string, bytes: Uint8Array | string, write: Write): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  await guarded(file, async () => {
    try {
      await write(partial, bytes);
      await rename(partial, file);
    } finally {
      await rm(partial, { force: true });
    }
  });
}

async function guarded(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
      throw new UserError(
        `generate: the disk is full, ${path} was not written; free some space or choose another --out`,
      );
    if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "EEXIST")
      throw new UserError(`generate: ${path} cannot be written (${code}); choose another --out`);
    throw error;
  }
}
