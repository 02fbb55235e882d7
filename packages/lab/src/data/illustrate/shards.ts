/** Shards: a run of pictures that one worker draws; finished ones are skipped when a run is resumed. @module */
import { access, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Worker } from "node:worker_threads";
import { spawnWorker } from "@scenograph/graph/runtime/spawn.node";
import { makeFolder } from "scenograph/formats/folders.node";
import sharp from "sharp";
import { drawPicture, type PictureOptions, type PictureRecords, type PictureTask } from "./picture.ts";

export interface WorkerSetup {
  readonly out: string;
  readonly options: PictureOptions;
}

export interface ShardJob {
  readonly shard: number;
  readonly tasks: readonly PictureTask[];
}

export const SHARD_PICTURES = 64;

const shardFile = (out: string, shard: number) => path.join(out, ".shards", `${String(shard).padStart(5, "0")}.json`);

/** Write a file whole or not at all. */
export async function writeAtomic(file: string, content: string | Uint8Array): Promise<void> {
  const part = `${file}.part`;
  await writeFile(part, content);
  await rename(part, file);
}

/** Draw a shard: pictures first, its record file last, so that a record file means a finished shard. */
export async function drawShard(
  { shard, tasks }: ShardJob,
  { out, options }: WorkerSetup,
  onPictures: (done: number) => void,
): Promise<void> {
  const records: PictureRecords[] = [];
  for await (const drawn of drawTasks(tasks, options)) {
    if (drawn) {
      await writePicture(out, drawn.records.image.file_name, drawn.png);
      records.push(drawn.records);
    }
    onPictures(1);
  }
  await writeShard(out, shard, records);
}

/** One after another; undefined where nothing can be seen. */
export async function* drawTasks(tasks: readonly PictureTask[], options: PictureOptions) {
  // Pictures are small: threads inside the codec only cost.
  sharp.concurrency(1);
  for (const task of tasks) yield await drawPicture(task, options);
}

export function writePicture(out: string, name: string, png: Uint8Array): Promise<void> {
  return writeAtomic(path.join(out, "images", name), png);
}

/** Marks a shard as finished. */
export function writeShard(out: string, shard: number, records: readonly PictureRecords[]): Promise<void> {
  return writeAtomic(shardFile(out, shard), JSON.stringify(records));
}

/** The records of a finished shard. */
export async function readShard(out: string, shard: number): Promise<PictureRecords[]> {
  return JSON.parse(await readFile(shardFile(out, shard), "utf8")) as PictureRecords[];
}

export async function isFinished(out: string, shard: number): Promise<boolean> {
  return access(shardFile(out, shard)).then(
    () => true,
    () => false,
  );
}

/** Draw all shards on `jobs` threads; the result does not depend on their number. Rejects when `signal` aborts; finished shards stay. */
export async function drawShards(
  shards: readonly ShardJob[],
  setup: WorkerSetup,
  jobs: number,
  onPictures: (done: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  await makeFolder(path.join(setup.out, "images"));
  await makeFolder(path.join(setup.out, ".shards"));
  const open: ShardJob[] = [];
  for (const job of shards) {
    if (await isFinished(setup.out, job.shard)) onPictures(job.tasks.length);
    else open.push(job);
  }
  if (jobs <= 1) {
    for (const job of open) {
      signal?.throwIfAborted();
      await drawShard(job, setup, onPictures);
    }
    return;
  }
  const workers = Array.from({ length: Math.min(jobs, open.length) }, () =>
    spawnWorker("./worker", import.meta.url, setup),
  );
  try {
    await Promise.all(workers.map((worker) => serve(worker, open, onPictures, signal)));
  } finally {
    await Promise.all(workers.map((w) => w.terminate()));
  }
}

/** Give a worker jobs from the common list until none is left. */
function serve(
  worker: Worker,
  open: ShardJob[],
  onPictures: (done: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      const job = open.shift();
      if (job) worker.postMessage(job);
      else resolve();
    };
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`drawShards(): a worker ended early with code ${code}`)));
    worker.on("message", (message: { done?: number; finished?: number; failed?: string }) => {
      if (message.done) onPictures(message.done);
      else if (message.failed !== undefined) reject(new Error(message.failed));
      else next();
    });
    if (signal?.aborted) reject(signal.reason as Error);
    else next();
  });
}
