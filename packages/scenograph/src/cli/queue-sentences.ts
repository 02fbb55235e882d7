/**
 * `generate --from-file`: shards of sentences. A shard's files are what `generate` writes; its record is a row a picture.
 * Finished shards are noted in `<out>/.shards/<key>/`, so that the same command goes on after an interruption.
 * @module
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { z } from "zod";
import { writeAtomically } from "../formats/atomic.node.ts";
import type { ModelInfo } from "../model/info.ts";
import { type Generated, STAGES, type StageName } from "../pipeline.ts";
import { syncFiles } from "../queue/folder.ts";
import type { JobContext } from "../queue/queue.ts";
import { keyOf, type Shard, type ShardOutput, type ShardPlan, type ShardSink } from "../queue/shards.ts";
import { nameOf } from "../scene/ops.ts";
import type { Scene } from "../scene/scene.ts";
import type { SentenceFile } from "./queue-lines.ts";
import type { Session, StageTimes } from "./session.ts";
import { type Names, sceneFiles, writeFiles } from "./session-files.ts";

/** Kind of the jobs. */
export const SENTENCES = "sentences";
/** Pictures a shard. */
export const SHARD_PICTURES = 64;
/** Pictures a batch: enough to fill the cores, few enough to see progress. */
const BATCH = 16;

const temperature = z.number().min(0).max(2).optional();

/** Input of a shard. */
export const sentencesInput = z.object({
  /** Name, or a path on the worker; left out: the default. */
  model: z.string().optional(),
  /** Of the model's facts, its weights' hashes among them: a worker with another version refuses. */
  modelKey: z.string(),
  to: z.enum(["boxes", "masks", "image"]),
  width: z.int().min(8).max(2048),
  height: z.int().min(8).max(2048),
  panels: z.boolean(),
  sampling: z.object({
    labelTemperature: temperature,
    boxTemperature: temperature,
    maxObjects: z.int().min(1).max(30).optional(),
  }),
  scenes: z
    .array(z.object({ caption: z.string().max(10_000), seed: z.int().min(0), name: z.string().max(200) }))
    .max(SHARD_PICTURES),
});
export type SentencesInput = z.infer<typeof sentencesInput>;

/** One picture of a record. */
export interface SentenceRow {
  readonly name: string;
  readonly scene: Pick<Scene, "caption" | "seed" | "model">;
  readonly objects: readonly { readonly id: string; readonly label: string; readonly box: readonly number[] }[];
  readonly words: readonly { readonly text: string; readonly known: boolean }[];
  readonly picture: boolean;
  /** The shard's time over its pictures. */
  readonly ms: StageTimes;
}

export function modelKeyOf(info: ModelInfo): string {
  return keyOf(info);
}

export interface SentencesOptions extends Omit<SentencesInput, "scenes" | "modelKey"> {
  readonly info: ModelInfo;
  readonly seed: number;
  /** Pictures a sentence. */
  readonly count: number;
  readonly names: Names;
}

/** Sentence i's k-th picture has seed `seed + i * count + k`. */
export function planSentences(file: SentenceFile, options: SentencesOptions): ShardPlan<SentencesInput> {
  const { info, seed, count, names, ...rest } = options;
  const common = { ...rest, modelKey: modelKeyOf(info) };
  async function* shards(): AsyncGenerator<Shard<SentencesInput>> {
    let index = 0;
    let next = seed;
    let scenes: SentencesInput["scenes"] = [];
    for await (const caption of file.sentences()) {
      for (let k = 0; k < count; k++) {
        scenes.push({
          caption,
          seed: next,
          name: names.nameOf({ caption, seed: next, model: info.name, width: rest.width, height: rest.height }),
        });
        next++;
        if (scenes.length < SHARD_PICTURES) continue;
        yield { index: index++, input: { ...common, scenes }, units: scenes.length };
        scenes = [];
      }
    }
    if (scenes.length > 0) yield { index, input: { ...common, scenes }, units: scenes.length };
  }
  return { kind: SENTENCES, key: keyOf(common, file.sha256, seed, count), shards: shards() };
}

