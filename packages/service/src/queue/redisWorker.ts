/** Workers of the queue in Redis: BullMQ's, by our rules. @module */
import { Worker as BullWorker, UnrecoverableError, WaitingError } from "bullmq";
import type { Redis } from "ioredis";
import {
  CancelledError,
  DeadlineError,
  type Handlers,
  type JobProgress,
  type Worker,
  WorkerLostError,
  type WorkOptions,
} from "scenograph/queue/queue";
import { describe } from "./memory.ts";
import { jobId } from "./names.ts";
import { type Bull, type Data, losses } from "./redisJobs.ts";
import { Slots } from "./slots.ts";

/** Between looks for the tombstone of a running job. */
const LOOK_MS = 500;
/** Reports of progress a job are at least this far apart. */
const REPORT_MS = 200;

/** What workers need of their queue. */
export interface RedisWorkSetup {
  readonly client: Redis;
  readonly prefix: string;
  readonly lockMs: number;
  /** Key of the tombstone of a job. */
  readonly tombstone: (id: string) => string;
  readonly onError: (error: Error) => void;
}

/** What the BullMQ workers of one `work` share. */
interface Crew {
  readonly setup: RedisWorkSetup;
  readonly slots: Slots;
  readonly running: Map<string, AbortController>;
  closing: boolean;
}

/** One BullMQ worker a kind, one limit of concurrency over all of them. */
export function workOn(setup: RedisWorkSetup, handlers: Handlers, options: WorkOptions): Worker {
  const concurrency = options.concurrency ?? 1;
  const crew: Crew = { setup, slots: new Slots(concurrency), running: new Map(), closing: false };
  const { running } = crew;
  const workers = Object.keys(handlers).map((kind) => {
    jobId(kind);
    const run = (job: Bull, token?: string) => processed(job, token, handlers[kind], crew);
    const worker = new BullWorker<Data, unknown>(kind, run, {
      connection: setup.client,
      prefix: setup.prefix,
      concurrency,
      lockDuration: setup.lockMs,
      stalledInterval: Math.max(500, Math.ceil(setup.lockMs / 2)),
      maxStalledCount: 1,
    });
    worker.on("error", setup.onError);
    worker.on("lockRenewalFailed", (ids: string[]) => {
      for (const id of ids) running.get(id)?.abort(new WorkerLostError(`job ${id}: taken for lost`));
    });
    return worker;
  });
  return {
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
    },
  };
}

/** Runs one job of BullMQ's by our rules. */
async function processed(
  job: Bull,
  token: string | undefined,
  handler: Handlers[string],
  crew: Crew,
): Promise<unknown> {
  const { setup, slots, running } = crew;
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
    const found = await setup.client.exists(setup.tombstone(id)).catch(() => 0);
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

/** An orderly end of a worker: the job goes back to the queue as if it had not been begun. */
class ClosingError extends WorkerLostError {}

async function giveBack(job: Bull, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
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
