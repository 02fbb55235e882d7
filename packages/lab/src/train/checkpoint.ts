/**
 * Checkpoints: `step-00001200.safetensors` holds the whole state of the program in float32, `step-00001200.json` what is
 * left: step, best score so far, hashes. The JSON is written last, so a checkpoint exists only once it is whole. No
 * random state is kept, since batches, noise and data order are pure functions of (seed, step).
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError } from "@scenograph/graph/errors";
import { readSafetensors, type Tensor, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import type { Program } from "@scenograph/graph/program";
import { sameShape, show } from "@scenograph/graph/tensor";
import { isPartial, type WriteDurably, writeAtomically } from "scenograph/formats/atomic.node";
import { z } from "zod";

const metaSchema = z.object({
  format: z.literal("scenograph-checkpoint"),
  version: z.literal(1),
  stage: z.string(),
  /** Steps done. */
  step: z.int().min(0),
  seed: z.number(),
  /** Seconds of training up to here, over all starts of the run. */
  seconds: z.number().min(0),
  /** Of the stage's configuration: a difference at resume is worth a warning. */
  configHash: z.string(),
  /** The best validation so far; `step` names its checkpoint. */
  best: z.object({ step: z.int(), score: z.number() }).nullable(),
  /** Of the safetensors file. */
  bytes: z.int(),
  sha256: z.string(),
});

export type CheckpointMeta = z.infer<typeof metaSchema>;
export type CheckpointFacts = Omit<CheckpointMeta, "format" | "version" | "bytes" | "sha256">;
export type State = Readonly<Record<string, Float32Array>>;

export interface Checkpoint {
  readonly path: string;
  readonly meta: CheckpointMeta;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

export function checkpointPath(folder: string, step: number): string {
  return join(folder, `step-${String(step).padStart(8, "0")}.json`);
}

/**
 * Write state and facts into `folder`. -> path of the JSON file.
 * @throws CheckpointError when the disk is full; earlier checkpoints are untouched.
 */
export async function saveCheckpoint(
  folder: string,
  program: Pick<Program, "state">,
  state: State,
  facts: CheckpointFacts,
  write?: WriteDurably,
): Promise<string> {
  const bytes = writeSafetensors(
    program.state.map((s) => [s.name, { dtype: "F32", shape: s.shape, data: state[s.name] }] as const),
    { stage: facts.stage, step: String(facts.step) },
  );
  const meta: CheckpointMeta = {
    format: "scenograph-checkpoint",
    version: 1,
    ...facts,
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
  const path = checkpointPath(folder, facts.step);
  await writeAtomically(tensorsPath(path), bytes, write);
  await writeAtomically(path, new TextEncoder().encode(`${JSON.stringify(meta, null, 2)}\n`), write);
  return path;
}

/** Steps of the checkpoints in a folder, newest first. */
export async function checkpointSteps(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const steps = names.flatMap((name) => /^step-(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
  return steps.sort((a, b) => b - a);
}

/** Read and verify one checkpoint, named by either of its files. @throws CheckpointError */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const json = path.replace(/\.safetensors$/, ".json");
  const meta = metaSchema.safeParse(await readJson(json));
  if (!meta.success) throw damaged(json, `its JSON is not a checkpoint's (${meta.error.issues[0].path.join(".")})`);
  const bytes = await readFile(tensorsPath(json)).catch((error: NodeJS.ErrnoException) => {
    throw damaged(json, `its tensors cannot be read (${error.code})`);
  });
  if (bytes.length !== meta.data.bytes) throw damaged(json, `${bytes.length} of ${meta.data.bytes} bytes are there`);
  if (sha256(bytes) !== meta.data.sha256) throw damaged(json, "its SHA-256 differs from the recorded one");
  try {
    return { path: json, meta: meta.data, tensors: readSafetensors(bytes).tensors };
  } catch (error) {
    throw damaged(json, (error as Error).message);
  }
}

/**
 * The newest checkpoint of a folder that is whole; each damaged one before it is reported through `warn`.
 * @throws CheckpointError when there is none.
 */
export async function loadLatest(folder: string, warn: (line: string) => void): Promise<Checkpoint> {
  const steps = await checkpointSteps(folder);
  for (const step of steps) {
    try {
      return await loadCheckpoint(checkpointPath(folder, step));
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      warn(`${error.message}; trying the one before`);
    }
  }
  throw new CheckpointError(
    `resume: ${steps.length === 0 ? "there is no checkpoint" : "no checkpoint is whole"} in "${folder}"; start without --resume in a new folder`,
  );
}

/** The state for a program. @throws CheckpointError unless names and shapes are exactly the program's. */
export function stateFor(program: Pick<Program, "state">, { path, tensors }: Checkpoint): Record<string, Float32Array> {
  const wrong = (what: string) =>
    new CheckpointError(
      `resume: ${path} ${what}; resume with the configuration that the run began with (config.yaml in its folder)`,
    );
  const state: Record<string, Float32Array> = {};
  for (const { name, shape } of program.state) {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== "F32") throw wrong(`has no tensor "${name}"`);
    if (!sameShape(tensor.shape, shape))
      throw wrong(`has "${name}" of shape ${show(tensor.shape)}, the configuration makes it ${show(shape)}`);
    state[name] = tensor.data;
  }
  const extra = [...tensors.keys()].find((name) => !Object.hasOwn(state, name));
  if (extra !== undefined) throw wrong(`has a tensor "${extra}" that the configuration does not make`);
  return state;
}

/** Remove all checkpoints but those of the steps in `keep`, and what an interrupted save left behind. */
export async function pruneCheckpoints(folder: string, keep: ReadonlySet<number>): Promise<void> {
  for (const step of await checkpointSteps(folder)) {
    if (keep.has(step)) continue;
    // the JSON first: without it the tensors are no checkpoint
    await rm(checkpointPath(folder, step), { force: true });
  }
  const left = new Set((await checkpointSteps(folder)).map((step) => checkpointPath(folder, step)));
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const orphan = /^step-\d+\.safetensors$/.test(name) && !left.has(path.replace(/\.safetensors$/, ".json"));
    if (orphan || isPartial(name)) await rm(path, { force: true });
  }
}

function tensorsPath(json: string): string {
  return json.replace(/\.json$/, ".safetensors");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new CheckpointError(`resume: there is no checkpoint "${path}"; name a step-*.json file`);
    throw damaged(path, "its JSON cannot be read");
  }
}

function damaged(path: string, what: string): CheckpointError {
  return new CheckpointError(`checkpoint ${path}: damaged, ${what}`);
}
