/**
 * A scene from the bytes of a file that somebody has: a PNG that carries one, scene JSON, COCO JSON, in UTF-8 or UTF-16.
 * One door for the command line and the studio. @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { isPng, readPngHeader } from "../formats/png.ts";
import { decodeText } from "../formats/text.ts";
import { type Categories, COCO } from "./categories.ts";
import { cocoToScene } from "./coco.ts";
import { parseExactly } from "./jsonLists.ts";
import { NO_SCENE_ADVICE, sceneFromPng } from "./png.ts";
import { restoreScene } from "./restore.ts";
import type { Scene } from "./scene.ts";

export interface OpenedScene {
  readonly scene: Scene;
  readonly kind: "png" | "scene" | "coco";
  /** Repairs, one sentence each. */
  readonly notes: readonly string[];
}

const WANTED = "open a PNG saved by Scenograph, a scene JSON or a COCO JSON";
/**
 * The scene in the bytes of a file; `name` is for messages only, `categories` are those that labels may name.
 * @throws FormatError saying what the file is and what would do
 */
export function openScene(bytes: Uint8Array, name: string, categories: Categories = COCO): OpenedScene {
  const notes: string[] = [];
  if (isPng(bytes)) {
    const { width, height } = readPngHeader(bytes);
    const scene = sceneFromPng(bytes, notes, categories);
    if (!scene)
      throw new FormatError(
        `${name} is a picture of ${width} x ${height} pixels without a scene inside; ${NO_SCENE_ADVICE}`,
      );
    return { scene, kind: "png", notes };
  }
  const text = decodeText(bytes, name, WANTED);
  const value = parseText(text, name);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const isCoco = isObject && !("objects" in value) && ("annotations" in value || "images" in value);
  if (!isCoco)
    return { scene: restoreScene(parseExactly(text, "seed", value), notes, categories), kind: "scene", notes };
  const scene = cocoToScene(parseExactly(text, "id", value), { notes, categories });
  const { images } = value as { images?: unknown };
  if (Array.isArray(images) && images.length > 1)
    notes.push(`the file has ${images.length} pictures: the first was opened; the dataset page shows all`);
  return { scene, kind: "coco", notes };
}

function parseText(text: string, name: string): unknown {
  if (!/^\s*[[{]/.test(text)) throw new FormatError(`${name} is no JSON; ${WANTED}`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${name} is no valid JSON: ${(error as Error).message}; mend the file or fetch it again`);
  }
}
