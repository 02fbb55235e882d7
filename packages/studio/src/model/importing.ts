/** Files that are dropped on the studio: what they are, and the scene in them. @module */

import { FormatError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import { resizeMask } from "scenograph/formats/rle";
import { extentOf, type Size } from "scenograph/scene/geometry";
import { type OpenedScene, openScene } from "scenograph/scene/open";
import { parseScene } from "scenograph/scene/restore";
import type { Scene } from "scenograph/scene/scene";
import { sentenceOf } from "./suggest.ts";
import { categories } from "./vocabulary.ts";
import { fileOfZip, isZip } from "./zip.ts";

export type Imported = OpenedScene;

/** The scene beside the masks of a ZIP. */
export const SCENE_IN_ZIP = "scene.json";
/** Larger files are not scenes. */
export const MAX_FILE_BYTES = 64 * 2 ** 20;

/**
 * The scene in the bytes of a file, fitted to pictures of that size.
 * @throws FormatError saying what the file is and what would do
 */
export function importFile(bytes: Uint8Array, name: string, size: Size): Imported {
  const shown = JSON.stringify(name);
  if (bytes.length > MAX_FILE_BYTES)
    throw new FormatError(`${shown}: a file has at most 64 MB, got ${Math.round(bytes.length / 2 ** 20)} MB`);
  if (isZip(bytes)) {
    const inside = fileOfZip(bytes, SCENE_IN_ZIP);
    if (!inside) throw new FormatError(`${shown} is a ZIP without a scene inside; open one saved by Scenograph`);
    return { ...importFile(inside, SCENE_IN_ZIP, size), kind: "scene" };
  }
  const { scene, kind, notes } = openScene(bytes, shown, categories());
  // COCO keeps captions in another file
  const caption = kind === "coco" && scene.caption.trim() === "" ? sentenceOf(scene.objects) : scene.caption;
  return { scene: fitted({ ...scene, caption }, size), kind, notes };
}

/** The scene for pictures of another size: boxes are fractions and stay, large masks are made smaller. */
export function fitted(scene: Scene, size: Size): Scene {
  const { width, height } = extentOf(size);
  if (scene.width === width && scene.height === height) return scene;
  const finest = Math.max(128, width, height);
  const objects = scene.objects.map((o) =>
    o.mask && (o.mask.width > finest || o.mask.height > finest)
      ? { ...o, mask: resizeMask(o.mask, finest, finest, "area") }
      : o,
  );
  return { ...scene, width, height, objects };
}

/** Longest scene, in characters of the address, that a link holds: what chat programs and proxies let pass. */
export const MAX_LINK = 8000;

/** A scene as characters of an address: JSON, deflated, base64url. */
export async function toLink(scene: Scene): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(scene));
  const packed = await piped(bytes, new CompressionStream("deflate-raw"));
  let binary = "";
  for (const b of packed) binary += String.fromCharCode(b);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @throws FormatError when the characters are no scene */
export async function fromLink(text: string, notes: string[] = []): Promise<Scene> {
  let json: string;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(binary, (c) => c.charCodeAt(0));
    json = new TextDecoder().decode(await piped(packed, new DecompressionStream("deflate-raw")));
  } catch {
    throw new FormatError("the link is damaged: its scene cannot be unpacked; ask for it again, or for the PNG");
  }
  return parseScene(json, notes, categories());
}

/**
 * What a link can hold of a document: the whole scene, or without the masks that inference makes again from the same
 * seed; undefined when that is too long.
 */
export async function shareable(
  scene: Scene,
  painted: readonly string[],
): Promise<{ readonly link: string; readonly whole: boolean } | undefined> {
  const whole = await toLink(scene);
  if (whole.length <= MAX_LINK) return { link: whole, whole: true };
  const objects = scene.objects.map((o) => {
    if (painted.includes(o.id) || o.locked) return o;
    const { mask: _, ...rest } = o;
    return rest;
  });
  const link = await toLink({ ...scene, objects });
  return link.length <= MAX_LINK ? { link, whole: false } : undefined;
}

/** Inflated text is cut off at the limit of scene texts, so that a small link cannot fill the memory. */
async function piped(bytes: Uint8Array, through: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(through).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > 2 ** 24) throw new FormatError("too long");
    parts.push(value);
  }
  return joinBytes(parts);
}
