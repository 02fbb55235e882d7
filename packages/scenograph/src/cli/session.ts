/**
 * What `generate` and `layout` share: the sentences that a user asks for, a model that is opened while they are checked,
 * batches whose stage times leave loading out.
 * @module
 */

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { UserError } from "@scenograph/graph/errors";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { loadModel } from "../model/load.node.ts";
import type { Model } from "../model/model.ts";
import { tokenize } from "../paper/text/tokenize.ts";
import { type Generated, type GenerateOptions, generate, STAGES, type StageName } from "../pipeline.ts";
import { extentOf } from "../scene/geometry.ts";
import type { Scene } from "../scene/scene.ts";
import { SCENE_LIMITS } from "../scene/schema.ts";
import type { ModelFlags } from "./options.ts";

/** Milliseconds; a stage that did not run has 0. `total` is the sum. */
export type StageTimes = Record<StageName | "total", number>;

export interface Session {
  readonly model: Model;
  /** From the command's start until the model's files were read. */
  readonly loadMs: number;
  readonly signal: AbortSignal;
  /** The pipeline on scenes of one size, and how long its stages took for all of them together. */
  run(scenes: readonly Scene[], options: GenerateOptions): Promise<{ results: Generated[]; ms: StageTimes }>;
}

/**
 * Opens a model, runs `work`, closes everything. Ctrl-C stops after the stage in progress, with exit code 130.
 * @param first captions of the first batch: what it needs is compiled while the next stage's weights are read
 */
export async function withSession<T>(
  flags: ModelFlags,
  stages: readonly StageName[],
  work: (session: Session) => Promise<T>,
  first: readonly string[] = [],
): Promise<T> {
  const start = performance.now();
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return void exitProcess(130);
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const runtime = createWorkerRuntime(flags);
  try {
    const model = await loadModel(flags.model, runtime);
    await loadStages(model, stages, first);
    const loadMs = performance.now() - start;
    const run: Session["run"] = (scenes, options) => runPrepared(model, scenes, { ...options, signal: stop.signal });
    return await work({ model, loadMs, signal: stop.signal, run });
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await runtime.close();
  }
}

async function loadStages(model: Model, stages: readonly StageName[], captions: readonly string[]): Promise<void> {
  if (captions.length === 0) return model.load(stages);
  const size = extentOf(model.info.size);
  const scenes = captions.map((caption): Scene => ({ version: 2, caption, ...size, seed: 0, objects: [] }));
  for (const stage of stages) {
    await model.load([stage]);
    // a failure is told by the run, which asks for the same
    if (stage !== "masks") model.prepare(stage, scenes).catch(() => {});
  }
}

/** The pipeline on scenes of one size with an open model; stage times leave compiling out. */
export async function runPrepared(model: Model, scenes: readonly Scene[], options: GenerateOptions) {
  const ms: StageTimes = { text: 0, boxes: 0, masks: 0, image: 0, total: 0 };
  const [first, last] = [STAGES.indexOf(options.from ?? "boxes"), STAGES.indexOf(options.to ?? "image")];
  const wanted = STAGES.filter((stage, i) => stage === "text" || (first <= i && i <= last));
  const { stages } = model;
  // masks are prepared when it is known how many objects there are
  const early = wanted.filter((stage) => stage !== "masks");
  await Promise.all(early.map((stage) => model.prepare(stage, scenes)));
  let preparing = 0;
  const masks: typeof stages.masks = {
    ...stages.masks,
    async infer(requests) {
      const start = performance.now();
      await model.prepare("masks", requests as readonly Scene[]);
      preparing = performance.now() - start;
      return stages.masks.infer(requests);
    },
  };
  const results = await generate({ ...stages, masks }, scenes, {
    ...options,
    onStage: (stage, time) => {
      ms[stage] = time - (stage === "masks" ? preparing : 0);
    },
  });
  ms.total = STAGES.reduce((sum, stage) => sum + ms[stage], 0);
  return { results, ms };
}

/** Where a sentence came from, for messages. */
export interface AskedSentence {
  readonly caption: string;
  readonly from: string;
}

/**
 * The sentences of a command: its argument, or the lines of a file ("-": standard input).
 * @throws UserError for both or neither, an unreadable file, a sentence without words or over the limit
 */
export async function askedSentences(
  command: string,
  sentence: string | undefined,
  file: string | undefined,
): Promise<AskedSentence[]> {
  if (sentence !== undefined && file !== undefined)
    throw new UserError(`${command}: takes a sentence or --from-file, got both; leave one out`);
  if (file === undefined) {
    if (sentence === undefined)
      throw new UserError(`${command}: needs a sentence, got none; for example: scenograph ${command} "a red bus"`);
    return [checked({ caption: sentence.trim(), from: command })];
  }
  const lines = (await readLines(command, file)).map((caption, i) => ({
    caption: caption.trim(),
    from: `${command}: ${file} line ${i + 1}`,
  }));
  while (lines.at(-1)?.caption === "") lines.pop();
  if (lines.length === 0) throw new UserError(`${command}: ${file} holds a sentence a line, got none; write some`);
  return lines.map(checked);
}

async function readLines(command: string, file: string): Promise<string[]> {
  try {
    const text = file === "-" ? readFileSync(0, "utf8") : await readFile(file, "utf8");
    return text.replace(/^\uFEFF/, "").split(/\r?\n/);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${command}: cannot read ${file} (${code}); check the path`);
  }
}

/** @throws UserError for a sentence without words or over the limit */
export function checked(asked: AskedSentence): AskedSentence {
  const { caption, from } = asked;
  if (caption.length > SCENE_LIMITS.captionCharacters)
    throw new UserError(
      `${from}: a sentence has at most ${SCENE_LIMITS.captionCharacters} characters, got ${caption.length}; shorten it`,
    );
  let dropped = 0;
  try {
    ({ dropped } = tokenize(caption));
  } catch (error) {
    throw new UserError(`${from}: ${(error as Error).message.replace(/^tokenize\(\): /, "")}`);
  }
  if (dropped > 0) note(`${from}: the sentence is long, its last ${dropped} words are not read`);
  return asked;
}

/** Words that the model does not know, one note a sentence; more of them when there are many sentences. */
export function noteUnknownWords({ sentence }: Pick<Generated, "sentence">): void {
  // figures are read as numbers
  const unknown = [...new Set(sentence.words.filter((w) => !w.known && !/^\d+$/.test(w.text)).map((w) => w.text))];
  if (unknown.length === 0) return;
  const shown = unknown.slice(0, 8).map((w) => JSON.stringify(w));
  const list = `${shown.join(", ")}${unknown.length > shown.length ? ` and ${unknown.length - shown.length} more` : ""}`;
  if (sentence.words.every((w) => !w.known))
    note(`no word of the sentence is known (${list}): what follows is a guess; write English words`);
  else note(`unknown word${unknown.length > 1 ? "s" : ""} ${list}: read as if not there`);
}

/** One line on stderr. */
export function note(text: string): void {
  process.stderr.write(`note: ${text}\n`);
}
