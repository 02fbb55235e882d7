/**
 * LayoutGPT layouts, out and in: one CSS-like rule a line. weixi-feng/LayoutGPT run_layoutgpt_2d.py and parse_llm_output.py (5edc53f6).
 *
 * `cat {height: 40px; width: 23px; top: 16px; left: 8px; }`. Coordinates: whole pixels of a canvas of 64 x 64 whatever the
 * picture's aspect, origin top left. The reader drops digits of the name.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import type { Scene } from "../scene/scene.ts";
import { type Found, sceneOf } from "./found.ts";
import { pixelBox } from "./geometry.ts";
import { asText } from "./json.ts";
import type { ExportOptions, Format, ImportOptions } from "./types.ts";
import { captionOf, phrased } from "./words.ts";

const SIDE = 64;
const RULE = /^[\s>*`-]*([^{}\n]+?)\s*\{([^{}\n]*)\}/gm;

function write(scene: Scene, _: ExportOptions, notes: string[]): string {
  const lines = phrased(scene).map(({ words, box }) => {
    const { x, y, width, height } = pixelBox(box, { width: SIDE, height: SIDE });
    const name =
      words
        .replace(/[{};:]+/g, " ")
        .replace(/\s+/g, " ")
        .trim() || "thing";
    if (/\d/.test(name)) notes.push(`LayoutGPT drops the digits of ${JSON.stringify(name.slice(0, 60))}`);
    return `${name} {height: ${height}px; width: ${width}px; top: ${y}px; left: ${x}px; }\n`;
  });
  return `Prompt: ${captionOf(scene)}\nLayout:\n${lines.join("")}`;
}

function read(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  const text = asText(input);
  const found = [...text.matchAll(RULE)].flatMap(([, name, body]): Found[] => {
    const sides = sidesOf(body);
    if (!sides) return [];
    const [x, y, w, h] = sides;
    const box = [x / SIDE, y / SIDE, w / SIDE, h / SIDE] as const;
    return [{ words: name.replace(/(?<=\p{L})\d+$/u, ""), box }];
  });
  if (found.length === 0 && !/^Layout:/m.test(text))
    throw new FormatError(
      "importScene(): the text holds no LayoutGPT line (cat {height: 40px; width: 23px; top: 16px; left: 8px; }); check it",
    );
  const caption = /^Prompt:[ \t]*([^\n]+)/m.exec(text)?.[1].trim();
  return sceneOf(found, { ...(caption && { caption }) }, options, notes);
}

/** left, top, width, height. */
function sidesOf(body: string): [number, number, number, number] | undefined {
  const values = new Map<string, number>();
  for (const [, key, value] of body.matchAll(/(left|top|width|height)\s*:\s*(-?\d+(?:\.\d+)?)/g))
    values.set(key, Number(value));
  const sides = ["left", "top", "width", "height"].map((key) => values.get(key));
  return sides.every((v) => v !== undefined) ? (sides as [number, number, number, number]) : undefined;
}

export const layoutgpt: Format = {
  name: "layoutgpt",
  title: "LayoutGPT layout",
  extension: "txt",
  mime: "text/plain",
  binary: false,
  wants: "boxes",
  use: "an example for LayoutGPT's prompt, or a prediction for its parser",
  write,
  read,
  detect: ({ text }) =>
    text !== undefined && [...text.matchAll(RULE)].some(([, , body]) => sidesOf(body) !== undefined),
};
