/**
 * Big work in shards: a plan of shards, one function that computes a shard, a sink that keeps what came of it. One machine
 * computes them one after another; with a queue any number of workers do, and the same sink takes what they made. A shard
 * is a pure function of its input, so the result does not depend on who computed it, in which order, or how often.
 * @module
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BusyError, FormatError, UserError } from "@scenograph/graph/errors";
import { readSafetensors, type Tensor, writeSafetensors } from "@scenograph/graph/formats/safetensors";
import type { BlobStore } from "./blobs.ts";
import { isFinal, type JobContext, type JobHandler, JobLostError, type JobQueue, type JobState } from "./queue.ts";

export interface Shard<Input> {
  /** From 0, without gaps. */
  readonly index: number;
  /** Small and of JSON values: with a queue it travels in the job. */
  readonly input: Input;
  /** What progress counts: pictures, steps. */
  readonly units: number;
}

/** What comes of a shard: files by name, and a JSON value that describes them. */
export interface ShardOutput {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly record: unknown;
}

export type ComputeShard<Input> = (input: Input, context: JobContext) => Promise<ShardOutput>;

export interface ShardSink {
  /** Whether the shard was kept, now or by an earlier run. */
  has(index: number): Promise<boolean>;
  /** Durable when resolved. Called once at a time, in any order of shards. */
  put(index: number, output: ShardOutput): Promise<void>;
}

export interface ShardPlan<Input> {
  /** Kind of the jobs. */
  readonly kind: string;
  /** Names the work: equal keys have equal shards. Letters and digits. */
  readonly key: string;
  readonly shards: AsyncIterable<Shard<Input>> | Iterable<Shard<Input>>;
}

export interface RunShardsOptions {
  readonly signal?: AbortSignal;
  /** A shard's units are done, by this run or an earlier one. Shards may end in any order. */
  readonly onShard?: (index: number, units: number) => void;
  /** Lines for people: shards that are given out again. */
  readonly log?: (line: string) => void;
}

/** One after another in this process; a context's reports go nowhere. */
export async function runShardsHere<Input>(
  plan: ShardPlan<Input>,
  compute: ComputeShard<Input>,
  sink: ShardSink,
  options: RunShardsOptions = {},
): Promise<void> {
  const context: JobContext = { report: () => {}, signal: options.signal ?? new AbortController().signal };
  for await (const { index, input, units } of plan.shards) {
    options.signal?.throwIfAborted();
    if (!(await sink.has(index))) await sink.put(index, await compute(input, context));
    options.onShard?.(index, units);
  }
}

export interface SharedRunOptions extends RunShardsOptions {
  readonly queue: JobQueue;
  readonly store: BlobStore;
  /** Shards that wait or run at a time. Default 64. */
  readonly window?: number;
  /** Between tries when the queue is full or away. Default 1,000. */
  readonly patienceMs?: number;
}

/** Times that a shard is given out before its loss counts as a failure of the work: two lives each. */
const TRIES = 4;

/**
 * The same over a queue: workers compute, this process collects. Interrupted and run again it takes over what workers
 * finished meanwhile. A shard whose workers are lost is given out again; an error of a shard's own ends the run.
 * @throws what the shard failed with, as a UserError if it was one
 */
export async function runShardsShared<Input>(
  plan: ShardPlan<Input>,
  sink: ShardSink,
  options: SharedRunOptions,
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const open = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  let putting: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    putting = putting.then(work);
    return putting;
  };
  try {
    for await (const shard of plan.shards) {
      if (failure) break;
      signal.throwIfAborted();
      if (await sink.has(shard.index)) {
        options.onShard?.(shard.index, shard.units);
        continue;
      }
      const one = collect(plan, shard, options, signal, (output) => inTurn(() => sink.put(shard.index, output)))
        .then(() => options.onShard?.(shard.index, shard.units))
        .catch((error) => {
          failure ??= { error };
          stop.abort(error);
        })
        .finally(() => open.delete(one));
      open.add(one);
      if (open.size >= (options.window ?? 64)) await Promise.race(open);
    }
  } finally {
    if (signal.aborted) stop.abort();
    await Promise.all(open);
  }
  if (failure) throw failure.error;
}

