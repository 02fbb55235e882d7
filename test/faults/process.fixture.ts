/** Processes that faults happen to, and the small things that they work on. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { stream } from "@scenograph/graph/random";
import { synthesise } from "@scenograph/lab/data/synth";
import { packageFolder } from "scenograph/model/package.node";
import { Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";

export const SCENOGRAPH = join(packageFolder(), "bin", "scenograph.mjs");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly end: Promise<Ended>;
  /** What it has written so far. */
  printed(): string;
  said(): string;
}

/** A program in a process of its own, its output collected. */
export function start(command: string, args: readonly string[], cwd?: string): Running {
  const env = { ...process.env };
  // vitest's own loaders are not the user's
  delete env.NODE_OPTIONS;
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (d) => {
    stdout += d;
  });
  child.stderr.on("data", (d) => {
    stderr += d;
  });
  const end = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, end, printed: () => stdout, said: () => stderr };
}

/** `scenograph ...args`, as a user starts it. */
export function scenograph(...args: string[]): Running {
  return start(process.execPath, [SCENOGRAPH, ...args]);
}

/** A line of a shell, in which $SCENOGRAPH is the program. */
export function shell(line: string): Running {
  const program = `${JSON.stringify(process.execPath)} ${JSON.stringify(SCENOGRAPH)}`;
  return start("bash", ["-c", line.replaceAll("$SCENOGRAPH", program)]);
}

/** Until `condition` holds. @throws when the process ends before, or after two minutes */
export async function until(condition: () => unknown, { child, said }: Running, what: string): Promise<void> {
  const end = performance.now() + 120_000;
  while (!(await condition())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended before ${what}: ${said()}`);
    if (performance.now() > end) throw new Error(`${what} has not come in two minutes: ${said()}`);
    await wait(5);
  }
}

/** Layouts and a vocabulary: what `train text` learns from. */
export async function materials(folder: string): Promise<{ data: string; vocabulary: string }> {
  const data = join(folder, "layouts");
  const vocabulary = join(folder, "vocabulary.safetensors");
  if (!existsSync(data)) await synthesise({ out: data, split: "train", count: 60, seed: 1 });
  const random = stream(5, "words");
  const words = "a the two dog cat person people on in with beach left right".split(" ");
  const vectors = words.map((word) => ({ word, vector: random.normals(WORD_DIM) }));
  await writeFile(vocabulary, writeSafetensors(Vocabulary.fromVectors(vectors, 5).toTensors()));
  return { data, vocabulary };
}

/** Arguments of a training run of the tiny text encoder. */
export function trainArguments(folder: string, run: string, steps: number, ...more: string[]): string[] {
  return [
    ...["train", "text", "--config", join(packageFolder(), "configs/tiny.yaml"), "--cache", folder],
    ...["--data", join(folder, "layouts"), "--vocabulary", join(folder, "vocabulary.safetensors")],
    ...["--run", run, "--threads", "1", "--set", `text.train.steps=${steps}`, ...more],
  ];
}

/** The lines of an error: without notes of Node itself, empty ones left out. */
export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
