/**
 * Weights of training runs -> a model folder: only what generating needs, as float16, with a model.json. The folder
 * appears once it is whole and has been tried.
 * @module
 */
import { existsSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { readSafetensors, type Tensor, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { halved } from "@scenograph/graph/nn/weights";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { makeFolder } from "../formats/folders.node.ts";
import { generate, STAGES, type StageName } from "../pipeline.ts";
import { extentOf } from "../scene/geometry.ts";
import type { Scene, SceneObject } from "../scene/scene.ts";
import { vocabularySchema } from "../scene/schema.ts";
import { isNeeded, type ModelInfo, modelInfoSchema } from "./info.ts";
import { folderReader, sha256Hex } from "./load.node.ts";
import { type Model, openModel } from "./model.ts";

export interface AssembleOptions {
  readonly name: string;
  readonly description: string;
  /** What the weights may be used for, noted in each file. */
  readonly licence?: string;
  /** A weights.safetensors, a run folder with one, or a weight file of a neighbouring model, which is then shared. */
  readonly sources: Readonly<Record<StageName, string>>;
  /** Configurations that the stages were trained with. */
  readonly config: ModelInfo["config"];
  /** The model's folder; one that exists is replaced file by file, other files in it stay. */
  readonly out: string;
  /** Tries the model on one sentence. */
  readonly runtime: Runtime;
}

/** What model.json keeps of a configuration: a model of the paper alone has no word of ours. */
export function modelConfig({ text, boxes, masks, image, ours }: ModelInfo["config"]): ModelInfo["config"] {
  return { text, boxes, masks, image, ...(ours && (ours.poses.codes > 0 || ours.looks.codes > 0) && { ours }) };
}

/**
 * @returns the model.json that was written
 * @throws UserError, FormatError: a source that is missing, damaged, of another stage or of another configuration
 */
export async function assembleModel(options: AssembleOptions): Promise<ModelInfo> {
  const out = resolve(options.out);
  const made = new Map<string, Uint8Array>();
  const files: Record<string, string> = {};
  const sha256: Record<string, string> = {};
  let vocabulary: ModelInfo["vocabulary"] | null = null;
  let layouts: ModelInfo["layouts"];
  for (const stage of STAGES) {
    // several runs of a stage, joined by commas: the paper's network, pose codes, their priors
    const sources = await Promise.all(options.sources[stage].split(",").map((one) => weightsFile(one, stage)));
    const all = await Promise.all(sources.map(async (source) => ({ source, bytes: await readFile(source) })));
    const [{ source, bytes }] = all;
    for (const one of all) vocabulary = sameVocabulary(vocabulary, vocabularyIn(one.bytes, one.source), stage);
    if (stage === "boxes") layouts = layoutsIn(bytes, source);
    if (all.length === 1 && isNeighbour(source, out)) files[stage] = relative(out, source).replaceAll("\\", "/");
    else {
      files[stage] = `${stage}.safetensors`;
      const { name, licence } = options;
      const commit = await commitOf(source);
      const notes = { name, ...(licence !== undefined && { licence }), ...(commit !== undefined && { commit }) };
      made.set(files[stage], reduced(stage, all, notes));
    }
    sha256[stage] = sha256Hex(made.get(files[stage]) ?? bytes);
  }
  const parsed = modelInfoSchema.safeParse({
    format: 1,
    name: options.name,
    description: options.description,
    size: options.config.image.size,
    files,
    sha256,
    ...(vocabulary && { vocabulary }),
    ...(vocabulary && layouts && { layouts }),
    config: options.config,
  });
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new UserError(`model assemble: ${path.join(".")}: ${message}; correct the option or configuration`);
  }
  made.set("model.json", new TextEncoder().encode(`${JSON.stringify(parsed.data, null, 2)}\n`));

  const onDisk = folderReader(out);
  const read = async (path: string) => made.get(path) ?? onDisk(path);
  const model = await openModel(read, options.runtime, { sha256: sha256Hex, where: options.name });
  await tryOut(model);

  await makeFolder(out);
  // model.json last: a folder without it is no model
  for (const [name, bytes] of made) {
    const partial = join(out, `${name}.partial`);
    try {
      await writeFile(partial, bytes);
      await rename(partial, join(out, name));
    } finally {
      await rm(partial, { force: true });
    }
  }
  return parsed.data;
}

/** What the class indices of a training run mean; undefined for COCO's. @throws FormatError */
function vocabularyIn(bytes: Uint8Array, source: string): ModelInfo["vocabulary"] {
  const { vocabulary } = read(bytes, source).metadata;
  if (vocabulary === undefined) return undefined;
  const parsed = vocabularySchema.safeParse(JSON.parse(vocabulary));
  if (!parsed.success) throw new FormatError(`model assemble: ${source}: its vocabulary is damaged; train it again`);
  return parsed.data;
}

/** Sizes and places that a run of the boxes has seen, of categories of its own. @throws FormatError */
function layoutsIn(bytes: Uint8Array, source: string): ModelInfo["layouts"] {
  const { layouts } = read(bytes, source).metadata;
  if (layouts === undefined) return undefined;
  const parsed = modelInfoSchema.shape.layouts.safeParse(JSON.parse(layouts));
  if (!parsed.success) throw new FormatError(`model assemble: ${source}: its statistics are damaged; train it again`);
  return parsed.data;
}

/** @param before null at the first stage. @throws UserError where the stages were trained on other categories */
function sameVocabulary(
  before: ModelInfo["vocabulary"] | null,
  own: ModelInfo["vocabulary"],
  stage: StageName,
): ModelInfo["vocabulary"] {
  const names = (v: ModelInfo["vocabulary"]) => JSON.stringify(v?.categories.map((c) => c.name));
  if (before !== null && names(before) !== names(own))
    throw new UserError(
      `model assemble: ${stage} was trained on other categories than the stages before; name runs on the same data`,
    );
  return own;
}

/** One picture, from a layout of several objects, so that every weight is asked for. */
async function tryOut({ stages, info, categories }: Model): Promise<void> {
  const label = categories.nameOf(0);
  const objects = ["o1", "o2"].map((id): SceneObject => ({ id, label, box: [0.2, 0.2, 0.5, 0.5] }));
  const start: Scene = {
    version: 2,
    caption: `two of ${label}`,
    ...extentOf(info.size),
    seed: 0,
    objects,
  };
  await generate(stages, [start], { to: "boxes" });
  await generate(stages, [start], { from: "masks" });
}

/** The tensors of training runs that a stage needs, float32 as float16; int8 word vectors stay. Later runs win. */
function reduced(
  stage: StageName,
  runs: readonly { readonly source: string; readonly bytes: Uint8Array }[],
  notes: Readonly<Record<string, string>>,
): Uint8Array {
  const small = new Map<string, Tensor>();
  const noted: Record<string, string> = {};
  for (const { source, bytes } of runs) {
    const { tensors, metadata } = read(bytes, source);
    const kept = [...tensors].filter(([name]) => isNeeded(stage, name));
    if (kept.length === 0)
      throw new FormatError(`model assemble: ${source} holds no weights of stage ${stage}; name the run of that stage`);
    // few numbers that everything is scaled by, and the vocabulary's own scales
    for (const [name, tensor] of halved(new Map(kept))) small.set(name, tensor);
    for (const [name, tensor] of kept) if (isTable(name)) small.set(name, tensor);
    // what training goes on from (configuration, frequent words, step), of the stage's own run
    if (metadata.stage === stage || runs.length === 1) Object.assign(noted, metadata);
  }
  return writeSafetensors(small, { ...noted, ...notes, stage });
}

/** The commit at which the run of these weights was last started, if its folder says so. */
async function commitOf(source: string): Promise<string | undefined> {
  try {
    const run = JSON.parse(await readFile(join(dirname(source), "run.json"), "utf8"));
    const commit = run.starts?.at(-1)?.git?.commit;
    return typeof commit === "string" ? commit : undefined;
  } catch {
    return undefined;
  }
}

function isTable(name: string): boolean {
  return name === "boxes.statistics" || name.startsWith("vocabulary.");
}

function read(
  bytes: Uint8Array,
  source: string,
): { tensors: Map<string, Tensor>; metadata: Readonly<Record<string, string>> } {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    throw new FormatError(`model assemble: ${source}: ${(error as Error).message}`);
  }
}

/** Path of the weights of a run folder or of a file. @throws UserError when there are none */
export async function weightsFile(source: string, stage: StageName): Promise<string> {
  const path = resolve(source);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return path;
  const inside = join(path, "weights.safetensors");
  if (found && existsSync(inside)) return inside;
  throw new UserError(
    `model assemble: --${stage} is a weights.safetensors or a run folder with one, got "${source}"; check the path`,
  );
}

/** Whether a file belongs to another model folder beside `out`. */
function isNeighbour(file: string, out: string): boolean {
  const folder = dirname(file);
  return (
    folder !== out &&
    dirname(folder) === dirname(out) &&
    basename(file) !== "weights.safetensors" &&
    existsSync(join(folder, "model.json"))
  );
}
