/**
 * Run folders:
 *
 *     config.yaml            the resolved configuration
 *     run.json               seed, data, versions, git state, every start
 *     log.txt                what the trainer told, with times
 *     metrics.jsonl          one JSON object a line; events.out.tfevents.*: the same for TensorBoard
 *     checkpoints/           see checkpoint.ts
 *     samples/               step-00001200.png
 *     weights.safetensors    what ships, written when a run ends
 *     threads.json           threads of the engine, where they were measured: see threads.ts
 *     lock.json              while a process trains here
 * @module
 */
import { execFile } from "node:child_process";
import { appendFile, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CheckpointError } from "@scenograph/graph/errors";
import { engineVersion } from "@scenograph/graph/runtime/version.node";
import { describeWriteError, writeAtomically } from "scenograph/formats/atomic.node";
import { makeFolder } from "scenograph/formats/folders.node";
import { packageFolder } from "scenograph/model/package.node";
import { stringify } from "yaml";
import { z } from "zod";
import { checkpointSteps } from "./checkpoint.ts";
import { acquireLock } from "./lock.ts";

export interface RunFacts {
  readonly stage: string;
  readonly seed: number;
  /** What the run learns from (data, split, vocabulary ...), so that a resumed one need not be told again. */
  readonly inputs?: Readonly<Record<string, string>>;
}

const startSchema = z.object({
  time: z.string(),
  command: z.array(z.string()),
  versions: z.record(z.string(), z.string()),
  platform: z.string(),
  /** Commit of the program's own checkout, and whether it had changes; null for an installed package. */
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
});

const infoSchema = z.object({
  stage: z.string(),
  seed: z.number(),
  inputs: z.record(z.string(), z.string()).optional(),
  starts: z.array(startSchema),
});

export type RunInfo = z.infer<typeof infoSchema>;

export interface RunFolder {
  readonly path: string;
  readonly checkpoints: string;
  readonly samples: string;
  readonly weights: string;
  readonly metrics: string;
  /** Append a line with the time to log.txt. */
  record(line: string): Promise<void>;
  /** Give the lock back. */
  close(): Promise<void>;
}

/**
 * Take a run folder, making it where it is missing, and note configuration and surroundings in it.
 * @throws BusyError while another process trains there; CheckpointError when it holds checkpoints and `resume` is false
 * (nothing is overwritten), holds another stage's run, or cannot be written.
 */
export async function openRun(
  path: string,
  config: unknown,
  facts: RunFacts,
  options: { readonly resume: boolean; readonly command?: readonly string[] },
): Promise<RunFolder> {
  const checkpoints = join(path, "checkpoints");
  const samples = join(path, "samples");
  const unlock = await prepare(path, [checkpoints, samples]);
  try {
    const before = await readRunInfo(path);
    if (before && before.stage !== facts.stage)
      throw new CheckpointError(
        `train: "${path}" holds a run of stage ${before.stage}, not ${facts.stage}; choose another folder with --run`,
      );
    if (!options.resume && (await checkpointSteps(checkpoints)).length > 0)
      throw new CheckpointError(
        `train: "${path}" holds checkpoints already; go on with --resume latest or choose another folder with --run`,
      );
    const start = { time: new Date().toISOString(), command: [...(options.command ?? [])], ...(await surroundings()) };
    const info: RunInfo = { ...facts, starts: [...(before?.starts ?? []), start] };
    await writeText(join(path, "config.yaml"), stringify(config));
    await writeText(join(path, "run.json"), `${JSON.stringify(info, null, 2)}\n`);
  } catch (error) {
    await unlock();
    throw error;
  }
  const log = join(path, "log.txt");
  return {
    path,
    checkpoints,
    samples,
    weights: join(path, "weights.safetensors"),
    metrics: join(path, "metrics.jsonl"),
    record: (line) => append(log, `${new Date().toISOString()} ${line}\n`),
    close: unlock,
  };
}

/** run.json of a folder; undefined where there is none. @throws CheckpointError when it is damaged. */
export async function readRunInfo(path: string): Promise<RunInfo | undefined> {
  const file = join(path, "run.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return infoSchema.parse(JSON.parse(text));
  } catch {
    throw new CheckpointError(`train: "${file}" is damaged; mend or delete it, checkpoints do not depend on it`);
  }
}

/** Append to a file. @throws CheckpointError when the disk is full. */
export async function append(path: string, data: string | Uint8Array): Promise<void> {
  await appendFile(path, data).catch((error) => {
    throw describeWriteError(error, path);
  });
}

/** The version of this package. */
export async function packageVersion(): Promise<string> {
  return (await ownPackage()).version;
}

async function prepare(path: string, folders: readonly string[]): Promise<() => Promise<void>> {
  try {
    await makeFolder(path);
    const unlock = await acquireLock(join(path, "lock.json"));
    for (const folder of folders) await makeFolder(folder);
    return unlock;
  } catch (error) {
    throw describeWriteError(error, path);
  }
}

function writeText(path: string, text: string): Promise<void> {
  return writeAtomically(path, new TextEncoder().encode(text));
}

type Surroundings = Pick<z.infer<typeof startSchema>, "versions" | "platform" | "git">;

let known: Promise<Surroundings> | undefined;

/** Asked once: a process runs the code that it began with. */
function surroundings(): Promise<Surroundings> {
  known ??= lookAround();
  return known;
}

async function lookAround(): Promise<Surroundings> {
  const own = await ownPackage();
  return {
    versions: { scenograph: own.version, node: process.versions.node, onnxruntime: own.onnxruntime },
    platform: `${process.platform}-${process.arch}`,
    git: await gitState(own.folder),
  };
}

async function ownPackage(): Promise<{ folder: string; version: string; onnxruntime: string }> {
  const folder = packageFolder();
  const { version = "unknown" } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    version?: string;
  };
  return { folder, version, onnxruntime: await engineVersion() };
}

async function gitState(folder: string): Promise<{ commit: string; dirty: boolean } | null> {
  const git = async (...args: string[]) => (await promisify(execFile)("git", ["-C", folder, ...args])).stdout.trim();
  try {
    // an installed package may lie inside somebody else's checkout
    if ((await realpath(await git("rev-parse", "--show-toplevel"))) !== (await realpath(folder))) return null;
    return { commit: await git("rev-parse", "HEAD"), dirty: (await git("status", "--porcelain")) !== "" };
  } catch {
    return null;
  }
}
