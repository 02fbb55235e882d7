/** `scenograph inspect`: what a file of ours holds. @module */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { readSafetensorsHeader } from "@scenograph/graph/formats/safetensors";
import { Command } from "commander";
import { isPng, readPngHeader } from "../formats/png.ts";
import { decodeText, otherKind } from "../formats/text.ts";
import { parseModelInfo } from "../model/info.ts";
import { folderReader, sha256Hex } from "../model/load.node.ts";
import { STAGES } from "../pipeline.ts";
import { nameOf } from "../scene/ops.ts";
import { NO_SCENE_ADVICE, sceneFromPng } from "../scene/png.ts";
import { parseScene } from "../scene/restore.ts";
import type { Scene } from "../scene/scene.ts";
import { optional } from "./optional.ts";

/** What is used of the lab's checkpoints. */
interface CheckpointReader {
  loadCheckpoint(file: string): Promise<{
    readonly meta: object;
    readonly tensors: ReadonlyMap<string, { readonly dtype: string; readonly shape: readonly number[] }>;
  }>;
}

/** What was found; `kind` tells which other keys there are. */
export type Inspected = { readonly kind: string; readonly file: string } & Readonly<Record<string, unknown>>;

export function inspectCommand(): Command {
  return new Command("inspect")
    .description("what is in a weight file, checkpoint, model folder, scene file or picture")
    .argument("<file>", ".safetensors, step-*.json, scene.json, .png, or the folder of a model or a training run")
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      `
Examples:
  scenograph inspect out/a-cat-7.png                              the scene inside a picture
  scenograph inspect models/illustrated                           a model's files, sizes, whether they are whole
  scenograph inspect models/illustrated/boxes.safetensors --json  names, types and shapes of tensors
  scenograph inspect runs/tiny/boxes                              a run and its latest checkpoint`,
    )
    .action(async (file: string, flags: { json?: true }) => {
      const found = await inspect(file);
      console.log(flags.json ? JSON.stringify(found) : describe(found));
    });
}

/** @throws UserError when the file is missing or of no kind we know, FormatError when it is damaged */
export async function inspect(file: string): Promise<Inspected> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`inspect: cannot read ${file} (${error.code}); check the path`);
  });
  if (found.isDirectory()) return inspectFolder(file);
  const bytes = await readFile(file);
  try {
    if (isPng(bytes)) return inspectPng(file, bytes);
    // the length of a safetensors header may look like anything
    const other = file.endsWith(".safetensors") ? undefined : otherKind(bytes);
    if (other && !other.startsWith("a ZIP")) throw new FormatError(`${file} is ${other}`);
    if (other) throw new FormatError(`${file} is a ZIP, perhaps a PyTorch checkpoint; save it as safetensors`);
    if (file.endsWith(".safetensors")) return inspectTensors(file, bytes);
    if (bytes[0] === 0x7b || bytes[0] === 0xff || bytes[0] === 0xfe || file.endsWith(".json"))
      return await inspectJson(file, bytes);
  } catch (error) {
    if (error instanceof FormatError && !error.message.includes(file))
      throw new FormatError(`${file}: ${error.message}`);
    throw error;
  }
  throw new UserError(
    `inspect: reads .safetensors, scene.json, checkpoints, .png and model folders, got ${file}; name one of those`,
  );
}

async function inspectFolder(folder: string): Promise<Inspected> {
  const has = (name: string) =>
    stat(join(folder, name)).then(
      () => true,
      () => false,
    );
  if (await has("model.json")) return inspectModel(folder);
  if (await has("run.json")) return inspectRun(folder);
  if (await has("annotations"))
    throw new UserError(`inspect: ${folder} is a COCO folder; scenograph data check tells of it`);
  throw new UserError(`inspect: a folder holds model.json or run.json, got ${folder} without; name a file in it`);
}

async function inspectModel(folder: string): Promise<Inspected> {
  const read = folderReader(folder);
  const info = parseModelInfo(new TextDecoder().decode(await read("model.json")), join(folder, "model.json"));
  const files = await Promise.all(
    STAGES.map(async (stage) => {
      const path = info.files[stage];
      try {
        const bytes = await read(path);
        const { entries } = readSafetensorsHeader(bytes);
        const whole = sha256Hex(bytes) === info.sha256[stage];
        return { stage, path, bytes: bytes.length, tensors: entries.length, parameters: count(entries), whole };
      } catch (error) {
        return { stage, path, whole: false, problem: (error as Error).message };
      }
    }),
  );
  const { name, description, size, config } = info;
  return { kind: "model", file: folder, name, description, size, whole: files.every((f) => f.whole), files, config };
}

