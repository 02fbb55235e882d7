/**
 * `data illustrate` over a queue: the shards that its threads would draw are drawn by workers, who need no data, for a job
 * holds its layouts. Pictures and records are put where the threads would have put them, so that resuming and joining
 * are the same.
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "@scenograph/graph/errors";
import type { Shared } from "scenograph/cli/queue-options";
import { syncFiles } from "scenograph/queue/folder";
import type { JobContext } from "scenograph/queue/queue";
import { keyOf, runShardsShared, type ShardOutput, type ShardSink } from "scenograph/queue/shards";
import { CATEGORIES } from "scenograph/scene/categories";
import { z } from "zod";
import type { illustrate } from "../data/illustrate/dataset.ts";
import type { PictureRecords } from "../data/illustrate/picture.ts";
import { drawTasks, isFinished, type ShardJob, writePicture, writeShard } from "../data/illustrate/shards.ts";

/** Kind of the jobs. */
export const DRAWINGS = "drawings";

const fraction = z.number();
export const drawingsInput = z.object({
  options: z.object({
    size: z.int().min(16).max(1024),
    aspect: z.number().min(0.25).max(4).optional(),
    times: z.number().min(0).max(1).optional(),
    seed: z.int().min(0),
    colours: z.number().min(0).max(1),
  }),
  tasks: z.array(
    z.object({
      index: z.int().min(0),
      cocoImageId: z.int(),
      variant: z.int().min(0),
      captions: z.array(z.string()),
      objects: z.array(
        z.object({
          classIndex: z
            .int()
            .min(0)
            .max(CATEGORIES.length - 1),
          box: z.tuple([fraction, fraction, fraction, fraction]),
        }),
      ),
      source: z.string(),
    }),
  ),
});
export type DrawingsInput = z.infer<typeof drawingsInput>;

/** A worker's part: files by name, records as a finished shard's. */
export async function drawDrawings({ tasks, options }: DrawingsInput, context: JobContext): Promise<ShardOutput> {
  const files = new Map<string, Uint8Array>();
  const records: PictureRecords[] = [];
  let done = 0;
  for await (const drawn of drawTasks(tasks, options)) {
    context.signal.throwIfAborted();
    if (drawn) {
      files.set(drawn.records.image.file_name, drawn.png);
      records.push(drawn.records);
    }
    context.report({ stage: "pictures", done: ++done, total: tasks.length, unit: "pictures" });
  }
  return { files, record: records };
}

/** What stands in for the threads. */
export function drawShared(
  { queue, store }: Pick<Shared, "queue" | "store">,
  log: (line: string) => void,
): NonNullable<Parameters<typeof illustrate>[0]["draw"]> {
  return async (shards, { out, options }, _jobs, onPictures, signal) => {
    await mkdir(join(out, "images"), { recursive: true });
    await mkdir(join(out, ".shards"), { recursive: true });
    const key = keyOf(shards, options);
    const input = ({ tasks }: ShardJob) => ({ options, tasks }) as DrawingsInput;
    const plan = shards.map((job) => ({ index: job.shard, input: input(job), units: job.tasks.length }));
    await runShardsShared({ kind: DRAWINGS, key, shards: plan }, sinkOf(out), {
      queue,
      store,
      log,
      ...(signal && { signal }),
      onShard: (_, units) => onPictures(units),
    });
  };
}

function sinkOf(out: string): ShardSink {
  return {
    has: (index) => isFinished(out, index),
    async put(index, { files, record }) {
      for (const [name, bytes] of files) {
        if (!/^[\w-]+\.png$/.test(name)) throw new FormatError(`illustrate: a picture is <name>.png, got "${name}"`);
        await writePicture(out, name, bytes);
      }
      await syncFiles(join(out, "images"), files.keys());
      await writeShard(out, index, record as PictureRecords[]);
    },
  };
}