/** @throws UserError when the worker's model is another one */
export async function drawSentences(
  { model, run }: Pick<Session, "model" | "run">,
  input: SentencesInput,
  context: JobContext,
): Promise<ShardOutput> {
  if (modelKeyOf(model.info) !== input.modelKey)
    throw new UserError(
      `generate: the worker's model ${model.info.name} differs from the one asked for; install the same version`,
    );
  const { width, height, to, panels, sampling } = input;
  const files = new Map<string, Uint8Array>();
  const rows: SentenceRow[] = [];
  const total = input.scenes.length;
  for (let at = 0; at < total; at += BATCH) {
    context.signal.throwIfAborted();
    const batch = input.scenes.slice(at, at + BATCH);
    const scenes = batch.map(
      ({ caption, seed }): Scene => ({ version: 2, caption, width, height, seed, model: model.info.name, objects: [] }),
    );
    const { results, ms } = await run(scenes, { ...sampling, from: "boxes", to });
    const each = Object.fromEntries(Object.entries(ms).map(([k, v]) => [k, v / batch.length])) as StageTimes;
    for (const [i, result] of results.entries()) {
      const { name } = batch[i];
      for (const [file, bytes] of await sceneFiles(name, { ...result, picture: await fitted(result) }, panels))
        files.set(file, bytes);
      rows.push(rowOf(name, result, each));
    }
    context.report({ stage: "pictures", done: at + batch.length, total, unit: "pictures" });
  }
  return { files, record: rows };
}

function rowOf(name: string, { scene, sentence, picture }: Generated, ms: StageTimes): SentenceRow {
  const { caption, seed, model } = scene;
  return {
    name,
    scene: { caption, seed, model },
    objects: scene.objects.map((o) => ({ id: o.id, label: nameOf(o), box: o.box })),
    words: sentence.words.map(({ text, known }) => ({ text, known })),
    picture: picture !== undefined,
    ms,
  };
}

/** The picture at the scene's size. */
export async function fitted({ scene, picture }: Generated): Promise<Generated["picture"]> {
  if (!picture || (picture.width === scene.width && picture.height === scene.height)) return picture;
  const { resizePicture } = await import("../draw/picture.ts");
  return resizePicture(picture, scene.width, scene.height);
}

/** Files into the folder, then the record, which makes the shard count as kept. */
export class SentencesSink implements ShardSink {
  readonly #records: string;

  constructor(
    private readonly out: string,
    key: string,
  ) {
    this.#records = join(out, ".shards", key);
  }

  has(index: number): Promise<boolean> {
    return readFile(this.#file(index)).then(
      () => true,
      () => false,
    );
  }

  async put(index: number, { files, record }: ShardOutput): Promise<void> {
    for (const name of files.keys())
      if (!/^[^/\\.\0][^/\\\0]{0,200}$/.test(name))
        throw new FormatError(`generate: a shard's file has a plain name, got ${JSON.stringify(name).slice(0, 80)}`);
    await writeFiles(this.out, files);
    await syncFiles(this.out, files.keys());
    await mkdir(this.#records, { recursive: true });
    await writeAtomically(this.#file(index), new TextEncoder().encode(JSON.stringify(record)));
  }

  async rows(index: number): Promise<SentenceRow[]> {
    return JSON.parse(await readFile(this.#file(index), "utf8")) as SentenceRow[];
  }

  /**
   * `manifest.jsonl`: a line a picture in the order of the sentences, without what differs from run to run. Then the
   * records go.
   */
  async finish(shards: number): Promise<void> {
    const file = join(this.out, "manifest.jsonl");
    const partial = `${file}.${process.pid}.partial`;
    await rm(partial, { force: true });
    for (let index = 0; index < shards; index++) {
      const lines = (await this.rows(index)).map(({ name, scene, objects, picture }) => {
        const image = picture ? `${name}.png` : null;
        return `${JSON.stringify({ ...scene, image, scene: `${name}.scene.json`, objects })}\n`;
      });
      await writeFile(partial, lines.join(""), { flag: "a" });
    }
    await rename(partial, file);
    await rm(this.#records, { recursive: true, force: true });
    const parent = join(this.out, ".shards");
    // of other, unfinished work
    if ((await readdir(parent)).length === 0) await rm(parent, { recursive: true });
  }

  #file(index: number): string {
    return join(this.#records, `${String(index).padStart(6, "0")}.json`);
  }
}

/** Stages that sentences need up to `to`. */
export function stagesTo(to: StageName): StageName[] {
  return STAGES.slice(0, STAGES.indexOf(to) + 1);
}
