/** --queue and --store of commands whose work may be shared, and how a command that shares it runs. @module */

import { UserError } from "@scenograph/graph/errors";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import type { Command } from "commander";
import type { BlobStore } from "../queue/blobs.ts";
import type { JobQueue } from "../queue/queue.ts";
import { optional } from "./optional.ts";

/** What is used of the service's queue/open. */
interface Opener {
  openQueue(url: string, options: { log(line: string): void }): JobQueue;
  openStore(where: string): BlobStore;
}

export interface QueueFlags {
  readonly queue?: string;
  readonly store?: string;
}

export function addQueueOptions(command: Command): Command {
  return command
    .option("--queue <url>", "share the work among `scenograph worker`s: redis://host:port")
    .option("--store <where>", "with --queue: folder or s3://bucket/prefix that all of them reach");
}

export interface Shared {
  readonly queue: JobQueue;
  readonly store: BlobStore;
  /** Aborted by the first Ctrl-C: open jobs are cancelled; a second one ends the process. */
  readonly signal: AbortSignal;
}

/** Opens queue and store, runs `work`, closes them. @throws UserError when --store is missing; AbortError after Ctrl-C */
export async function withQueue<T>(
  command: string,
  { queue: url, store: where }: QueueFlags,
  log: (line: string) => void,
  work: (shared: Shared) => Promise<T>,
): Promise<T> {
  if (url === undefined) throw new UserError(`${command}: --store goes with --queue, got no queue; name one`);
  if (where === undefined)
    throw new UserError(`${command}: --queue needs --store, a folder or s3://bucket/prefix that every worker reaches`);
  const { openQueue, openStore } = await optional<Opener>(command, "@scenograph/service", "queue/open");
  const store = openStore(where);
  const queue = openQueue(url, { log });
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return void exitProcess(130);
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work({ queue, store, signal: stop.signal });
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await queue.close();
  }
}
