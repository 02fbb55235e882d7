/** Small COCO folders for tests, in a temporary directory. @module */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";

type Json = Record<string, unknown>;

export interface FolderContent {
  /** split -> content of instances_<split>.json: an object, or text that is written as it is. */
  readonly instances?: Record<string, Json | string>;
  readonly captions?: Record<string, Json | string>;
  /** file name -> [width, height] of a JPEG, or bytes. */
  readonly images?: Record<string, readonly [number, number] | Uint8Array>;
}

/** Writes the folder, returns its path and a function that removes it. */
export async function makeFolder(content: FolderContent): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), "scenograph-coco-"));
  await mkdir(path.join(dir, "annotations"));
  for (const kind of ["instances", "captions"] as const)
    for (const [split, json] of Object.entries(content[kind] ?? {})) {
      const text = typeof json === "string" ? json : JSON.stringify(json);
      await writeFile(path.join(dir, "annotations", `${kind}_${split}.json`), text);
    }
  if (content.images) await mkdir(path.join(dir, "images"));
  for (const [name, image] of Object.entries(content.images ?? {})) {
    const bytes = image instanceof Uint8Array ? image : await jpeg(image[0], image[1]);
    await writeFile(path.join(dir, "images", name), bytes);
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** A JPEG: left half red, right half blue. */
export async function jpeg(width: number, height: number): Promise<Uint8Array> {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data[i * 3 + (i % width < width / 2 ? 0 : 2)] = 255;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: "4:4:4" })
    .toBuffer();
}

export const image = (id: number, width = 100, height = 80, more: Json = {}) => ({
  id,
  file_name: `${id}.jpg`,
  width,
  height,
  ...more,
});

export const object = (id: number, imageId: number, bbox: readonly number[], more: Json = {}) => ({
  id,
  image_id: imageId,
  category_id: 18,
  bbox,
  area: bbox[2] * bbox[3],
  iscrowd: 0,
  ...more,
});

export const caption = (id: number, imageId: number, text: string) => ({ id, image_id: imageId, caption: text });

export const CATEGORY_LIST = [
  { id: 1, name: "person", supercategory: "person" },
  { id: 18, name: "dog", supercategory: "animal" },
  { id: 3, name: "car", supercategory: "vehicle" },
];
