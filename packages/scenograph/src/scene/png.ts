/** A scene inside a PNG picture: JSON in its text chunk "scenograph". @module */
import { readPngText, writePngText } from "../formats/png.ts";
import { parseScene } from "./restore.ts";
import type { Scene } from "./scene.ts";

const KEYWORD = "scenograph";

/** The PNG file with the scene in it (an earlier one is replaced); pixels are untouched. @throws FormatError */
export function sceneToPng(png: Uint8Array, scene: Scene): Uint8Array {
  return writePngText(png, KEYWORD, JSON.stringify(scene));
}

/** The scene that a PNG file carries, restored; undefined when it has none. @throws FormatError as `parseScene` */
export function sceneFromPng(png: Uint8Array, notes: string[] = []): Scene | undefined {
  const text = readPngText(png, KEYWORD);
  return text === undefined ? undefined : parseScene(text, notes);
}