async function inspectRun(folder: string): Promise<Inspected> {
  const [{ readRunInfo }, { checkpointSteps }] = await Promise.all([
    optional<{ readRunInfo(folder: string): Promise<object> }>("inspect", "@scenograph/lab", "train/run"),
    optional<{ checkpointSteps(folder: string): Promise<number[]> }>("inspect", "@scenograph/lab", "train/checkpoint"),
  ]);
  const info = await readRunInfo(folder);
  const checkpoints = await checkpointSteps(join(folder, "checkpoints"));
  return { kind: "run", file: folder, ...info, checkpoints };
}

function inspectPng(file: string, bytes: Uint8Array): Inspected {
  const { width, height } = readPngHeader(bytes);
  const notes: string[] = [];
  const scene = sceneFromPng(bytes, notes);
  return { kind: "picture", file, width, height, scene: scene ?? null, notes };
}

function inspectTensors(file: string, bytes: Uint8Array): Inspected {
  const { entries, metadata } = readSafetensorsHeader(bytes);
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => ({ name, dtype, shape, bytes: end - begin }));
  return {
    kind: "safetensors",
    file,
    bytes: bytes.length,
    sha256: sha256Hex(bytes),
    parameters: count(entries),
    metadata,
    tensors,
  };
}

async function inspectJson(file: string, bytes: Uint8Array): Promise<Inspected> {
  const text = decodeText(bytes, file);
  let value: Record<string, unknown> | undefined;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // parseScene below tells what is wrong
  }
  if (value?.format === "scenograph-checkpoint") {
    const { loadCheckpoint } = await optional<CheckpointReader>("inspect", "@scenograph/lab", "train/checkpoint");
    const { meta, tensors } = await loadCheckpoint(file);
    const list = [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
    return { ...meta, kind: "checkpoint", file, tensors: list };
  }
  if (basename(file) === "model.json") return inspectModel(dirname(file));
  if (basename(file) === "run.json") return inspectRun(dirname(file));
  if (Array.isArray(value?.annotations))
    throw new UserError(`inspect: ${file} is a file of a COCO folder; scenograph data check tells of the folder`);
  const notes: string[] = [];
  return { kind: "scene", file, scene: parseScene(text, notes), notes };
}

function count(entries: readonly { readonly shape: readonly number[] }[]): number {
  return entries.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
}

function describe(found: Inspected): string {
  const { kind, file } = found;
  const lines = [`${file}: ${kind}`];
  for (const [key, value] of Object.entries(found)) {
    if (key === "kind" || key === "file" || value === undefined) continue;
    if (key === "scene" && value !== null) lines.push(...sceneLines(value as Scene));
    else if (key === "scene") lines.push(`  no scene inside; ${NO_SCENE_ADVICE}`);
    else if (key === "tensors") lines.push(...tensorLines(value as TensorRow[]));
    else if (key === "files") lines.push(...fileLines(value as FileRow[]));
    else if (key === "notes") for (const line of value as string[]) lines.push(`  note: ${line}`);
    else lines.push(`  ${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`);
  }
  return lines.join("\n");
}

type TensorRow = { readonly name: string; readonly dtype: string; readonly shape: readonly number[] };
type FileRow = { readonly stage: string; readonly path: string; readonly whole: boolean; readonly problem?: string } & {
  readonly bytes?: number;
  readonly parameters?: number;
};

function tensorLines(rows: readonly TensorRow[]): string[] {
  const width = Math.max(0, ...rows.map((r) => r.name.length));
  return rows.map((r) => `  ${r.name.padEnd(width)}  ${r.dtype.padEnd(4)} [${r.shape.join(", ")}]`);
}

function fileLines(rows: readonly FileRow[]): string[] {
  return rows.map((r) => {
    const size = `${((r.bytes ?? 0) / 1e6).toFixed(2)} MB, ${r.parameters} numbers`;
    return `  ${r.stage.padEnd(5)} ${r.path}: ${r.problem ?? `${size}${r.whole ? "" : ", not the file of model.json"}`}`;
  });
}

function sceneLines(scene: Scene): string[] {
  const head = `  "${scene.caption}", ${scene.width} x ${scene.height}, seed ${scene.seed}, model ${scene.model ?? "unknown"}`;
  const rows = scene.objects.map(({ id, box, mask, locked, hidden, ...object }) => {
    const flags = [mask && "mask", locked && "locked", hidden && "hidden"].filter(Boolean).join(", ");
    return `  ${id.padEnd(4)} ${nameOf(object).padEnd(16)} ${box.map((v) => v.toFixed(3)).join(" ")}  ${flags}`;
  });
  return [head, ...rows];
}
