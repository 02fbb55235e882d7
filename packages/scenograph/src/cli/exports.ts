/** `--format` of layout, generate and convert: options, and writing what a format makes of a scene. @module */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { ConfigError, UserError } from "@scenograph/graph/errors";
import type { Command } from "commander";
import { exportedFile, exportedText, exportedZip, exportScene, formatOf } from "../interchange/index.ts";
import type { Exported, ExportOptions, Size } from "../interchange/types.ts";
import type { Picture, Scene } from "../scene/scene.ts";
import { SCENE_LIMITS } from "../scene/schema.ts";
import { writeWhole } from "./files.ts";
import { wholeNumber } from "./options.ts";
import { note } from "./session.ts";

export interface ExportFlags {
  readonly place?: string;
  readonly background?: string;
  readonly negative?: string;
  readonly checkpoint?: string;
  readonly gligenModel?: string;
  readonly steps?: number;
  readonly guidance?: number;
}

/** Parser of "1024" and "1024x768". */
export function sizeOption(option: string, least: number = SCENE_LIMITS.minSide, most: number = SCENE_LIMITS.maxSide) {
  return (text: string): Size => {
    const [, w, h = w] = /^\s*(\d{1,6})(?:\s*[x×]\s*(\d{1,6}))?\s*$/i.exec(text) ?? [];
    const [width, height] = [Number(w), Number(h)];
    if (w === undefined || [width, height].some((v) => v < least || v > most))
      throw new ConfigError(
        `${option}: a size like 1024 or 1024x768, sides from ${least} to ${most} pixels, got ${JSON.stringify(text.slice(0, 40))}; correct it`,
      );
    return { width, height };
  };
}

/** `--size` of what is written: both sides, or the longer one, which keeps the scene's aspect. */
export type ExportSize = Size | { readonly longest: number };

/** Parser of "1024" and "1024x768" for exports. */
export function exportSizeOption(text: string): ExportSize {
  const size = sizeOption("--size")(text);
  return /[x×]/i.test(text) ? size : { longest: size.width };
}

/** The sides to write a scene (or a picture) at. */
export function sidesOf(size: ExportSize | undefined, { width, height }: Size): Partial<Size> {
  if (!size || !("longest" in size)) return size ?? {};
  return width >= height ? { width: size.longest } : { height: size.longest };
}

/** What formats read besides the scene. */
export function addExportOptions(command: Command): Command {
  return command
    .option("--place <words>", 'what is behind the things: "beach", "a snowy street" (default: what the sentence says)')
    .option("--background <words>", "the background in words, for formats that describe it")
    .option("--negative <words>", "what should not be seen, for formats that take it")
    .option("--checkpoint <file>", "name of the model on your ComfyUI")
    .option("--gligen-model <file>", "name of the GLIGEN model on your ComfyUI")
    .option("--steps <n>", "of the sampler there", wholeNumber("--steps", 1, 1000))
    .option("--guidance <n>", "classifier-free guidance there", (text) => {
      const n = Number(text);
      if (!(n >= 0 && n <= 100)) throw new ConfigError(`--guidance: a number from 0 to 100, got "${text}"; correct it`);
      return n;
    });
}

export function exportOptionsOf(flags: ExportFlags): ExportOptions {
  const { place, background, negative, checkpoint, gligenModel, steps, guidance } = flags;
  return {
    ...(place !== undefined && { place }),
    ...(background !== undefined && { background }),
    ...(negative !== undefined && { negative }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(gligenModel !== undefined && { gligenModel }),
    ...(steps !== undefined && { steps }),
    ...(guidance !== undefined && { guidance }),
  };
}

/** Parser of --format: an unknown one is refused before a model is opened. A name, for flags go to worker threads. */
export function formatOption(name: string): string {
  return formatOf(name, "write").name;
}

export interface WriteExport {
  /** Its name. */
  readonly format: string;
  readonly options: ExportOptions;
  readonly picture?: Picture;
  /** A file, a folder (ends in "/", exists, or has no ending), "-" or left out for standard output where it is text. */
  readonly out?: string;
  /** Without ending. */
  readonly name: string;
}

/** Writes the files, each whole or not at all. -> their paths; none where the text went to standard output */
export async function writeExport(
  scene: Scene,
  { options, picture, out, name, ...asked }: WriteExport,
): Promise<string[]> {
  const format = formatOf(asked.format, "write");
  const exported = await exportScene(scene, format.name, { name, ...options, ...(picture && { picture }) });
  if (exported.files.length === 0)
    throw new UserError(`${format.name}: the scene has nothing to write, no file was made`);
  const text = !format.binary && exported.files.length === 1;
  if (out === "-" || (out === undefined && text)) {
    if (!text) throw new UserError(`--out: ${format.name} is no text for standard output; name a file or folder`);
    const content = exportedText(exported);
    process.stdout.write(content.endsWith("\n") ? content : `${content}\n`);
  }
  const paths = out === "-" || (out === undefined && text) ? [] : await writeAll(exported, out ?? "out", name);
  for (const line of exported.notes) note(`${format.name}: ${line}`);
  return paths;
}

async function writeAll(exported: Exported, out: string, name: string): Promise<string[]> {
  const folder = out.endsWith("/") || extname(basename(out)) === "" || (await isFolder(out));
  const several = exported.files.length > 1;
  // a scene of one thing has one cut-out
  const archive = extname(out) === ".zip" && exported.files[0].mime !== "application/zip";
  const files = folder
    ? exported.files.map((f) => ({ path: join(out, f.name), bytes: f.bytes }))
    : [{ path: out, bytes: (await (archive ? exportedZip : exportedFile)(exported, name)).bytes }];
  if (several && !folder && !archive)
    throw new UserError(
      `--out: ${exported.format} makes ${exported.files.length} files, got the name of one; name a folder or a .zip`,
    );
  for (const { path, bytes } of files) await writeWhole(path, bytes);
  return files.map((f) => f.path);
}

async function isFolder(path: string): Promise<boolean> {
  const { stat } = await import("node:fs/promises");
  return stat(path).then(
    (s) => s.isDirectory(),
    () => false,
  );
}

/** The bytes of a file, or of standard input for "-". @throws UserError naming the command */
export async function inputBytes(command: string, file: string): Promise<Uint8Array> {
  try {
    return file === "-" ? readFileSync(0) : await readFile(file);
  } catch (error) {
    throw new UserError(`${command}: cannot read ${file} (${(error as NodeJS.ErrnoException).code}); check the path`);
  }
}
