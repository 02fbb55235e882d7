/**
 * LMD (LLM-grounded Diffusion) responses, out and in. TonyLianLong/LLM-groundedDiffusion utils/parse.py (e23f14d9).
 *
 * `Objects: [('a green car', [x, y, width, height]), ...]` is a Python literal, then `Background prompt: ...` and
 * `Negative prompt: ...`. Coordinates: `[x, y, w, h]`, whole pixels of a canvas of 512 x 512 whatever the picture's aspect,
 * origin top left.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import type { Scene } from "../scene/scene.ts";
import { type Found, sceneOf } from "./found.ts";
import { boxFrom, fourNumbers, pixelBox } from "./geometry.ts";
import { asText, isRecord } from "./json.ts";
import { parseLiteral, pythonString } from "./literal.ts";
import { backgroundWords } from "./places.ts";
import type { ExportOptions, Format, ImportOptions } from "./types.ts";
import { phrased, tidy } from "./words.ts";

const SIDE = 512;
/** The reader cuts the text at these, wherever they stand. */
const MARKS = /(Objects|Background prompt|Negative prompt):/gi;

function write(scene: Scene, options: ExportOptions): string {
  const plain = (text: string) => text.replace(MARKS, "$1");
  const objects = phrased(scene).map(({ words, box }) => {
    const { x, y, width, height } = pixelBox(box, { width: SIDE, height: SIDE });
    return `(${pythonString(plain(words))}, [${x}, ${y}, ${width}, ${height}])`;
  });
  const background = plain(backgroundWords(scene, options)) || "A picture";
  return `Objects: [${objects.join(", ")}]\nBackground prompt: ${background}\nNegative prompt: ${plain(tidy(options.negative ?? ""))}\n`;
}

function read(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  const text = asText(input);
  const mark = /Objects:\s*/i.exec(text);
  if (!mark) throw new FormatError("importScene(): the text holds no LMD response (Objects: [...]); check it");
  const list = parseLiteral(text, mark.index + mark[0].length)?.value;
  // "No objects" is what models say of an empty list
  const items = Array.isArray(list)
    ? list
    : /^No objects/i.test(text.slice(mark.index + mark[0].length))
      ? []
      : undefined;
  if (!items)
    throw new FormatError("importScene(): what follows Objects: is a Python list, got something else; correct it");
  const { order = "xywh", units = "pixels" } = options;
  const found = items.flatMap((item: unknown, i): Found[] => {
    const [name, box] = Array.isArray(item) ? item : isRecord(item) ? [item.name, item.bounding_box] : [];
    const numbers = fourNumbers(box);
    if (!numbers) {
      notes.push(`Objects[${i}] has no box [x, y, w, h]: left out`);
      return [];
    }
    return [
      {
        words: String(name ?? "").replace(/\.$/, ""),
        box: boxFrom(numbers, order, units, { width: SIDE, height: SIDE }),
      },
    ];
  });
  const background = /Background prompt:[ \t]*([^\n]*)/i.exec(text)?.[1].trim();
  return sceneOf(found, { ...(background && { caption: background }) }, options, notes);
}

export const lmd: Format = {
  name: "lmd",
  title: "LMD response (LLM-grounded Diffusion)",
  extension: "txt",
  mime: "text/plain",
  binary: false,
  wants: "boxes",
  use: "paste it as the language model's answer into LMD's prompt or demo",
  write,
  read,
  detect: ({ text }) => text !== undefined && /Objects:\s*(?:\[|No objects)/i.test(text),
};
