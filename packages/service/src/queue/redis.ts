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
import {
  type Job as BullJob,
  Worker as BullWorker,
  Queue,
  QueueEvents,
  UnrecoverableError,
  WaitingError,
} from "bullmq";
import { Redis } from "ioredis";
import {
  type AddOptions,
  CancelledError,
  DeadlineError,
  type Handlers,
  isFinal,
  JobLostError,
  type JobProgress,
  type JobQueue,
  type JobState,
  type ListOptions,
  type QueueCounts,
  QueueUnavailableError,
  type Worker,
  WorkerLostError,
  type WorkOptions,
} from "scenograph/queue/queue";
import { describe } from "./memory.ts";
import { jobId, kindOf } from "./names.ts";
import { Slots } from "./slots.ts";

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

interface Data {
  readonly input: unknown;
  readonly deadlineAt?: number;
}

type Bull = BullJob<Data, unknown>;

/** What the BullMQ workers of one `work` share. */
interface Crew {
  readonly slots: Slots;
  readonly running: Map<string, AbortController>;
  closing: boolean;
}

/** Between looks at the state of a watched or running job when no event comes. */
const LOOK_MS = 500;
/** So many looks in a row that find no job: it is lost. */
const GONE_LOOKS = 3;
/** Reports of progress a job are at least this far apart. */
const REPORT_MS = 200;
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
  readonly #client: Redis;
  readonly #capacity: number;
  readonly #prefix: string;
  readonly #lockMs: number;
  readonly #answerMs: number;
  readonly #keepMs: number;
  readonly #log: (line: string) => void;
  readonly #queues = new Map<string, Queue<Data, unknown>>();
  readonly #events = new Map<string, QueueEvents>();
  /** By job id: who wants to know that something happened to it. */
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #workers = new Set<Worker>();
  #closed = false;
  #lastError = "";
  #downSince: number | undefined;

  constructor(options: RedisQueueOptions) {
    this.#capacity = options.capacity ?? 1000;
    this.#prefix = options.prefix ?? "scenograph";
    this.#lockMs = Math.max(1000, options.lockMs ?? 15_000);
    this.#answerMs = options.answerMs ?? 5000;
    this.#keepMs = options.keepMs ?? 86_400_000;
    this.#log = options.log ?? (() => {});
    this.#client = new Redis(checkUrl(options.url), {
      // BullMQ's blocking commands must outlive an outage
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 5), 2000),
    });
    this.#client.on("error", this.#onError);
    this.#client.on("close", () => {
      this.#downSince ??= Date.now();
    });
    this.#client.on("ready", () => {
      this.#downSince = undefined;
    });
  }

  async add(kind: string, input: unknown, options: AddOptions = {}): Promise<JobState> {
    if (this.#closed) throw new QueueUnavailableError("add(): the queue is closed");
    const id = jobId(kind, options.id);
    return this.#ask("add", async () => {
      const known = options.id === undefined ? undefined : await this.#state(id);
      if (known) return known;
      const queue = this.#queue(kind);
      const reservations = queue.toKey("reserved");
      const limits = [this.#capacity, id, RESERVED_FOR * this.#answerMs, queue.toKey("")];
      if ((await this.#client.eval(RESERVE, 2, queue.toKey("wait"), reservations, ...limits)) !== 1)
        throw new BusyError(`add(): the queue holds its ${this.#capacity} waiting "${kind}" jobs; try again later`);
      const deadlineAt = options.deadlineMs === undefined ? undefined : Date.now() + options.deadlineMs;
      const data: Data = { input, ...(deadlineAt !== undefined && { deadlineAt }) };
      const age = Math.ceil(this.#keepMs / 1000);
      await this.#client.sadd(`${this.#prefix}:kinds`, kind);
      const job = await queue
        .add(kind, data, {
          jobId: id,
          attempts: 2,
          removeOnComplete: { age, count: KEPT },
          removeOnFail: { age, count: KEPT },
        })
        .finally(() => this.#client.zrem(reservations, id));
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
    return this.#ask("get", () => this.#state(id));
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
        if (!signal?.aborted && !this.#closed) await changed;
        clearTimeout(timer);
        if (signal?.aborted || this.#closed) return;
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
    return this.#ask("cancel", async () => {
      const state = await this.#state(id);
      if (!state || isFinal(state.status)) return false;
      const error = describe(new CancelledError(`job ${id}: cancelled`));
      const end: JobState = { ...state, status: "cancelled", error, finishedAt: Date.now() };
      await this.#client.set(this.#tombstone(id), JSON.stringify(end), "PX", this.#keepMs);
      // a running one is locked: its worker finds the tombstone
      await this.#queue(state.kind)
        .remove(id)
        .catch(() => {});
      for (const wake of this.#watchers.get(id) ?? []) wake();
      return true;
    });
  }

  list(kind: string, { prefix = "", limit = 100 }: ListOptions = {}): Promise<JobState[]> {
    return this.#ask("list", async () => {
      const queue = this.#queue(kind);
      // ids alone: jobs hold inputs and results
      const lists = await Promise.all(
        (["wait", "active", "delayed", "completed", "failed"] as const).map((type) =>
          type === "wait" || type === "active"
            ? this.#client.lrange(queue.toKey(type), 0, KEPT)
            : this.#client.zrevrange(queue.toKey(type), 0, KEPT),
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
    return this.#ask("counts", async () => {
      const kinds = kind === undefined ? await this.#client.smembers(`${this.#prefix}:kinds`) : [kind];
      const each = await Promise.all(kinds.map((k) => this.#queue(k).getJobCounts("waiting", "active", "delayed")));
      const sum = (of: string) => each.reduce((n, counts) => n + (counts[of] ?? 0), 0);
      return { waiting: sum("waiting") + sum("delayed"), running: sum("active"), capacity: this.#capacity };
    });
  }

  work(handlers: Handlers, options: WorkOptions = {}): Worker {
    const concurrency = options.concurrency ?? 1;
    const crew: Crew = { slots: new Slots(concurrency), running: new Map(), closing: false };
    const { running } = crew;
    const workers = Object.keys(handlers).map((kind) => {
      jobId(kind);
      const run = (job: Bull, token?: string) => this.#process(job, token, handlers[kind], crew);
      const worker = new BullWorker<Data, unknown>(kind, run, {
        connection: this.#client,
        prefix: this.#prefix,
        concurrency,
        lockDuration: this.#lockMs,
        stalledInterval: Math.max(500, Math.ceil(this.#lockMs / 2)),
        maxStalledCount: 1,
      });
      worker.on("error", this.#onError);
      worker.on("lockRenewalFailed", (ids: string[]) => {
        for (const id of ids) running.get(id)?.abort(new WorkerLostError(`job ${id}: taken for lost`));
      });
      return worker;
    });
    const own: Worker = {
      get running() {
        return running.size;
      },
      close: async ({ drainMs } = {}) => {
        crew.closing = true;
        const abort = () => {
          for (const controller of running.values()) controller.abort(new ClosingError("the worker closes"));
        };
        const timer = drainMs === undefined ? undefined : setTimeout(abort, drainMs);
        await Promise.all(workers.map((w) => w.close()));
        clearTimeout(timer);
        this.#workers.delete(own);
      },
    };
    this.#workers.add(own);
    return own;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#workers].map((w) => w.close()));
    for (const watchers of this.#watchers.values()) for (const wake of watchers) wake();
    await Promise.all([...this.#events.values(), ...this.#queues.values()].map((q) => q.close().catch(() => {})));
    this.#client.disconnect();
  }

  /** Runs one job of BullMQ's by our rules. */
  async #process(job: Bull, token: string | undefined, handler: Handlers[string], crew: Crew): Promise<unknown> {
    const { slots, running } = crew;
    const id = job.id!;
    const release = await slots.take();
    if (crew.closing) {
      release();
      return giveBack(job, token);
    }
    const controller = new AbortController();
    running.set(id, controller);
    const { deadlineAt } = job.data;
    const late = () => controller.abort(new DeadlineError(`job ${id}: not done by its deadline`));
    const timer = deadlineAt === undefined ? undefined : setTimeout(late, Math.max(0, deadlineAt - Date.now()));
    const look = async () => {
      const found = await this.#client.exists(this.#tombstone(id)).catch(() => 0);
      if (found) controller.abort(new CancelledError(`job ${id}: cancelled`));
    };
    const looking = setInterval(look, LOOK_MS);
    try {
      await look();
      if (deadlineAt !== undefined && deadlineAt <= Date.now()) late();
      controller.signal.throwIfAborted();
      const attempt = losses(job) + 1;
      const report = thinned((progress) => job.updateProgress(progress as object).catch(() => {}));
      const context = { report, signal: controller.signal };
      const result = await handler({ id, kind: job.name, input: job.data.input, attempt }, context);
      // what was given up meanwhile stays given up
      if (!(controller.signal.reason instanceof WorkerLostError)) controller.signal.throwIfAborted();
      return result ?? null;
    } catch (error) {
      const why: unknown = controller.signal.aborted ? controller.signal.reason : error;
      const told = JSON.stringify(describe(why));
      if (why instanceof ClosingError) return giveBack(job, token);
      if (why instanceof WorkerLostError && losses(job) === 0) throw new Error(told);
      throw new UnrecoverableError(told);
    } finally {
      clearInterval(looking);
      clearTimeout(timer);
      running.delete(id);
      release();
    }
  }

  async #state(id: string): Promise<JobState | undefined> {
    const kind = kindOf(id);
    if (kind === undefined) return undefined;
    const tombstone = await this.#client.get(this.#tombstone(id));
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
      queue = new Queue<Data, unknown>(kind, { connection: this.#client, prefix: this.#prefix });
      queue.on("error", this.#onError);
      this.#queues.set(kind, queue);
    }
    return queue;
  }

  /** Wakes watchers when BullMQ tells of their job. */
  #listen(kind: string): void {
    if (this.#events.has(kind)) return;
    const events = new QueueEvents(kind, { connection: this.#client, prefix: this.#prefix });
    events.on("error", this.#onError);
    const wake = ({ jobId: id }: { jobId: string }) => {
      for (const listener of this.#watchers.get(id) ?? []) listener();
    };
    events.on("active", wake).on("progress", wake).on("completed", wake).on("failed", wake).on("waiting", wake);
    this.#events.set(kind, events);
  }

  #tombstone(id: string): string {
    return `${this.#prefix}:cancelled:${id}`;
  }

  async #ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    const unavailable = () =>
      new QueueUnavailableError(
        `${what}(): the queue's Redis did not answer within ${this.#answerMs} ms${this.#lastError}; see that it runs`,
      );
    // commands of an outage are kept until it ends: a long one must not fill the memory with them
    if (this.#downSince !== undefined && Date.now() - this.#downSince > this.#answerMs) throw unavailable();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable()), this.#answerMs);
    });
    const asked = work();
    asked.catch(() => {});
    try {
      return await Promise.race([asked, late]);
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === undefined) throw error;
      throw new QueueUnavailableError(
        `${what}(): the queue's Redis refuses to write (${refused}); see to its memory and disk`,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Connections mend themselves; the same error again and again is told once. */
  readonly #onError = (error: Error): void => {
    const { code } = error as NodeJS.ErrnoException;
    const line = code ?? error.message.split("\n")[0];
    const told = line ? ` (${line})` : "";
    if (told !== this.#lastError && !this.#closed) this.#log(`queue: ${line || error.name}`);
    this.#lastError = told;
  };
}

/** An orderly end of a worker: the job goes back to the queue as if it had not been begun. */
class ClosingError extends WorkerLostError {}

async function giveBack(job: Bull, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** How often its worker was lost, in either way. */
function losses(job: Bull): number {
  return job.attemptsMade + job.stalledCounter;
}

function attemptsOf(job: Bull, status: JobState["status"]): number {
  // BullMQ counts the attempt that ends a job
  return Math.min(2, losses(job) + (status === "running" ? 1 : 0));
}

function stateOf(job: Bull, kind: string, bull: string): JobState {
  const { deadlineAt } = job.data;
  const status =
    bull === "completed" ? "done" : bull === "failed" ? "failed" : bull === "active" ? "running" : "waiting";
  const state: JobState = {
    id: job.id!,
    kind,
    status,
    attempts: attemptsOf(job, status),
    createdAt: job.timestamp,
    ...(typeof job.progress === "object" && { progress: job.progress as JobProgress }),
    ...(job.processedOn !== undefined && { startedAt: job.processedOn }),
    ...(deadlineAt !== undefined && { deadlineAt }),
  };
  if (state.status === "done") return { ...state, result: job.returnvalue, finishedAt: job.finishedOn };
  if (state.status === "failed") return { ...state, error: reasonOf(job), finishedAt: job.finishedOn };
  if (deadlineAt !== undefined && deadlineAt < Date.now())
    return {
      ...state,
      status: "failed",
      error: describe(new DeadlineError(`job ${state.id}: not done by its deadline`)),
      finishedAt: deadlineAt,
    };
  return state;
}

function lost(state: JobState): JobState {
  const why = new JobLostError(`job ${state.id}: it vanished from the queue's Redis; send it again`);
  return { ...state, status: "failed", error: describe(why), finishedAt: Date.now() };
}

/** Why Redis refuses a command that changes something: full, a replica, its disk, its password. Undefined for other errors. */
function refusalOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  return /\b(OOM|READONLY|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|LOADING|NOAUTH|WRONGPASS|NOPERM)\b/.exec(
    message,
  )?.[1];
}

/** What `#process` put into the reason; other reasons are BullMQ's own: a job that was lost twice. */
function reasonOf(job: Bull): { name: string; message: string } {
  const reason = job.failedReason ?? "";
  try {
    const { name, message } = JSON.parse(reason) as { name: string; message: string };
    return { name, message };
  } catch {
    return { name: "WorkerLostError", message: `job ${job.id}: lost with its worker twice (${reason})` };
  }
}

/** At once, then at most every REPORT_MS, the latest; a report that is thinned out is not made up for. */
function thinned(send: (progress: JobProgress) => unknown): (progress: JobProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - last < REPORT_MS) return;
    last = now;
    send(progress);
  };
}

/** @throws UserError */
function checkUrl(url: string): string {
  if (!/^rediss?:\/\/[^\s/]+/.test(url) || !URL.canParse(url))
    throw new UserError(`--queue: redis://host:port or rediss://host:port, got "${shown(url)}"; correct it`);
  return url;
}

/** Without user and password, however the rest is misspelt. */
function shown(url: string): string {
  return url.replace(/^.*@/s, "***@").slice(0, 120);
}
