/** A scene inside a PNG picture: JSON in its text chunk "scenograph"; "scenograph-drawn-by" where another program drew it. @module */
import { readPngText, writePngText } from "../formats/png.ts";
import { type Categories, COCO } from "./categories.ts";
import { parseScene } from "./restore.ts";
import type { Scene } from "./scene.ts";

const KEYWORD = "scenograph";
const DRAWN_BY = "scenograph-drawn-by";

/** What to do with a PNG that carries no scene, for messages. */
export const NO_SCENE_ADVICE =
  "chat programs, web sites and screenshots strip what a PNG carries: ask for the file itself (in a ZIP), or for the scene JSON";

/**
 * The PNG file with the scene in it (an earlier one is replaced); pixels are untouched. Its JSON is written in ASCII, because
 * the one kind of text that all programs keep when they save a picture again is Latin-1.
 * @param by name of the program that drew it, where that is not ours
 * @throws FormatError
 */
export function sceneToPng(png: Uint8Array, scene: Scene, by?: string): Uint8Array {
  const json = JSON.stringify(scene).replace(/[^\n -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const file = writePngText(png, KEYWORD, json);
  return by === undefined ? file : writePngText(file, DRAWN_BY, by);
}

/** The name of the program that drew the picture of a scene; undefined where it is ours. @throws FormatError */
export function drawnBy(png: Uint8Array): string | undefined {
  return readPngText(png, DRAWN_BY)?.slice(0, 40);
}

/** The scene that a PNG file carries, restored; undefined when it has none. @throws FormatError as `parseScene` */
export function sceneFromPng(png: Uint8Array, notes: string[] = [], categories: Categories = COCO): Scene | undefined {
  const text = readPngText(png, KEYWORD);
  return text === undefined ? undefined : parseScene(text, notes, categories);
}
