/**
 * The queue of many machines: BullMQ on Redis, one BullMQ queue a kind. What this file adds to it:
 * - a bound on what waits, deadlines, cancellation (a tombstone in Redis that workers look for), typed errors;
 * - one limit of concurrency over all kinds of a process;
 * - answers within `answerMs` or QueueUnavailableError while Redis is away; connections come back by themselves.
 *
 * Durable as far as Redis is: with `appendonly yes` an acknowledged job survives the death of the Redis process, with
 * `appendfsync always` that of its machine. A worker that dies stops renewing its jobs' locks; after `lockMs` they are
 * taken by another one, once.
 * @module
 */

import { BusyError, UserError } from "@scenograph/graph/errors";
import { Queue, QueueEvents } from "bullmq";
import {
  type AddOptions,
  CancelledError,
  type Handlers,
  isFinal,
  type JobQueue,
  type JobState,
  type ListOptions,
  type QueueCounts,
  QueueUnavailableError,
  type Worker,
  type WorkOptions,
} from "scenograph/queue/queue";
import { describe } from "./memory.ts";
import { jobId, kindOf } from "./names.ts";
import { RedisConnection } from "./redisConnection.ts";
import { type Bull, type Data, lost, stateOf } from "./redisJobs.ts";
import { workOn } from "./redisWorker.ts";

export interface RedisQueueOptions {
  /** redis://[user:password@]host:port[/db], rediss:// for TLS. */
  readonly url: string;
  /** Waiting jobs of a kind at which `add` throws BusyError, however many add at the same moment. Default 1,000. */
  readonly capacity?: number;
  /** First part of every key in Redis. Default "scenograph". */
  readonly prefix?: string;
  /** A job whose worker was silent for this long is lost; at least 1,000. Default 15,000. */
  readonly lockMs?: number;
  /** How long to wait for Redis. Default 5,000. */
  readonly answerMs?: number;
  /** Finished jobs are forgotten after this time. Default: a day. */
  readonly keepMs?: number;
  /** Errors of connections, which mend themselves. */
  readonly log?: (line: string) => void;
}

/** Between looks at the state of a watched job when no event comes. */
const LOOK_MS = 500;
/** So many looks in a row that find no job: it is lost. */
const GONE_LOOKS = 3;
/** A reservation holds for so many times `answerMs`: by then `add` has long given up. */
const RESERVED_FOR = 2;
/** Jobs whose state is read for one list. */
const LISTED = 500;
/** Finished jobs of a kind that are kept at most. */
const KEPT = 10_000;

/**
 * Reserves a place among the waiting jobs, in one step of Redis. Counted are the jobs that wait and the reservations whose
 * job is not there yet: BullMQ's own script makes a job and puts it among the waiting in one step too, so no job counts
 * twice or not at all. A reservation of a process that died ends by itself.
 * KEYS: list of waiting jobs, sorted set of reservations (score: its end, ms). ARGV: capacity, job id, ms that it holds, key
 * of a job without its id. -> 1 reserved, 0 full.
 */
const RESERVE = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("ZREMRANGEBYSCORE", KEYS[2], "-inf", now)
local count = redis.call("LLEN", KEYS[1])
for _, id in ipairs(redis.call("ZRANGE", KEYS[2], 0, -1)) do
  if redis.call("EXISTS", ARGV[4] .. id) == 0 then count = count + 1 end
