/**
 * Ideogram 4 captions, out and in. Read from the verifier's rules as the two node packs build it: ComfyUI
 * comfy_extras/nodes_json_prompt.py (77cb8487) and nodes_bounding_boxes.py (cff62dd3), KJNodes nodes/ideogram4_nodes.py
 * (0a648b50), and ideogram-oss/ideogram4 docs/prompting.md.
 *
 * Coordinates: `bbox: [y_min, x_min, y_max, x_max]`, whole thousandths of the picture, origin top left. Y COMES FIRST.
 * Keys have an order: high_level_description, style_description, compositional_deconstruction {background, elements}; of an
 * element type, bbox, desc, color_palette; of a style aesthetics, lighting, photo, medium or aesthetics, lighting, medium,
 * art_style, then color_palette. Compact separators, UTF-8 unescaped. Elements from the background to the foreground.
 * @module
 */
import { ConfigError, FormatError } from "@scenograph/graph/errors";
import type { Scene } from "../scene/scene.ts";
import { type Found, sceneOf } from "./found.ts";
import { boxFrom, fourNumbers, gridCorners } from "./geometry.ts";
import { isRecord, textOf } from "./json.ts";
import { backgroundWords } from "./places.ts";
import type { ExportOptions, Format, ImportOptions, StyleDescription } from "./types.ts";
import { captionOf, phrased, rgbOf, tidy } from "./words.ts";

const GRID = 1000;
const MAX_STYLE_COLOURS = 16;

function write(scene: Scene, options: ExportOptions): string {
  const elements = phrased(scene).map((o) => {
    const [x0, y0, x1, y1] = gridCorners(o.box, GRID, GRID);
    return {
      type: "obj",
      bbox: [y0, x0, y1, x1],
      desc: o.words,
      ...(rgbOf(o.colour) && { color_palette: [o.colour?.toUpperCase()] }),
    };
  });
  const caption = captionOf(scene);
  return JSON.stringify({
    ...(caption !== "" && { high_level_description: caption }),
    ...(options.style && { style_description: styleOf(options.style) }),
    compositional_deconstruction: { background: backgroundWords(scene, options), elements },
  });
}

function styleOf(style: StyleDescription) {
  const { photo, artStyle, aesthetics = "", lighting = "", medium = "" } = style;
  if ((photo === undefined) === (artStyle === undefined))
    throw new ConfigError(
      `exportScene(): a style of Ideogram has one of photo and artStyle, got ${photo === undefined ? "none" : "both"}`,
    );
  const palette = (style.palette ?? []).filter((c) => rgbOf(c)).slice(0, MAX_STYLE_COLOURS);
  const [a, l, m] = [aesthetics, lighting, medium].map(tidy);
  return {
    aesthetics: a,
    lighting: l,
    ...(photo === undefined ? { medium: m, art_style: tidy(artStyle ?? "") } : { photo: tidy(photo), medium: m }),
    ...(palette.length > 0 && { color_palette: palette.map((c) => c.toUpperCase()) }),
  };
}

function read(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  const { value } = textOf(input, isCaption, "an Ideogram caption {compositional_deconstruction: {elements}}", notes);
  const deconstruction = value.compositional_deconstruction as Record<string, unknown>;
  const elements = deconstruction.elements;
  if (!Array.isArray(elements))
    throw new FormatError("importScene(): elements of an Ideogram caption are a list; correct it");
  const { order = "yxyx", units = "thousandths" } = options;
  if (!options.order) notes.push("boxes were read as [y_min, x_min, y_max, x_max], Ideogram's order");
  const found = elements.flatMap((element: unknown, i): Found[] => {
    if (!isRecord(element)) return [];
    const words = String(element.desc ?? element.text ?? "");
    const bbox = fourNumbers(element.bbox);
    if (!bbox || element.type === "text") {
      notes.push(`elements[${i}] ${bbox ? "is text in the picture" : "has no box"}: left out`);
      return [];
    }
    const [colour] = Array.isArray(element.color_palette) ? element.color_palette : [];
    const canvas = units === "pixels" ? (options as { width: number; height: number }) : undefined;
    return [
      {
        words,
        box: boxFrom(bbox, order, units, canvas),
        ...(typeof colour === "string" && rgbOf(colour) && { colour: colour.toLowerCase() }),
      },
    ];
  });
  const caption = typeof value.high_level_description === "string" ? value.high_level_description : undefined;
  return sceneOf(found, { ...(caption !== undefined && { caption }) }, options, notes);
}

function isCaption(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && isRecord(value.compositional_deconstruction);
}

export const ideogram: Format = {
  name: "ideogram",
  title: "Ideogram 4 caption",
  extension: "json",
  mime: "application/json",
  binary: false,
  wants: "boxes",
  use: "paste it as the prompt of Ideogram 4 (magic prompt off), or wire it into ComfyUI's import_json",
  write,
  read,
  detect: ({ values }) => values.some(isCaption),
};
