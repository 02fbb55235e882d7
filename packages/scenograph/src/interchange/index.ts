/**
 * A layout for every generator: `exportScene(scene, "ideogram")` hands a scene on, `importScene(text)` takes a layout in. A format a
 * module, with the format's coordinates in its docstring; this is their list. Runs in a browser.
 * @module
 * @example
 * const { files, notes } = await exportScene(scene, "ora", { width: 1024, picture });
 * const { scene } = importScene(answerOfALanguageModel, "comfyui-boxes", { order: "yxyx", width: 1024, height: 768 });
 */
import { FormatError, nearest, UserError } from "@scenograph/graph/errors";
import { writeZip } from "../formats/zip.ts";
import type { Scene } from "../scene/scene.ts";
import { coco, csv, labelme, sceneFormat, scenePng } from "./annotations.ts";
import { comfyBoxes, comfyBoxesKj } from "./comfyBoxes.ts";
import { comfyArea, comfyGligen, comfyMask } from "./comfyWorkflow.ts";
import { diffusers, gligen } from "./gligen.ts";
import { ideogram } from "./ideogram.ts";
import { invokeai } from "./invokeai.ts";
import { isCutOff, plainText, sniff } from "./json.ts";
import { cutouts, ora, psd } from "./layered.ts";
import { layoutgpt } from "./layoutgpt.ts";
import { lmd } from "./lmd.ts";
import { omost } from "./omost.ts";
import { regionalPrompter } from "./regionalPrompter.ts";
import { controlnetAde20k, controlnetCoco } from "./segmentation.ts";
import { svg } from "./svg.ts";
import type { Exported, ExportedFile, ExportOptions, Format, Imported, ImportOptions } from "./types.ts";
import { fileWord, withPhrases } from "./words.ts";

export type * from "./types.ts";
export { ORDERS, UNITS } from "./types.ts";

/** In the order of help; what an import is taken for is tried in this order too, the most particular first. */
export const FORMATS: readonly Format[] = [
  ideogram,
  comfyBoxesKj,
  comfyGligen,
  comfyArea,
  comfyMask,
  gligen,
  diffusers,
  controlnetAde20k,
  controlnetCoco,
  omost,
  regionalPrompter,
  invokeai,
  lmd,
  layoutgpt,
  svg,
  ora,
  psd,
  cutouts,
  coco,
  labelme,
  sceneFormat,
  scenePng,
  comfyBoxes,
  csv,
];

/** @throws UserError naming the nearest */
export function formatOf(name: string, direction: "write" | "read"): Format {
  const names = FORMATS.filter((f) => f[direction]).map((f) => f.name);
  const found = FORMATS.find((f) => f.name === name.toLowerCase() && f[direction]);
  if (found) return found;
  const near = nearest(name, names);
  throw new UserError(
    `${direction === "write" ? "exportScene" : "importScene"}(): no format ${JSON.stringify(name.slice(0, 40))} to ${direction}; ${near ? `did you mean ${near}? ` : ""}there are ${names.join(", ")}`,
  );
}

/** The scene in another program's format. The first file is the one that counts. @throws UserError for an unknown format, a size out of range */
export async function exportScene(scene: Scene, format: string, options: ExportOptions = {}): Promise<Exported> {
  const { name, extension, mime, write } = formatOf(format, "write");
  const notes: string[] = [];
  // our own formats keep the scene as it is
  const given = name.startsWith("scene") ? scene : withPhrases(scene, options.categories);
  const written = await (write as NonNullable<Format["write"]>)(given, options, notes);
  const own = `${fileWord(options.name ?? "") || "scene"}.${extension}`;
  const parts =
    typeof written === "string" || written instanceof Uint8Array ? [{ name: own, mime, data: written }] : written;
  const files = parts.map(
    ({ data, ...facts }): ExportedFile => ({
      ...facts,
      bytes: typeof data === "string" ? new TextEncoder().encode(data) : data,
    }),
  );
  return { format: name, files, notes: [...new Set(notes)] };
}

/** The first file as text. */
export function exportedText({ files }: Exported): string {
  return files.length === 0 ? "" : new TextDecoder().decode(files[0].bytes);
}

/** Several files as one zip; one file as it is. */
export async function exportedFile(exported: Exported, name = "scene"): Promise<ExportedFile> {
  return exported.files.length === 1 ? exported.files[0] : exportedZip(exported, name);
}

/** The files as a zip, be it one. */
export async function exportedZip(exported: Exported, name = "scene"): Promise<ExportedFile> {
  const entries = exported.files.map((f) => ({ name: f.name, bytes: f.bytes, store: f.mime === "image/png" }));
  return {
    name: `${fileWord(name) || "scene"}.${exported.format}.zip`,
    mime: "application/zip",
    bytes: await writeZip(entries),
  };
}

/**
 * A scene from a layout of another program; `format` left out: what the input looks like. The order of bare numbers is never
 * guessed. @throws UserError that asks for what is missing, FormatError where it cannot be read
 */
export function importScene(input: string | Uint8Array, format?: string, options: ImportOptions = {}): Imported {
  const text = plainText(input);
  if (text !== undefined && isCutOff(text)) throw new FormatError("importScene(): the JSON has no end; copy it whole");
  const chosen = format === undefined ? detected(input) : formatOf(format, "read");
  const notes: string[] = [];
  const scene = (chosen.read as NonNullable<Format["read"]>)(input, options, notes);
  return { scene, format: chosen.name, notes: [...new Set(notes)] };
}

function detected(input: string | Uint8Array): Format {
  const sniffed = sniff(input);
  const found = FORMATS.find((f) => f.read && f.detect?.(sniffed));
  if (found) return found;
  throw new FormatError(
    `importScene(): this looks like none of ${FORMATS.filter((f) => f.read && f.detect)
      .map((f) => f.name)
      .join(", ")}; name the format with --from, or check the file`,
  );
}