end
if count >= tonumber(ARGV[1]) then return 0 end
redis.call("ZADD", KEYS[2], now + ARGV[3], ARGV[2])
return 1`;

export class RedisQueue implements JobQueue {
  readonly #connection: RedisConnection;
  readonly #capacity: number;
  readonly #prefix: string;
  readonly #lockMs: number;
  readonly #answerMs: number;
  readonly #keepMs: number;
  readonly #queues = new Map<string, Queue<Data, unknown>>();
  readonly #events = new Map<string, QueueEvents>();
  /** By job id: who wants to know that something happened to it. */
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #workers = new Set<Worker>();

  constructor(options: RedisQueueOptions) {
    this.#capacity = options.capacity ?? 1000;
    this.#prefix = options.prefix ?? "scenograph";
    this.#lockMs = Math.max(1000, options.lockMs ?? 15_000);
    this.#answerMs = options.answerMs ?? 5000;
    this.#keepMs = options.keepMs ?? 86_400_000;
    const { url, log = () => {} } = options;
    this.#connection = new RedisConnection({ url, log, answerMs: this.#answerMs });
  }

  async add(kind: string, input: unknown, options: AddOptions = {}): Promise<JobState> {
    if (this.#connection.closed) throw new QueueUnavailableError("add(): the queue is closed");
    const id = jobId(kind, options.id);
    return this.#connection.ask("add", async () => {
      const known = options.id === undefined ? undefined : await this.#state(id);
      if (known) return known;
      const queue = this.#queue(kind);
      const reservations = queue.toKey("reserved");
      const limits = [this.#capacity, id, RESERVED_FOR * this.#answerMs, queue.toKey("")];
      if ((await this.#connection.client.eval(RESERVE, 2, queue.toKey("wait"), reservations, ...limits)) !== 1)
        throw new BusyError(`add(): the queue holds its ${this.#capacity} waiting "${kind}" jobs; try again later`);
      const deadlineAt = options.deadlineMs === undefined ? undefined : Date.now() + options.deadlineMs;
      const data: Data = { input, ...(deadlineAt !== undefined && { deadlineAt }) };
      const age = Math.ceil(this.#keepMs / 1000);
      await this.#connection.client.sadd(`${this.#prefix}:kinds`, kind);
      const job = await queue
        .add(kind, data, {
          jobId: id,
          attempts: 2,
          removeOnComplete: { age, count: KEPT },
          removeOnFail: { age, count: KEPT },
        })
        .finally(() => this.#connection.client.zrem(reservations, id));
      return {
        id,
        kind,
        status: "waiting",
        attempts: 0,
        createdAt: job.timestamp,
        ...(deadlineAt !== undefined && { deadlineAt }),
      } satisfies JobState;
    });
  }

  get(id: string): Promise<JobState | undefined> {
    return this.#connection.ask("get", () => this.#state(id));
  }

  async *watch(id: string, signal?: AbortSignal): AsyncGenerator<JobState> {
    let state = await this.get(id);
    if (!state) throw new UserError(`watch(): there is no job ${JSON.stringify(id).slice(0, 200)}`);
    this.#listen(state.kind);
    let wake = () => {};
    const listener = () => wake();
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(listener));
    signal?.addEventListener("abort", listener);
    try {
      let told = "";
      let missed = 0;
      for (;;) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const now = JSON.stringify(state);
        if (now !== told) {
          told = now;
          yield state;
          if (isFinal(state.status)) return;
        }
        // events may be lost while Redis is away
        const timer = setTimeout(listener, LOOK_MS);
        if (!signal?.aborted && !this.#connection.closed) await changed;
        clearTimeout(timer);
        if (signal?.aborted || this.#connection.closed) return;
        const found = await this.#lookAgain(id);
        if (found !== "gone") missed = 0;
        // moved between two lists while it was looked for, or a replica that is behind: looked for again
        else if (++missed >= GONE_LOOKS) {
          yield lost(state);
          return;
        }
        if (typeof found === "object") state = found;
      }
    } finally {
      signal?.removeEventListener("abort", listener);
      watchers.delete(listener);
      if (watchers.size === 0) this.#watchers.delete(id);
    }
  }

  cancel(id: string): Promise<boolean> {
    return this.#connection.ask("cancel", async () => {
      const state = await this.#state(id);
      if (!state || isFinal(state.status)) return false;
      const error = describe(new CancelledError(`job ${id}: cancelled`));
      const end: JobState = { ...state, status: "cancelled", error, finishedAt: Date.now() };
      await this.#connection.client.set(this.#tombstone(id), JSON.stringify(end), "PX", this.#keepMs);
      // a running one is locked: its worker finds the tombstone
      await this.#queue(state.kind)
        .remove(id)
        .catch(() => {});
      for (const wake of this.#watchers.get(id) ?? []) wake();
      return true;
    });
  }

  list(kind: string, { prefix = "", limit = 100 }: ListOptions = {}): Promise<JobState[]> {
    return this.#connection.ask("list", async () => {
      const queue = this.#queue(kind);
      // ids alone: jobs hold inputs and results
      const lists = await Promise.all(
        (["wait", "active", "delayed", "completed", "failed"] as const).map((type) =>
          type === "wait" || type === "active"
            ? this.#connection.client.lrange(queue.toKey(type), 0, KEPT)
            : this.#connection.client.zrevrange(queue.toKey(type), 0, KEPT),
        ),
      );
      const ids = lists.flat().filter((id) => id.startsWith(prefix));
      const states = await Promise.all(ids.slice(0, LISTED).map((id) => this.#state(id)));
      return states
        .filter((state) => state !== undefined)
        .sort((a, b) => b.createdAt - a.createdAt)
        .slice(0, limit);
    });
  }

  counts(kind?: string): Promise<QueueCounts> {
    return this.#connection.ask("counts", async () => {
      const kinds = kind === undefined ? await this.#connection.client.smembers(`${this.#prefix}:kinds`) : [kind];
      const each = await Promise.all(kinds.map((k) => this.#queue(k).getJobCounts("waiting", "active", "delayed")));
      const sum = (of: string) => each.reduce((n, counts) => n + (counts[of] ?? 0), 0);
      return { waiting: sum("waiting") + sum("delayed"), running: sum("active"), capacity: this.#capacity };
    });
  }

  work(handlers: Handlers, options: WorkOptions = {}): Worker {
    const { client, onError } = this.#connection;
    const tombstone = (id: string) => this.#tombstone(id);
    const setup = { client, prefix: this.#prefix, lockMs: this.#lockMs, tombstone, onError };
    const worker = workOn(setup, handlers, options);
    const own: Worker = {
      get running() {
        return worker.running;
      },
      close: async (how) => {
        await worker.close(how);
        this.#workers.delete(own);
      },
    };
    this.#workers.add(own);
    return own;
  }

  async close(): Promise<void> {
    if (this.#connection.closed) return;
    this.#connection.closing();
    const orderly = async () => {
      await Promise.all([...this.#workers].map((w) => w.close()));
      for (const watchers of this.#watchers.values()) for (const wake of watchers) wake();
      await Promise.all([...this.#events.values(), ...this.#queues.values()].map((q) => q.close().catch(() => {})));
    };
    await this.#connection.end(orderly(), () => {
      // their jobs are lost to this process, and given out again by Redis
      for (const worker of this.#workers) void worker.close({ drainMs: 0 }).catch(() => {});
      for (const watchers of this.#watchers.values()) for (const wake of watchers) wake();
    });
  }

  async #state(id: string): Promise<JobState | undefined> {
    const kind = kindOf(id);
    if (kind === undefined) return undefined;
    const tombstone = await this.#connection.client.get(this.#tombstone(id));
    if (tombstone !== null) return JSON.parse(tombstone) as JobState;
    const queue = this.#queue(kind);
    // the state first: a job that is read after it was found completed holds its result
    const bull = await queue.getJobState(id);
    const job = bull === "unknown" ? undefined : ((await queue.getJob(id)) as Bull | undefined);
    return job && stateOf(job, kind, bull);
  }

  async #lookAgain(id: string): Promise<JobState | "gone" | "away"> {
    try {
      return (await this.get(id)) ?? "gone";
    } catch (error) {
      if (error instanceof QueueUnavailableError) return "away";
      throw error;
    }
  }

  #queue(kind: string): Queue<Data, unknown> {
    let queue = this.#queues.get(kind);
    if (!queue) {
      queue = new Queue<Data, unknown>(kind, { connection: this.#connection.client, prefix: this.#prefix });
      queue.on("error", this.#connection.onError);
      this.#queues.set(kind, queue);
    }
    return queue;
  }

  /** Wakes watchers when BullMQ tells of their job. */
  #listen(kind: string): void {
    if (this.#events.has(kind)) return;
    const events = new QueueEvents(kind, { connection: this.#connection.client, prefix: this.#prefix });
    events.on("error", this.#connection.onError);
    const wake = ({ jobId: id }: { jobId: string }) => {
      for (const listener of this.#watchers.get(id) ?? []) listener();
    };
    events.on("active", wake).on("progress", wake).on("completed", wake).on("failed", wake).on("waiting", wake);
    this.#events.set(kind, events);
  }

  #tombstone(id: string): string {
    return `${this.#prefix}:cancelled:${id}`;
  }
}