async function collect<Input>(
  { kind, key }: ShardPlan<Input>,
  { index, input }: Shard<Input>,
  { queue, store, log, patienceMs = 1000 }: SharedRunOptions,
  signal: AbortSignal,
  put: (output: ShardOutput) => Promise<void>,
): Promise<void> {
  const blob = `${kind}/${key}/${String(index).padStart(6, "0")}.safetensors`;
  let losses = 0;
  for (let life = 1; ; life++) {
    const id = `${key}-${index}${life === 1 ? "" : `-${life}`}`;
    const { state, stale } = await outcome(queue, kind, { blob, input }, id, signal, patienceMs);
    if (state.status === "done") {
      const bytes = (await store.get(blob))?.bytes;
      if (bytes && sha256(bytes) === (state.result as { sha256?: string }).sha256) {
        await put(unpackOutput(bytes));
        await store.delete(blob);
        return;
      }
    }
    // of an earlier run: cancelled with it, failed, or collected already
    if (stale) continue;
    const { name, message } = state.error ?? {
      name: "WorkerLostError",
      message: `job ${state.id}: its result is gone`,
    };
    if (!GIVEN_OUT_AGAIN.has(name)) throw new (name === "Error" || name === "TypeError" ? Error : UserError)(message);
    if (++losses >= TRIES) throw new Error(`${kind}: shard ${index} was lost ${losses} times: ${message}`);
    log?.(`${kind}: shard ${index} was lost with its workers, given out again`);
  }
}

/** Ends of a job that say nothing of its input. */
const GIVEN_OUT_AGAIN: ReadonlySet<string> = new Set(["WorkerLostError", "CancelledError", "JobLostError"]);

/** The job's final state, and whether it was final before; waits while the queue is full or away. On an abort the job is cancelled. */
async function outcome(
  queue: JobQueue,
  kind: string,
  input: unknown,
  id: string,
  signal: AbortSignal,
  patienceMs: number,
): Promise<{ state: JobState; stale: boolean }> {
  const patient = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        const passing = error instanceof BusyError || (error as Error).name === "QueueUnavailableError";
        if (!passing) throw error;
        await sleep(patienceMs, undefined, { signal }).catch(() => {});
      }
    }
  };
  let state = await patient(() => queue.add(kind, input, { id }));
  const jobId = state.id;
  if (isFinal(state.status)) return { state, stale: true };
  try {
    while (!isFinal(state.status)) {
      state = await patient(async () => {
        let last = state;
        try {
          for await (const now of queue.watch(jobId, signal)) last = now;
        } catch (error) {
          // it vanished before it was watched
          if (!(error instanceof UserError) || (await queue.get(jobId))) throw error;
          const why = new JobLostError(`job ${jobId}: it vanished from the queue`);
          return { ...last, status: "failed" as const, error: { name: why.name, message: why.message } };
        }
        return last;
      });
      signal.throwIfAborted();
    }
    return { state, stale: false };
  } catch (error) {
    if (signal.aborted) await queue.cancel(jobId).catch(() => {});
    throw error;
  }
}

/** A worker's side: computes the shard and leaves its output in the store. */
export function shardHandler<Input>(
  compute: ComputeShard<Input>,
  store: BlobStore,
  parse: (input: unknown) => Input,
): JobHandler {
  return async ({ input }, context) => {
    const { blob, input: own } = input as { blob: string; input: unknown };
    const bytes = packOutput(await compute(parse(own), context));
    context.signal.throwIfAborted();
    await store.put(blob, bytes, "application/octet-stream");
    return { sha256: sha256(bytes) };
  };
}

const RECORD = "record";
const FILE = "file/";

/** One safetensors file of bytes: "record" is JSON, "file/<name>" the files. */
export function packOutput({ files, record }: ShardOutput): Uint8Array {
  const tensor = (data: Uint8Array): Tensor => ({ dtype: "U8", shape: [data.length], data });
  const tensors = new Map([[RECORD, tensor(new TextEncoder().encode(JSON.stringify(record)))]]);
  for (const [name, data] of files) tensors.set(FILE + name, tensor(data));
  return writeSafetensors(tensors);
}

/** @throws FormatError */
export function unpackOutput(bytes: Uint8Array): ShardOutput {
  const files = new Map<string, Uint8Array>();
  let record: Uint8Array | undefined;
  for (const [name, { data }] of readSafetensors(bytes).tensors) {
    if (!(data instanceof Uint8Array)) throw new FormatError(`shard: "${name}" is no bytes; compute it again`);
    if (name === RECORD) record = data;
    else files.set(name.slice(FILE.length), data);
  }
  if (!record) throw new FormatError("shard: has a record, got none; compute it again");
  try {
    return { files, record: JSON.parse(new TextDecoder().decode(record)) as unknown };
  } catch {
    throw new FormatError("shard: its record is JSON, got something else; compute it again");
  }
}

/** A short name of JSON values: the key of a plan. */
export function keyOf(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 20);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
